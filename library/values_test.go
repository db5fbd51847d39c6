package library

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDate(t *testing.T) {
	d := day("2026-12-31")
	if d.Add(1) != day("2027-01-01") || d.Add(1).Sub(d) != 1 || !d.Before(d.Add(1)) || d.Weekday() != time.Thursday {
		t.Error("the turn of the year is wrong")
	}
	// The day's edge in Japan: 15:00 UTC is the next day there.
	tokyo := time.FixedZone("JST", 9*60*60)
	if got := DateOf(time.Date(2026, 11, 24, 14, 59, 59, 0, time.UTC).In(tokyo)); got != day("2026-11-24") {
		t.Errorf("a second before midnight is %v", got)
	}
	if got := DateOf(time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC).In(tokyo)); got != day("2026-11-25") {
		t.Errorf("midnight is %v", got)
	}
	for _, bad := range []string{"2026-02-30", "2026/01/01", "26-01-01", "x", "2026-1-1"} {
		if _, err := ParseDate(bad); err == nil {
			t.Errorf("%q was taken for a date", bad)
		}
	}
	var scanned Date
	for _, v := range []any{"2026-11-24", []byte("2026-11-24")} {
		if err := scanned.Scan(v); err != nil || scanned != day("2026-11-24") {
			t.Errorf("%T: %v, %v", v, scanned, err)
		}
	}
	if err := scanned.Scan(3); err == nil {
		t.Error("a number was taken for a date")
	}
	b, err := json.Marshal(struct {
		A, B Date
	}{A: d})
	if err != nil || string(b) != `{"A":"2026-12-31","B":""}` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestISBN(t *testing.T) {
	for text, want := range map[string]string{
		"9784003101117":     "9784003101117",
		"978-4-00-310111-7": "9784003101117",
		"4-00-310111-1":     "9784003101117",
		"080442957X":        "9780804429573",
		"080442957x":        "9780804429573",
	} {
		if got, ok := ParseISBN(text); !ok || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, ok, want)
		}
	}
	for _, bad := range []string{"", "9784003101118", "400310111X", "1234567890123", "97840031011", "abcdefghij"} {
		if got, ok := ParseISBN(bad); ok {
			t.Errorf("%q became %q", bad, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.StringMatching(`978[0-9]{9}`).Draw(t, "digits")
		isbn := d + string(isbn13Check(d))
		if got, ok := ParseISBN(FormatISBN10(isbn)); !ok || got != isbn {
			t.Fatalf("%s, as ten digits %s, came back as %s", isbn, FormatISBN10(isbn), got)
		}
	})
}

func TestCalendar(t *testing.T) {
	open := Hours{Open: 570, Close: 1140}
	c := Calendar{Hours: [7]Hours{open, {}, open, open, open, open, open}, Closed: []Date{day("2026-12-01")}}
	if h, ok := c.On(day("2026-11-24")); !ok || h != open {
		t.Error("an ordinary Tuesday is closed")
	}
	if _, ok := c.On(day("2026-11-30")); ok {
		t.Error("Monday is open")
	}
	if _, ok := c.On(day("2026-12-01")); ok {
		t.Error("a closed day is open")
	}
	if d, ok := c.NextClosed(day("2026-11-24")); !ok || d != day("2026-11-30") {
		t.Errorf("closed next on %v", d)
	}
	if d, ok := c.NextClosed(day("2026-11-30")); !ok || d != day("2026-12-01") {
		t.Errorf("closed next on %v", d)
	}
	always := Calendar{Hours: [7]Hours{open, open, open, open, open, open, open}}
	if d, ok := always.NextClosed(day("2026-11-24")); ok {
		t.Errorf("closed on %v, and is always open", d)
	}
}

func TestWhereabouts(t *testing.T) {
	at := func(b BranchCode, s ItemState, lendable bool) Item {
		return Item{Branch: b, State: s, Lendable: lendable}
	}
	for _, c := range []struct {
		items []Item
		want  Whereabouts
	}{
		{nil, NoCopies},
		{[]Item{at("here", OnShelf, true)}, HereNow},
		{[]Item{at("here", OnShelf, false)}, HereReference},
		{[]Item{at("here", OnLoan, true), at("there", OnShelf, true)}, Elsewhere},
		{[]Item{at("there", OnShelf, true), at("here", OnShelf, false), at("here", OnShelf, true)}, HereNow},
		{[]Item{at("here", Missing, true), at("there", InTransit, true)}, AllOut},
	} {
		if got := WhereaboutsOf(c.items, "here"); got != c.want {
			t.Errorf("%+v: %s, want %s", c.items, got, c.want)
		}
	}
}

func TestDigest(t *testing.T) {
	a := Record{Bib: Bib{ID: "a", Title: "こころ"}, Items: []Item{{ID: "1", BibID: "a"}, {ID: "2", BibID: "a", State: OnLoan}}}
	turned := Record{Bib: a.Bib, Items: []Item{a.Items[1], a.Items[0]}}
	if DigestOf(a) != DigestOf(turned) {
		t.Error("the order of items changes the digest")
	}
	if turned.Items[0].ID != "2" {
		t.Error("taking the digest turned the caller's items")
	}
	b := Record{Bib: a.Bib, Items: []Item{a.Items[0], {ID: "2", BibID: "a", State: OnShelf}}}
	if DigestOf(a) == DigestOf(b) {
		t.Error("where an item is does not count")
	}
	sum := DigestOf(a).XOR(DigestOf(b))
	if sum.XOR(DigestOf(a)) != DigestOf(b) {
		t.Error("taking a record out again does not work")
	}
	back, err := ParseDigest(sum.String())
	if err != nil || back != sum {
		t.Errorf("%v came back as %v, %v", sum, back, err)
	}
	if _, err := ParseDigest("xyz"); err == nil {
		t.Error("xyz was taken for a digest")
	}
}
