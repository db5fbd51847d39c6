package slip

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Typeface is the font of the slips, in its two weights. ParseTypeface makes it.
type Typeface struct{ regular, bold *opentype.Font }

// ParseTypeface reads two TrueType files, both of which have the Japanese characters.
func ParseTypeface(regular, bold []byte) (Typeface, error) {
	var t Typeface
	var err error
	if t.regular, err = opentype.Parse(regular); err != nil {
		return t, fmt.Errorf("the regular font of the slips cannot be used; install it again: %w", err)
	}
	if t.bold, err = opentype.Parse(bold); err != nil {
		return t, fmt.Errorf("the bold font of the slips cannot be used; install it again: %w", err)
	}
	return t, nil
}

// minWidth is the narrowest paper that is drawn for, in dots.
const minWidth = 160

// Draw draws a slip for paper of so many dots (384 on 58 mm, 576 on 80 mm paper, at 8
// dots a millimetre), as high as it needs. Index 1 of the picture's palette is black.
// What the font has not becomes "〓".
func Draw(s Slip, width int, t Typeface) *image.Paletted {
	width = max(width, minWidth)
	c := newComposer(width, t)
	blocks := c.slip(s)
	height := 2 * c.margin
	for _, b := range blocks {
		height += b.height
	}
	p := newPage(width, height)
	y := c.margin
	for _, b := range blocks {
		if b.draw != nil {
			b.draw(p, y)
		}
		y += b.height
	}
	return p.dots()
}

// page is a picture that is drawn upon. It is gray until dots makes it black and white.
type page struct{ *image.Gray }

func newPage(width, height int) *page {
	p := &page{image.NewGray(image.Rect(0, 0, width, height))}
	p.fill(p.Rect, color.White)
	return p
}

func (p *page) fill(r image.Rectangle, ink color.Color) {
	draw.Draw(p, r, image.NewUniform(ink), image.Point{}, draw.Src)
}

// outline draws a frame of so many dots inside r.
func (p *page) outline(r image.Rectangle, thick int) {
	p.fill(r, color.Black)
	p.fill(r.Inset(thick), color.White)
}

// disc draws a filled circle.
func (p *page) disc(at image.Point, radius int, ink color.Color) {
	for y := -radius; y <= radius; y++ {
		for x := -radius; x <= radius; x++ {
			if x*x+y*y <= radius*radius+radius/2 {
				p.Set(at.X+x, at.Y+y, ink)
			}
		}
	}
}

// darkEnough is the gray from which on a dot is printed. It is lighter than half way:
// the thin strokes of small kanji must not fall apart.
const darkEnough = 180

func (p *page) dots() *image.Paletted {
	out := image.NewPaletted(p.Rect, color.Palette{color.White, color.Black})
	for i, gray := range p.Pix {
		if gray < darkEnough {
			out.Pix[i] = 1
		}
	}
	return out
}

// style is a weight and a size of the typeface, in dots.
type style struct {
	bold bool
	size int
}

// leading is the distance of two lines of a style.
func (s style) leading() int { return s.size * 4 / 3 }

// baseline is where the letters stand, from the top of the leading.
func (s style) baseline() int { return (s.leading()-s.size)/2 + s.size*22/25 }

// pen draws and measures text. It serves one Draw: faces are not safe for two.
type pen struct {
	typeface Typeface
	faces    map[style]font.Face
	buffer   sfnt.Buffer
}

func (p *pen) face(s style) font.Face {
	if p.faces[s] == nil {
		f := p.typeface.regular
		if s.bold {
			f = p.typeface.bold
		}
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(s.size), DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			panic(err) // it never fails with these options
		}
		p.faces[s] = face
	}
	return p.faces[s]
}

// measure returns how wide a text is, in dots.
func (p *pen) measure(s style, text string) int {
	return font.MeasureString(p.face(s), text).Ceil()
}

// write draws one line of text in a box of its leading's height, the upper left
// corner of which is at x, y.
func (p *pen) write(dst *page, s style, x, y int, ink color.Color, text string) {
	face := p.face(s)
	bounds, _ := font.BoundString(face, text)
	x += max(0, -bounds.Min.X.Floor()) // a mark that stands before its place
	d := font.Drawer{Dst: dst, Src: image.NewUniform(ink), Face: face}
	d.Dot = fixed.P(x, y+s.baseline())
	d.DrawString(text)
}

// fit returns the largest size, of those from the largest down to the smallest, in
// which a text is at most so wide, and false where even the smallest is too wide.
func (p *pen) fit(largest style, smallest, width int, text string) (style, bool) {
	for s := largest; s.size >= smallest; s.size -= 2 {
		if p.measure(s, text) <= width {
			return s, true
		}
	}
	return style{largest.bold, smallest}, false
}

func (p *pen) has(r rune) bool {
	i, err := p.typeface.regular.GlyphIndex(&p.buffer, r)
	return err == nil && i != 0
}

// clean makes of a text one that can be drawn.
func (p *pen) clean(text string) string {
	return strings.Map(p.drawable, normalise(text))
}
