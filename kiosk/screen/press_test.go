package screen

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
)

func TestAFingerOnTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newTestApp(t, sizes[0])
		defer a.Close()
		clock := func() *pressGround {
			var found *pressGround
			var look func(fyne.CanvasObject)
			look = func(o fyne.CanvasObject) {
				switch o := o.(type) {
				case *pressGround:
					found = o
				case *fyne.Container:
					for _, child := range o.Objects {
						look(child)
					}
				}
			}
			look(a.header)
			return found
		}
		stay := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
			a.settle()
		}
		clock().MouseDown(nil)
		stay(longPress - 1)
		clock().MouseUp(nil)
		stay(longPress)
		if a.route.Page != PageHome {
			t.Fatalf("a short press led to %s", a.route.Page)
		}
		clock().MouseDown(nil)
		a.Tick() // the clock is drawn anew under the finger
		stay(2 * longPress)
		if a.route.Page != PageHome {
			t.Errorf("a press on what is gone led to %s", a.route.Page)
		}
		clock().MouseDown(nil)
		stay(longPress)
		if a.route.Page != PageStaffName {
			t.Errorf("a long press led to %s", a.route.Page)
		}
		a.goBack()
		if a.route.Page != PageHome {
			t.Errorf("back led to %s", a.route.Page)
		}
	})
}
