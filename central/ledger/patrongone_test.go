package ledger_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// holdsOf are a patron's active holds, as bib and state.
func (c *city) holdsOf(t tb, patron library.PatronID) (all []string) {
	t.Helper()
	holds, err := c.Holds(context.Background(), patron)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range holds.Holds {
		if h.State.Active() {
			all = append(all, string(h.BibID)+" "+string(h.State))
		}
	}
	slices.Sort(all)
	return all
}

func (c *city) waits(t *testing.T, card string, bib library.BibID, before time.Duration) {
	t.Helper()
	if _, err := c.paperHold(t.Context(), card, bib, "chuo", c.clock.Now().Add(-before)); err != nil {
		t.Fatal(err)
	}
}

func (c *city) delete(t *testing.T, id library.PatronID) (ended int, err error) {
	t.Helper()
	err = c.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
		ended, err = c.DeletePatronTx(ctx, tx, id, mark)
		return err
	})
	return ended, err
}

func TestDeletePatron(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.book(t, "b1", "i1")
		c.book(t, "b2", "i2")
		f := &file{rows: []ledger.FilePatron{row("A1", "51", "消える 人", func(p *ledger.FilePatron) { p.Email = "gone@example.jp" }), row("A2", "52", "残る 人"), row("", "53", "番号のない 人")}}
		c.in(t, f)
		gone, stays, plain := c.byCard(t, "51"), c.byCard(t, "52"), c.byCard(t, "53")
		c.lend(t, "51", "i2")
		c.waits(t, "51", "b1", 2*time.Hour)
		c.waits(t, "52", "b1", time.Hour)
		if _, err := c.delete(t, gone.ID); !errors.Is(err, ledger.ErrPatronHasLoans) {
			t.Errorf("with a loan: %v", err)
		}
		if _, err := c.Return(t.Context(), "i2", "chuo"); err != nil {
			t.Fatal(err)
		}
		if ended, err := c.delete(t, gone.ID); err != nil || ended != 1 {
			t.Fatalf("%d holds, %v", ended, err)
		}
		if got := c.holdsOf(t, stays.ID); !slices.Equal(got, []string{"b1 preparing"}) { // who gets the copy
			t.Errorf("the next in the queue: %v", got)
		}
		if ended, err := c.delete(t, plain.ID); err != nil || ended != 0 {
			t.Fatalf("%d holds, %v", ended, err)
		}
		if rows := rowsWith(t, c.db, [][2]string{{"消える", ""}, {"gone@example.jp", ""}, {"番号のない", ""}, {string(gone.ID), ""}}); len(rows) > 0 {
			t.Errorf("still there: %q", rows)
		}
		if _, err := c.delete(t, gone.ID); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("once more: %v", err)
		}

		// No file brings them back, by ID, by card or with another card; a whole file does not
		// stumble.
		f.full = &ledger.PatronFull{Limit: 5}
		for _, rows := range [][]ledger.FilePatron{
			f.rows,
			{row("A1", "61", "消える 人"), f.rows[1], row("", "53", "番号のない 人")},
			{row("", "51", "消える 人"), f.rows[1], row("A3", "53", "番号のない 人")},
		} {
			f.rows = rows
			if n := c.in(t, f); n.KeptOut != 2 || n.Unchanged != 1 || n.LeftOut != 0 || n.Blocked != 0 || f.lacking.Kept != ledger.BlockAll {
				t.Errorf("%+v, %v, %+v", n, f.left, f.lacking)
			}
		}
		// What a row has beside the card or ID of somebody deleted keeps out too, from then on,
		// whatever the case of an ID.
		for _, rows := range [][]ledger.FilePatron{
			{row("A7", "51", "消える 人")}, {row("A7", "71", "消える 人")}, {row("", "71", "消える 人")}, {row("", "61", "消える 人")},
			{row("a1", "62", "消える 人")}, {row("A3", "63", "番号のない 人")}, {row("", "63", "番号のない 人")},
		} {
			if n := c.in(t, &file{rows: rows}); n.KeptOut != 1 {
				t.Errorf("%s %s: %+v", rows[0].FileID, rows[0].Card, n)
			}
		}
		// And there is a way back.
		readmit := func(card string) error {
			return c.tx(t, func(ctx context.Context, tx *db.Tx) error { return c.ReadmitTx(ctx, tx, card, mark) })
		}
		if err := readmit("99"); !errors.Is(err, ledger.ErrNotDeleted) {
			t.Errorf("who was never deleted: %v", err)
		}
		if err := readmit("53"); err != nil {
			t.Fatal(err)
		}
		if n := c.in(t, &file{rows: []ledger.FilePatron{row("", "53", "番号のない 人"), row("A1", "61", "消える 人")}}); n.Added != 1 || n.KeptOut != 1 {
			t.Errorf("readmitted: %+v", n)
		}
		if back := c.byCard(t, "53"); back.ID == plain.ID {
			t.Error("the reference is the old one: what is in the audit log leads to the patron again")
		}
	})
}

func TestMergePatrons(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		for _, b := range []library.BibID{"b1", "b2", "b3", "b4", "b5"} {
			c.book(t, b, "i"+string(b))
		}
		c.in(t, &file{rows: []ledger.FilePatron{
			row("A1", "51", "花", func(p *ledger.FilePatron) { p.Phones = nil }),
			row("A2", "52", "花子", func(p *ledger.FilePatron) {
				p.Email, p.Blocks = "hana@example.jp", []library.Block{library.BlockLostCard, library.BlockStaff}
			}),
			row("A3", "53", "誰か"),
		}})
		c.exec(t, `UPDATE patron SET blocks = '' WHERE card = '52'`)
		keep, gone := c.byCard(t, "51"), c.byCard(t, "52")
		c.lend(t, "51", "ib1")
		c.lend(t, "52", "ib2")
		c.lend(t, "53", "ib5")
		c.waits(t, "51", "b3", time.Hour) // gets the copy, and waits for it no more
		c.waits(t, "52", "b3", 2*time.Hour)
		c.waits(t, "52", "b1", time.Hour) // what the other has
		c.waits(t, "52", "b4", time.Hour)
		c.waits(t, "51", "b5", time.Hour)
		c.waits(t, "52", "b5", 2*time.Hour) // came first
		c.exec(t, `UPDATE patron SET blocks = 'lost_card staff' WHERE card = '52'`)

		merge := func(a, b library.PatronID) (m ledger.Merged, err error) {
			err = c.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
				m, err = c.MergePatronsTx(ctx, tx, a, b)
				return err
			})
			return m, err
		}
		if _, err := merge(keep.ID, keep.ID); !errors.Is(err, ledger.ErrSamePatron) {
			t.Errorf("with oneself: %v", err)
		}
		if _, err := merge(keep.ID, "nobody"); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("with nobody: %v", err)
		}
		m, err := merge(keep.ID, gone.ID)
		if err != nil || m != (ledger.Merged{Loans: 1, Holds: 2, Ended: 3}) {
			t.Fatalf("%+v, %v", m, err)
		}
		if got := c.holdsOf(t, keep.ID); !slices.Equal(got, []string{"b3 preparing", "b4 preparing", "b5 waiting"}) {
			t.Errorf("holds %v", got)
		}
		loans, err := c.Loans(t.Context(), keep.ID)
		if err != nil || len(loans.Loans) != 2 {
			t.Errorf("loans %+v, %v", loans, err)
		}
		want := keep
		want.Phones, want.Email, want.Blocks = gone.Phones, "hana@example.jp", []library.Block{library.BlockStaff}
		c.is(t, want)
		c.sound(t)
		if _, err := c.PatronByCard(t.Context(), "52"); !errors.Is(err, library.ErrUnknownPatron) {
			t.Errorf("the card of who is gone: %v", err)
		}
		// A file that still has both, in any order, says nothing new.
		f := &file{rows: []ledger.FilePatron{row("A1", "51", "花"), row("A2", "52", "花子"), row("A3", "53", "誰か")}, full: &ledger.PatronFull{Limit: 100}}
		f.rows[0], f.rows[1] = f.rows[1], f.rows[0]
		for range 2 {
			if n := c.in(t, f); n.Unchanged != 3 || n.LeftOut != 0 {
				t.Errorf("%+v, %v", n, f.left)
			}
		}
		// The ID or a card of who is gone alone means who is kept, who gets no other card by it.
		for _, rows := range [][]ledger.FilePatron{{row("A2", "52", "花子"), f.rows[2]}, {row("", "52", "花子"), f.rows[2]}, {row("A2", "51", "花子"), f.rows[2]}} {
			f.rows = rows
			if n := c.in(t, f); n.Read != n.Changed+n.Unchanged || n.Blocked != 0 {
				t.Errorf("%+v, %v", n, f.left)
			}
			if p := c.byCard(t, "51"); p.ID != keep.ID || p.Name != "花子" {
				t.Errorf("who is kept: %+v", p)
			}
		}
		// A row of who is gone that is left out is no reason to block who is kept.
		f.rows = []ledger.FilePatron{row("A2", "99", ""), f.rows[1]}
		if n := c.in(t, f); n.LeftOut != 1 || n.Blocked != 0 {
			t.Errorf("%+v, %v", n, f.left)
		}
		for _, b := range []library.BibID{"b1", "b2"} {
			if _, err := c.Return(t.Context(), "i"+string(b), "chuo"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.delete(t, keep.ID); err != nil {
			t.Fatal(err)
		}
		if n := c.in(t, &file{rows: []ledger.FilePatron{row("A2", "81", "花子"), row("A1", "82", "花子"), row("", "52", "花子")}}); n.KeptOut != 3 {
			t.Errorf("deleted after the merge: %+v", n)
		}
	})
}

func TestFindPatrons(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.in(t, &file{rows: []ledger.FilePatron{
			row("", "1", "青木 花子", func(p *ledger.FilePatron) { p.Reading = "アオキ ハナコ" }),
			row("", "2", "青木 太郎", func(p *ledger.FilePatron) {
				p.Reading, p.Phones = "ｱｵｷ ﾀﾛｳ", []string{"09012345678", "0312345678"}
			}),
			row("", "3", "John SMITH"),
		}})
		for text, want := range map[string]string{
			"青木": "1 2", "青木花子": "1", "青木 花子": "1", "花子 青木": "1", "あおき": "1 2", "アオキ": "1 2", "ｱｵｷ": "1 2", "アオキタロウ": "2", "あおき はなこ": "1",
			"smith": "3", "ＳＭＩＴＨ": "3", "090-1234-5678": "2", "+81 90 1234 5678": "2", "5678": "2", "０３１２３４５６７８": "2", "0931234567": "1 3",
			"鈴木": "", "678": "", "": "", " ": "", "%": "", "_": "",
		} {
			var cards []string
			err := c.tx(t, func(ctx context.Context, tx *db.Tx) error {
				found, more, err := c.FindPatronsTx(ctx, tx, text)
				for _, p := range found {
					cards = append(cards, p.Card)
				}
				if more {
					t.Errorf("%q: more", text)
				}
				return err
			})
			slices.Sort(cards)
			if got := strings.Join(cards, " "); err != nil || got != want {
				t.Errorf("%q finds %q, %v; want %q", text, got, err, want)
			}
		}
	})
}
