package screen

import (
	"context"
	"fmt"
	"image"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/library"
)

// secret is what fill writes wherever a text can stand.
const secret = "だれかのひみつ"

// fill gives v, and all that it is made of, a value that is somebody's. It fails on a
// type that it does not know, so that a new field cannot stay empty unseen.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	if !v.CanSet() { // an unexported field
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	switch v.Addr().Interface().(type) {
	case *Account:
		v.Set(reflect.ValueOf(&counter{secrets: secrets{code: secret}, end: make(chan struct{}, 1)}))
		return
	case *Staff:
		v.Set(reflect.ValueOf(&desk{noted: []string{secret}}))
		return
	case *fyne.CanvasObject:
		v.Set(reflect.ValueOf(canvas.NewText(secret, image.Black.C)))
		return
	case *image.Image:
		v.Set(reflect.ValueOf(image.NewGray(image.Rect(0, 0, 1, 1))))
		return
	case *time.Time:
		v.Set(reflect.ValueOf(testNow))
		return
	case *[]rune:
		v.Set(reflect.ValueOf([]rune(secret)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(secret)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("fill does not know how to fill a %s: teach it", v.Type())
	}
}

// empty are the paths of what is the zero value in v, as far as fill goes.
func empty(v reflect.Value, path string) (paths []string) {
	switch {
	case v.IsZero():
		return []string{path}
	case v.Type() == reflect.TypeFor[time.Time]():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			paths = append(paths, empty(v.Field(i), path+"."+v.Type().Field(i).Name)...)
		}
	case v.Kind() == reflect.Pointer && v.Type().Elem().PkgPath() != "":
		return empty(v.Elem(), path)
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array:
		return empty(v.Index(0), path+"[0]")
	}
	return paths
}

// tracer finds texts in all that can be reached from a value. What functions have
// caught cannot be seen.
type tracer struct {
	texts []string
	seen  map[place]bool
	found []string
}

type place struct {
	at   unsafe.Pointer
	kind reflect.Type
}

// traces are the paths in the App at which one of the texts stands. What the program
// around the screens is, and the library's data, is left out.
func traces(a *App, texts ...string) []string {
	tr := &tracer{texts: texts, seen: map[place]bool{}}
	v := reflect.ValueOf(a).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "cfg" {
			tr.look(v.Field(i), "App."+name)
		}
	}
	return tr.found
}

func (tr *tracer) look(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		tr.judge(v.String(), path)
	case reflect.Interface:
		if !v.IsNil() {
			tr.look(v.Elem(), path)
		}
	case reflect.Pointer:
		if v.IsNil() || tr.been(v.UnsafePointer(), v.Type()) || v.Type() == reflect.TypeFor[*App]() {
			return
		}
		tr.look(v.Elem(), path)
	case reflect.Struct:
		for i := range v.NumField() {
			tr.look(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Map:
		if v.IsNil() || tr.been(v.UnsafePointer(), v.Type()) {
			return
		}
		for m := v.MapRange(); m.Next(); {
			tr.look(m.Key(), path+"[key]")
			tr.look(m.Value(), path+"[value]")
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && (v.IsNil() || tr.been(v.UnsafePointer(), v.Type())) {
			return
		}
		switch v.Type().Elem().Kind() {
		case reflect.Int32: // runes
			var text []rune
			for i := range v.Len() {
				text = append(text, rune(v.Index(i).Int()))
			}
			tr.judge(string(text), path)
		case reflect.String, reflect.Interface, reflect.Pointer, reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
			for i := range v.Len() {
				tr.look(v.Index(i), path+"[]")
			}
		}
	}
}

func (tr *tracer) judge(s, path string) {
	for _, text := range tr.texts {
		if strings.Contains(s, text) {
			tr.found = append(tr.found, fmt.Sprintf("%s: %q", path, s))
		}
	}
}

func (tr *tracer) been(at unsafe.Pointer, kind reflect.Type) bool {
	p := place{at, kind}
	if tr.seen[p] {
		return true
	}
	tr.seen[p] = true
	return false
}

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
				a.lost(library.ErrSessionEnded)
				a.settle()
				a.closeDialog() // which says so
			},
			func(testApp) memory { return home },
		},
		{
			"the server ended the staff's session", func(testApp) {},
			func(_ *testing.T, a testApp) {
				a.visit.staffLost(library.ErrSessionEnded)
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
