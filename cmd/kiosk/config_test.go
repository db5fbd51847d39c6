package main

import (
	"reflect"
	"strings"
	"testing"

	"madoguchi/barcode"
	"madoguchi/cmd/settingstest"
)

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
	settingstest.Example(t, path, &c)
	if err := c.validate(); err != nil {
		t.Errorf("with all of its examples: %v", err)
	}
}

func TestSettingsAreDocumented(t *testing.T) {
	var schemes []string
	for _, s := range barcode.Schemes {
		schemes = append(schemes, string(s))
	}
	settingstest.Documented(t, "kiosk.toml", defaultConfig(), map[string]string{"barcode.card.check": strings.Join(schemes, ", ")})
}
