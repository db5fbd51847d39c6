package printer

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"sync"
	"testing"
)

// fake is a receipt printer: it takes ESC/POS from a line and keeps what it printed.
// Like a real one it answers DLE EOT at once wherever it stands, holds all other
// commands while it has no paper, and takes what follows a raster command that was
// cut off for the dots of that command.
type fake struct {
	mu        sync.Mutex
	silent    bool // answers nothing
	noGSr     bool // does not know GS r
	coverOpen bool
	paperFor  int           // raster commands until the paper is out, < 0: enough
	stuck     chan struct{} // not nil: nothing more is taken after the first raster

	pending []byte   // bytes of a command that is not whole yet
	held    [][]byte // whole commands that wait for paper
	slip    [][]byte // rows since the last cut
	slips   [][][]byte
	odd     []byte // bytes outside of any command, other than NUL
	unasked int    // real-time commands inside the data of a picture
	recent  [2]byte
}

func newFake() *fake { return &fake{paperFor: -1} }

// serve reads the line until it ends.
func (f *fake) serve(line io.ReadWriter) {
	buf := make([]byte, 512)
	for {
		n, err := line.Read(buf)
		if answer := f.take(buf[:n]); len(answer) > 0 {
			line.Write(answer)
		}
		if err != nil {
			return
		}
		f.mu.Lock()
		stuck := f.stuck
		if len(f.slip) == 0 {
			stuck = nil
		}
		f.mu.Unlock()
		if stuck != nil {
			<-stuck
			return
		}
	}
}

func (f *fake) take(data []byte) (answer []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range data {
		if f.recent == [2]byte{dle, eot} && !f.silent {
			answer = append(answer, f.status(topic(b)))
		}
		f.recent = [2]byte{f.recent[1], b}
		f.pending = append(f.pending, b)
		answer = append(answer, f.parse()...)
	}
	return answer
}

func (f *fake) out() bool { return f.paperFor == 0 }

func (f *fake) status(t topic) byte {
	s := byte(0x12)
	switch {
	case t == ofPrinter && (f.out() || f.coverOpen):
		s |= 0x08
	case t == ofOffline && f.coverOpen:
		s |= 0x04
	case t == ofOffline && f.out():
		s |= 0x20
	case t == ofPaper && f.out():
		s |= 0x60
	}
	return s
}

// parse carries out the pending bytes when they are a whole command.
func (f *fake) parse() []byte {
	p := f.pending
	whole := func(n int) bool { return len(p) >= n }
	starts := func(s ...byte) bool { return bytes.HasPrefix(p, s) }
	switch {
	case starts(dle):
		if whole(2) && p[1] != eot {
			f.odd, f.pending = append(f.odd, p...), nil
		} else if whole(3) {
			f.pending = nil // answered already
		}
		return nil
	case starts(esc):
		if !whole(2) || p[1] == 'd' && !whole(3) {
			return nil
		}
	case starts(gs, 'v'):
		if !whole(8) || !whole(8+(int(p[4])+int(p[5])<<8)*(int(p[6])+int(p[7])<<8)) {
			return nil
		}
	case starts(gs):
		if !whole(3) {
			return nil
		}
	default:
		if p[0] != nul {
			f.odd = append(f.odd, p...)
		}
		f.pending = nil
		return nil
	}
	f.pending = nil
	f.held = append(f.held, p)
	return f.run()
}

// run carries out what is held, as far as there is paper.
func (f *fake) run() (answer []byte) {
	for len(f.held) > 0 && !f.out() && !f.coverOpen {
		p := f.held[0]
		f.held = f.held[1:]
		switch {
		case p[0] == gs && p[1] == 'v':
			stride, data := int(p[4])+int(p[5])<<8, p[8:]
			for i := 2; i < len(data); i++ {
				if data[i-2] == dle && (data[i-1] == eot || data[i-1] == enq || data[i-1] == dc4) {
					f.unasked++
				}
			}
			for ; len(data) > 0; data = data[stride:] {
				f.slip = append(f.slip, data[:stride])
			}
			f.paperFor--
		case p[0] == gs && p[1] == 'V':
			f.slips, f.slip = append(f.slips, f.slip), nil
		case p[0] == gs && p[1] == 'r' && !f.noGSr && !f.silent:
			answer = append(answer, 0)
		case p[0] == esc && (p[1] == '@' || p[1] == 'd'):
		case p[0] == gs && p[1] == 'r':
		default:
			f.odd = append(f.odd, p...)
		}
	}
	return answer
}

// refill puts in new paper.
func (f *fake) refill() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paperFor = -1
	f.run()
}

// printed returns the slips that were cut off.
func (f *fake) printed(t *testing.T) [][][]byte {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.odd) > 0 || f.unasked > 0 {
		t.Errorf("the printer would have printed %q as text and obeyed %d commands in pictures", f.odd, f.unasked)
	}
	return f.slips
}

// same says whether a slip is the picture, dot by dot, with white to its right.
func same(slip [][]byte, img image.Image) bool {
	b := img.Bounds()
	if len(slip) != b.Dy() {
		return false
	}
	for y, row := range slip {
		for x := range 8 * len(row) {
			dark := x < b.Dx() && color.GrayModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y < 0x80
			if dot := row[x/8]&(0x80>>(x%8)) != 0; dot != dark {
				return false
			}
		}
	}
	return true
}
