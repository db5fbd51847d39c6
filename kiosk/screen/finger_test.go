package screen

import (
	"testing"

	"madoguchi/kiosk/widget"
)

// A finger is down on a button while an edition comes in, of which the home screen hears
// many times a second, and while the clock goes on: the button stays until it lets go.
func TestAButtonStaysUnderTheFinger(t *testing.T) {
	for _, label := range []string{"ことばで", "文字・色"} {
		a := newTestApp(t, sizes[0])
		b := a.button(t, label)
		b.MouseDown(nil)
		*a.state = away
		a.Refresh()
		a.Tick()
		a.settle()
		if a.button(t, label) != b || a.shows("接続なし") {
			t.Fatalf("%s is another one under the finger", label)
		}
		b.MouseUp(nil)
		b.MouseOut() // nothing is left to be drawn twice
		if len(a.queue) != 1 {
			t.Fatalf("%s: %d functions wait for the UI thread", label, len(a.queue))
		}
		a.settle()
		if a.button(t, label) == b {
			t.Errorf("%s: what came meanwhile is not drawn", label)
		}
		a.see(t, "接続なし")
	}
}

// A button that goes away under the finger holds nothing up.
func TestAFingerOnWhatIsGone(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.button(t, "ことばで").MouseDown(nil)
	a.goHome() // the session ended, say
	*a.state = away
	a.Refresh()
	a.see(t, "接続なし")
}

func (a testApp) button(t *testing.T, label string) *widget.Button {
	t.Helper()
	for _, e := range widget.Elements(a.root) {
		if e.Button && e.Text == label {
			return e.Target
		}
	}
	t.Fatalf("there is no button %q", label)
	return nil
}
