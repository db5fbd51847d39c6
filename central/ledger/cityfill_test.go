package ledger_test

import (
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// fill makes the city as it is on the first morning: all copies on their shelves.
func (s *sim) fill() {
	for n := range s.size.branches {
		s.calendars = append(s.calendars, simCalendar(n))
		s.putBranch(n)
	}
	s.share()
	var bibs, items, patrons [][]any
	for n := range s.size.bibs {
		r := library.Record{Bib: simBib(n)}
		for _, copy := range s.copiesOf[n] {
			it := simItem(copy, n, s.copies[copy].home)
			r.Items = append(r.Items, it)
			items = append(items, []any{string(it.ID), string(it.BibID), string(it.Branch), it.Barcode, it.CallNumber, it.Shelf, it.Lendable, string(it.State), it.DueOn})
		}
		record := fmt.Sprintf(`{"id":%q,"kind":%q,"title":%q,"creators":[{"name":%q}]}`, r.Bib.ID, r.Bib.Kind, r.Bib.Title, r.Bib.Creators[0].Name)
		bibs = append(bibs, []any{string(r.Bib.ID), library.BucketOf(r.Bib.ID), library.DigestOf(r).String(), "", record})
	}
	for n := range s.size.patrons {
		patrons = append(patrons, []any{string(patronID(n)), cardOf(n), fmt.Sprint("利用者 ", n), "", "", fmt.Sprintf("090%08d", n), "", string(branchCode(s.homeBranch(n))), "", "", "", ""})
	}
	for _, table := range []struct {
		head string
		rows [][]any
	}{
		{`INSERT INTO bib (id, bucket, digest, added_on, record)`, bibs},
		{`INSERT INTO item (id, bib_id, branch_code, barcode, call_number, shelf, lendable, state, due_on)`, items},
		{`INSERT INTO patron (id, card, name, reading, born_on, phones, email, branch_code, category, valid_until, blocks, imported)`, patrons},
	} {
		s.want("fill", s.db.Tx(s.ctx, func(tx *db.Tx) error { return tx.InsertRows(s.ctx, table.head, table.rows, ``) }))
	}
	s.exec(s.t, `ANALYZE`)
}

func (s *sim) putBranch(n int) {
	b := library.Branch{Code: branchCode(n), Name: fmt.Sprint("図書館 ", n), Calendar: s.calendars[n]}
	s.want("branch", s.catalogue.PutBranch(s.ctx, b))
}

// share gives the bibs their copies: the more they are asked for, the more.
func (s *sim) share() {
	s.copiesOf = make([][]int, s.size.bibs)
	for round := 0; len(s.copies) < s.size.copies; round++ {
		// Everybody gets a first one, the first half a second one, the first third a third …
		for bib := 0; bib < s.size.bibs/(round+1) && len(s.copies) < s.size.copies; bib++ {
			home := (bib*7 + round) % s.size.branches
			s.copiesOf[bib] = append(s.copiesOf[bib], len(s.copies))
			s.copies = append(s.copies, &simCopy{bib: bib, home: home, branch: home})
		}
	}
}

// simCalendar closes every branch on one weekday, over the year's end, and for a
// week of its own in which it counts its books.
func simCalendar(branch int) (c library.Calendar) {
	for weekday := range c.Hours {
		if weekday != 1+branch%3 {
			c.Hours[weekday] = library.Hours{Open: 9 * 60, Close: 19 * 60}
		}
	}
	closed := func(from string, days int) {
		for n := range days {
			c.Closed = append(c.Closed, day(from).Add(n))
		}
	}
	closed(fmt.Sprintf("2026-%02d-15", 4+branch%8), 7)
	closed("2026-12-29", 6)
	return c
}
