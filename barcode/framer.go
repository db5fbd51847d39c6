package barcode

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxScan is how many bytes a scan may have.
const MaxScan = 256

// HalfLife is how long a Framer waits for the rest of a scan.
const HalfLife = time.Second

const (
	stx = 0x02
	etx = 0x03
)

// Framer puts together the bytes of a serial line to scans. A scan ends with CR, LF,
// CR LF or ETX; an STX begins one. The zero value is ready.
type Framer struct {
	buf  []byte
	bad  error     // why the scan that is coming in is refused
	last time.Time // when the last byte of it came
}

// Frame is one scan, or why there is none.
type Frame struct {
	Text string // without terminator; empty with Err
	Err  error  // ErrNoise, ErrTooLong or ErrHalf
}

// Feed takes the bytes that came at now and returns the scans that they end.
func (f *Framer) Feed(p []byte, now time.Time) []Frame {
	frames := f.Expire(now)
	for _, b := range p {
		switch {
		case b == '\r', b == '\n', b == etx:
			if frame, ok := f.end(); ok {
				frames = append(frames, frame)
			}
		case b == stx:
			if f.pending() {
				frames = append(frames, Frame{Err: ErrHalf})
			}
			f.reset()
		case f.bad != nil:
		case len(f.buf) == MaxScan:
			f.refuse(ErrTooLong)
		case isNoise(rune(b)) && len(f.buf) == 0: // a glitch of plugging in
		case isNoise(rune(b)) && b < utf8.RuneSelf:
			f.refuse(ErrNoise)
		default:
			f.buf = append(f.buf, b)
		}
	}
	if len(p) > 0 {
		f.last = now
	}
	return frames
}

// Expire returns ErrHalf, once, when the rest of a scan has not come within
// HalfLife. Call it now and then while nothing comes in.
func (f *Framer) Expire(now time.Time) []Frame {
	if !f.pending() || now.Sub(f.last) < HalfLife {
		return nil
	}
	f.reset()
	return []Frame{{Err: ErrHalf}}
}

func (f *Framer) pending() bool { return len(f.buf) > 0 || f.bad != nil }

func (f *Framer) end() (Frame, bool) {
	defer f.reset()
	switch {
	case f.bad != nil:
		return Frame{Err: f.bad}, true
	case !utf8.Valid(f.buf):
		return Frame{Err: ErrNoise}, true
	}
	return Frame{Text: string(f.buf)}, len(f.buf) > 0
}

func (f *Framer) refuse(err error) {
	f.reset()
	f.bad = err
}

func (f *Framer) reset() { f.buf, f.bad = f.buf[:0], nil }

// isNoise reports whether r is a control character, which no barcode of a library
// has.
func isNoise(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }
