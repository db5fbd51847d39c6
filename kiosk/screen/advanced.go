package screen

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// A formField is one line of the advanced search.
type formField struct {
	key string
	get func(*library.Query) string
	set func(*library.Query, string)
}

func textField(key string, at func(*library.Query) *string) formField {
	return formField{key,
		func(q *library.Query) string { return *at(q) },
		func(q *library.Query, s string) { *at(q) = s },
	}
}

func yearField(key string, at func(*library.Query) *int) formField {
	return formField{key,
		func(q *library.Query) string {
			if *at(q) == 0 {
				return ""
			}
			return strconv.Itoa(*at(q))
		},
		func(q *library.Query, s string) {
			n, err := strconv.Atoi(s)
			if s != "" && (err != nil || len(s) > 4) {
				return // only digits belong into a year
			}
			*at(q) = n
		},
	}
}

// advancedFields are the fields that are typed into, in the order of the screen.
func advancedFields() []formField {
	return []formField{
		textField("title", func(q *library.Query) *string { return &q.Title }),
		textField("creator", func(q *library.Query) *string { return &q.Creator }),
		textField("publisher", func(q *library.Query) *string { return &q.Publisher }),
		textField("subject", func(q *library.Query) *string { return &q.Subject }),
		textField("isbn", func(q *library.Query) *string { return &q.ISBN }),
		textField("ndc", func(q *library.Query) *string { return &q.NDC }),
		yearField("year_from", func(q *library.Query) *int { return &q.YearFrom }),
		yearField("year_to", func(q *library.Query) *int { return &q.YearTo }),
	}
}

// advancedScreen is the search with a field for each thing.
type advancedScreen struct {
	*visit
	fields      []formField
	form, found *fyne.Container // on a tall screen the first hits stand above the form
	stop        context.CancelFunc
}

func advanced(v *visit) content {
	if v.route.Field == "" {
		r := v.route
		r.Field = "title"
		v.keep(r)
	}
	s := &advancedScreen{visit: v, fields: advancedFields(), form: newSlot(), found: newSlot(), stop: func() {}}
	keyboard := v.kit.Keyboard(v.route.Keyboard, v.keyNames(), widget.Typing{
		Type:   func(text string) { s.set(s.value() + text) },
		Mark:   func(mark rune) { s.set(widget.Marked(s.value(), mark)) },
		Erase:  func() { s.set(widget.WithoutLast(s.value())) },
		Clear:  func() { s.set("") },
		Submit: s.submit,
	}, v.keyHeight())
	s.draw()
	return content{
		title:   v.t("advanced.title"),
		actions: []fyne.CanvasObject{v.kit.Button(v.t("advanced.clear"), widget.Plain, v.replace(Route{Page: PageAdvanced, Keyboard: v.route.Keyboard}))},
		full:    true,
		body: widget.Column(0,
			widget.Fill(widget.Inset(theme.Gap, theme.Margin, theme.Gap, theme.Margin, s.above())),
			widget.Band(v.look().KeyBed, widget.Inset(theme.Gap, theme.Margin, 0, theme.Margin, keyboard)),
		),
		footer: v.keyboards(),
		keyBed: true,
		typed:  func(r rune) { s.set(typed(s.value(), r, v.route.Keyboard)) },
		key: func(e *fyne.KeyEvent) {
			switch e.Name {
			case fyne.KeyBackspace:
				s.set(widget.WithoutLast(s.value()))
			case fyne.KeyReturn, fyne.KeyEnter:
				s.submit()
			}
		},
	}
}

func (s *advancedScreen) current() formField {
	for _, f := range s.fields {
		if f.key == s.route.Field {
			return f
		}
	}
	return s.fields[0]
}

func (s *advancedScreen) value() string { return s.current().get(&s.route.Query) }

func (s *advancedScreen) set(text string) {
	if len([]rune(text)) > maxTyped {
		return
	}
	r := s.route
	s.current().set(&r.Query, text)
	s.keep(r)
	s.draw()
}

func (s *advancedScreen) submit() {
	if !s.route.Query.IsZero() {
		s.app.open(Route{Page: PageResults, Query: s.route.Query})
	}
}

// draw lays the fields out in two columns: the typed ones, then the chosen ones.
func (s *advancedScreen) draw() {
	q := s.route.Query
	cells := make([]fyne.CanvasObject, 0, len(s.fields)+2)
	for _, f := range s.fields {
		cells = append(cells, s.cell(f.key, f.get(&q), f.key == s.current().key, func() { s.typeInto(f.key) }))
	}
	branch, kind := s.t("filter.everywhere"), s.t("filter.any_kind")
	if b, ok := s.app.cfg.Site().Branch(q.Branch); ok {
		branch = s.branchShort(b)
	}
	if q.Kind != "" {
		kind = s.t("kind." + string(q.Kind))
	}
	cells = append(cells,
		s.cell("branch", branch+"　▶", false, func() { s.cycleBranch() }),
		s.cell("kind", kind+"　▶", false, func() { s.cycleKind() }),
	)
	form := widget.Column(theme.GapTight)
	for i := 0; i < len(cells); i += 2 {
		line := widget.Columns(theme.Gap, nil, cells[i], cells[i+1])
		if s.portrait() {
			form.Add(widget.Sized(0, s.keyHeight(), line))
		} else {
			form.Add(widget.Fill(line))
		}
	}
	put(s.form, form)
	s.showHits(q)
}

// above is what stands above the keyboard.
func (s *advancedScreen) above() fyne.CanvasObject {
	if !s.portrait() {
		return s.form
	}
	return widget.Column(theme.Gap, s.found, widget.Sized(0, 5*s.keyHeight()+4*theme.GapTight, s.form))
}

// showHits shows what the fields find so far, where there is room for it.
func (s *advancedScreen) showHits(q library.Query) {
	s.stop()
	if !s.portrait() || q.IsZero() {
		put(s.found, widget.Space())
		return
	}
	now := *s.visit
	now.ctx, s.stop = context.WithCancel(s.ctx)
	room := s.size.Height - theme.HeaderHeight - s.footerHeight() - 10*s.keyHeight() - 9*theme.GapTight - 4*theme.Gap
	room -= s.look().Second*theme.RunningLine + theme.Gap
	into(&now, s.found, func(ctx context.Context) (hitPage, error) {
		return s.find(ctx, q, 0, room)
	}, func(p hitPage) fyne.CanvasObject {
		return widget.Column(theme.Gap, s.kit.Second(s.hits(p.Count)), s.hitRows(p, q))
	})
}

// typeInto moves the caret, and brings the keyboard that the field needs.
func (s *advancedScreen) typeInto(key string) {
	r := s.route
	switch key {
	case "isbn", "ndc", "year_from", "year_to":
		r.Keyboard = widget.Digits
	default:
		if r.Keyboard == widget.Digits {
			r.Keyboard = widget.Kana
		}
	}
	r.Field = key
	s.app.show(r)
}

func (s *advancedScreen) cycleBranch() {
	r := s.route
	all := s.branchesNearFirst()
	next := 0
	for i, b := range all {
		if b.Code == r.Query.Branch {
			next = i + 1
		}
	}
	r.Query.Branch = ""
	if next < len(all) {
		r.Query.Branch = all[next].Code
	}
	s.keep(r)
	s.draw()
}

func (s *advancedScreen) cycleKind() {
	r := s.route
	next := 0
	for i, k := range library.Kinds {
		if k == r.Query.Kind {
			next = i + 1
		}
	}
	r.Query.Kind = ""
	if next < len(library.Kinds) {
		r.Query.Kind = library.Kinds[next]
	}
	s.keep(r)
	s.draw()
}

// cell is one field: its name, and what stands in it.
func (s *advancedScreen) cell(key, value string, current bool, onTap func()) fyne.CanvasObject {
	look := s.look()
	name := s.t("field." + key)
	label := widget.Sized(150, 0, s.kit.Second(name).Lines(1))
	const caretWidth = 3
	room := (s.bodySize().Width-theme.Gap)/2 - 2*theme.GapWide - label.MinSize().Width - 2*theme.GapTight - caretWidth
	shown := s.kit.Text(tail(value, 16))
	for n := 15; n > 0 && shown.MinSize().Width > room; n-- {
		shown = s.kit.Text(tail(value, n))
	}
	line := widget.Row(theme.GapTight, label, shown)
	style := widget.Plain
	if current {
		style = widget.Outlined
		caret := canvas.NewRectangle(look.Action)
		caret.SetMinSize(fyne.NewSize(caretWidth, look.Text*1.2))
		line.Add(caret)
	}
	return s.kit.Tile(name, style, widget.Sized(0, theme.Touch, widget.Middle(widget.Inset(0, theme.GapWide, 0, theme.GapWide, line))), onTap)
}
