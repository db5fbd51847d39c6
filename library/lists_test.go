package library_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/library"
)

// A list of a closed set has every constant of its type, once.
func TestListsAreWhole(t *testing.T) {
	declared := constants(t)
	for name, list := range map[string][]string{
		"HoldState":    strs(library.HoldStates),
		"MailKind":     strs(library.MailKinds),
		"PasswordRule": strs(library.PasswordRules),
		"Contact":      strs(library.Contacts),
		"ItemState":    strs(library.ItemStates),
		"EmailState":   strs(library.EmailStates),
		"Document":     strs(library.Documents),
		"Kind":         strs(library.Kinds),
		"Block":        strs(library.Blocks),
	} {
		if len(declared[name]) == 0 {
			t.Errorf("%s has no constants", name)
		}
		if a, b := slices.Sorted(slices.Values(declared[name])), slices.Sorted(slices.Values(list)); !slices.Equal(a, b) {
			t.Errorf("the constants of %s are %v, its list has %v", name, a, b)
		}
	}
}

func strs[T ~string](list []T) (all []string) {
	for _, x := range list {
		all = append(all, string(x))
	}
	return all
}

// constants are the package's constants of text by the name of their type.
func constants(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			kind, typed := v.Type.(*ast.Ident)
			text, literal := v.Values[0].(*ast.BasicLit)
			if !typed || !literal || text.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			all[kind.Name] = append(all[kind.Name], s)
			return true
		})
	}
	return all
}
