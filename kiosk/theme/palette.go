// Package theme holds how the terminal looks: colours, sizes of type, measures of
// the grid and the font. Screens and widgets take every colour and size from a
// Look and write none themselves.
package theme

import "image/color"

// Scheme is a set of colours that a patron chooses.
type Scheme string

// The colour schemes.
const (
	Standard     Scheme = "standard"
	Dark         Scheme = "dark"
	HighContrast Scheme = "contrast"
)

// The schemes of the staff menu, which no patron can choose: whoever stands by sees at
// once that staff are logged in.
const (
	Staff     Scheme = "staff"
	StaffHead Scheme = "staff_head" // its header
)

// Schemes are all schemes of patrons, in the order in which they are offered.
var Schemes = []Scheme{Standard, Dark, HighContrast}

// Palette is one colour for each use. Text and its ground differ by at least 7:1,
// which the test of this package holds.
type Palette struct {
	Ground, Surface, KeyBed color.NRGBA // paper; cards and keys; under the keyboard
	Ink, Quiet, Line        color.NRGBA // text; second line; rules and borders

	Action, OnAction, ActionTint color.NRGBA // the one colour of action; text on it; suggestions
	Panel, OnPanel, PanelLine    color.NRGBA // the large search panel of the home screen
	Good, GoodTint               color.NRGBA // here, done, connected
	Bad, BadTint                 color.NRGBA // late, refused, warning
	MutedTint                    color.NRGBA // tags that neither call nor warn
	Mark                         color.NRGBA // the shelf on a map that was looked for
	Veil                         color.NRGBA // over a screen, under a dialog
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// PaletteOf returns the colours of a scheme, the standard ones for an unknown name.
func PaletteOf(s Scheme) Palette {
	switch s {
	case Dark:
		return Palette{
			Ground: rgb(0x171613), Surface: rgb(0x23211D), KeyBed: rgb(0x100F0D),
			Ink: rgb(0xF5F2EB), Quiet: rgb(0xCFC9BC), Line: rgb(0x5A554B),
			Action: rgb(0xAFC8FF), OnAction: rgb(0x0E1A33), ActionTint: rgb(0x222C40),
			Panel: rgb(0x1F3157), OnPanel: rgb(0xF5F2EB), PanelLine: rgb(0x8FA3CC),
			Good: rgb(0x9FDDB4), GoodTint: rgb(0x1D3024),
			Bad: rgb(0xFFB4A1), BadTint: rgb(0x3A211B),
			MutedTint: rgb(0x302D27), Mark: rgb(0xF0785C),
			Veil: color.NRGBA{A: 0xB0},
		}
	case HighContrast:
		return Palette{
			Ground: rgb(0x000000), Surface: rgb(0x000000), KeyBed: rgb(0x000000),
			Ink: rgb(0xFFFFFF), Quiet: rgb(0xFFFFFF), Line: rgb(0xFFFFFF),
			Action: rgb(0xFFE600), OnAction: rgb(0x000000), ActionTint: rgb(0x1A1A1A),
			Panel: rgb(0x000000), OnPanel: rgb(0xFFFFFF), PanelLine: rgb(0xFFE600),
			Good: rgb(0x7CFFB2), GoodTint: rgb(0x1A1A1A),
			Bad: rgb(0xFFA599), BadTint: rgb(0x1A1A1A),
			MutedTint: rgb(0x1A1A1A), Mark: rgb(0xFFA599),
			Veil: color.NRGBA{A: 0xD0},
		}
	case Staff:
		return Palette{
			Ground: rgb(0xF3EDF6), Surface: rgb(0xFFFFFF), KeyBed: rgb(0xE6DBEA),
			Ink: rgb(0x1D1521), Quiet: rgb(0x4A404F), Line: rgb(0xCDBFD3),
			Action: rgb(0x58195F), OnAction: rgb(0xFFFFFF), ActionTint: rgb(0xEBDDEE),
			Panel: rgb(0x58195F), OnPanel: rgb(0xFFFFFF), PanelLine: rgb(0xB48FBA),
			Good: rgb(0x1B4A29), GoodTint: rgb(0xE2EFE5),
			Bad: rgb(0x80220E), BadTint: rgb(0xF9E7E2),
			MutedTint: rgb(0xE6DEE9),
			Veil:      color.NRGBA{R: 0x1D, G: 0x15, B: 0x21, A: 0x90},
		}
	case StaffHead:
		return Palette{
			Ground: rgb(0x471250), Surface: rgb(0x5B2264), KeyBed: rgb(0x3A0E42),
			Ink: rgb(0xFFFFFF), Quiet: rgb(0xF3E8F5), Line: rgb(0xA987B0),
			Action: rgb(0xFFFFFF), OnAction: rgb(0x471250), ActionTint: rgb(0x5B2264),
			Panel: rgb(0x471250), OnPanel: rgb(0xFFFFFF), PanelLine: rgb(0xB48FBA),
			Good: rgb(0xB9F2C9), GoodTint: rgb(0x2C3A30),
			Bad: rgb(0xFFD3C8), BadTint: rgb(0x541C22),
			MutedTint: rgb(0x5B2264),
			Veil:      color.NRGBA{A: 0x90},
		}
	}
	return Palette{
		Ground: rgb(0xFBF9F4), Surface: rgb(0xFFFFFF), KeyBed: rgb(0xF1EDE3),
		Ink: rgb(0x1C1B19), Quiet: rgb(0x4F4B44), Line: rgb(0xDDD7CA),
		Action: rgb(0x1D3C72), OnAction: rgb(0xFFFFFF), ActionTint: rgb(0xE6ECF6),
		Panel: rgb(0x1D3C72), OnPanel: rgb(0xFFFFFF), PanelLine: rgb(0x8E9DB8),
		Good: rgb(0x21502F), GoodTint: rgb(0xE5EFE7),
		Bad: rgb(0x8A2914), BadTint: rgb(0xF8E8E3),
		MutedTint: rgb(0xEFE9E1), Mark: rgb(0xA8321A),
		Veil: color.NRGBA{R: 0x1C, G: 0x1B, B: 0x19, A: 0x90},
	}
}

// Contrast returns the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2).
func Contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}
