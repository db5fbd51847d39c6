package main

import (
	"errors"
	"fmt"

	"madoguchi/barcode"
	"madoguchi/cmd/settingsfile"
	"madoguchi/kiosk/printer"
	"madoguchi/kiosk/theme"
)

// Config is kiosk.toml. examples/kiosk.toml has each of its settings, and
// docs/settings.md is made of the comments.
type Config struct {
	Server     string                 `toml:"server"`     // address of the central server, where it differs from the one enrolled at
	Data       string                 `toml:"data"`       // folder of the catalogue and of who this terminal is
	Font       string                 `toml:"font"`       // folder of BIZUDPGothic-Regular.ttf and -Bold.ttf
	Fullscreen bool                   `toml:"fullscreen"` // false: a window, for development
	LogFormat  settingsfile.LogFormat `toml:"log_format"` // of the log: text for people, json for programs
	Scale      float32                `toml:"scale"`      // pixels per unit; 1 suits 1280×1024 and 1080×1920

	Scanner Scanner          `toml:"scanner"` // how scans arrive
	Barcode barcode.Settings `toml:"barcode"` // what the scanner sends, and what the library's own numbers look like
	Printer printer.Settings `toml:"printer"` // the receipt printer
}

// Scanner says how scans arrive.
type Scanner struct {
	Device string `toml:"device"` // serial device, "" for none
	Baud   int    `toml:"baud"`   // speed of the serial device
	Wedge  bool   `toml:"wedge"`  // the scanner poses as a keyboard
}

func defaultConfig() Config {
	return Config{
		Data: "/var/lib/madoguchi", Font: theme.FontFolder, Fullscreen: true, LogFormat: settingsfile.LogText, Scale: 1,
		Scanner: Scanner{Baud: barcode.DefaultBaud},
		Printer: printer.Settings{Paper: printer.DefaultPaper, Baud: printer.DefaultBaud},
	}
}

// readConfig reads the settings, or says fs.ErrNotExist and what they are by default. A
// setting that is not known is an error: it would be one that does nothing.
func readConfig(path string) (Config, error) {
	c := defaultConfig()
	file, err := settingsfile.Read(path, &c, defaultConfig())
	if err != nil {
		return c, err
	}
	return c, c.validate(file)
}

func (c Config) validate(in *settingsfile.File) error {
	switch {
	case c.Data == "":
		return in.Wrong("", errors.New("data must name a folder"))
	case c.Scale < 0.5 || c.Scale > 4:
		return in.Wrong("", fmt.Errorf("scale = %v is not between 0.5 and 4", c.Scale))
	case c.Scanner.Baud < 1:
		return in.Wrong("scanner", fmt.Errorf("baud = %d: it must be at least 1, and is usually %d", c.Scanner.Baud, barcode.DefaultBaud))
	}
	if err := in.Wrong("", c.LogFormat.Validate()); err != nil {
		return err
	}
	if err := in.Wrong("barcode", c.Barcode.Validate()); err != nil {
		return err
	}
	return in.Wrong("printer", c.Printer.Validate())
}
