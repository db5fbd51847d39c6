package library

import (
	"slices"
	"time"
)

// BranchCode names a branch: short, stable, in lower-case letters and digits.
type BranchCode string

// Branch is one library building or counter of the city.
type Branch struct {
	Code     BranchCode  `json:"code"`
	Name     string      `json:"name"`              // "中央図書館"
	Short    string      `json:"short,omitempty"`   // "中央", for tables; Name where empty
	NameEn   string      `json:"name_en,omitempty"` // in Latin letters, for languages that are; Name where empty
	Calendar Calendar    `json:"calendar"`
	Plans    []FloorPlan `json:"plans,omitempty"` // where its shelves stand
}

// NameIn is the name in a language.
func (b Branch) NameIn(l Language) string {
	if l.Latin && b.NameEn != "" {
		return b.NameEn
	}
	return b.Name
}

// ShortIn is the name in a language for tables and tags.
func (b Branch) ShortIn(l Language) string {
	if l.Latin && b.NameEn != "" {
		return b.NameEn
	}
	return b.ShortName()
}

// ShortName is the name for tables and tags in Japanese.
func (b Branch) ShortName() string {
	if b.Short != "" {
		return b.Short
	}
	return b.Name
}

// Calendar says on which days and at what hours a branch is open.
type Calendar struct {
	Hours  [7]Hours `json:"hours"`            // by time.Weekday; zero Hours: closed on that weekday
	Closed []Date   `json:"closed,omitempty"` // further closed days, ascending
}

// Hours are the opening hours of a day in minutes after midnight.
type Hours struct {
	Open  int `json:"open"`
	Close int `json:"close"`
}

// On returns the opening hours of a day, and false when the branch is closed.
func (c Calendar) On(d Date) (Hours, bool) {
	for _, x := range c.Closed {
		if x == d {
			return Hours{}, false
		}
	}
	h := c.Hours[d.Weekday()]
	return h, h.Close > h.Open
}

// NextOpen returns the first day from d on, d itself included, on which the branch is
// open, and false where there is none up to so many days after d.
func (c Calendar) NextOpen(d Date, within int) (Date, bool) {
	for n := 0; n <= within; n++ {
		if _, open := c.On(d.Add(n)); open {
			return d.Add(n), true
		}
	}
	return Date{}, false
}

// IsOpen reports whether the branch is open on a day.
func (c Calendar) IsOpen(d Date) bool {
	_, open := c.On(d)
	return open
}

// Entered reports whether the branch is open on any weekday: where it is on none, nobody
// has entered its hours yet.
func (c Calendar) Entered() bool {
	return slices.ContainsFunc(c.Hours[:], func(h Hours) bool { return h.Close > h.Open })
}

// NextClosed returns the first closed day after d within a fortnight.
func (c Calendar) NextClosed(d Date) (Date, bool) {
	for n := 1; n <= 14; n++ {
		if _, open := c.On(d.Add(n)); !open {
			return d.Add(n), true
		}
	}
	return Date{}, false
}

// CloseOn returns the calendar with further closed days.
func (c Calendar) CloseOn(days ...Date) Calendar {
	c.Closed = slices.Concat(c.Closed, days)
	slices.SortFunc(c.Closed, func(a, b Date) int { return a.Sub(b) })
	c.Closed = slices.Compact(c.Closed)
	return c
}

// OpenOn returns the calendar without some of its further closed days. The weekdays on
// which it is closed stay so.
func (c Calendar) OpenOn(days ...Date) Calendar {
	c.Closed = slices.DeleteFunc(slices.Clone(c.Closed), func(d Date) bool { return slices.Contains(days, d) })
	return c
}

// ClosedFrom returns the further closed days from a day on.
func (c Calendar) ClosedFrom(d Date) []Date {
	return slices.DeleteFunc(slices.Clone(c.Closed), func(x Date) bool { return x.Before(d) })
}

// Site is what a terminal must know of the library around it.
type Site struct {
	Name     string   `json:"name"` // "○○市立図書館"
	TimeZone string   `json:"time_zone"`
	Branches []Branch `json:"branches"`
	Policy   Policy   `json:"policy"`
	Notices  []Notice `json:"notices,omitempty"`
	Terms    Terms    `json:"terms"`
	MailFrom string   `json:"mail_from,omitempty"` // the address that the library's mails come from, "" where none are sent

	// RequestKey is the public key to which requests are sealed that are left while the
	// server cannot be reached, "" where none are taken.
	RequestKey string `json:"request_key,omitempty"`

	// Abilities are what the circulation can do, see Can.
	Abilities []Ability `json:"abilities"`
}

// Notice is a short message of the library to its patrons, by language.
type Notice struct {
	Text map[string]string `json:"text"`
}

// Branch finds a branch by its code.
func (s Site) Branch(code BranchCode) (Branch, bool) {
	for _, b := range s.Branches {
		if b.Code == code {
			return b, true
		}
	}
	return Branch{}, false
}

// Location is the site's time zone, Asia/Tokyo where it names none that is known.
func (s Site) Location() *time.Location {
	if loc, err := time.LoadLocation(s.TimeZone); err == nil && s.TimeZone != "" {
		return loc
	}
	return time.FixedZone("JST", 9*60*60)
}
