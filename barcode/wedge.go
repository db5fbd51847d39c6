package barcode

import "time"

const (
	// WedgeGap is the longest time between two keys of a scan.
	WedgeGap = 50 * time.Millisecond

	// wedgeMin is the shortest scan: fast typists roll over two or three keys
	// within WedgeGap, never six.
	wedgeMin = 6
)

// Keys are what a Wedge lets go of: a scan, or keys that a person typed.
type Keys struct {
	Scan  string // for Settings.Parse
	Typed string // to be typed as usual
	Enter bool   // and then Enter pressed
}

// Wedge tells a scanner that poses as a keyboard from a person at one: a scanner
// sends its keys at most WedgeGap apart. Since the first key cannot tell, each is
// held back for so long: after Rune, call Idle once WedgeGap has passed. The zero
// value is ready. Times are those of the key presses; a Wedge belongs to one
// goroutine.
type Wedge struct {
	held     []rune
	last     time.Time
	overlong bool // the burst going on is too long for a scan
}

// Rune takes a typed character.
func (w *Wedge) Rune(r rune, now time.Time) Keys {
	keys := w.Idle(now)
	w.last = now
	if !w.overlong && len(w.held) == MaxScan {
		w.overlong = true
		keys.Typed = string(w.held)
		w.held = nil
	}
	if w.overlong {
		keys.Typed += string(r)
		return keys
	}
	w.held = append(w.held, r)
	return keys
}

// Enter takes the Enter key, which ends a scan, or is the person's.
func (w *Wedge) Enter(now time.Time) Keys {
	keys := w.Idle(now)
	if len(w.held) > 0 {
		keys = w.release()
	}
	w.overlong = false
	keys.Enter = keys.Scan == ""
	return keys
}

// Idle lets go of what was held back when the next key is overdue at now.
func (w *Wedge) Idle(now time.Time) Keys {
	if now.Sub(w.last) <= WedgeGap {
		return Keys{}
	}
	w.overlong = false
	return w.release()
}

func (w *Wedge) release() Keys {
	held := w.held
	w.held = nil
	if len(held) < wedgeMin || isRepeat(held) {
		return Keys{Typed: string(held)}
	}
	return Keys{Scan: string(held)}
}

// isRepeat reports whether all keys are the same: one that is held down repeats as
// fast as a scanner.
func isRepeat(keys []rune) bool {
	for _, r := range keys {
		if r != keys[0] {
			return false
		}
	}
	return true
}
