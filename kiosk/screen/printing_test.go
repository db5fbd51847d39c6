package screen

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// paper is a printer: it keeps what it printed.
type paper struct {
	sync.Mutex
	slips []slip.Slip
	shown image.Image   // what it answers
	err   error         // likewise
	busy  chan struct{} // if any, it takes until this is closed
}

func (p *paper) print(ctx context.Context, s slip.Slip) (image.Image, error) {
	p.Lock()
	busy := p.busy
	p.Unlock()
	if busy != nil {
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ErrPrinter
		}
	}
	p.Lock()
	defer p.Unlock()
	p.slips = append(p.slips, s)
	return p.shown, p.err
}

// typeface is that of the screens.
var typeface = sync.OnceValues(func() (slip.Typeface, error) {
	regular, err := os.ReadFile(filepath.Join(theme.FontFolder, "BIZUDPGothic-Regular.ttf"))
	if err != nil {
		return slip.Typeface{}, err
	}
	bold, err := os.ReadFile(filepath.Join(theme.FontFolder, "BIZUDPGothic-Bold.ttf"))
	if err != nil {
		return slip.Typeface{}, err
	}
	return slip.ParseTypeface(regular, bold)
})

// pictureOf draws a slip as an 80 mm printer would.
func pictureOf(s slip.Slip) image.Image {
	t, err := typeface()
	if err != nil {
		panic(err) // newTestApp has found the same fonts
	}
	return slip.Draw(s, 576, t)
}

// withPaper gives a terminal a printer.
func (a testApp) withPaper() *paper {
	p := &paper{}
	a.cfg.Print = p.print
	return p
}

// words are everything that a slip says.
func words(s slip.Slip) string {
	all := append([]string{s.Title}, s.Foot...)
	for _, l := range s.Lines {
		all = append(all, l.Label, l.Text, l.Here)
	}
	return strings.Join(all, "\n")
}

// last is the slip that was printed last, which says nothing of its patron.
func (p *paper) last(t *testing.T) slip.Slip {
	t.Helper()
	if len(p.slips) == 0 {
		t.Fatal("nothing was printed")
	}
	s := p.slips[len(p.slips)-1]
	for _, secret := range []string{testName, testCard, testPassword} {
		if strings.Contains(words(s), secret) {
			t.Errorf("the slip says %q: %s", secret, words(s))
		}
	}
	return s
}

// says holds that a slip says all of it.
func says(t *testing.T, s slip.Slip, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(words(s), part) {
			t.Errorf("the slip does not say %q: %s", part, words(s))
		}
	}
}

func line(s slip.Slip, kind slip.Kind) (slip.Line, bool) {
	i := slices.IndexFunc(s.Lines, func(l slip.Line) bool { return l.Kind == kind })
	if i < 0 {
		return slip.Line{}, false
	}
	return s.Lines[i], true
}

func TestTheShelfIsPrinted(t *testing.T) {
	a := newTestApp(t, sizes[0])
	p := a.withPaper()
	a.show(Route{Page: PageDetail, Bib: "kokoro"})
	a.settle()
	a.see(t, "いまここ")
	a.press(t, "棚の場所を印刷する")
	a.see(t, "印刷しました。用紙をお取りください。")
	s := p.last(t)
	says(t, s, "棚の場所", "こころ", "夏目 漱石", "2階 文学", "中央図書館", "みなと市立図書館", "2026年11月24日(火) 14:05")
	if l, ok := line(s, slip.CallNo); !ok || l.Text != "913.6/ナ" {
		t.Errorf("the call number is %+v", l)
	}
	if l, ok := line(s, slip.Plan); !ok || l.Shelf != "2階 文学" || l.Plan.Floor != "2階" || l.Here != "いまここ" {
		t.Errorf("the plan is %+v", l)
	}
	if a.press(t, "わかりました"); a.route.Page != PageDetail {
		t.Errorf("printing led to %s", a.route.Page)
	}
}

// Only what stands on a shelf of this branch can be found there.
func TestWhatCanBePrinted(t *testing.T) {
	for _, c := range []struct {
		name         string
		change       func(*library.Item)
		shelf, plan  bool
		withoutPaper bool
	}{
		{name: "on the shelf", change: func(*library.Item) {}, shelf: true, plan: true},
		{name: "read here", change: func(it *library.Item) { it.Lendable = false }, shelf: true, plan: true},
		{name: "on loan", change: func(it *library.Item) { it.State = library.OnLoan }},
		{name: "missing", change: func(it *library.Item) { it.State = library.Missing }},
		{name: "on a shelf that is not drawn", change: func(it *library.Item) { it.Shelf = "地下1階 書庫" }, shelf: true},
		{name: "on no shelf", change: func(it *library.Item) { it.Shelf = "" }},
		{name: "of another branch", change: func(it *library.Item) { it.Branch = "nishi" }},
		{name: "no printer", change: func(*library.Item) {}, plan: true, withoutPaper: true},
	} {
		a := newTestApp(t, sizes[0])
		a.withPaper()
		if c.withoutPaper {
			a.cfg.Print = nil
		}
		books := a.cfg.Catalogue.(*shelf)
		for i := range books.records {
			if r := &books.records[i]; r.Bib.ID == "n1" {
				c.change(&r.Items[0])
			}
		}
		a.show(Route{Page: PageDetail, Bib: "n1"})
		a.settle()
		if got := a.shows("棚の場所を印刷する"); got != c.shelf {
			t.Errorf("%s: the shelf can be printed: %v", c.name, got)
		}
		if got := a.shows("いまここ"); got != c.plan {
			t.Errorf("%s: the plan is shown: %v", c.name, got)
		}
		if a.cfg.Print == nil {
			a.show(Route{Page: PageDetail, Bib: "none"})
			a.settle()
			a.see(t, "「リクエスト(予約)申込書」を、図書館のカウンターへお出しください。")
			if a.shows("リクエスト申込書を印刷する") {
				t.Error("without a printer a form can be printed")
			}
		}
	}
}

func TestRequestForms(t *testing.T) {
	a := newTestApp(t, sizes[0])
	p := a.withPaper()
	byHand := []string{"カードの番号", "名前", "電話番号", "受取館", "申込日"}
	blanks := func(s slip.Slip) (labels []string) {
		for _, l := range s.Lines {
			if l.Kind == slip.Blank {
				labels = append(labels, l.Label)
			}
		}
		return labels
	}
	a.show(Route{Page: PageDetail, Bib: "none"})
	a.settle()
	a.see(t, "市内の図書館にはないため、予約できません。")
	a.press(t, "リクエスト申込書を印刷する")
	s := p.last(t)
	says(t, s, "リクエスト(予約)申込書", "きょうの料理 2026年12月号", "NHK出版", "2026", "図書館のカウンターへお出しください")
	if got := blanks(s); !slices.Equal(got, byHand) {
		t.Errorf("to be written by hand: %v", got)
	}
	a.closeDialog()

	logIn(t, a) // what the terminal knows of a patron stays off the form
	a.show(Route{Page: PageResults, Query: library.Query{Words: "zzz"}})
	a.settle()
	a.press(t, "リクエスト申込書を印刷する")
	s = p.last(t)
	if got := blanks(s); !slices.Equal(got, append([]string{"題名", "著者", "出版社", "出版年", "ISBN"}, byHand...)) {
		t.Errorf("to be written by hand: %v", got)
	}
	if strings.Contains(words(s), "zzz") {
		t.Error("the form holds what was searched for")
	}
}

func TestHoldsArePrinted(t *testing.T) {
	a := newTestApp(t, sizes[0])
	p := a.withPaper()
	logIn(t, a)
	a.press(t, "予約の状況")
	a.press(t, "印刷する")
	s := p.last(t)
	says(t, s, "予約の状況", "銀河鉄道の夜", "● ご用意できました", "12月2日(水)までにカウンターへ", "順番予約（3件）", "海辺の人びと 3",
		"12番目（目安）", "→ 取寄・準備中です", "中央", "順位は目安です。")
	if strings.Contains(words(s), "地図帳の深読み") {
		t.Error("a cancelled hold is on the slip")
	}
}

func TestTheConfirmationIsPrinted(t *testing.T) {
	a := newTestApp(t, sizes[0])
	p := a.withPaper()
	logIn(t, a)
	cart := someCart()
	cart[2].Now = true
	a.session.SetCart(cart)
	a.open(Route{Page: PageConfirm, Pickup: "moji", Contact: library.NoNews})
	a.settle()
	a.press(t, "予約する")
	a.see(t, "「連絡なし」なので")
	a.press(t, "印刷する")
	s := p.last(t)
	says(t, s, "予約しました", "こころ", "2番目（目安）・所蔵3冊", "門司", "「連絡なし」なので", "7日間取り置きます")
	if strings.Contains(words(s), "ことばの本 1") {
		t.Error("what was refused is on the slip")
	}
	if a.route.Page != PageHeld {
		t.Errorf("printing led to %s", a.route.Page)
	}
}

func TestNothingIsLostWhenThereIsNoPaper(t *testing.T) {
	a := newTestApp(t, sizes[0])
	p := a.withPaper()
	p.err = fmt.Errorf("print: %w", ErrPaperOut)
	logIn(t, a)
	a.press(t, "予約の状況")
	a.press(t, "印刷する")
	a.see(t, "▲ 用紙がなくなりました")
	a.see(t, "職員にお知らせください")
	a.see(t, "銀河鉄道の夜") // the screen stays
	p.err = nil
	a.press(t, "もう一度印刷する")
	a.see(t, "印刷しました。")
	if len(p.slips) != 2 || words(p.slips[0]) != words(p.slips[1]) {
		t.Errorf("%d slips", len(p.slips))
	}
}

func TestAMissingPrinterLeavesTheScreen(t *testing.T) {
	a := newTestApp(t, sizes[0])
	p := a.withPaper()
	p.err = errors.New("no route to host")
	logIn(t, a)
	a.press(t, "予約の状況")
	a.press(t, "印刷する")
	a.see(t, "▲ プリンターにつながりません")
	if a.shows("画面で見る") {
		t.Error("a picture is offered, and there is none")
	}
	a.press(t, "とじる")
	p.err, p.shown = ErrPrinter, pictureOf(slip.Slip{Title: "a"})
	a.press(t, "印刷する")
	a.press(t, "画面で見る")
	if a.see(t, "撮影できます"); a.route.Page != PageSlip {
		t.Errorf("it led to %s", a.route.Page)
	}
	if a.goBack(); a.route.Page != PageHolds {
		t.Errorf("back leads to %s", a.route.Page)
	}
}

func TestASlipOnTheScreenGoesWithTheSession(t *testing.T) {
	a := newTestApp(t, sizes[0])
	p := a.withPaper()
	p.shown = pictureOf(a.visit.emptyRequestSlip())
	logIn(t, a)
	a.press(t, "予約の状況")
	a.press(t, "印刷する")
	a.see(t, "この画面は、スマートフォンなどで撮影できます。")
	pages := 1
	for a.route.Offset+1 < 10 && a.shows(fmt.Sprintf("%d／", pages)) {
		before := a.route.Offset
		if a.press(t, "▼ 次のページ"); a.route.Offset == before {
			break
		}
		pages++
	}
	if pages < 2 {
		t.Error("a long slip has one page")
	}
	a.endSession()
	a.settle()
	if a.shown != nil || a.route.Page != PageHome {
		t.Errorf("on %s with the picture %v", a.route.Page, a.shown)
	}
	if a.show(Route{Page: PageSlip}); a.shows("撮影できます") {
		t.Error("the next patron finds it")
	}
}

// A slip that takes long is waited for on the screen; when its patron has gone
// meanwhile, the next one hears nothing of it.
func TestASlowPrinter(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		a := newTestApp(t, sizes[0])
		p := a.withPaper()
		p.busy = make(chan struct{})
		p.shown = pictureOf(slip.Slip{Title: "a"})
		a.show(Route{Page: PageDetail, Bib: "none"})
		a.settle()
		for _, e := range widget.Elements(a.root) {
			if e.Text == "リクエスト申込書を印刷する" {
				e.Target.Press()
			}
		}
		a.see(t, "印刷しています")
		if leaves {
			a.session.Touch()
			a.session.End(session.Ended)
			(<-a.queue)() // the end
			if a.shows("印刷しています") {
				t.Error("the next patron sees that something is printed")
			}
		}
		close(p.busy)
		a.settle()
		if got := a.route.Page == PageSlip; got == leaves || (a.shown != nil) == leaves {
			t.Errorf("gone meanwhile %v: on %s", leaves, a.route.Page)
		}
	}
}

func TestALongSlipIsCutBetweenItsLines(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 100, 1000))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for y := 0; y < 1000; y += 40 { // lines of text, 30 high
		draw.Draw(picture, image.Rect(10, y, 40, y+30), image.Black, image.Point{}, draw.Src)
	}
	draw.Draw(picture, image.Rect(0, 272, 100, 275), image.Black, image.Point{}, draw.Src) // a rule
	scale, pages := pagesOf(picture, fyne.NewSize(100, 305))
	if scale != 1 {
		t.Errorf("scale %v", scale)
	}
	if pages[0].Max.Y != 275 {
		t.Errorf("the first page ends at %d, not below the rule", pages[0].Max.Y)
	}
	top := 0
	for _, p := range pages {
		if p.Min.Y != top || p.Dy() > 305 || p.Dy() <= 0 {
			t.Errorf("page %v after %d", p, top)
		}
		if top = p.Max.Y; top < 1000 && ink(picture, top) > 0 {
			t.Errorf("a line is cut at %d", top)
		}
	}
	if top != 1000 {
		t.Errorf("the pages end at %d", top)
	}
	if scale, pages = pagesOf(picture, fyne.NewSize(100, 800)); len(pages) != 1 || scale != 0.8 {
		t.Errorf("what nearly fits has %d pages at %v", len(pages), scale)
	}
	if _, pages = pagesOf(image.NewGray(image.Rectangle{}), fyne.NewSize(100, 100)); len(pages) != 1 {
		t.Errorf("nothing has %d pages", len(pages))
	}
}
