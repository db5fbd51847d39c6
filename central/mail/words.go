package mail

import (
	"strings"
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

	Title  string // of the mails about holds
	Branch string // of the mails about holds: where it is picked up
	Until  string // hold_ready, hold_expired: the last day on the hold shelf: 12月2日（水）
	Reason string // hold_ended: code of library.EndReasons; hold_fell_back: no_copies where none is left

	// request
	Receipt   string // K7M-4QX
	Received  string // when it was left, as At
	Renewal   bool   // it asked for a renewal; otherwise for holds
	Refusal   string // code of why all of it was refused, "" where each line has its own answer
	NoContact bool   // the holds were placed, but the patron cannot be told in the way that was chosen
	Blocked   bool   // the holds were placed, but nothing can be collected before something long overdue is back
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

func (c *Composer) facts(language library.Language, m library.Mail, at library.Branch) facts {
	dates := c.dates[language.Code]
	f := facts{
		Library: c.cfg.Library, Link: oneLine(c.cfg.Link), From: c.cfg.From,
		At:    dates.instant(m.At.In(c.cfg.Zone)),
		Code:  oneLine(m.Code),
		Title: oneLine(m.Title), Branch: oneLine(at.NameIn(language)), Until: dates.day(m.Until), Reason: oneLine(string(m.Reason)),
	}
	if m.Request != nil {
		c.requestFacts(&f, dates, *m.Request)
	}
	if m.Code != "" {
		f.CodeUntil = dates.instant(m.At.Add(c.cfg.CodeFor).In(c.cfg.Zone))
	}
	return f
}

func (c *Composer) requestFacts(f *facts, dates dates, r library.RequestResult) {
	f.Receipt, f.Received = oneLine(r.Receipt), dates.instant(r.ReceivedAt.In(c.cfg.Zone))
	f.Renewal, f.Refusal, f.NoContact, f.Blocked = r.Renewal, oneLine(r.Refusal), r.NoContact, r.Blocked
	for _, l := range r.Lines[:min(len(r.Lines), mostLines)] {
		f.Lines = append(f.Lines, line{Title: oneLine(l.Title), Due: dates.day(l.DueOn), Refusal: oneLine(l.Refusal)})
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
