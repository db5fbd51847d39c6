package printer

import (
	"errors"
	"fmt"
	"image"
	"image/color"
)

// The bytes of ESC/POS that are used here.
const (
	nul = 0x00
	eot = 0x04
	enq = 0x05
	dle = 0x10
	dc4 = 0x14
	esc = 0x1b
	gs  = 0x1d
)

// bandLines is how many lines of dots one raster command bears: little enough for a
// small printer's memory, and for padding one that was cut off.
const bandLines = 64

// raster is a picture as a printer takes it: rows of bytes, the most significant bit
// to the left, 1 is black.
type raster struct {
	stride int // bytes a row
	data   []byte
}

func (r raster) lines() int { return len(r.data) / r.stride }

// newRaster makes a raster of a picture that is at most so many dots wide.
func newRaster(img image.Image, width int) (raster, error) {
	b := img.Bounds()
	if b.Empty() {
		return raster{}, errors.New("the picture to be printed is empty")
	}
	if b.Dx() > width {
		return raster{}, fmt.Errorf("the picture is %d dots wide, the paper only %d; set [printer] paper to what is in the printer", b.Dx(), width)
	}
	r := raster{stride: width / 8}
	r.data = make([]byte, r.stride*b.Dy())
	for y := range b.Dy() {
		row := r.data[y*r.stride:][:r.stride]
		for x := range b.Dx() {
			if black(img.At(b.Min.X+x, b.Min.Y+y)) {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	tame(r.data)
	return r, nil
}

func black(c color.Color) bool {
	if _, _, _, a := c.RGBA(); a < 0x8000 {
		return false
	}
	return color.GrayModel.Convert(c).(color.Gray).Y < 0x80
}

// tame takes out of a picture what a printer would obey. A printer looks for real-time
// commands (DLE EOT, DLE ENQ, DLE DC4) even inside a picture's data, and could answer,
// forget what it has, or switch itself off. One dot more, an eighth of a millimetre,
// keeps a picture from being one.
func tame(data []byte) {
	for i := 1; i < len(data); i++ {
		if data[i-1] == dle && (data[i] == eot || data[i] == enq || data[i] == dc4) {
			data[i-1] |= 0x08
		}
	}
}

// bands parts a raster into GS v 0 commands.
func (r raster) bands() [][]byte {
	var out [][]byte
	for rest := r.data; len(rest) > 0; {
		n := min(len(rest), bandLines*r.stride)
		lines := n / r.stride
		band := []byte{gs, 'v', '0', 0, byte(r.stride), byte(r.stride >> 8), byte(lines), byte(lines >> 8)}
		out = append(out, append(band, rest[:n]...))
		rest = rest[n:]
	}
	return out
}

// The commands around a picture.
var (
	initialise = [...]byte{esc, '@'}
	feedAndCut = [...]byte{esc, 'd', 4, gs, 'V', 1} // 17 mm, to the knife, which leaves a corner
	askPaper   = [...]byte{gs, 'r', 1}              // answered when all before it is printed
)

// padding ends a raster command that was cut off half way: a printer would take what
// comes next for the dots that it still waits for. Outside of a command it is ignored.
func padding(stride int) []byte { return make([]byte, bandLines*stride) }

// topic is what DLE EOT asks of.
type topic byte

const (
	ofPrinter topic = 1
	ofOffline topic = 2
	ofPaper   topic = 4
)

func (t topic) question() []byte { return []byte{dle, eot, byte(t)} }

// isStatus says whether a byte answers DLE EOT: two of its bits are always set and
// two never, other than in XON, XOFF and in the answer to GS r.
func isStatus(b byte) bool { return b&0x93 == 0x12 }

// isPrinted says whether a byte answers GS r.
func isPrinted(b byte) bool { return b&0x90 == 0 }

// condition is what a printer says of itself.
type condition struct{ paperOut, offline bool }

// decode adds what an answer says. A byte that is no answer says nothing.
func (c condition) decode(t topic, b byte) condition {
	if !isStatus(b) {
		return c
	}
	switch t {
	case ofPrinter:
		c.offline = c.offline || b&0x08 != 0
	case ofOffline:
		const coverOpen, noPaper, failed = 0x04, 0x20, 0x40
		c.paperOut = c.paperOut || b&noPaper != 0
		c.offline = c.offline || b&(coverOpen|failed) != 0
	case ofPaper:
		const end = 0x60
		c.paperOut = c.paperOut || b&end != 0
	}
	return c
}

// err is what is to be done; a printer without paper is offline too.
func (c condition) err() error {
	switch {
	case c.paperOut:
		return ErrPaperOut
	case c.offline:
		return ErrOffline
	}
	return nil
}
