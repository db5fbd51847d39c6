package screen

import (
	"reflect"
	"testing"
	"time"

	"madoguchi/library"
)

// A resting screen does not repaint for what it does not show, and does for all else.
func TestRefreshDrawsWhatIsSeen(t *testing.T) {
	unseen := map[string]bool{"LastContact": true, "Edition": true, "Change": true, "Requests": true, "RequestsSince": true, "Unreadable": true}
	for i := range reflect.TypeFor[library.TerminalState]().NumField() {
		name := reflect.TypeFor[library.TerminalState]().Field(i).Name
		a := newTestApp(t, sizes[0])
		before := a.visit
		switch f := reflect.ValueOf(a.state).Elem().Field(i).Addr().Interface().(type) {
		case *bool:
			*f = !*f
		case *int:
			*f++
		case *int64:
			*f++
		case *string:
			*f += "x"
		case *library.CataloguePhase:
			*f = library.CatalogueFetching
		case *time.Time:
			*f = testNow
		default:
			t.Fatalf("%s is of a type that this test does not know", name)
		}
		a.Refresh()
		if drawn := a.visit != before; drawn == unseen[name] {
			t.Errorf("%s changed, and the home screen was drawn anew: %v", name, drawn)
		}
	}
}
