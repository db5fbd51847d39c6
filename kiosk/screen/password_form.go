package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// passwordForm asks for a new password twice, and before it for the present one where
// that is asked for. Its rules are ticked off while it is typed. What is typed is in
// this screen and nowhere else.
type passwordForm struct {
	*visit
	who    library.Patron // of whom the rules are judged, as far as known
	fields []passwordField
	at     int // the field that is typed into
	held   bool
	busy   bool
	hint   string // stands where complaints do
	save   func(present, chosen string)

	bed                       *keyBed
	fieldSlot, ruleSlot, note *fyne.Container
}

type passwordField struct {
	label string // key of its name
	text  string
}

// ruleGroups are the rules as a patron reads them: a line is ticked off when all of
// its rules are kept.
var ruleGroups = []struct {
	key   string
	rules []library.PasswordRule
}{
	{"password.rule_length", []library.PasswordRule{library.RuleLength}},
	{"password.rule_characters", []library.PasswordRule{library.RuleKana, library.RuleFullWidth, library.RuleSpace, library.RuleCharacters}},
	{"password.rule_personal", []library.PasswordRule{library.RuleCard, library.RuleBirth, library.RulePhone}},
	{"password.rule_easy", []library.PasswordRule{library.RuleRepeat, library.RuleRun}},
}

func (v *visit) newPasswordForm(who library.Patron, withPresent bool, save func(present, chosen string)) *passwordForm {
	f := &passwordForm{visit: v, who: who, save: save, fieldSlot: newSlot(), ruleSlot: newSlot(), note: newSlot()}
	if withPresent {
		f.fields = append(f.fields, passwordField{label: "password.present"})
	}
	f.fields = append(f.fields, passwordField{label: "password.new"}, passwordField{label: "password.again"})
	return f
}

// content is the screen: lead says what is to be done here.
func (f *passwordForm) content(title string, lead ...fyne.CanvasObject) content {
	first, layouts := widget.Keypad, []widget.Layout{widget.Keypad, widget.Small, widget.Capitals}
	if f.policy().PasswordCharset == library.CharsetDigits && !f.withPresent() {
		layouts = layouts[:1]
	}
	f.bed = f.newKeyBed(editor{text: func() string { return f.fields[f.at].text }, set: f.set, submit: f.enter}, f.t("login.next"), first, layouts)
	put(f.note, f.kit.Second(f.hint))
	show := f.kit.Button(f.t("login.show"), widget.Outlined, nil).Hold(func(down bool) {
		f.held = down
		f.drawFields()
	})
	f.draw()
	f.bed.footer = append(f.bed.footer, show)
	top := widget.Column(theme.Gap, lead...)
	fields, rules := widget.Column(theme.Gap, widget.Sized(0, 0, f.fieldSlot)), widget.Column(0, widget.Sized(0, 0, f.ruleSlot))
	switch {
	case f.portrait():
		top.Objects = append(top.Objects, fields, rules, f.noteRoom(f.note))
	case f.withPresent(): // three fields leave no room below them
		top.Add(widget.Sized(0, f.look().Second*theme.RunningLine*2, f.note))
		top.Add(widget.Columns(theme.GapSection, nil, fields, rules))
	default:
		fields.Add(f.noteRoom(f.note))
		top.Add(widget.Columns(theme.GapSection, nil, fields, rules))
	}
	c := f.bed.content(title, top)
	c.scanned = f.finishFirst(f.say)
	return c
}

func (f *passwordForm) withPresent() bool { return len(f.fields) > 2 }

func (f *passwordForm) set(text string) {
	if f.busy || len([]rune(text)) > maxSecret {
		return
	}
	f.fields[f.at].text = text
	put(f.note, f.kit.Second(f.hint))
	f.draw()
}

func (f *passwordForm) draw() {
	f.drawFields()
	f.drawRules()
	submit := f.t("login.next")
	if f.at == len(f.fields)-1 {
		submit = f.t("password.save")
	}
	f.bed.relabel(submit)
}

func (f *passwordForm) drawFields() {
	width := f.size.Width - 2*theme.Margin
	if !f.portrait() {
		width = (width - theme.GapSection) / 2
	}
	label := f.labelWidth()
	inside := width - label - 3*theme.GapWide - 2*theme.GapTight
	rows := widget.Column(12)
	for i, field := range f.fields {
		shown := field.text
		if !f.held {
			shown = strings.Repeat("●", len([]rune(field.text)))
		}
		active := i == f.at
		line := widget.Row(theme.GapWide, widget.Fixed(label, f.kit.Second(f.t(field.label)).Lines(2)), widget.Fill(f.fieldText(shown, inside, active)))
		body := f.fieldBed(active, widget.Inset(0, theme.GapWide, 0, theme.GapWide, widget.Sized(0, f.fieldHeight(), widget.Middle(line))))
		rows.Add(f.kit.Tile(f.t(field.label), widget.Bare, body, func() { f.choose(i) }))
	}
	put(f.fieldSlot, rows)
}

// labelWidth holds the names of all fields.
func (f *passwordForm) labelWidth() (w float32) {
	for _, field := range f.fields {
		w = max(w, f.kit.Second(f.t(field.label)).MinSize().Width)
	}
	return min(w, 190)
}

func (f *passwordForm) choose(at int) {
	if !f.busy {
		f.at = at
		f.draw()
	}
}

func (f *passwordForm) drawRules() {
	p := f.policy()
	chosen, again := f.fields[len(f.fields)-2].text, f.fields[len(f.fields)-1].text
	lines := widget.Column(theme.GapTight / 2)
	line := func(text string, kept bool) {
		mark, ink := "○", f.look().Ink
		if kept {
			mark, ink = "✓", f.look().Good
		}
		lines.Add(f.kit.Second(mark + " " + text).In(ink).Lines(1).DownTo(f.look().Second * 0.7))
	}
	for _, g := range ruleGroups {
		kept := chosen != ""
		for _, r := range g.rules {
			kept = kept && p.Keeps(r, chosen, f.who)
		}
		line(f.ruleText(g.key), kept)
	}
	line(f.t("password.rule_same"), chosen != "" && chosen == again)
	put(f.ruleSlot, lines)
}

func (f *passwordForm) ruleText(key string) string {
	p := f.policy()
	switch {
	case key == "password.rule_length":
		return f.t(key, p.PasswordMin, p.PasswordMax)
	case key == "password.rule_characters" && p.PasswordCharset == library.CharsetDigits:
		return f.t("password.rule_digits")
	}
	return f.t(key)
}

// enter goes on to the next field, or saves what was typed.
func (f *passwordForm) enter() {
	last := len(f.fields) - 1
	chosen := f.fields[last-1].text
	err := f.policy().MayChoose(chosen, f.who)
	switch {
	case f.busy || f.fields[f.at].text == "":
		return
	case f.at < last-1:
		f.choose(f.at + 1)
		return
	case err != nil:
		f.choose(last - 1)
		f.say(f.refusal(err))
		return
	case f.at < last:
		f.choose(last)
		return
	case f.fields[last].text != chosen:
		f.fields[last].text = ""
		f.draw()
		f.say(f.t("password.differs"))
		return
	case f.withPresent() && f.fields[0].text == "":
		f.choose(0)
		return
	}
	f.busy = true
	put(f.note, f.kit.Text(f.t("wait.moment")))
	present := ""
	if f.withPresent() {
		present = f.fields[0].text
	}
	f.save(present, chosen)
}

// refused says why the password was not taken. Nothing stays typed.
func (f *passwordForm) refused(err error) {
	f.busy, f.at = false, 0
	for i := range f.fields {
		f.fields[i].text = ""
	}
	f.draw()
	f.say(f.refusal(err))
}

func (f *passwordForm) say(text string) { f.complain(f.note, text) }
