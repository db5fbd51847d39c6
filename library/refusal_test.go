package library_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"madoguchi/library"
)

// Every refusal that is declared is in the list, and none is made anywhere else.
func TestEveryRefusalIsListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "refusal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared, listed := map[string]bool{}, map[string]bool{}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if v.Names[0].Name != "Refusals" {
				declared[v.Names[0].Name] = true
				continue
			}
			for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
				listed[e.(*ast.Ident).Name] = true
			}
		}
	}
	for name := range declared {
		if !listed[name] {
			t.Errorf("%s is not in Refusals", name)
		}
	}
	if len(declared) == 0 || len(listed) != len(declared) || len(library.Refusals) != len(listed) {
		t.Errorf("%d refusals are declared, %d listed as %d names", len(declared), len(library.Refusals), len(listed))
	}
	for _, path := range refusalMakers(t) {
		if path != filepath.Join("..", "library", "refusal.go") {
			t.Errorf("%s makes a Refusal of its own: declare it in library/refusal.go", path)
		}
	}
}

// refusalMakers are the files of the module's programs with a literal of a Refusal.
func refusalMakers(t *testing.T) (paths []string) {
	t.Helper()
	literal := regexp.MustCompile(`\bRefusal\{`)
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != ".." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "build"):
			return filepath.SkipDir
		case e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		if literal.Match(source) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestRefusals(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	codes := map[string]bool{}
	for _, r := range library.Refusals {
		if !form.MatchString(r.Code) || codes[r.Code] {
			t.Errorf("the code %q is malformed, or another refusal's too", r.Code)
		}
		codes[r.Code] = true
		if len(strings.Fields(r.Text)) < 3 || strings.HasSuffix(r.Text, ".") || r.Text != r.Error() {
			t.Errorf("%s: %q is no sentence for an error", r.Code, r.Text)
		}
		if got := library.RefusalWithCode(r.Code); got != r {
			t.Errorf("%s: found %v", r.Code, got)
		}
	}
	if got := library.RefusalWithCode("of_a_newer_server"); got != nil {
		t.Errorf("an unknown code is %v", got)
	}
}
