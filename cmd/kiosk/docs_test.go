package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"madoguchi/cmd/settingstest"
)

func TestDocsNameCommands(t *testing.T) {
	settingstest.Commands(t, "kiosk", 6, func(args []string) error {
		parser, err := kong.New(new(commands), kong.Name("kiosk"))
		if err != nil {
			return err
		}
		_, err = parser.Parse(args)
		return err
	})
}

// What has no scanner is the server's.
func TestDocsShowSettings(t *testing.T) {
	settingstest.Shown(t, func(text string) any {
		if !strings.Contains(text, "[scanner]") {
			return nil
		}
		return new(Config)
	})
}
