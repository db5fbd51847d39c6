package screen

import (
	"fmt"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

var sizes = []fyne.Size{fyne.NewSize(1280, 1024), fyne.NewSize(1080, 1920), fyne.NewSize(1920, 1080)}

// testApp is the interface on a canvas in memory, with the test's goroutine as the
// UI thread: what is to run there waits in queue until settle.
type testApp struct {
	*App
	queue   chan func()
	state   *library.TerminalState
	counter *counter
	desk    *desk
	engine  *engine
}

// testFonts are read once: Fyne keeps what it parses of every font it was given.
var testFonts = sync.OnceValues(func() (theme.Fonts, error) { return theme.LoadFonts("") })

// testFyne is one for all tests: for each new one, and each new theme, Fyne parses the
// fonts again, which takes longer than most tests do.
var testFyne = sync.OnceValue(func() fyne.App { return oneTheme{App: test.NewApp(), once: new(sync.Once)} })

// oneTheme is a Fyne that keeps the first theme that it is given: all are alike.
type oneTheme struct {
	fyne.App
	once *sync.Once
}

func (a oneTheme) Settings() fyne.Settings { return oneThemeSettings{a.App.Settings(), a.once} }

type oneThemeSettings struct {
	fyne.Settings
	once *sync.Once
}

func (s oneThemeSettings) SetTheme(theme fyne.Theme) {
	s.once.Do(func() { s.Settings.SetTheme(theme) })
}

func newTestApp(t *testing.T, size fyne.Size) testApp {
	t.Helper()
	fonts, err := testFonts()
	if err != nil {
		t.Fatal(err)
	}
	server := &counter{loans: someLoans(), holds: someHolds(), end: make(chan struct{}, 100)}
	state := &library.TerminalState{}
	*state = online
	fyneApp := testFyne()
	w := fyneApp.NewWindow("")
	t.Cleanup(w.Close)
	w.SetPadded(false)
	w.Resize(size)
	queue := make(chan func(), 1000)
	desk, engine := newDesk(), newEngine()
	a, err := New(Config{
		StaffLogIn: desk.logIn, Machine: engine, Print: desk.print,
		Do:  func(f func()) { queue <- f },
		App: fyneApp, Window: w, Catalogue: books(), Fonts: fonts, LogIn: server.logIn, Apply: server.apply, Leave: server.leave,
		Barcodes: barcode.Settings{Card: barcode.Rule{Lengths: []int{11}, Prefix: "2"}},
		State:    func() library.TerminalState { return *state },
		Branch:   func() library.BranchCode { return "chuo" },
		Site:     city,
		Now:      func() time.Time { return testNow },
		Log:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	a.resized(size)
	return testApp{a, queue, state, server, desk, engine}
}

var online = library.TerminalState{Searchable: true, Connected: true, Bibs: 4, Items: 1204386, TakesRequests: true}

// away is how things stand while the server cannot be reached.
var away = library.TerminalState{Searchable: true, LastContact: time.Date(2026, 11, 24, 5, 2, 0, 0, time.UTC), Bibs: 4, Items: 1204386, TakesRequests: true}

// situations are what the pictures show: every screen, and the states that change it.
func situations() []situation {
	at := func(name string, r Route) situation {
		return situation{name, online, func(a *App) { a.back = []Route{{Page: PageHome}}; a.show(r) }}
	}
	account := func(name string, r Route) situation {
		return situation{name, online, func(a *App) {
			a.account = a.pictured()
			a.session.SetCart(someCart())
			waits := someHolds()[4]
			a.answers = []library.HoldAnswer{{BibID: "kokoro", Hold: &waits}, {BibID: "n0", Refusal: library.ErrHasOnLoan.Code}}
			a.back = []Route{{Page: PageMenu}}
			a.show(r)
		}}
	}
	return slices.Concat(requestSituations(), []situation{
		{"home", online, func(a *App) { a.goHome() }},
		at("search-empty", Route{Page: PageSearch}),
		at("search", Route{Page: PageSearch, Query: library.Query{Words: "こ"}}),
		at("search-work", Route{Page: PageSearch, Query: library.Query{Words: "ONE PIECE 第3巻"}}),
		at("search-letters", Route{Page: PageSearch, Keyboard: widget.Letters, Query: library.Query{Words: "The"}}),
		at("search-digits", Route{Page: PageSearch, Keyboard: widget.Digits, Query: library.Query{Words: "978400310111"}}),
		at("search-nothing", Route{Page: PageSearch, Query: library.Query{Words: "zzz"}}),
		at("advanced", Route{Page: PageAdvanced, Field: "creator", Query: library.Query{Title: "こころ", Creator: "なつ", YearFrom: 2010, Kind: library.Book}}),
		at("advanced-work", Route{Page: PageAdvanced, Query: library.Query{Title: "ONE PIECE 第200巻"}}),
		at("results", Route{Page: PageResults, Query: library.Query{}}),
		at("results-filtered", Route{Page: PageResults, Offset: 0, Query: library.Query{Words: "本", Branch: "chuo", Available: true, YearFrom: 2010}}),
		at("results-work", Route{Page: PageResults, Query: library.Query{Words: "ONE PIECE 第3巻"}}),
		at("results-lacks", Route{Page: PageResults, Query: library.Query{Words: "e 第300巻", Kind: library.Magazine}}),
		at("results-author", Route{Page: PageResults, Heading: "尾田 栄一郎", Query: library.Query{Creator: "尾田 栄一郎", Order: library.ByWork}}),
		at("results-author-filtered", Route{Page: PageResults, Heading: "尾田 栄一郎", Query: library.Query{Creator: "尾田 栄一郎", Order: library.ByYear, Kind: library.Book, Branch: "chuo", Available: true}}),
		at("results-nothing", Route{Page: PageResults, Query: library.Query{Words: "zzz", Branch: "chuo"}}),
		at("filter", Route{Page: PageFilter, Query: library.Query{Words: "本", Branch: "chuo"}}),
		at("detail", Route{Page: PageDetail, Bib: "kokoro"}),
		at("detail-long", Route{Page: PageDetail, Bib: "long"}),
		at("detail-latin", Route{Page: PageDetail, Bib: "latin"}),
		at("detail-none", Route{Page: PageDetail, Bib: "none"}),
		at("detail-elsewhere", Route{Page: PageDetail, Bib: "n0"}),
		at("volumes", Route{Page: PageVolumes, Bib: "kokoro"}),
		at("volumes-work", Route{Page: PageVolumes, Bib: "op10", Offset: whereBibIs, Marked: true}),
		at("volumes-filtered", Route{Page: PageVolumes, Bib: "op1", Offset: 14, Query: library.Query{Branch: "chuo", Available: true, YearFrom: 2001}}),
		at("volumes-not-lent", Route{Page: PageVolumes, Bib: "hist1", Offset: 9}),
		at("volumes-issues", Route{Page: PageVolumes, Bib: "mag1"}),
		at("volumes-lacks", Route{Page: PageVolumes, Bib: "op1", Offset: 108, Volume: "110"}),
		{"volumes-put", online, func(a *App) {
			a.back = []Route{{Page: PageHome}}
			a.session.SetCart(append(someCart(), cartLine(series()[0].Bib)))
			a.show(Route{Page: PageVolumes, Bib: "op1"})
			pressNamed(a, a.printer.T("volumes.to_cart", "")[:6])
		}},
		{"volumes-in-cart", online, func(a *App) {
			a.back = []Route{{Page: PageHome}}
			var lines []session.CartLine
			for _, r := range series()[:20] {
				lines = append(lines, cartLine(r.Bib))
			}
			a.session.SetCart(lines)
			a.show(Route{Page: PageVolumes, Bib: "op1"})
		}},
		typing("volume-number", at("", Route{Page: PageVolumeNumber, Bib: "op1"}), "42"),
		typing("volume-number-empty", at("", Route{Page: PageVolumeNumber, Bib: "op1"}), "", ""),
		at("browse", Route{Page: PageBrowse}),
		at("browse-2", Route{Page: PageBrowse, NDC: "9"}),
		at("browse-3", Route{Page: PageBrowse, NDC: "91", Query: library.Query{Juvenile: true}}),
		at("arrivals", Route{Page: PageArrivals}),
		listed(1, 2, at("arrivals-lists", Route{Page: PageArrivals})),
		listed(6, 6, at("arrivals-many-lists", Route{Page: PageArrivals})),
		listed(0, 3, at("arrivals-rankings", Route{Page: PageArrivals})),
		listed(1, 0, situation{"home-shelf", online, func(a *App) { a.goHome() }}),
		listed(3, 6, situation{"home-lists", online, func(a *App) { a.goHome() }}),
		listed(6, 6, at("lists", Route{Page: PageLists})),
		at("lists-none", Route{Page: PageLists}),
		listed(3, 6, at("list-theme", Route{Page: PageList, List: "christmas"})),
		listed(3, 6, at("list-long", Route{Page: PageList, List: "bosai"})),
		listed(3, 6, at("list-empty", Route{Page: PageList, List: "empty"})),
		listed(3, 6, at("list-ranking", Route{Page: PageList, List: "ranking2"})),
		listed(3, 6, at("list-children", Route{Page: PageList, List: "ranking1"})),
		at("list-gone", Route{Page: PageList, List: "gone"}),
		listed(0, 6, at("browse-children", Route{Page: PageBrowse, Query: library.Query{Juvenile: true}})),
		at("guide", Route{Page: PageGuide}),
		at("guide-hours", Route{Page: PageGuide, Field: "hours"}),
		at("guide-search", Route{Page: PageGuide, Field: "search"}),
		at("display", Route{Page: PageDisplay}),
		at("card", Route{Page: PageCard}),
		{"password", online, func(a *App) {
			a.back = []Route{{Page: PageHome}}
			a.askPassword(testCard)
			a.typed("12345678")
		}},
		applying("apply-terms", Route{Page: PageTerms}, nil),
		applying("apply-terms-end", Route{Page: PageTerms, Offset: 99}, nil),
		applying("apply-card", Route{Page: PageApplyCard}, nil),
		applying("apply-birth-empty", Route{Page: PageBirth}, func(p *application) { p.birth = birthEntry{} }),
		applying("apply-birth", Route{Page: PageBirth}, nil),
		applying("apply-birth-western", Route{Page: PageBirth}, func(p *application) { p.birth = birthEntry{parts: [3]string{"2019", "5", "10"}, at: dayPart} }),
		applying("apply-birth-no-day", Route{Page: PageBirth}, func(p *application) { p.birth.parts[dayPart] = "31" }),
		applying("apply-phone", Route{Page: PagePhone}, nil),
		typing("apply-password", applying("", Route{Page: PageNewPassword}, nil), "19350401"),
		typing("apply-password-twice", applying("", Route{Page: PageNewPassword}, nil), "Sakura2026", "Sakura20"),
		typing("apply-password-long", applying("", Route{Page: PageNewPassword}, nil), "Abcdefghij0123456789"),
		applying("not-applied", Route{Page: PageNotApplied}, nil),
		applying("applied", Route{Page: PageApplied}, nil),
		{"must-change-terms", online, func(a *App) {
			a.account, a.mustChange = a.pictured(), true
			a.show(Route{Page: PageMenu})
		}},
		typing("must-change", situation{"", online, func(a *App) {
			a.account, a.mustChange, a.agreed = a.pictured(), true, a.cfg.Site().Terms.Version
			a.show(Route{Page: PageMenu})
		}}, "abc123"),
		typing("change", account("", Route{Page: PageChange}), "123456", "1111"),
		typing("change-refused", account("", Route{Page: PageChange}), "123456", "1111", ""),
		mailing("email-none", Route{Page: PageEmail}, library.EmailStatus{State: library.NoEmail}),
		mailing("email-registered", Route{Page: PageEmail}, library.EmailStatus{State: library.EmailRegistered, From: "yoyaku@toshokan.example.jp"}),
		mailing("email-unconfirmed", Route{Page: PageEmail}, library.EmailStatus{State: library.EmailUnconfirmed}),
		mailing("email-confirmed", Route{Page: PageEmail}, library.EmailStatus{State: library.EmailConfirmed}),
		mailing("email-bouncing", Route{Page: PageEmail}, library.EmailStatus{State: library.EmailBouncing, BouncedOn: testToday.Add(-3)}),
		{"email-delete", online, func(a *App) {
			a.account = a.pictured()
			a.show(Route{Page: PageEmail})
			a.visit.deleteSurely()
		}},
		mailing("email-edit-empty", Route{Page: PageEmailEdit}, library.EmailStatus{}),
		typing("email-edit", mailing("", Route{Page: PageEmailEdit}, library.EmailStatus{}), "hanako..kitakyu@docomo.ne.jp", ""),
		typing("email-edit-long", mailing("", Route{Page: PageEmailEdit}, library.EmailStatus{}), strings.Repeat("long-name_", 7)+"@gmail.com"),
		typing("email-meant", mailing("", Route{Page: PageEmailEdit}, library.EmailStatus{}), "hanako_kitakyu-2026@dokomo.ne.jp", ""),
		typing("email-meant-comma", mailing("", Route{Page: PageEmailEdit}, library.EmailStatus{}), "hanako,kitakyu@gmail.com", ""),
		typing("email-code", mailing("", Route{Page: PageEmailCode}, library.EmailStatus{State: library.EmailUnconfirmed}), "2718"),
		typing("email-code-wrong", mailing("", Route{Page: PageEmailCode}, library.EmailStatus{State: library.EmailUnconfirmed}), "000000", ""),
		mailing("email-advice", Route{Page: PageEmailAdvice}, library.EmailStatus{State: library.EmailBouncing, Carrier: library.Docomo}),
		mailing("email-advice-2", Route{Page: PageEmailAdvice, Offset: 1}, library.EmailStatus{State: library.EmailBouncing, Carrier: library.Docomo}),
		mailing("email-advice-3", Route{Page: PageEmailAdvice, Offset: 2}, library.EmailStatus{State: library.EmailBouncing, Carrier: library.FreeMail}),
		mailing("menu-bouncing", Route{Page: PageMenu}, library.EmailStatus{State: library.EmailBouncing}),
		mailing("menu-unconfirmed", Route{Page: PageMenu}, library.EmailStatus{State: library.EmailUnconfirmed}),
		{"menu", online, func(a *App) { a.account = a.pictured(); a.show(Route{Page: PageMenu}) }},
		{"loans", online, func(a *App) {
			a.back = []Route{{Page: PageMenu}}
			a.account = a.pictured()
			a.show(Route{Page: PageLoans})
		}},
		account("cart", Route{Page: PageCart}),
		account("sequence", Route{Page: PageSequence}),
		account("confirm", Route{Page: PageConfirm, Pickup: "nishi"}),
		{"confirm-blocked", online, func(a *App) {
			account := a.pictured().(*counter)
			account.noMail, account.blocked = true, true
			a.account = account
			a.session.SetCart(someCart())
			a.show(Route{Page: PageConfirm, Pickup: "nishi"})
		}},
		{"held-blocked", online, func(a *App) {
			account("", Route{Page: PageHeld}).show(a)
			a.blocked = true
			a.rebuild()
		}},
		{"confirm-no-mail", online, func(a *App) {
			account := a.pictured().(*counter)
			account.noMail = true
			a.account = account
			a.session.SetCart(someCart())
			a.show(Route{Page: PageConfirm, Pickup: "nishi"})
		}},
		account("holds", Route{Page: PageHolds}),
		{"holds-bad-day", online, func(a *App) {
			account := a.pictured().(*counter)
			account.holds = badDay()
			a.account, a.back = account, []Route{{Page: PageMenu}}
			a.show(Route{Page: PageHolds})
		}},
		{"confirm-nobody", online, func(a *App) {
			account := a.pictured().(*counter)
			account.untold = true
			a.account = account
			a.session.SetCart(someCart())
			a.show(Route{Page: PageConfirm, Pickup: "nishi"})
		}},
		{"email-delete-holds", online, func(a *App) {
			a.account = a.pictured()
			a.show(Route{Page: PageEmail})
			a.visit.askInstead([]string{"海辺の人びと 1", "海辺の人びと 2", "銀河鉄道の夜"}, []library.Contact{library.ByMail, library.ByPhone, library.NoNews})
		}},
		account("hold", Route{Page: PageHold, Hold: "h5", Pickup: "chuo", Contact: library.ByMail}),
		account("hold-sequence", Route{Page: PageHold, Hold: "h4", Pickup: "chuo", Contact: library.ByMail}),
		{"hold-cancel", online, func(a *App) {
			a.account = a.pictured()
			a.show(Route{Page: PageHolds})
			a.visit.askCancel(someHolds()[1], func() {})
		}},
		account("held", Route{Page: PageHeld}),
		account("detail-cart", Route{Page: PageDetail, Bib: "kokoro"}),
		{"staff-name", online, func(a *App) { a.open(Route{Page: PageStaffName}); a.typed("sato.k") }},
		{"staff-password", online, func(a *App) {
			a.enterStaff(session.Staff{Name: "sato.k"})
			a.typed("kinmokusei no kaori!")
		}},
		staffed("staff-menu", func(a *App) { a.show(Route{Page: PageStaff}) }),
		{"staff-menu-admin", online, func(a *App) { asStaff(a, true); a.show(Route{Page: PageStaff}) }},
		staffed("staff-leave", func(a *App) {
			a.show(Route{Page: PageStaff})
			a.visit.ask(a.printer.T("staff.leave_ask"), a.printer.T("staff.leave_about"), a.printer.T("staff.leave"), func() {})
		}),
		staffed("staff-card", func(a *App) { a.open(Route{Page: PageStaffCard}); a.typed("2100000004") }),
		staffed("staff-patron", func(a *App) { a.serve(testCard) }),
		staffed("staff-patron-lost", func(a *App) {
			a.staff.(*desk).patron.Refusal = library.ErrCardLost.Code
			a.serve(testCard)
		}),
		staffed("staff-patron-unknown", func(a *App) { a.serve("21000000099") }),
		staffed("temporary", func(a *App) {
			a.served = served{testCard, a.staff.(*desk).patron}
			a.open(Route{Page: PageTemporary})
		}),
		staffed("temporary-issued", func(a *App) {
			a.served = served{testCard, a.staff.(*desk).patron}
			a.open(Route{Page: PageTemporary})
			a.visit.issue(a.content.body.(*fyne.Container), library.HealthInsurance)
		}),
		staffed("calls", func(a *App) { a.open(Route{Page: PageCalls}) }),
		staffed("calls-none", func(a *App) {
			a.staff.(*desk).calls = nil
			a.open(Route{Page: PageCalls})
		}),
		staffed("machine", func(a *App) { a.open(Route{Page: PageMachine}) }),
		staffed("machine-2", func(a *App) { a.open(Route{Page: PageMachine, Offset: 1}) }),
		staffed("scan-test", func(a *App) {
			a.open(Route{Page: PageScanTest})
			a.Scanned(barcode.Code{Kind: barcode.ISBN, Text: "9784101010014", Symbology: barcode.EAN})
			a.Scanned(barcode.Code{Kind: barcode.Unknown, Text: "123"})
			a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard, Symbology: barcode.NW7})
		}),
		staffed("staff-display", func(a *App) { a.open(Route{Page: PageDisplay}) }),
		{"slip", online, func(a *App) {
			a.back = []Route{{Page: PageHome}}
			a.showSlip(pictureOf(a.visit.emptyRequestSlip()))
		}},
		{"paper-out", online, func(a *App) { a.notPrinted(slip.Slip{}, nil, ErrPaperOut) }},
		{"printer-missing", online, func(a *App) { a.notPrinted(slip.Slip{}, pictureOf(slip.Slip{}), ErrPrinter) }},
		{"idle", online, func(a *App) {
			a.back = []Route{{Page: PageHome}}
			a.show(Route{Page: PageResults})
			a.countdown(12 * time.Second)
		}},
		{"say", online, func(a *App) { a.say(a.printer.T("scan.price_row")) }},
		{"offline", library.TerminalState{Searchable: true, LastContact: time.Date(2026, 11, 24, 5, 2, 0, 0, time.UTC), Items: 1204386}, func(a *App) { a.show(Route{Page: PageSearch}) }},
		{"wait-fetching", library.TerminalState{Connected: true, Phase: library.CatalogueFetching, Done: 130 << 20, Total: 420 << 20}, func(a *App) { a.goHome() }},
		{"wait-first-start", library.TerminalState{Untried: true, Phase: library.CatalogueStarting}, func(a *App) { a.goHome() }},
		{"wait-preparing", library.TerminalState{Connected: true}, func(a *App) { a.goHome() }},
		{"wait-offline", library.TerminalState{Problem: library.ProblemUnreachable}, func(a *App) { a.goHome() }},
	})
}

// pressNamed presses the button whose label begins so.
func pressNamed(a *App, beginning string) {
	for _, e := range widget.Elements(a.root) {
		if e.Button && strings.HasPrefix(e.Text, beginning) {
			e.Target.Press()
			return
		}
	}
}

// listed is a situation with so many theme shelves and rankings.
func listed(shelves, rankings int, s situation) situation {
	return situation{s.name, s.state, func(a *App) {
		a.cfg.Catalogue.(*shelf).lists = someLists(shelves, rankings)
		s.show(a)
	}}
}

// staffed is a situation in the staff menu.
func staffed(name string, show func(*App)) situation {
	return situation{name, online, func(a *App) { asStaff(a, false); show(a) }}
}

// asStaff logs a staff member in, with the patron's preferences: that is what the
// picture is of.
func asStaff(a *App, admin bool) {
	prefs := a.session.Preferences()
	d := newDesk()
	d.admin = admin
	a.session.LogInStaff(session.Staff{Name: d.Name()})
	a.session.SetPreferences(prefs)
	a.staff, a.back = d, nil
}

// pictured is an account for pictures.
func (a *App) pictured() Account {
	account := &counter{loans: someLoans(), holds: someHolds(), end: make(chan struct{}, 100)}
	a.session.LogIn(session.Patron{Card: testCard, Name: testName})
	return account
}

type situation struct {
	name  string
	state library.TerminalState
	show  func(*App)
}

// TestScreens shows every screen in both sizes, all text sizes and both languages
// and holds what can be measured of good looks: everything stands inside the
// window, nothing that can be touched is small or lies under another, no button's
// label is cut. MADOGUCHI_PICTURES=folder leaves a picture of each, in all colours.
func TestScreens(t *testing.T) {
	folder := os.Getenv("MADOGUCHI_PICTURES")
	only := os.Getenv("MADOGUCHI_ONLY")
	for _, size := range sizes {
		for _, l := range library.Languages {
			lang := l.Code
			for _, text := range theme.TextSizes {
				for _, scheme := range theme.Schemes {
					if folder == "" && scheme != theme.Standard {
						continue // colours move nothing
					}
					if testing.Short() && text != theme.Largest {
						continue // what fits when it is largest mostly fits
					}
					look := fmt.Sprintf("%.0fx%.0f-%s-%s-%s", size.Width, size.Height, lang, text, scheme)
					if only != "" && !strings.Contains(look, only) {
						continue
					}
					t.Run(look, func(t *testing.T) {
						a := newTestApp(t, size)
						for n, s := range situations() {
							a.reset(s.state)
							a.session.SetPreferences(session.Preferences{Language: lang, TextSize: string(text), Scheme: string(scheme)})
							s.show(a.App)
							a.settle()
							checkLayout(t, s.name, a.App)
							if folder != "" {
								savePicture(t, filepath.Join(folder, look, fmt.Sprintf("%02d-%s.png", n, s.name)), a.cfg.Window.Canvas())
							}
						}
					})
				}
			}
		}
	}
}

// reset is a terminal that nobody has touched, in a state.
func (a testApp) reset(state library.TerminalState) {
	*a.state = state
	a.forget()
	a.session.End(session.Other)
	a.cfg.LogIn = a.counter.logIn
	a.cfg.Catalogue.(*shelf).lists = nil
}

// settle runs what waits for the UI thread until nothing is under way.
func (a testApp) settle() {
	for {
		select {
		case f := <-a.queue:
			f()
			continue
		default:
		}
		if a.loading == 0 {
			return
		}
		(<-a.queue)()
	}
}

func savePicture(t *testing.T, path string, c fyne.Canvas) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, c.Capture()); err != nil {
		t.Fatal(err)
	}
}

func checkLayout(t *testing.T, name string, a *App) {
	t.Helper()
	root := fyne.CanvasObject(a.root)
	if a.dialog != nil {
		root = a.dialog
	}
	const slack = 1
	elements := widget.Elements(root)
	for _, text := range elements {
		if text.Button || strings.TrimSpace(text.Text) == "" || text.Y < a.size.Height-a.visit.footerHeight()-slack || a.dialog != nil {
			continue
		}
		for _, b := range elements { // of the footer, whose buttons keep their places
			within := text.X > b.X-slack && text.X+text.Width < b.X+b.Width+slack
			if b.Button && !within && text.X < b.X+b.Width-slack && b.X < text.X+text.Width-slack && text.Y < b.Y+b.Height-slack && b.Y < text.Y+text.Height-slack {
				t.Errorf("%s: %q stands under %q", name, text.Text, b.Text)
			}
		}
	}
	var buttons []widget.Element
	for _, e := range elements {
		if e.X < -slack || e.Y < -slack || e.X+e.Width > a.size.Width+slack || e.Y+e.Height > a.size.Height+slack {
			t.Errorf("%s: %q stands outside the window: %+v", name, e.Text, e)
		}
		if !e.Button {
			continue
		}
		if e.Width < theme.Touch-slack || e.Height < theme.Touch-slack {
			t.Errorf("%s: %q is only %.0f by %.0f, too small to touch", name, e.Text, e.Width, e.Height)
		}
		if foot := a.size.Height - a.visit.footerHeight(); a.dialog == nil && e.Y < foot-slack && e.Y+e.Height > foot+slack {
			t.Errorf("%s: %q stands across the line above the footer", name, e.Text)
		}
		if e.Target.Overflows() {
			t.Errorf("%s: the content of %q stands out of it", name, e.Text)
		}
		if need := e.Target.MinSize().Width; e.Target.Labelled() && need > e.Width+slack {
			t.Errorf("%s: the label %q needs %.0f, has %.0f", name, e.Text, need, e.Width)
		}
		for _, b := range buttons {
			if e.X < b.X+b.Width-slack && b.X < e.X+e.Width-slack && e.Y < b.Y+b.Height-slack && b.Y < e.Y+e.Height-slack {
				t.Errorf("%s: %q and %q overlap", name, e.Text, b.Text)
			}
		}
		buttons = append(buttons, e)
	}
}
