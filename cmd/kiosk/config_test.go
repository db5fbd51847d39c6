package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"madoguchi/barcode"
	"madoguchi/cmd/settingstest"
)

// exampleLine is the beginning of a line of an example that has a setting which is not
// set by default.
var exampleLine = regexp.MustCompile(`(?m)^#(\[|\w+ = )`)

// The example shows each setting, and those that have a default with it.
func TestExample(t *testing.T) {
	const path = "../../examples/kiosk.toml"
	c, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, defaultConfig()) {
		t.Errorf("what it shows as defaults is\n%+v\nand they are\n%+v", c, defaultConfig())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c = defaultConfig()
	meta, err := toml.Decode(exampleLine.ReplaceAllString(string(text), "$1"), &c)
	if err != nil {
		t.Fatal(err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		t.Errorf("it has settings that do not exist: %v", unknown)
	}
	for _, key := range settingsOf(reflect.TypeFor[Config]()) {
		if !meta.IsDefined(key...) {
			t.Errorf("it lacks the setting %s", strings.Join(key, "."))
		}
	}
	if err := c.validate(); err != nil {
		t.Errorf("with all of its examples: %v", err)
	}
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

func TestSettingsAreDocumented(t *testing.T) {
	var schemes []string
	for _, s := range barcode.Schemes {
		schemes = append(schemes, string(s))
	}
	settingstest.Documented(t, "kiosk.toml", defaultConfig(), map[string]string{"barcode.card.check": strings.Join(schemes, ", ")})
}
