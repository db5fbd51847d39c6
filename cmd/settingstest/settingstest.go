// Package settingstest holds the documents and the examples against the commands and the
// settings of the programs. In docs/settings.md a setting's name, type and default come
// from the value of the defaults, and what it does from the comment of its field. Only
// tests use it.
package settingstest

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

var update = flag.Bool("update", false, "write docs/settings.md anew")

// root is the folder of the module, as seen from that of a program.
const root = "../.."

// exampleLine is the beginning of a line of an example that has a setting which is not
// set by default.
var exampleLine = regexp.MustCompile(`(?m)^#(\[|\w+ = )`)

// Example reads an example into settings, a pointer to a struct, with the lines in it
// that are commented out, and fails where one of the settings is not in it, or one that
// does not exist is. It returns the example as it stands, and with those lines.
func Example(t *testing.T, path string, settings any) (text, all string) {
	t.Helper()
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all = exampleLine.ReplaceAllString(string(read), "$1")
	meta, err := toml.Decode(all, settings)
	if err != nil {
		t.Fatal(err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		t.Errorf("%s has settings that do not exist: %v", path, unknown)
	}
	for _, key := range settingsOf(reflect.TypeOf(settings).Elem()) {
		if !meta.IsDefined(key...) {
			t.Errorf("%s lacks the setting %s", path, strings.Join(key, "."))
		}
	}
	return string(read), all
}

// settingsOf returns the names of all settings of a struct, each with the tables that it
// is in.
func settingsOf(t reflect.Type, in ...string) (all [][]string) {
	for _, f := range reflect.VisibleFields(t) {
		key := append(in[:len(in):len(in)], f.Tag.Get("toml"))
		if f.Type.Kind() == reflect.Struct {
			all = append(all, settingsOf(f.Type, key...)...)
			continue
		}
		all = append(all, key)
	}
	return all
}

// Documented fails where the section of a settings file in docs/settings.md is not that
// of its defaults, a struct whose fields are called as their tag "toml" says. may says of
// single settings, by their whole name such as policy.loan_days, what they may be. With
// the flag -update it writes the section.
func Documented(t *testing.T, file string, defaults any, may map[string]string) {
	t.Helper()
	const path = root + "/docs/settings.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+file+" begins -->\n", "<!-- "+file+" ends -->\n"
	before, rest, begun := strings.Cut(string(text), begin)
	is, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		t.Fatalf("%s lacks the lines %q and %q", path, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	d := document{t: t, may: may, told: map[reflect.Type]string{}}
	d.table("", reflect.ValueOf(defaults))
	want := d.String()
	if is == want {
		return
	}
	if !*update {
		t.Errorf("%s does not say of %s what its fields do; after this look at the difference: go test ./cmd/... -run Documented -update", path, file)
		return
	}
	if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// document is a section that is being written.
type document struct {
	strings.Builder
	t    *testing.T
	may  map[string]string
	told map[reflect.Type]string // tables whose settings stand there already
}

// table writes the settings of a table, and those of the tables in it.
func (d *document) table(name string, v reflect.Value) {
	comments := d.commentsOf(v.Type())
	var inner []int
	var rows []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		setting, comment := f.Tag.Get("toml"), comments[f.Name]
		if setting == "" || comment == "" {
			d.t.Errorf("%s.%s has no tag, or no comment that says what it does", v.Type(), f.Name)
		}
		if f.Type.Kind() == reflect.Struct || isTable(f.Type) {
			inner = append(inner, i)
			continue
		}
		kind := kindOf(f.Type)
		if may := d.may[joined(name, setting)]; may != "" {
			kind += ": " + may
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |\n", setting, kind, valueOf(v.Field(i)), strings.ReplaceAll(comment, "|", `\|`)))
	}
	if len(rows) > 0 {
		d.WriteString("\n| setting | type | default | what it does |\n|---|---|---|---|\n" + strings.Join(rows, ""))
	}
	for _, i := range inner {
		f := v.Type().Field(i)
		whole := joined(name, f.Tag.Get("toml"))
		heading := "[" + whole + "]"
		if f.Type.Kind() == reflect.Slice {
			heading = "[[" + whole + "]]"
		}
		fmt.Fprintf(d, "\n### %s\n\n%s\n", heading, sentence(comments[f.Name]))
		switch there := d.told[f.Type]; {
		case f.Type.Kind() != reflect.Struct:
		case there != "":
			fmt.Fprintf(d, "The settings are those of %s.\n", there)
		default:
			d.told[f.Type] = heading
			d.table(whole, v.Field(i))
		}
	}
}

// isTable reports whether a setting is a table of names that the library chooses.
func isTable(t reflect.Type) bool {
	return t.Kind() == reflect.Map && t.Elem().Kind() == reflect.String && t.Name() != "" || t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Map
}

func joined(table, setting string) string {
	if table == "" {
		return setting
	}
	return table + "." + setting
}

// kindOf words the type of a setting.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "list of " + kindOf(t.Elem())
	case reflect.Map:
		return "table of " + kindOf(t.Elem())
	case reflect.Int:
		if t.Name() == "Seconds" {
			return "seconds"
		}
	}
	return "number"
}

// valueOf words a default; nothing stands for what is not set.
func valueOf(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		if v.String() == "" {
			return ""
		}
		return fmt.Sprintf("`%q`", v)
	case reflect.Slice, reflect.Map:
		if v.Len() == 0 {
			return ""
		}
	}
	return fmt.Sprintf("`%v`", v)
}

// sentence makes a comment a sentence.
func sentence(comment string) string {
	if comment == "" {
		return ""
	}
	return strings.ToUpper(comment[:1]) + strings.TrimSuffix(comment[1:], ".") + "."
}

// commentsOf reads the comments of a struct's fields from its package.
func (d *document) commentsOf(of reflect.Type) map[string]string {
	d.t.Helper()
	folder, ours := strings.CutPrefix(of.PkgPath(), "madoguchi/")
	if !ours {
		d.t.Fatalf("%s is of the package %s", of, of.PkgPath())
	}
	paths, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		d.t.Fatal(err)
	}
	comments := map[string]string{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			d.t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != of.Name() {
				return true
			}
			s, ok := spec.Type.(*ast.StructType)
			if !ok {
				return false
			}
			for _, f := range s.Fields.List {
				text := strings.Join(strings.Fields(f.Doc.Text()+" "+f.Comment.Text()), " ")
				for _, name := range f.Names {
					comments[name.Name] = text
				}
			}
			return false
		})
	}
	return comments
}
