package screen

import (
	"strconv"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// birthEntry is a date of birth as it is typed on a keypad, in 西暦 or 和暦.
type birthEntry struct {
	era   string // code of a library.Era, "" for 西暦
	parts [3]string
	at    int // the part that is typed into
}

// The parts of a date.
const (
	yearPart = iota
	monthPart
	dayPart
)

// most is how many digits a part has.
func (b *birthEntry) most(part int) int {
	if part == yearPart && b.era == "" {
		return 4
	}
	return 2
}

// full reports whether no digit can follow in a part: a month that begins with 2 has
// one digit.
func (b *birthEntry) full(part int) bool {
	s := b.parts[part]
	return len(s) == b.most(part) || part == monthPart && s > "1" || part == dayPart && s > "3"
}

// digit types one digit, and goes on to the next part where it ends this one.
func (b *birthEntry) digit(d byte) {
	s := b.parts[b.at]
	noMonth := b.at == monthPart && s == "1" && d > '2' // 13 is no month, so 1 was one
	if b.full(b.at) || noMonth {
		if b.at < dayPart {
			b.at++
			b.digit(d)
		}
		return
	}
	b.parts[b.at] = s + string(d)
	if b.full(b.at) && b.at < dayPart {
		b.at++
	}
}

// erase takes the last digit away, also of the part before.
func (b *birthEntry) erase() {
	if b.parts[b.at] == "" && b.at > yearPart {
		b.at--
	}
	b.parts[b.at] = widget.WithoutLast(b.parts[b.at])
}

// count chooses how years are counted. A year that cannot be meant any more is dropped.
func (b *birthEntry) count(era string) {
	b.era = era
	if len(b.parts[yearPart]) > b.most(yearPart) {
		b.parts[yearPart] = ""
	}
	if b.parts[yearPart] == "" {
		b.at = yearPart
	}
}

// choose goes to a part, to type it anew.
func (b *birthEntry) choose(part int) {
	b.at = part
	b.parts[part] = ""
}

// entered reports whether every part has something.
func (b *birthEntry) entered() bool {
	return b.parts[yearPart] != "" && b.parts[monthPart] != "" && b.parts[dayPart] != ""
}

// date returns the day that was typed, and false where there is no such day, or
// nobody who is alive was born on it.
func (b *birthEntry) date(today library.Date) (library.Date, bool) {
	if !b.entered() {
		return library.Date{}, false
	}
	var n [3]int
	for i, s := range b.parts {
		n[i], _ = strconv.Atoi(s)
	}
	d, err := library.NewDate(n[yearPart], n[monthPart], n[dayPart])
	if b.era != "" {
		e, _ := eraOf(b.era)
		d, err = e.Date(n[yearPart], n[monthPart], n[dayPart])
	}
	if _, _, known := library.EraOf(d); err != nil || !known || today.Before(d) {
		return library.Date{}, false
	}
	return d, true
}

func eraOf(code string) (library.Era, bool) {
	for _, e := range library.Eras {
		if e.Code == code {
			return e, true
		}
	}
	return library.Era{}, false
}

// birthScreen asks for the date of birth.
type birthScreen struct {
	*visit
	entry             *birthEntry
	parts, eras, note *fyne.Container
}

func applyBirth(v *visit) content {
	s := &birthScreen{visit: v, entry: &v.app.application.birth, parts: newSlot(), eras: newSlot(), note: newSlot()}
	bed := v.newKeyBed(editor{
		text:   func() string { return "" },
		set:    s.set,
		submit: s.submit,
	}, v.t("login.next"), widget.Keypad, []widget.Layout{widget.Keypad})
	bed.eraseLast = func() {
		s.entry.erase()
		s.draw()
	}
	s.draw()
	top := widget.Column(theme.Gap,
		v.question(v.t("apply.birth"), v.t("apply.birth_about")),
		widget.Sized(0, 0, s.eras),
		widget.Sized(0, 0, s.parts),
		v.noteRoom(s.note),
	)
	c := bed.content(v.t("apply.title"), top)
	c.scanned = v.applicantScanned(func(text string) { v.complain(s.note, text) })
	return c
}

// set types the digits of text; no text clears everything.
func (s *birthScreen) set(text string) {
	if text == "" {
		*s.entry = birthEntry{era: s.entry.era}
	}
	for _, r := range text {
		if r >= '0' && r <= '9' {
			s.entry.digit(byte(r))
		}
	}
	s.draw()
}

func (s *birthScreen) submit() {
	e := s.entry
	if _, ok := e.date(library.DateOf(s.now())); ok {
		s.app.open(Route{Page: PagePhone})
		return
	}
	if e.parts[e.at] != "" && e.at < dayPart {
		e.at++
	}
	s.draw()
}

func (s *birthScreen) draw() {
	put(s.eras, s.eraButtons())
	put(s.parts, s.partFields())
	d, ok := s.entry.date(library.DateOf(s.now()))
	switch {
	case ok:
		put(s.note, s.kit.Strong("● "+s.bothYears(d)).Lines(1).DownTo(s.look().Second))
	case s.entry.entered():
		s.complain(s.note, s.t("apply.birth_no_day"))
	default:
		put(s.note, widget.Space())
	}
}

// eraButtons choose how years are counted.
func (s *birthScreen) eraButtons() fyne.CanvasObject {
	button := func(name, code string) fyne.CanvasObject {
		return s.kit.Button(name, widget.Plain, func() {
			s.entry.count(code)
			s.draw()
		}).Select(s.entry.era == code)
	}
	all := []fyne.CanvasObject{button(s.t("era.western"), "")}
	for _, e := range library.Eras {
		all = append(all, button(s.t("era."+e.Code), e.Code))
	}
	return widget.Wrap(12, all...)
}

// partFields are year, month and day. A touch begins one of them anew.
func (s *birthScreen) partFields() fyne.CanvasObject {
	field := func(part int, width float32, unit string) fyne.CanvasObject {
		active := part == s.entry.at
		body := s.fieldBed(active, widget.Inset(0, theme.Gap, 0, theme.Gap, widget.Sized(width, s.fieldHeight(), s.fieldText(s.entry.parts[part], width, active))))
		return widget.Row(12, s.kit.Tile(unit, widget.Bare, body, func() {
			s.entry.choose(part)
			s.draw()
		}), s.kit.Strong(unit))
	}
	var before fyne.CanvasObject = widget.Column(0)
	if e, ok := eraOf(s.entry.era); ok {
		before = s.kit.Strong(s.t("era." + e.Code))
	}
	digit := s.look().Title
	return widget.Row(theme.GapWide, before,
		field(yearPart, 3.2*digit, s.t("unit.year")), field(monthPart, 2.2*digit, s.t("unit.month")), field(dayPart, 2.2*digit, s.t("unit.day")), widget.Space())
}

// bothYears words a day in both ways of counting: 1935年（昭和10年）4月1日.
func (v *visit) bothYears(d library.Date) string {
	e, n, _ := library.EraOf(d)
	year := strconv.Itoa(n)
	if n == 1 {
		year = v.t("era.first_year")
	}
	return v.t("apply.birth_understood", d.Year, v.t("era."+e.Code), year, int(d.Month), d.Day, v.t("date.month."+d.Month.String()[:3]))
}
