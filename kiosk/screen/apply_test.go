package screen

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"pgregory.net/rapid"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

const (
	applyButton = "パスワード新規申請・再発行"
	newSecret   = "Momiji2026"
	ownPhone    = "09012345678"
)

// keys presses one key of the screen's keyboard after the other.
func (a testApp) keys(t *testing.T, keys string) {
	t.Helper()
	for _, k := range keys {
		a.press(t, string(k))
	}
}

func (a testApp) enter() {
	a.content.key(&fyne.KeyEvent{Name: fyne.KeyReturn})
	a.settle()
}

func (a testApp) onPage(t *testing.T, want Page) {
	t.Helper()
	if a.route.Page != want {
		t.Fatalf("on the screen %s, want %s", a.route.Page, want)
	}
}

// noRouteHas holds that the way here tells nothing of what was typed.
func (a testApp) noRouteHas(t *testing.T, secrets ...string) {
	t.Helper()
	way := fmt.Sprintf("%+v %+v", a.route, a.back)
	for _, s := range secrets {
		if strings.Contains(way, s) {
			t.Errorf("a route holds %q: %s", s, way)
		}
	}
}

// readTerms turns the terms to their end.
func (a testApp) readTerms(t *testing.T) {
	t.Helper()
	for a.shows("続きを読む") {
		a.press(t, "続きを読む")
	}
}

// applyUpTo goes through an application as far as a step.
func applyUpTo(t *testing.T, a testApp, last Page) {
	t.Helper()
	a.showMenu()
	a.press(t, applyButton)
	applyFrom(t, a, last)
}

// applyFrom is applyUpTo from the terms on.
func applyFrom(t *testing.T, a testApp, last Page) {
	t.Helper()
	a.readTerms(t)
	for _, step := range []struct {
		page Page
		do   func()
	}{
		{PageTerms, func() { a.press(t, "同意します") }},
		{PageApplyCard, func() { a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard}) }},
		{PageBirth, func() {
			a.press(t, "昭和")
			a.keys(t, "1041")
			a.see(t, "1935年（昭和10年）4月1日")
			a.press(t, "次へ")
		}},
		{PagePhone, func() {
			a.keys(t, ownPhone)
			a.press(t, "次へ")
		}},
		{PageNewPassword, func() {
			a.typed(newSecret)
			a.press(t, "次へ")
			a.typed(newSecret)
			a.press(t, "登録する")
		}},
	} {
		a.onPage(t, step.page)
		if step.page == last {
			return
		}
		step.do()
		a.noRouteHas(t, testCard, ownPhone, newSecret, "1935")
	}
}

func TestApplyingForAPassword(t *testing.T) {
	a := newTestApp(t, sizes[0])
	applyUpTo(t, a, "")
	a.onPage(t, PageApplied)
	want := library.Application{Card: testCard, BornOn: library.Date{Year: 1935, Month: time.April, Day: 1}, Phone: ownPhone, Password: newSecret, Terms: "2026-04"}
	if len(a.counter.applied) != 1 || a.counter.applied[0] != want {
		t.Fatalf("the server was asked %+v, want %+v", a.counter.applied, want)
	}
	if a.application != nil {
		t.Error("what was entered is still held")
	}
	a.press(t, "ログインに進む")
	a.onPage(t, PagePassword)
	a.typed(testPassword)
	a.enter()
	a.onPage(t, PageMenu)
}

func TestACardThatWasReadIsNotAskedForAgain(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	a.press(t, applyButton)
	a.press(t, "続きを読む")
	a.press(t, "同意します")
	a.onPage(t, PageBirth)
	if a.application.card != testCard {
		t.Errorf("applying for the card %q", a.application.card)
	}
}

func TestTermsAreReadToTheEnd(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.startApplying()
	if a.shows("同意します") && !a.shows("1／1") {
		for _, e := range widget.Elements(a.root) {
			if e.Button && e.Text == "同意します" {
				t.Fatal("the terms can be agreed to before their end was shown")
			}
		}
	}
	a.press(t, "続きを読む")
	a.press(t, "▲ 前のページ")
	a.press(t, "▼ 次のページ")
	a.press(t, "同意します")
	a.onPage(t, PageApplyCard)
}

// Whatever did not match: one sentence, which leads to the counter.
func TestRefusedApplications(t *testing.T) {
	for _, c := range []struct {
		err  error
		page Page
		want string
	}{
		{library.ErrApplication, PageNotApplied, "カウンターで仮パスワードをお渡しします"},
		{fmt.Errorf("apply: %w", library.ErrApplication), PageNotApplied, "カウンターで仮パスワードをお渡しします"},
		{library.ErrTerms, PageTerms, "利用条件が新しくなりました"},
		{library.ErrTerminalThrottled, PageNewPassword, "この端末では"},
		{library.ErrTryLater, PageNewPassword, "少し時間をおいて"},
		{library.RuleBirth.RefusalOf(), PageNewPassword, "誕生日は、パスワードにできません"},
		{fmt.Errorf("apply: %w", library.ErrUnreachable), PageNewPassword, "つながりません"},
		{errors.New("odd"), PageNewPassword, "うまくいきませんでした"},
	} {
		a := newTestApp(t, sizes[0])
		a.counter.refuseNew = c.err
		applyUpTo(t, a, "")
		a.onPage(t, c.page)
		a.see(t, c.want)
		if a.shows(newSecret) || a.shows(strings.Repeat("●", len(newSecret))) {
			t.Errorf("%v: the password stays typed", c.err)
		}
	}
}

func TestEntriesAreKeptToBeCorrected(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.counter.refuseNew = library.ErrApplication
	applyUpTo(t, a, "")
	a.press(t, "入力をたしかめる")
	a.onPage(t, PageApplyCard)
	a.see(t, testCard)
	a.press(t, "次へ")
	a.see(t, "1935年（昭和10年）4月1日")
	a.press(t, "次へ")
	a.see(t, ownPhone)
	a.press(t, "次へ")
	a.onPage(t, PageNewPassword)
	a.press(t, "← もどる")
	a.press(t, "文字・色")
	a.press(t, "English")
	a.press(t, "← Back")
	a.see(t, ownPhone)
}

func TestAnApplicationDiesWithTheSession(t *testing.T) {
	for name, end := range map[string]func(testApp){
		"idle":         func(a testApp) { a.session.End(session.Idle) },
		"finish":       func(a testApp) { a.endSession() },
		"another card": func(a testApp) { a.Scanned(barcode.Code{Kind: barcode.Card, Text: "29999999999"}) },
		"home": func(a testApp) {
			for a.route.Page != PageHome {
				a.goBack()
			}
		},
	} {
		a := newTestApp(t, sizes[0])
		applyUpTo(t, a, PageNewPassword)
		a.typed(newSecret)
		end(a)
		a.settle()
		if a.application != nil || a.pages[a.route.Page].flow == toApply {
			t.Errorf("%s: on %s with %+v", name, a.route.Page, a.application)
		}
		for n := 0; n < 9 && a.route.Page != PageHome; n++ {
			a.goBack()
			if a.pages[a.route.Page].flow == toApply {
				t.Errorf("%s: the way back leads to %s", name, a.route.Page)
			}
		}
	}
}

func TestTheOwnCardAndABookWhileApplying(t *testing.T) {
	a := newTestApp(t, sizes[0])
	applyUpTo(t, a, PagePhone)
	a.keys(t, "090")
	a.Scanned(barcode.Code{Kind: barcode.Card, Text: testCard})
	a.Scanned(barcode.Code{Kind: barcode.ISBN, Text: "9784003101117"})
	a.onPage(t, PagePhone)
	a.see(t, "090")
	a.see(t, "先に、この画面の入力を終えてください")
}

func TestNoTerminalOffersWhatItCannotDo(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.cfg.Apply = nil
	a.showMenu()
	if a.shows(applyButton) {
		t.Error("an application is offered")
	}
}

func TestBirthEntry(t *testing.T) {
	today := library.Date{Year: 2026, Month: time.November, Day: 24}
	for _, c := range []struct {
		era, typed string // "." goes on to the next part, "<" erases
		parts      string
		want       string
	}{
		{"", "19350401", "1935 04 01", "1935-04-01"},
		{"", "193541", "1935 4 1", "1935-04-01"},
		{"", "1935.4.1", "1935 4 1", "1935-04-01"},
		{"", "2019131", "2019 1 31", "2019-01-31"}, // 13 is no month
		{"", "2019123", "2019 12 3", "2019-12-03"},
		{"S", "1041", "10 4 1", "1935-04-01"},
		{"S", "0141", "01 4 1", ""},                 // 昭和 began in December
		{"S", "6417", "64 1 7", "1989-01-07"},       // its last day
		{"S", "6418", "64 1 8", ""},                 // 平成元年
		{"H", "1.1.8", "1 1 8", "1989-01-08"},       // its first
		{"R", "1.51", "1 5 1", "2019-05-01"},        //
		{"R", "1.430", "1 4 30", ""},                // still 平成
		{"R", "0811.25", "08 11 25", ""},            // tomorrow
		{"R", "0811.24", "08 11 24", "2026-11-24"},  //
		{"T", "15.12.24", "15 12 24", "1926-12-24"}, //
		{"", "1867.1.1", "1867 1 1", ""},            // nobody is as old
		{"", "2023.2.29", "2023 2 29", ""},
		{"", "2024.2.29", "2024 2 29", "2024-02-29"},
		{"", "2024229<<<3", "2024 3 ", ""},
		{"", "20<<<<1", "1  ", ""},
	} {
		b := birthEntry{era: c.era}
		for _, r := range c.typed {
			switch r {
			case '.':
				if b.parts[b.at] != "" && b.at < dayPart {
					b.at++
				}
			case '<':
				b.erase()
			default:
				b.digit(byte(r))
			}
		}
		got, ok := b.date(today)
		if s := strings.Join(b.parts[:], " "); s != c.parts || ok != (c.want != "") || got.String() != c.want {
			t.Errorf("%s%q: %q is %v %v, want %q %s", c.era, c.typed, s, got, ok, c.parts, c.want)
		}
	}
}

// Whoever types a day with all its digits, in any way of counting, means that day.
func TestEveryDayCanBeEntered(t *testing.T) {
	today := library.Date{Year: 2026, Month: time.November, Day: 24}
	oldest := library.Eras[len(library.Eras)-1].First
	rapid.Check(t, func(t *rapid.T) {
		d := oldest.Add(rapid.IntRange(0, today.Sub(oldest)).Draw(t, "day"))
		typed := fmt.Sprintf("%04d%02d%02d", d.Year, int(d.Month), d.Day)
		b := birthEntry{}
		if rapid.Bool().Draw(t, "in an era") {
			e, n, _ := library.EraOf(d)
			b.era, typed = e.Code, fmt.Sprintf("%02d%02d%02d", n, int(d.Month), d.Day)
		}
		for i := range len(typed) {
			b.digit(typed[i])
		}
		if got, ok := b.date(today); !ok || got != d {
			t.Fatalf("%s%s is %v %v, want %v", b.era, typed, got, ok, d)
		}
	})
}

func TestTheEraCanBeChosenAfterTheYear(t *testing.T) {
	a := newTestApp(t, sizes[0])
	applyUpTo(t, a, PageBirth)
	a.keys(t, "1935")
	a.press(t, "昭和") // which has no year 1935
	if got := a.application.birth.parts[yearPart]; got != "" || a.application.birth.at != yearPart {
		t.Errorf("the year is %q", got)
	}
	a.keys(t, "10")
	a.press(t, "平成") // meant was another
	if got := a.application.birth.parts[yearPart]; got != "10" {
		t.Errorf("the year is %q", got)
	}
	a.keys(t, "431")
	a.see(t, "その日はありません")
	a.press(t, "次へ")
	a.onPage(t, PageBirth)
	a.press(t, "日") // the field itself
	a.keys(t, "30")
	a.see(t, "1998年（平成10年）4月30日")
}

func TestTheFirstYearOfAnEra(t *testing.T) {
	a := newTestApp(t, sizes[0])
	d := library.Date{Year: 2019, Month: time.May, Day: 10}
	if got, want := a.visit.bothYears(d), "2019年（令和元年）5月10日"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestShortPhone(t *testing.T) {
	a := newTestApp(t, sizes[0])
	applyUpTo(t, a, PagePhone)
	a.keys(t, strconv.Itoa(1234))
	a.press(t, "次へ")
	a.onPage(t, PagePhone)
	a.see(t, "番号がみじかすぎます")
}
