package screen

import (
	"go/ast"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// allPages are the pages of the table, in an order that is always the same.
func allPages() []Page { return slices.Sorted(maps.Keys(pageTable())) }

// Every constant of type Page has a line in the table, and every line has one.
func TestEveryPageHasALine(t *testing.T) {
	table := pageTable()
	declared := map[Page]bool{}
	for _, f := range sources(t, ".") {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != "Page" {
				return true
			}
			name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if declared[Page(name)] {
				t.Errorf("two pages have the name %q", name)
			}
			declared[Page(name)] = true
			if table[Page(name)].build == nil {
				t.Errorf("nothing builds %s (%q): it needs a line in pageTable", spec.Names[0].Name, name)
			}
			return true
		})
	}
	for p := range table {
		if !declared[p] {
			t.Errorf("the table has %q, which is no constant", p)
		}
	}
}

// somebody is one of those who may stand at the terminal when a page is shown.
type somebody struct {
	name  string
	begin func(testApp)
}

// everybody are they. All flows are begun, as far as they have a beginning.
var everybody = []somebody{
	{"nobody", func(testApp) {}},
	{"somebody with a card", func(a testApp) {
		a.session.SetCart(someCart())
		a.card = testCard
		a.application = &application{card: testCard}
		a.request = &request{card: testCard, bibs: []library.BibID{"kokoro"}, titles: []string{"こころ"}, receipt: receipt, at: testNow}
		a.address = "hanako@dokomo.ne.jp"
	}},
	{"a patron", func(a testApp) {
		a.account = a.pictured()
		a.session.SetCart(someCart())
		waits := someHolds()[4]
		a.answers = []library.HoldAnswer{{BibID: "kokoro", Hold: &waits}}
		a.request = &request{card: testCard, item: "i2", titles: []string{"こころ"}}
		a.shown = pictureOf(a.visit.emptyRequestSlip())
	}},
	{"a patron with a temporary password", func(a testApp) {
		a.account, a.mustChange = a.pictured(), true
	}},
	{"staff", func(a testApp) {
		asStaff(a.App, false)
		a.served = served{card: testCard, patron: newDesk().patron}
	}},
	{"an admin", func(a testApp) { asStaff(a.App, true) }},
}

// Every page can be shown to everybody, however the terminal stands: nothing panics,
// and the screen has a title and a body. What a page needs and does not find leads to
// a page that stands.
func TestEveryPageStandsInEveryState(t *testing.T) {
	shown := map[Page]bool{}
	a := newTestApp(t, sizes[0])
	for _, who := range everybody {
		for _, p := range allPages() {
			full := Route{Page: p, Bib: "kokoro", Hold: "h5", Offset: 99, NDC: "9", Field: "search"}
			for _, as := range []struct {
				name  string
				state library.TerminalState
				route Route
			}{
				{"online", online, Route{Page: p}},
				{"online, far down a list", online, full},
				{"away", away, full},
				{"without a catalogue", library.TerminalState{Problem: library.ProblemUnreachable}, full},
			} {
				a.reset(as.state)
				who.begin(a)
				a.show(as.route)
				a.settle()
				if a.route.Page == p {
					shown[p] = true
				}
				if strings.TrimSpace(a.content.title) == "" || a.content.body == nil {
					t.Errorf("%s to %s, %s: the title is %q, the body %v", p, who.name, as.name, a.content.title, a.content.body)
				}
				if waits := a.shows(a.printer.T("wait.header")); waits != (!as.state.Searchable && !a.pages[a.route.Page].noCatalogue) {
					t.Errorf("%s to %s, %s: waits for the catalogue: %v", p, who.name, as.name, waits)
				}
			}
		}
	}
	for _, p := range allPages() {
		if !shown[p] {
			t.Errorf("%s was never shown", p)
		}
	}
}

// The pictures show every page.
func TestEveryPageHasAPicture(t *testing.T) {
	pictured := map[Page]bool{}
	a := newTestApp(t, sizes[0])
	for _, s := range situations() {
		a.reset(s.state)
		s.show(a.App)
		a.settle()
		pictured[a.route.Page] = true
	}
	for _, p := range allPages() {
		if !pictured[p] {
			t.Errorf("no situation is of %s", p)
		}
	}
}

// The cart is within reach on every page but those that the table takes out.
func TestWhereTheCartIsReached(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for _, p := range allPages() {
		a.reset(online)
		a.account = a.pictured()
		a.session.SetCart(someCart())
		a.application, a.request = &application{}, &request{titles: []string{"こころ"}}
		a.show(Route{Page: p})
		a.settle()
		cart := slices.ContainsFunc(widget.Elements(a.root), func(e widget.Element) bool {
			return e.Button && e.Text == a.printer.T("cart.button", 3)
		})
		if want := !a.pages[p].noCart && !a.pages[p].staff; cart != want {
			t.Errorf("%s: the cart is within reach: %v", p, cart)
		}
	}
}
