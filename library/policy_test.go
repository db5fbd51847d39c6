package library

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/settings.md")

func TestTheGuidesPolicyIsValid(t *testing.T) {
	if err := DefaultPolicy().Validate(); err != nil {
		t.Error(err)
	}
}

// TestEveryNumberIsBounded: none of the policy's settings may be anything.
func TestEveryNumberIsBounded(t *testing.T) {
	bounds := map[string]bound{}
	for _, b := range DefaultPolicy().bounds() {
		bounds[b.name] = b
	}
	of := reflect.TypeFor[Policy]()
	for i := range of.NumField() {
		name := of.Field(i).Tag.Get("json")
		for _, wrong := range []int64{-1, forEver + 1, 1 << 40} {
			p := DefaultPolicy()
			field := reflect.ValueOf(&p).Elem().Field(i)
			if field.Kind() == reflect.String {
				field.SetString("anything")
			} else if field.SetInt(wrong); wrong > 0 && bounds[name].most == forEver {
				continue
			}
			if err := p.Validate(); err == nil || !strings.Contains(err.Error(), name+" = ") {
				t.Errorf("%s = %v: %v", name, field, err)
			}
		}
	}
	if len(bounds) != of.NumField()-1 { // all but the one that is a word
		t.Errorf("%d bounds of %d settings", len(bounds), of.NumField())
	}
}

func TestNumbersThatDoNotGoTogether(t *testing.T) {
	for want, change := range map[string]func(*Policy){
		"idle_countdown = 60: it must be less than idle_after":        func(p *Policy) { p.IdleCountdown = 60 },
		"idle_countdown = 15: it must be less than idle_after":        func(p *Policy) { p.StaffScreenIdle = 15 },
		"password_max = 7: it must be at least password_min":          func(p *Policy) { p.PasswordMin, p.PasswordMax = 8, 7 },
		"password_max = 65: it must be between 6 and 64":              func(p *Policy) { p.PasswordMax = 65 },
		"loan_days = 0: it must be between 1 and 366":                 func(p *Policy) { p.LoanDays = 0 },
		"max_holds = 0: it must be at least 1":                        func(p *Policy) { p.MaxHolds = 0 },
		"password_charset = \"\": it must be \"alnum\" or \"digits\"": func(p *Policy) { p.PasswordCharset = "" },
	} {
		p := DefaultPolicy()
		change(&p)
		if err := p.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s…", err, want)
		}
	}
}

// TestSettingsAreDocumented: docs/settings.md says of each number what its comment does.
// After a change: go test ./library -run Documented -update
func TestSettingsAreDocumented(t *testing.T) {
	const path = "../docs/settings.md"
	want := policyDocument(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s does not fit; look at the difference after: go test ./library -run Documented -update", path)
	}
}

func policyDocument(t *testing.T) string {
	var b strings.Builder
	b.WriteString(`# Settings

All settings of the server and of a terminal, with their defaults, stand in
[examples/central.toml](../examples/central.toml) and
[examples/kiosk.toml](../examples/kiosk.toml). Both programs refuse a setting that does
not exist, and a value that cannot be, with a sentence that says what is wrong.

## The numbers of the rules

They stand under ` + "`[policy]`" + ` in central.toml; terminals learn them from the server. Times are
in seconds where nothing else is said.

| setting | default | may be | what it is |
|---|---|---|---|
`)
	comments := policyComments(t)
	bounds := map[string]bound{}
	for _, x := range DefaultPolicy().bounds() {
		bounds[x.name] = x
	}
	of, values := reflect.TypeFor[Policy](), reflect.ValueOf(DefaultPolicy())
	for i := range of.NumField() {
		name := of.Field(i).Tag.Get("json")
		if comments[of.Field(i).Name] == "" {
			t.Errorf("%s has no comment", of.Field(i).Name)
		}
		may := "alnum, digits"
		if x, ok := bounds[name]; ok {
			if may = fmt.Sprintf("%d to %d", x.least, x.most); x.most == forEver {
				may = fmt.Sprintf("%d or more", x.least)
			}
		}
		fmt.Fprintf(&b, "| `%s` | %v | %s | %s |\n", name, values.Field(i), may, comments[of.Field(i).Name])
	}
	return b.String()
}

// policyComments are the comments of Policy's fields, by their names.
func policyComments(t *testing.T) map[string]string {
	file, err := parser.ParseFile(token.NewFileSet(), "policy.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "Policy" {
			return true
		}
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			for _, name := range f.Names {
				comments[name.Name] = strings.TrimSpace(f.Comment.Text())
			}
		}
		return false
	})
	return comments
}
