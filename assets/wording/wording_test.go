package wording

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// Every language has the same keys, and takes the same arguments for each.
func TestLanguagesAreComplete(t *testing.T) {
	ja, err := For("ja")
	if err != nil {
		t.Fatal(err)
	}
	listed(t)
	for _, l := range library.Languages {
		p, err := For(l.Code)
		if err != nil {
			t.Errorf("write assets/wording/%s.json: %v", l.Code, err)
			continue
		}
		for _, key := range ja.Keys() {
			if !p.Has(key) || p.T(key) == "" {
				t.Errorf("%s: there is no wording for %q", l.Code, key)
			}
		}
		for _, key := range p.Keys() {
			if !ja.Has(key) {
				t.Errorf("%s: %q is a key that ja has not", l.Code, key)
			}
			if indexed := regexp.MustCompile(`%\[`).MatchString(ja.T(key)); indexed {
				continue // languages may pick what they need
			}
			if a, b := kinds(ja.T(key)), kinds(p.T(key)); !slices.Equal(a, b) {
				t.Errorf("%s: %q takes %v, in ja %v", l.Code, key, b, a)
			}
		}
	}
}

// listed says which file is of no language of the list.
func listed(t *testing.T) {
	t.Helper()
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		code, _, _ := strings.Cut(e.Name(), ".")
		if library.LanguageWithCode(code).Code != code {
			t.Errorf("%s is of no language of library.Languages", e.Name())
		}
	}
}

func kinds(text string) []string { return verb.FindAllString(text, -1) }

func TestUnknownKeyShowsItself(t *testing.T) {
	p, err := For("en")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.T("no.such.key"); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
	if _, err := For("xx"); err == nil {
		t.Error("a language without wordings was found")
	}
}
