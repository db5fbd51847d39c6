package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"madoguchi/library"
)

// wholeCap is how many exactly matching titles come before the other hits.
const wholeCap = 50

// Search returns hits offset to offset+limit of a query: exact titles first, then
// the newest. The same query on the same catalogue has the same hits in the same
// order, none on two pages. A query that asks nothing finds nothing.
func (c *Catalogue) Search(ctx context.Context, q library.Query, offset, limit int) (library.Page, error) {
	p := planOf(q)
	if p.nothing {
		return library.Page{}, nil
	}
	return view(ctx, c, "search", func(tx *sql.Tx) (library.Page, error) {
		s := search{ctx: ctx, tx: tx, plan: p, offset: max(offset, 0), limit: max(limit, 0)}
		if err := s.run(); err != nil {
			return library.Page{}, err
		}
		records, err := loadRecords(ctx, tx, s.page)
		return library.Page{Records: records, Count: s.count()}, err
	})
}

// search is one search under way.
type search struct {
	ctx           context.Context
	tx            *sql.Tx
	plan          plan
	offset, limit int

	n    int     // hits so far
	page []int64 // ranks of those on the page
}

func (s *search) run() error {
	first, err := s.wholeTitles()
	if err != nil {
		return err
	}
	for _, rank := range first {
		s.hit(rank)
	}
	return s.candidates(func(r *row, checked bool) bool {
		if slices.Contains(first, r.rank) || !checked && !s.plan.meetsAll(r) {
			return true
		}
		s.hit(r.rank)
		return s.n <= library.CountCap || len(s.page) < s.limit
	})
}

func (s *search) hit(rank int64) {
	if s.n >= s.offset && len(s.page) < s.limit {
		s.page = append(s.page, rank)
	}
	s.n++
}

func (s *search) count() library.Count {
	if s.n > library.CountCap {
		return library.Count{N: library.CountCap, More: true}
	}
	return library.Count{N: s.n}
}

// wholeTitles returns the ranks of the bibs whose whole title or reading was asked
// for, newest first.
func (s *search) wholeTitles() (ranks []int64, err error) {
	if len(s.plan.whole) == 0 {
		return nil, nil
	}
	args := newArgs()
	var keys []string
	for _, k := range s.plan.whole {
		keys = append(keys, args.add(k))
	}
	query := "SELECT DISTINCT " + rowColumns + " FROM whole w CROSS JOIN bib b ON b.rank = w.rank WHERE w.key IN (" + strings.Join(keys, ", ") + ")" +
		s.onShelf(args) + " ORDER BY b.rank DESC"
	err = s.rows(query, args, scanRow, func(r *row) bool {
		if s.plan.meetsFilters(r) && s.plan.meetsISBN(r) && s.plan.meetsFields(r) {
			ranks = append(ranks, r.rank)
		}
		return len(ranks) < wholeCap
	})
	return ranks, err
}

const rowColumns = "b.rank, b.id, b.bib, b.folded, b.kind, b.language, b.juvenile, b.ndc, b.branches"

// candidates calls f for every bib that may be a hit, newest first, until f
// returns false. checked says that it is one.
func (s *search) candidates(f func(r *row, checked bool) bool) error {
	p, args := &s.plan, newArgs()
	between := func(column string) string {
		return fmt.Sprintf("%s BETWEEN %s AND %s", column, args.add(p.from), args.add(p.to))
	}
	var query string
	switch {
	case p.isbn != "":
		query = "SELECT " + rowColumns + " FROM isbn x CROSS JOIN bib b ON b.rank = x.rank WHERE x.isbn = " + args.add(p.isbn) + s.onShelf(args) + " ORDER BY x.rank DESC"
	case p.isbnSelective():
		var ranges []string
		for _, start := range p.isbnStart {
			ranges = append(ranges, fmt.Sprintf("x.isbn >= %s AND x.isbn < %s", args.add(start), args.add(start+":")))
		}
		query = "SELECT DISTINCT " + rowColumns + " FROM isbn x CROSS JOIN bib b ON b.rank = x.rank WHERE (" + strings.Join(ranges, " OR ") + ")" + s.onShelf(args) + " ORDER BY x.rank DESC"
	case p.match != "" && p.exact && !p.available:
		query = "SELECT rowid FROM search WHERE search MATCH " + args.add(p.match) + " AND " + between("rowid") + " ORDER BY rowid DESC"
		return s.rows(query, args, scanRank, func(r *row) bool { return f(r, true) })
	case p.match != "":
		query = "SELECT " + rowColumns + " FROM search s CROSS JOIN bib b ON b.rank = s.rowid WHERE s.search MATCH " + args.add(p.match) + " AND " + between("s.rowid") + s.onShelf(args) + " ORDER BY s.rowid DESC"
	default:
		query = "SELECT " + rowColumns + " FROM bib b WHERE " + between("b.rank") + s.onShelf(args) + " ORDER BY b.rank DESC"
	}
	return s.rows(query, args, scanRow, func(r *row) bool { return f(r, false) })
}

// onShelf is the condition that a copy stands on a shelf.
func (s *search) onShelf(args *arguments) string {
	if !s.plan.available {
		return ""
	}
	branch := ""
	if s.plan.branch != "" {
		branch = " AND i.branch = " + args.add(string(s.plan.branch))
	}
	return " AND EXISTS (SELECT 1 FROM item i WHERE i.bib_id = b.id AND i.state = " + args.add(string(library.OnShelf)) + branch + ")"
}

func (s *search) rows(query string, args *arguments, scan func(*sql.Rows, *row) error, f func(*row) bool) error {
	rows, err := s.tx.QueryContext(s.ctx, query, args.list...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var r row
	for rows.Next() {
		if err := scan(rows, &r); err != nil {
			return err
		}
		if !f(&r) {
			return nil
		}
	}
	return rows.Err()
}

func scanRank(rows *sql.Rows, r *row) error { return rows.Scan(&r.rank) }

func scanRow(rows *sql.Rows, r *row) error {
	return rows.Scan(&r.rank, &r.id, &r.bib, &r.folded, &r.kind, &r.language, &r.juvenile, &r.ndc, &r.branches)
}

// arguments numbers the values of a query.
type arguments struct{ list []any }

func newArgs() *arguments { return &arguments{} }

// add returns the placeholder of a further value.
func (a *arguments) add(v any) string {
	a.list = append(a.list, v)
	return fmt.Sprintf("$%d", len(a.list))
}

// loadRecords reads the bibs of these ranks with their items, in this order.
func loadRecords(ctx context.Context, tx *sql.Tx, ranks []int64) ([]library.Record, error) {
	if len(ranks) == 0 {
		return nil, nil
	}
	bib, err := tx.PrepareContext(ctx, "SELECT bib FROM bib WHERE rank = $1")
	if err != nil {
		return nil, err
	}
	defer bib.Close()
	out := make([]library.Record, 0, len(ranks))
	for _, rank := range ranks {
		var encoded string
		if err := bib.QueryRowContext(ctx, rank).Scan(&encoded); err != nil {
			return nil, fmt.Errorf("read bib at %d: %w", rank, err)
		}
		var rec library.Record
		if err := json.Unmarshal([]byte(encoded), &rec.Bib); err != nil {
			return nil, fmt.Errorf("%w: read bib at %d: %w", ErrDamaged, rank, err)
		}
		if rec.Items, err = loadItems(ctx, tx, rec.Bib.ID); err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
	return out, nil
}

// loadItems reads the items of a bib in the order of their IDs.
func loadItems(ctx context.Context, tx *sql.Tx, id library.BibID) (items []library.Item, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT item FROM item WHERE bib_id = $1 ORDER BY id", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var encoded string
		if err := rows.Scan(&encoded); err != nil {
			return nil, err
		}
		var it library.Item
		if err := json.Unmarshal([]byte(encoded), &it); err != nil {
			return nil, fmt.Errorf("%w: read an item of %s: %w", ErrDamaged, id, err)
		}
		items = append(items, it)
	}
	return items, rows.Err()
}

// meetsAll checks all that the query asks but availability.
func (p *plan) meetsAll(r *row) bool {
	return p.meetsFilters(r) && p.meetsISBN(r) && meetsTerms(r, p.words) && meetsTerms(r, p.fields)
}

// meetsFields checks what the query asks beside the words that a whole title met.
func (p *plan) meetsFields(r *row) bool { return meetsTerms(r, p.fields) }

func (p *plan) meetsFilters(r *row) bool {
	if r.rank < p.from || r.rank > p.to {
		return false
	}
	for _, is := range p.filters {
		if !is(r) {
			return false
		}
	}
	return true
}

func meetsTerms(r *row, terms []term) bool {
	if len(terms) == 0 {
		return true
	}
	f := splitFolded(r.folded)
	for _, t := range terms {
		if !slices.ContainsFunc(t, func(w way) bool { return w.met(r, &f) }) {
			return false
		}
	}
	return true
}

// meetsISBN compares the bib's ISBNs with the one asked for, or its beginning.
func (p *plan) meetsISBN(r *row) bool {
	if p.isbn == "" && len(p.isbnStart) == 0 {
		return true
	}
	var b library.Bib
	if err := json.Unmarshal([]byte(r.bib), &b); err != nil {
		return false
	}
	return slices.ContainsFunc(isbnsOf(b), func(isbn string) bool {
		if p.isbn != "" && isbn != p.isbn {
			return false
		}
		return len(p.isbnStart) == 0 || slices.ContainsFunc(p.isbnStart, func(start string) bool { return strings.HasPrefix(isbn, start) })
	})
}

// isbnSelective reports whether the beginning of an ISBN is long enough to name a
// publisher; shorter ones are nearly all books.
func (p *plan) isbnSelective() bool {
	return len(p.isbnStart) > 0 && len(p.isbnStart[0]) >= len("978400")
}

// Record returns a bib with its items in the order of their IDs, or
// library.ErrUnknownBib.
func (c *Catalogue) Record(ctx context.Context, id library.BibID) (library.Record, error) {
	return view(ctx, c, "read bib", func(tx *sql.Tx) (library.Record, error) {
		rank, err := rankOf(ctx, tx, id)
		if err != nil {
			return library.Record{}, err
		}
		records, err := loadRecords(ctx, tx, []int64{rank})
		if err != nil {
			return library.Record{}, err
		}
		return records[0], nil
	})
}

func rankOf(ctx context.Context, tx *sql.Tx, id library.BibID) (rank int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT rank FROM bib WHERE id = $1", id).Scan(&rank)
	if err == sql.ErrNoRows {
		return 0, library.ErrUnknownBib
	}
	return rank, err
}

// ItemBib returns the bib of the item with a barcode, or library.ErrUnknownItem.
func (c *Catalogue) ItemBib(ctx context.Context, barcode string) (library.BibID, error) {
	return view(ctx, c, "find item", func(tx *sql.Tx) (id library.BibID, err error) {
		err = tx.QueryRowContext(ctx, `SELECT i.bib_id FROM item i JOIN bib b ON b.id = i.bib_id
			WHERE i.barcode = $1 AND i.barcode <> '' ORDER BY i.id LIMIT 1`, barcode).Scan(&id)
		if err == sql.ErrNoRows {
			return "", library.ErrUnknownItem
		}
		return id, err
	})
}
