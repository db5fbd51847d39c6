package theme

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// FontFolder is where the Debian package FontPackage puts its files.
const (
	FontFolder  = "/usr/share/fonts/truetype/bizud-gothic"
	FontPackage = "fonts-morisawa-bizud-gothic"
)

// Fonts are the two weights that the terminal draws with.
type Fonts struct {
	Regular, Bold fyne.Resource
}

// ErrNoFont is wrapped by LoadFonts when a font cannot be used.
var ErrNoFont = errors.New("no Japanese font")

// LoadFonts reads BIZ UDPGothic from a folder, FontFolder where it is empty. Only
// single TrueType files are taken: a collection (TTC) crashes Fyne.
func LoadFonts(folder string) (Fonts, error) {
	if folder == "" {
		folder = FontFolder
	}
	regular, err := loadFont(filepath.Join(folder, "BIZUDPGothic-Regular.ttf"))
	if err != nil {
		return Fonts{}, err
	}
	bold, err := loadFont(filepath.Join(folder, "BIZUDPGothic-Bold.ttf"))
	if err != nil {
		return Fonts{}, err
	}
	return Fonts{Regular: regular, Bold: bold}, nil
}

func loadFont(path string) (fyne.Resource, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %s cannot be read; install the package %s, or set font in kiosk.toml to the folder of BIZUDPGothic-Regular.ttf and -Bold.ttf: %w", ErrNoFont, path, FontPackage, err)
	}
	if len(b) < 4 || string(b[:4]) != "\x00\x01\x00\x00" && string(b[:4]) != "OTTO" {
		return nil, fmt.Errorf("%w: %s is not a single TrueType font; a collection (.ttc) cannot be used", ErrNoFont, path)
	}
	return fyne.NewStaticResource(filepath.Base(path), b), nil
}

// Fyne returns the theme that gives Fyne our fonts. It is set once: each change of
// theme makes Fyne read all fonts anew, and keep the old ones. Colours and sizes
// come from a Look instead.
func Fyne(fonts Fonts) fyne.Theme {
	return fyneTheme{Theme: theme.DefaultTheme(), fonts: fonts}
}

type fyneTheme struct {
	fyne.Theme
	fonts Fonts
}

func (t fyneTheme) Font(s fyne.TextStyle) fyne.Resource {
	if s.Bold {
		return t.fonts.Bold
	}
	return t.fonts.Regular
}
