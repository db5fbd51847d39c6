package theme

import (
	"image/color"
	"math"
)

// TextSize is how large a patron wants the type.
type TextSize string

// The text sizes.
const (
	Normal  TextSize = "normal"
	Large   TextSize = "large"
	Largest TextSize = "largest"
)

// TextSizes are all text sizes, in the order in which they are offered.
var TextSizes = []TextSize{Normal, Large, Largest}

// Look is everything that a widget must know to draw itself. It is a value: a
// change of scheme or size builds the screen anew from another Look.
type Look struct {
	Palette
	Type
}

// Type are the sizes of type in units.
type Type struct {
	Display, Title, Strong, Text, Second float32
}

// LookOf returns the look for a scheme and a text size.
func LookOf(s Scheme, size TextSize) Look {
	t := Type{Display: 48, Title: 34, Strong: 28, Text: 24, Second: 21}
	switch size {
	case Large:
		t = Type{Display: 54, Title: 39, Strong: 33, Text: 29, Second: 25}
	case Largest:
		t = Type{Display: 60, Title: 44, Strong: 38, Text: 34, Second: 30}
	}
	return Look{Palette: PaletteOf(s), Type: t}
}

// The grid, in units: multiples of 8.
const (
	Margin       float32 = 40 // from the edge of the screen
	Gap          float32 = 16
	GapWide      float32 = 24
	GapSection   float32 = 32
	GapTight     float32 = 8
	HeaderHeight float32 = 96
	FooterHeight float32 = 104
	ButtonHeight float32 = 72
	KeyHeight    float32 = 68
	Touch        float32 = 64 // no target is smaller
	Corner       float32 = 12
	Border       float32 = 2
)

// Line heights as multiples of the size of type.
const (
	RunningLine float32 = 1.6
	TitleLine   float32 = 1.35
)

func luminance(c color.NRGBA) float64 {
	lin := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}
