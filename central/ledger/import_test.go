package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"

	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

func hana() library.Patron {
	return library.Patron{
		ID: "h1", Card: "123", Name: "青木 花", Reading: "アオキ ハナ", BornOn: day("1990-04-01"), Phones: []string{"0931234567", "09012345678"},
		Email: "hana@example.jp", Branch: "chuo", Category: "一般", ValidUntil: day("2027-03-31"), Blocks: []library.Block{library.BlockOverdue},
	}
}

// seq are patrons as a file has them, whose IDs are their references too: so each is known
// again by name.
func seq(patrons ...library.Patron) iter.Seq2[ledger.FilePatron, error] {
	return func(yield func(ledger.FilePatron, error) bool) {
		for _, p := range patrons {
			if !yield(ledger.FilePatron{Patron: p, FileID: string(p.ID)}, nil) {
				return
			}
		}
	}
}

// take imports patrons and returns what was left out, by number.
func (c *city) take(t *testing.T, fields []ledger.PatronField, patrons ...library.Patron) (ledger.Counts, map[int]string) {
	t.Helper()
	left := map[int]string{}
	n, err := c.ImportPatrons(t.Context(), ledger.PatronImport{
		Patrons: seq(patrons...), Fields: fields,
		LeftOut: func(number int, err error) error { left[number] = err.Error(); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, left
}

func (c *city) is(t *testing.T, want library.Patron) {
	t.Helper()
	if got, err := c.PatronByCard(t.Context(), want.Card); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("stored is %+v, %v, want %+v", got, err, want)
	}
}

func TestImportTwiceChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		patrons := []library.Patron{hana(), {Card: "124", Name: "John Smith"}}
		for n := range 1100 { // more than two batches
			patrons = append(patrons, library.Patron{Card: fmt.Sprint("c", n), Name: "利用者"})
		}
		if n, left := c.take(t, nil, patrons...); n != (ledger.Counts{Read: 1102, Added: 1102}) || len(left) > 0 {
			t.Fatalf("%+v, %v", n, left)
		}
		john, err := c.PatronByCard(t.Context(), "124")
		if err != nil || john.ID == "" || john.ID == "124" {
			t.Fatalf("%+v, %v", john, err)
		}
		before := rowsWith(t, c.db, [][2]string{{"", ""}})
		if n, left := c.take(t, nil, patrons...); n != (ledger.Counts{Read: 1102, Unchanged: 1102}) || len(left) > 0 {
			t.Errorf("again: %+v, %v", n, left)
		}
		if !slices.Equal(rowsWith(t, c.db, [][2]string{{"", ""}}), before) {
			t.Error("the second import wrote something")
		}
		c.is(t, hana())
	})
}

func TestImportTakesOverOnlyNews(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		p := hana()
		c.take(t, nil, p)
		c.exec(t, `UPDATE patron SET email = 'new@example.jp', blocks = '' WHERE id = 'h1'`) // here, after the import
		here := p
		here.Email, here.Blocks = "new@example.jp", nil

		if n, _ := c.take(t, nil, p); n.Unchanged != 1 {
			t.Errorf("the same file: %+v", n)
		}
		c.is(t, here)

		p.Phones, here.Phones = []string{"0930000000"}, []string{"0930000000"}
		if n, _ := c.take(t, nil, p); n.Changed != 1 {
			t.Errorf("news about the telephone: %+v", n)
		}
		c.is(t, here)

		// A file without a column says nothing of it.
		fewer := library.Patron{ID: "h1", Card: "123", Name: "青木 ハナ"}
		here.Name = fewer.Name
		c.take(t, []ledger.PatronField{ledger.FieldName}, fewer)
		c.is(t, here)

		// News wins over what was changed here, and so does a new card.
		p.Name, p.Email, p.Card = here.Name, "third@example.jp", "999"
		c.take(t, nil, p)
		here.Email, here.Card = p.Email, p.Card
		c.is(t, here)
		if _, err := c.PatronByCard(t.Context(), "123"); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("the old card: %v", err)
		}

		// Deleted here, the address is nowhere any more.
		c.exec(t, `UPDATE patron SET email = '' WHERE id = 'h1'`)
		if rows := rowsWith(t, c.db, [][2]string{{"third@example.jp", ""}}); len(rows) > 0 {
			t.Errorf("the address is still in %q", rows)
		}
	})
}

func TestImportLeavesOut(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.take(t, nil, hana())
		with := func(change func(*library.Patron)) library.Patron {
			p := library.Patron{ID: "n", Card: "500", Name: "新しい人"}
			change(&p)
			return p
		}
		for name, bad := range map[string]library.Patron{
			"card is already":    with(func(p *library.Patron) { p.Card = "123" }),
			"no card":            with(func(p *library.Patron) { p.Card = "" }),
			"no name":            with(func(p *library.Patron) { p.Name = "" }),
			"branch does not":    with(func(p *library.Patron) { p.Branch = "nowhere" }),
			"its name is longer": with(func(p *library.Patron) { p.Name = strings.Repeat("長", 500) }),
			"its card is longer": with(func(p *library.Patron) { p.Card = "5\x00" }),
			"its id is longer":   with(func(p *library.Patron) { p.ID = "\xff" }),
			"something else":     with(func(p *library.Patron) { p.Phones = []string{"093-1"} }),
			"a block":            with(func(p *library.Patron) { p.Blocks = []library.Block{"tall"} }),
		} {
			other := library.Patron{ID: "o", Card: "600", Name: "別の人"}
			c.exec(t, `DELETE FROM patron WHERE id = 'o'`)
			n, left := c.take(t, nil, bad, other)
			if n != (ledger.Counts{Read: 2, Added: 1, LeftOut: 1}) || !strings.Contains(left[1], name) {
				t.Errorf("%q: %+v, %v", name, n, left)
			}
			if _, err := c.Patron(t.Context(), bad.ID); !errors.Is(err, library.ErrUnknownPatron) {
				t.Errorf("%q: it is there: %v", name, err)
			}
			var why *ledger.PatronError
			if err := c.PutPatrons(t.Context(), library.Patron{ID: "q", Card: "700", Name: "善い人"}, bad); !errors.As(err, &why) {
				t.Errorf("%q: PutPatrons: %v", name, err)
			}
			if _, err := c.Patron(t.Context(), "q"); !errors.Is(err, library.ErrUnknownPatron) {
				t.Errorf("%q: PutPatrons took in a part: %v", name, err)
			}
		}
		c.is(t, hana())

		// The same card or ID twice in one import: the first goes in.
		a, b := library.Patron{ID: "t1", Card: "801", Name: "一"}, library.Patron{ID: "t2", Card: "801", Name: "二"}
		d := library.Patron{ID: "t1", Card: "802", Name: "三"}
		n, left := c.take(t, nil, a, b, d)
		if n.Added != 1 || n.LeftOut != 2 || !strings.Contains(left[2], "card is also that of another patron") || !strings.Contains(left[3], "id is also that of another patron") {
			t.Errorf("twice: %+v, %v", n, left)
		}
		c.is(t, a)
		if err := c.PutPatrons(t.Context(), a, b); err == nil {
			t.Error("PutPatrons took one card twice")
		}
		for _, text := range left {
			for _, secret := range []string{"801", "802", "一", "二", "三"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q tells something about a patron", text)
				}
			}
		}
	})
}

func TestImportBreaksOff(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		stop := errors.New("enough")
		broken := func(yield func(ledger.FilePatron, error) bool) {
			_ = yield(ledger.FilePatron{Patron: library.Patron{Card: "1", Name: "一"}}, nil) && yield(ledger.FilePatron{}, stop)
		}
		n, err := c.ImportPatrons(t.Context(), ledger.PatronImport{Patrons: broken, LeftOut: func(_ int, err error) error { return err }})
		if !errors.Is(err, stop) || n.Read != 2 {
			t.Errorf("%+v, %v", n, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.ImportPatrons(ctx, ledger.PatronImport{Patrons: seq(hana())}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

// Of a patron with several faults always the same one is told: the first of its fields.
func TestBadPatronIsToldTheSame(t *testing.T) {
	c := open(t, dbtest.Open(t, dbtest.SQLite(t)))
	for range 20 {
		_, left := c.take(t, nil, library.Patron{Card: "123", ID: "p\x01", Name: "a\x01", Reading: "b\x01", Email: "c\x01"})
		if !strings.Contains(left[1], "its id ") {
			t.Fatalf("left out: %v", left)
		}
		_, left = c.take(t, nil, library.Patron{Card: "123", Name: "a\x01", Reading: "b\x01", Email: "c\x01"})
		if !strings.Contains(left[1], "its name ") {
			t.Fatalf("left out: %v", left)
		}
	}
}
