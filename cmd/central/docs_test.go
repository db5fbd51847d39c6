package main

import (
	"strings"
	"testing"

	"madoguchi/cmd/settingstest"
)

func TestDocsNameCommands(t *testing.T) {
	settingstest.Commands(t, "central", 40, func(args []string) error {
		parser, err := newParser(new(cli), t.Output(), t.Output())
		if err != nil {
			return err
		}
		_, err = parser.Parse(args)
		return err
	})
}

// What has a scanner is a terminal's.
func TestDocsShowSettings(t *testing.T) {
	settingstest.Shown(t, func(text string) any {
		if strings.Contains(text, "[scanner]") {
			return nil
		}
		return new(settingsFile)
	})
}
