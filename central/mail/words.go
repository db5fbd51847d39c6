package mail

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"madoguchi/library"
)

// facts are what a wording may say. All texts of them are single lines.
type facts struct {
	Library string // the library's name
	Link    string // its web site, "" for none
	From    string // the address that the mail comes from
	At      string // when it happened: 11月25日（水） 14:05

	Code      string // confirm: six digits
	CodeUntil string // confirm: until when the code is valid, as At

	Title  string // hold_ready, hold_expired
	Branch string // hold_ready, hold_expired
	Until  string // hold_ready, hold_expired: the last day on the hold shelf: 12月2日（水）

	// request
	Receipt   string // K7M-4QX
	Received  string // when it was left, as At
	Renewal   bool   // it asked for a renewal; otherwise for holds
	Refusal   string // code of why all of it was refused, "" where each line has its own answer
	NoContact bool   // the holds were placed, but the patron cannot be told in the way that was chosen
	Lines     []line
	More      int // how many lines there were beside these
}

// line is what became of one thing that a request asked for.
type line struct {
	Title   string // "" where it is not known
	Due     string // of a loan that was renewed: 12月2日（水）
	Refusal string // code, "" where it was granted
}

// mostLines is how many lines a mail lists.
const mostLines = 30

func (c *Composer) facts(language string, m library.Mail, at library.Branch) facts {
	f := facts{
		Library: c.cfg.Library, Link: oneLine(c.cfg.Link), From: c.cfg.From,
		At:    instant(language, m.At.In(c.cfg.Zone)),
		Code:  oneLine(m.Code),
		Title: oneLine(m.Title), Branch: oneLine(at.Name), Until: day(language, m.Until),
	}
	if m.Request != nil {
		c.requestFacts(&f, language, *m.Request)
	}
	if language != "ja" && at.NameEn != "" {
		f.Branch = oneLine(at.NameEn)
	}
	if m.Code != "" {
		f.CodeUntil = instant(language, m.At.Add(c.cfg.CodeFor).In(c.cfg.Zone))
	}
	return f
}

func (c *Composer) requestFacts(f *facts, language string, r library.RequestResult) {
	f.Receipt, f.Received = oneLine(r.Receipt), instant(language, r.ReceivedAt.In(c.cfg.Zone))
	f.Renewal, f.Refusal, f.NoContact = r.Renewal, oneLine(r.Refusal), r.NoContact
	for _, l := range r.Lines[:min(len(r.Lines), mostLines)] {
		f.Lines = append(f.Lines, line{Title: oneLine(l.Title), Due: day(language, l.DueOn), Refusal: oneLine(l.Refusal)})
	}
	f.More = len(r.Lines) - len(f.Lines)
}

// maxLine is the most characters of a fact: a longer title is cut.
const maxLine = 200

// oneLine makes any text one line of text that cannot be seen as anything else: what
// breaks lines becomes a space, what is invisible or turns the direction of writing
// goes.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.IsSpace(r) && r != '　', unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
	if runes := []rune(s); len(runes) > maxLine {
		return string(runes[:maxLine-1]) + "…"
	}
	return s
}

// day writes a day in words, and nothing for no day.
func day(language string, d library.Date) string {
	switch {
	case d.IsZero():
		return ""
	case language == "ja":
		return fmt.Sprintf("%d月%d日（%s）", d.Month, d.Day, [...]string{"日", "月", "火", "水", "木", "金", "土"}[d.Weekday()])
	}
	return fmt.Sprintf("%s, %d %s", d.Weekday(), d.Day, d.Month)
}

func instant(language string, t time.Time) string {
	return day(language, library.DateOf(t)) + " " + t.Format("15:04")
}
