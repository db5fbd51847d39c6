package screen

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/library"
)

// remembered is what the session keeps of a person.
func (a testApp) remembered() reflect.Value {
	return reflect.ValueOf(a.session).Elem().FieldByName("memory")
}

// unremember empties a field of it.
func (a testApp) unremember(field string) {
	f := a.remembered().FieldByName(field)
	reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().SetZero()
}

// fillMemory gives every part of what is remembered of a person a value.
func (a testApp) fillMemory(t *testing.T) {
	t.Helper()
	fill(t, reflect.ValueOf(&a.App.memory).Elem())
	fill(t, a.remembered())
	for _, left := range append(empty(reflect.ValueOf(a.App.memory), "memory"), empty(a.remembered(), "session")...) {
		t.Fatalf("%s was not filled", left)
	}
	if len(traces(a.App, secret)) < 10 {
		t.Fatal("what was filled in is not found")
	}
}

// TestTheEndForgetsEverything fills whatever the App and the session can hold of a
// person, has somebody else come or nobody, and finds nothing left but what is theirs.
func TestTheEndForgetsEverything(t *testing.T) {
	home := memory{route: Route{Page: PageHome}}
	other := memory{route: Route{Page: PagePassword}, back: []Route{{Page: PageHome}}, card: otherCard}
	minute := func(a testApp, n int) {
		for range n * 60 { // what the timers ask of the UI thread is done at once
			time.Sleep(time.Second)
			synctest.Wait()
			a.settle()
		}
	}
	for _, c := range []struct {
		name  string
		begin func(testApp)
		end   func(*testing.T, testApp)
		want  func(testApp) memory
	}{
		{
			"終了", func(a testApp) { a.show(Route{Page: PageSearch}) },
			func(t *testing.T, a testApp) { a.press(t, "終了") },
			func(testApp) memory { return home },
		},
		{
			"no touch for long", func(testApp) {},
			func(_ *testing.T, a testApp) { minute(a, 2) },
			func(testApp) memory { return home },
		},
		{
			"too long in any case", func(testApp) {},
			func(_ *testing.T, a testApp) {
				for range 30 {
					if !a.session.Active() {
						break
					}
					a.touched()
					for range 30 {
						time.Sleep(time.Second)
						synctest.Wait()
						a.settle()
					}
				}
			},
			func(testApp) memory { return home },
		},
		{
			"another card", func(testApp) {},
			func(_ *testing.T, a testApp) {
				a.unremember("staff")
				a.scanCard(otherCard)
			},
			func(testApp) memory { return other },
		},
		{
			"another card before anybody logged in", func(a testApp) {
				a.request = &request{card: testCard, item: "i2", titles: []string{"こころ"}}
				a.show(Route{Page: PageRequest})
			},
			func(_ *testing.T, a testApp) {
				a.unremember("staff")
				a.unremember("patron")
				a.scanCard(otherCard)
			},
			func(testApp) memory { return other },
		},
		{
			"a staff card", func(testApp) {},
			func(_ *testing.T, a testApp) {
				a.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: deskCard})
				a.settle()
			},
			func(testApp) memory {
				return memory{route: Route{Page: PageStaffPassword}, back: []Route{{Page: PageHome}}, entering: session.Staff{Card: deskCard}}
			},
		},
		{
			"staff log in", func(a testApp) { a.show(Route{Page: PageStaffPassword}) },
			func(_ *testing.T, a testApp) {
				a.entering, a.dialog = session.Staff{Name: deskName}, nil
				typePassword(a)
			},
			func(a testApp) memory { return memory{route: Route{Page: PageStaff}, staff: a.desk} },
		},
		{
			"staff end the program", func(a testApp) { a.show(Route{Page: PageStaff}) },
			func(_ *testing.T, a testApp) {
				a.visit.endProgram(func(context.Context) error { return nil }, func() {})
				a.settle()
			},
			func(testApp) memory { return home },
		},
		{
			"the server ended the session", func(testApp) {},
			func(_ *testing.T, a testApp) {
				a.staff.End()
				a.staff = nil
				a.lost(library.ErrSessionEnded)
				a.settle()
				a.closeDialog() // which says so
			},
			func(testApp) memory { return home },
		},
		{
			"the server ended the staff's session", func(testApp) {},
			func(_ *testing.T, a testApp) {
				a.lost(library.ErrSessionEnded)
				a.settle()
				a.closeDialog()
			},
			func(testApp) memory { return home },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newTestApp(t, sizes[0])
				defer a.Close()
				c.begin(a)
				a.settle()
				a.touched()
				a.fillMemory(t)
				account, staff := a.account.(*counter), a.staff.(*desk)
				c.end(t, a)
				if want := c.want(a); !reflect.DeepEqual(a.App.memory, want) {
					t.Errorf("left is %+v, want %+v", a.App.memory, want)
				}
				if a.staff != nil {
					a.unremember("staff")
				}
				if left := a.remembered(); !left.IsZero() {
					t.Errorf("the session still keeps %+v", left)
				}
				for _, trace := range traces(a.App, secret) {
					t.Errorf("left is %s", trace)
				}
				if account.ended != 1 || staff.ended != 1 {
					t.Errorf("the server was told of the end of a patron's session %d times, of a staff member's %d times", account.ended, staff.ended)
				}
			})
		})
	}
}

// TestNoScreenLeavesTraces shows every screen, ends the session, and looks for what
// the screen knew of its patron in all that the App still reaches.
func TestNoScreenLeavesTraces(t *testing.T) {
	a := newTestApp(t, sizes[0])
	secrets := []string{
		testName, testCard, noRoomCard, receipt, "12345678", "hanako", "09012345678",
		someLoans()[0].Title, someCart()[1].Title, deskName, inGroups(deskIssued),
	}
	known := map[string]bool{}
	for _, s := range situations() {
		a.reset(s.state)
		s.show(a.App)
		a.settle()
		for _, secret := range secrets {
			known[secret] = known[secret] || len(traces(a.App, secret)) > 0
		}
		a.touched()
		a.session.End(session.Idle)
		a.settle()
		if a.route.Page != PageHome {
			t.Errorf("%s: the end led to %s", s.name, a.route.Page)
		}
		for _, trace := range traces(a.App, secrets...) {
			t.Errorf("%s: left is %s", s.name, trace)
		}
	}
	for _, secret := range secrets {
		if !known[secret] {
			t.Errorf("no screen knew of %q", secret)
		}
	}
}

// Every field of entries is of one flow, and every flow has one.
func TestEveryFlowHasItsEntries(t *testing.T) {
	var all entries
	fill(t, reflect.ValueOf(&all).Elem())
	owners := map[string]int{}
	for f := range flowsOf(pageTable()) {
		kept := reflect.ValueOf(all.of(f))
		if kept.IsZero() {
			t.Errorf("nothing is kept for the flow %q", f)
		}
		for i := range kept.NumField() {
			if !kept.Field(i).IsZero() {
				owners[kept.Type().Field(i).Name]++
			}
		}
	}
	for i := range reflect.TypeFor[entries]().NumField() {
		if name := reflect.TypeFor[entries]().Field(i).Name; owners[name] != 1 {
			t.Errorf("%d flows keep the entry %s", owners[name], name)
		}
	}
	if kept := all.of(noFlow); kept != (entries{}) {
		t.Errorf("no flow keeps %+v", kept)
	}
}

func flowsOf(table map[Page]page) map[flow]bool {
	all := map[flow]bool{}
	for _, p := range table {
		if p.flow != noFlow {
			all[p.flow] = true
		}
	}
	return all
}

// Leaving the screens of a flow sets its entries to their zero value; a screen that
// stands over another leaves none.
func TestLeavingAFlowForgetsItsEntries(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for _, p := range allPages() {
		var all entries
		fill(t, reflect.ValueOf(&all).Elem())
		a.entries, a.route = all, Route{Page: p}
		a.leaveFlows()
		want := all.of(a.pages[p].flow)
		if !a.pages[p].staff {
			want.served = all.served // staff look something up for them
		}
		if a.pages[p].over {
			want = all
		}
		if a.entries != want {
			t.Errorf("on %s there is %+v, want %+v", p, a.entries, want)
		}
	}
}

// Keys that a scanner might have sent are held back for a moment. When the session ends
// meanwhile they are not typed into what the next one sees.
func TestKeysThatWereHeldBackGoWithTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newTestApp(t, sizes[0])
		defer a.Close()
		a.cfg.Wedge = true
		wait := func() {
			time.Sleep(2 * barcode.WedgeGap)
			synctest.Wait()
			a.settle()
		}
		a.scanCard(testCard)
		for _, r := range "Sak" {
			a.typedRune(r)
			wait()
		}
		a.see(t, "●●●")
		a.typedRune('q')
		a.session.End(session.Limit)
		a.settle()
		wait()
		if a.route != (Route{Page: PageHome}) || a.shows("q") {
			t.Errorf("what was typed before led to %+v", a.route)
		}
	})
}
