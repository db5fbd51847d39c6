package screen

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// searchScreen finds while a patron types: suggestions and the first hits follow
// every key.
type searchScreen struct {
	*visit
	field, chips, found *fyne.Container
	stop                context.CancelFunc // of the search under way
}

func search(v *visit) content {
	s := &searchScreen{visit: v, field: newSlot(), chips: newSlot(), found: newSlot(), stop: func() {}}
	keyboard := v.kit.Keyboard(v.route.Keyboard, v.keyNames(), widget.Typing{
		Type:   func(text string) { s.set(s.words() + text) },
		Mark:   func(mark rune) { s.set(widget.Marked(s.words(), mark)) },
		Erase:  func() { s.set(widget.WithoutLast(s.words())) },
		Clear:  func() { s.set("") },
		Submit: s.submit,
	}, v.keyHeight())
	s.draw()

	top := widget.Column(theme.Gap,
		widget.Sized(0, s.fieldHeight(), s.field),
		widget.Sized(0, theme.Touch, s.chips),
		s.found,
	)
	return content{
		title:   v.t("search.title"),
		actions: []fyne.CanvasObject{v.kit.Button(v.t("search.advanced"), widget.Plain, v.open(Route{Page: PageAdvanced, Query: library.Query{Title: v.route.Query.Words}}))},
		full:    true,
		body: widget.Column(0,
			widget.Fill(widget.Inset(theme.GapWide, theme.Margin, 0, theme.Margin, top)),
			widget.Band(v.look().KeyBed, widget.Inset(theme.Gap, theme.Margin, 0, theme.Margin, keyboard)),
		),
		footer: v.keyboards(),
		keyBed: true,
		typed:  func(r rune) { s.set(typed(s.words(), r, v.route.Keyboard)) },
		key: func(e *fyne.KeyEvent) {
			switch e.Name {
			case fyne.KeyBackspace:
				s.set(widget.WithoutLast(s.words()))
			case fyne.KeyReturn, fyne.KeyEnter:
				s.submit()
			}
		},
	}
}

func (s *searchScreen) words() string { return s.route.Query.Words }

func (s *searchScreen) set(words string) {
	if words == s.words() || len([]rune(words)) > maxTyped {
		return
	}
	r := s.route
	r.Query.Words = words
	s.keep(r)
	s.draw()
}

func (s *searchScreen) submit() {
	if s.words() != "" {
		s.app.open(Route{Page: PageResults, Query: s.route.Query})
	}
}

// roomForHits is what is left between the suggestions and the keyboard.
func (s *searchScreen) roomForHits() float32 {
	keys := float32(5)
	if s.route.Keyboard != widget.Kana {
		keys = 4
	}
	return s.size.Height - theme.HeaderHeight - s.footerHeight() - theme.GapWide - s.fieldHeight() - theme.Touch - 2*theme.Gap -
		theme.Gap - keys*(s.keyHeight()+theme.GapTight) + theme.GapTight
}

// draw shows the words and asks for what they find.
func (s *searchScreen) draw() {
	s.stop()
	ctx, stop := context.WithCancel(s.ctx)
	s.stop = stop
	now := *s.visit
	now.ctx = ctx

	words := s.words()
	s.showField("")
	cat := s.app.cfg.Catalogue
	if words == "" {
		put(s.chips, widget.Space())
		s.invite(&now)
		return
	}
	q, room := library.Query{Words: words}, s.roomForHits()
	into(&now, s.chips, func(ctx context.Context) ([]library.Suggestion, error) { return cat.Suggest(ctx, words, 8) }, s.suggestionChips)
	into(&now, s.found, func(ctx context.Context) (hitPage, error) {
		return s.find(ctx, q, 0, room)
	}, func(p hitPage) fyne.CanvasObject {
		s.showField(s.hits(p.Count))
		if p.Count.N == 0 {
			return nothingFound(&now, q)
		}
		return s.hitRows(p, q)
	})
}

// invite says what to do while nothing is typed, and shows what is new below it.
func (s *searchScreen) invite(now *visit) {
	hint := widget.Column(theme.GapTight, s.kit.Text(s.t("search.hint")), s.kit.Second(s.t("search.hint_about")))
	put(s.found, hint)
	room := s.roomForHits() - widget.HeightFor(hint, s.bodySize().Width) - theme.GapWide - s.look().Strong*theme.TitleLine - theme.Gap
	if room < s.rowHeight()+2*theme.Border {
		return
	}
	cat, rows, since := s.app.cfg.Catalogue, s.rowsFor(room), s.newSince()
	into(now, s.found, func(ctx context.Context) (library.Page, error) {
		return cat.NewArrivals(ctx, since, 0, rows)
	}, func(p library.Page) fyne.CanvasObject {
		if p.Count.N == 0 {
			return hint
		}
		return widget.Column(theme.GapWide, hint, widget.Column(theme.Gap, s.kit.Strong(s.t("arrivals.title")), s.pageRows(p.Rows, library.Query{}, s.bodySize().Width)))
	})
}

// showField draws the field with a caret that does not blink, since blinking would
// repaint a resting screen.
func (s *searchScreen) showField(count string) {
	look := s.look()
	caret := canvas.NewRectangle(look.Action)
	caret.SetMinSize(fyne.NewSize(3, look.Title*1.2))
	text := s.kit.Title(tail(s.words(), 28)).Weight(false)
	line := widget.Row(theme.GapTight, text, caret, widget.Fill(s.kit.Second(count).Trailing()))
	bed := canvas.NewRectangle(look.Surface)
	bed.StrokeColor, bed.StrokeWidth, bed.CornerRadius = look.Action, 3, theme.Corner
	put(s.field, widget.Stack(bed, widget.Middle(widget.Inset(0, theme.GapWide, 0, theme.GapWide, line))))
}
