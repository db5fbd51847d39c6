package screen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/sfnt"

	"madoguchi/assets/wording"
	"madoguchi/kiosk/theme"
	"madoguchi/library"
)

// No key that the screens use is missing, and none that exists is unused. A key
// that is put together ("kind."+k) counts as its beginning.
func TestNoWordingIsMissingOrUnused(t *testing.T) {
	ja, err := wording.For("ja")
	if err != nil {
		t.Fatal(err)
	}
	whole, begun := usedKeys(t)
	for key := range whole {
		if !ja.Has(key) {
			t.Errorf("%q is used, and has no wording", key)
		}
	}
	for beginning := range begun {
		found := false
		for _, key := range ja.Keys() {
			found = found || strings.HasPrefix(key, beginning)
		}
		if !found {
			t.Errorf("nothing begins with %q, which is used", beginning)
		}
	}
	for _, key := range ja.Keys() {
		used := whole[key]
		for beginning := range begun {
			used = used || strings.HasPrefix(key, beginning)
		}
		if !used {
			t.Errorf("%q is a wording that nothing uses", key)
		}
	}
}

// Every member of the closed sets that screens show is called something, in every
// language.
func TestEveryMemberIsWorded(t *testing.T) {
	var keys []string
	add := func(family string, members ...string) {
		for _, m := range members {
			keys = append(keys, family+"."+m)
		}
	}
	add("kind", texts(library.Kinds)...)
	add("document", texts(library.Documents)...)
	add("contact", texts(library.Contacts)...)
	add("hold", texts(library.HoldStates)...)
	for _, o := range library.Orders {
		add("order", orderName(o))
	}
	add("item", texts(library.ItemStates)...)
	add("staff.email", texts(library.EmailStates)...)
	for _, e := range library.Eras {
		add("era", e.Code)
	}
	for d := range 7 {
		add("date.weekday", strings.ToLower(time.Weekday(d).String()[:3]))
	}
	for m := time.January; m <= time.December; m++ {
		add("date.month", m.String()[:3])
	}
	for _, l := range library.Languages {
		p, err := wording.For(l.Code)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			if !p.Has(key) {
				t.Errorf("%s: there is no wording for %q", l.Code, key)
			}
		}
	}
}

func texts[T ~string](list []T) (all []string) {
	for _, x := range list {
		all = append(all, string(x))
	}
	return all
}

// A terminal needs no font but its own: every character that the program itself
// shows is in both weights.
func TestEveryCharacterIsInTheFont(t *testing.T) {
	shown := map[rune]bool{}
	for _, l := range library.Languages {
		p, err := wording.For(l.Code)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range p.Keys() {
			for _, r := range p.T(key) + l.Name {
				shown[r] = true
			}
		}
	}
	for _, folder := range []string{".", "../widget"} {
		for _, f := range sources(t, folder) {
			ast.Inspect(f, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && (l.Kind == token.STRING || l.Kind == token.CHAR) && !strings.Contains(l.Value, "々") { // the rules of line breaking
					for _, r := range l.Value {
						shown[r] = true
					}
				}
				return true
			})
		}
	}
	for _, file := range []string{"BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf"} {
		data, err := os.ReadFile(filepath.Join(theme.FontFolder, file))
		if err != nil {
			t.Fatal(err)
		}
		font, err := sfnt.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		var buf sfnt.Buffer
		for r := range shown {
			if r == '\n' {
				continue
			}
			if i, err := font.GlyphIndex(&buf, r); err != nil || i == 0 {
				t.Errorf("%s has no %q (%U)", file, r, r)
			}
		}
	}
}

// sources parses the program text of a folder, its tests left out.
func sources(t *testing.T, folder string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// usedKeys finds the string literals of this package that are keys: those with a
// dot inside, and the arguments of t and T.
func usedKeys(t *testing.T) (whole, begun map[string]bool) {
	whole, begun = map[string]bool{}, map[string]bool{}
	literal := func(n ast.Node) (string, bool) {
		l, ok := n.(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(l.Value)
		return s, err == nil
	}
	for _, f := range sources(t, ".") {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.BinaryExpr:
				if s, ok := literal(n.X); ok && strings.HasSuffix(s, ".") {
					begun[s] = true
					return false
				}
			case *ast.CallExpr:
				name := ""
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
					name = sel.Sel.Name
				}
				if len(n.Args) > 0 && (name == "t" || name == "T") {
					if s, ok := literal(n.Args[0]); ok {
						whole[s] = true
					}
				}
			case *ast.BasicLit:
				s, ok := literal(n)
				if before, after, dotted := strings.Cut(s, "."); ok && dotted && before != "" && after != "" && !strings.ContainsAny(s, " %/") {
					whole[s] = true
				}
			}
			return true
		})
	}
	return whole, begun
}
