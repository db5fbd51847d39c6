package main

import (
	"os"
	"path/filepath"
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
	if err := c.validate(nil); err != nil {
		t.Errorf("with all of its examples: %v", err)
	}
}

// What is wrong is said with its line, and how to write it.
func TestWrongSettings(t *testing.T) {
	for text, says := range map[string]string{
		"[printer]\nbaud = \"9600\"":   "line 2: printer.baud must be a whole number, without quotation marks, and is a text; write it like baud = 38400",
		"[printer]\nbaud = 1":          "line 2: [printer] baud = 1 is not one of",
		"[scanner]\nbaud = 0":          "line 2: [scanner] baud = 0: it must be at least 1",
		"scale = 9":                    "line 1: scale = 9 is not between 0.5 and 4",
		"fullscreen = \"yes\"":         "line 1: fullscreen must be true or false",
		"device = \"/dev/ttyUSB0\"":    "line 1: a setting that does not exist: device; it belongs below the line [scanner]",
		"fulscreen = true":             "line 1: a setting that does not exist: fulscreen; is fullscreen meant?",
		"[barcode.card]\nlengths = 11": "line 2: barcode.card.lengths must be a list, and is a number; write it like lengths = [10]",
		"[barcode.card]\ncheck = 'x'":  "line 2: [barcode] card.check: ",
		"scale ＝ 1":                    "line 1: the character ＝ is not the usual one",
		"\x00\x01\x02":                 "it is not a text",
	} {
		path := filepath.Join(t.TempDir(), "kiosk.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readConfig(path); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v, want %s", text, err, says)
		}
	}
}

func TestSettingsAreDocumented(t *testing.T) {
	var schemes []string
	for _, s := range barcode.Schemes {
		schemes = append(schemes, string(s))
	}
	settingstest.Documented(t, "kiosk.toml", defaultConfig(), map[string]string{"barcode.card.check": strings.Join(schemes, ", ")})
}
