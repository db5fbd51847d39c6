package screen

import (
	"testing"

	"madoguchi/barcode"
	"madoguchi/library"
)

// A scan is looked up while the connection comes or goes, which draws the screen anew.
func TestAScanOutlivesANewDrawing(t *testing.T) {
	for name, code := range map[string]barcode.Code{
		"copy": {Kind: barcode.Item, Text: "i1"},
		"ISBN": {Kind: barcode.ISBN, Text: "9784003101117"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newTestApp(t, sizes[0])
			for _, next := range []library.TerminalState{away, online} {
				a.Scanned(code)
				*a.state = next
				a.Refresh()
				a.settle()
				a.onPage(t, PageDetail)
				a.goHome()
			}
		})
	}
}

// What was scanned does not come up on a screen that the patron has gone to meanwhile.
func TestAScanEndsWithItsScreen(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.Scanned(barcode.Code{Kind: barcode.Item, Text: "i1"})
	a.open(Route{Page: PageGuide})
	a.settle()
	a.onPage(t, PageGuide)
}
