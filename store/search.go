package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"madoguchi/library"
	"madoguchi/library/kana"
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
	read int     // bibs whose texts or shelves were read
	more bool    // there may be further hits
	page []int64 // ranks of those on the page
	err  error   // of a check
}

func (s *search) run() error {
	first, err := s.wholeTitles()
	if err != nil {
		return err
	}
	for _, rank := range first {
		s.hit(rank)
	}
	return s.candidates(func(r *row) bool {
		if !slices.Contains(first, r.rank) {
			s.hit(r.rank)
		}
		return true
	})
}

// readCap is how many bibs are read for the count alone, once the page is full. The
// index knows most hits for certain and counts them without.
const readCap = 600

// enough reports whether the page is full and the count as high as it gets; at least
// so high that it shows whether there is a next page.
func (s *search) enough() bool {
	return len(s.page) >= s.limit && (s.n > library.CountCap || s.read >= readCap && s.n > s.offset+s.limit)
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
	return library.Count{N: s.n, More: s.more}
}

// wholeTitles returns the ranks of the bibs whose whole title or reading was asked
// for, newest first; then of those that have just one of its words for a title and
// meet the rest elsewhere.
func (s *search) wholeTitles() (ranks []int64, err error) {
	p := &s.plan
	bare := len(p.fields) == 0 && len(p.filters) == 0 && !p.available && !p.asksISBN()
	if ranks, err = s.titled(p.whole, bare, func(r *row) bool { return meetsTerms(r, p.fields) }); err != nil {
		return nil, err
	}
	more, err := s.titled(p.parts, false, p.meetsTerms)
	for _, rank := range more {
		if len(ranks) < wholeCap && !slices.Contains(ranks, rank) {
			ranks = append(ranks, rank)
		}
	}
	return ranks, err
}

// titledScan is how many bibs with one title are looked at.
const titledScan = 200

// titled returns the ranks of the bibs with a title of these keys that meet the
// filters and terms; bare says that all do.
func (s *search) titled(titles []string, bare bool, meets func(*row) bool) (ranks []int64, err error) {
	if len(titles) == 0 {
		return nil, nil
	}
	args := newArgs()
	var keys []string
	for _, k := range titles {
		keys = append(keys, args.add(k))
	}
	newest := fmt.Sprintf("SELECT DISTINCT w.rank FROM whole w WHERE w.key IN (%s) AND %s ORDER BY w.rank DESC LIMIT ", strings.Join(keys, ", "), s.between("w.rank", args))
	if bare {
		err = s.rows(newest+strconv.Itoa(wholeCap), args, (*row).rankOnly, func(r *row) bool {
			ranks = append(ranks, r.rank)
			return true
		})
		return ranks, err
	}
	query := "SELECT " + rowColumns + " FROM (" + newest + strconv.Itoa(titledScan) + ") w CROSS JOIN bib b ON b.rank = w.rank WHERE " + s.onShelf(args) + " ORDER BY b.rank DESC"
	err = s.rows(query, args, (*row).columns, func(r *row) bool {
		if s.err == nil && s.plan.meetsFilters(r) && meets(r) && s.meetsISBN(r) {
			ranks = append(ranks, r.rank)
		}
		return s.err == nil && len(ranks) < wholeCap
	})
	return ranks, errors.Join(err, s.err)
}

// What is read of a bib to judge it.
const rowColumns = "b.rank, b.id, b.folded, b.ndc, b.shelves, b.branches, b.kind, b.language, b.juvenile"

func (r *row) columns() []any {
	return []any{&r.rank, &r.id, &r.folded, &r.ndc, &r.shelves, &r.branches, &r.kind, &r.language, &r.juvenile}
}

func (r *row) text() []any { return []any{&r.rank, &r.met, &r.folded, &r.ndc} }

func (r *row) judged() []any { return []any{&r.rank, &r.met} }

func (r *row) rankOnly() []any { return []any{&r.rank} }

// candidates calls f for every bib that the query is met by, newest first, until f
// returns false or there is enough.
func (s *search) candidates(f func(r *row) bool) error {
	p, args := &s.plan, newArgs()
	scan := (*row).columns
	meets := func(r *row) bool {
		s.read++
		return p.meetsFilters(r) && s.meetsISBN(r) && p.meetsTerms(r)
	}
	var query string
	switch {
	case p.isbn != "":
		query = "SELECT " + rowColumns + " FROM isbn x CROSS JOIN bib b ON b.rank = x.rank WHERE x.isbn = " + args.add(p.isbn) + " AND " + s.onShelf(args) + " ORDER BY x.rank DESC"
	case p.isbnSelective():
		var ranges []string
		for _, start := range p.isbnStart {
			ranges = append(ranges, fmt.Sprintf("x.isbn >= %s AND x.isbn < %s", args.add(start), args.add(start+":")))
		}
		query = "SELECT DISTINCT " + rowColumns + " FROM isbn x CROSS JOIN bib b ON b.rank = x.rank WHERE (" + strings.Join(ranges, " OR ") + ") AND " + s.onShelf(args) + " ORDER BY x.rank DESC"
	case p.match == "":
		query = "SELECT " + rowColumns + " FROM bib b WHERE " + s.between("b.rank", args) + " AND " + s.onShelf(args) + " ORDER BY b.rank DESC"
	case p.exact && !p.reads():
		query = s.indexed("s.rowid", p.match, args) + " ORDER BY s.rowid DESC"
		scan, meets = (*row).rankOnly, func(*row) bool { return true }
	case p.exact || p.sure == "" && s.simple():
		query = s.indexed("b.rank, "+s.contained(args), p.match, args) + " ORDER BY s.rowid DESC"
		scan, meets = (*row).judged, func(r *row) bool {
			s.read++
			return r.met
		}
	default:
		query, scan = s.doubtful(args), (*row).text
		meets = func(r *row) bool {
			if r.folded != "" || p.reads() {
				s.read++
			}
			return r.met && (r.folded == "" || s.meetsISBN(r) && p.meetsDoubtful(r))
		}
	}
	err := s.rows(query, args, scan, func(r *row) bool {
		if s.enough() {
			s.more = true
			return false
		}
		ok := meets(r)
		return s.err == nil && (!ok || f(r))
	})
	return errors.Join(err, s.err)
}

// doubtful selects what the index finds, with the text to check. Where some of it
// needs no check, because a term is met in a way that the index knows for certain,
// it comes without: the two are merged by rank.
func (s *search) doubtful(args *arguments) string {
	p := &s.plan
	text := "s.rowid, " + s.conditions(args) + ", b.folded, b.ndc" // not b.rank, by which SQLite would sort anew
	if p.sure == "" {
		return s.indexed(text, p.match, args) + " ORDER BY s.rowid DESC"
	}
	return s.indexed("s.rowid, "+s.conditions(args)+", '', ''", p.sure, args) + " UNION ALL " +
		s.indexed(text, "("+p.doubtful+") NOT ("+p.sure+")", args) + " ORDER BY 1 DESC"
}

// simple reports whether SQLite itself can check what is unsure, which is much
// quicker than to hand over each text: words with kanji, anywhere or in titles, have
// no other way than to stand there, and no reading has kanji.
func (s *search) simple() bool {
	if s.plan.asksISBN() {
		return false
	}
	for _, t := range s.plan.unsure {
		w := t[0]
		if len(t) > 1 || w.as != asText || !strings.ContainsFunc(w.want, kana.IsKanji) || len(w.in) != len(anywhere.text) && !slices.Equal(w.in, inTitles.text) {
			return false
		}
	}
	return true
}

// contained is the condition that the words of simple stand where they should, and a
// copy on a shelf. The title is the first section of a folded text.
func (s *search) contained(args *arguments) string {
	var b strings.Builder
	b.WriteString(s.conditions(args))
	for _, t := range s.plan.unsure {
		at := "instr(b.folded, " + args.add(t[0].want) + ")"
		if len(t[0].in) == len(anywhere.text) {
			b.WriteString(" AND " + at + " > 0")
			continue
		}
		b.WriteString(" AND " + at + " BETWEEN 1 AND instr(b.folded, " + args.add(sectionMark) + ")")
	}
	return b.String()
}

// indexed selects columns of what the index finds by an expression.
func (s *search) indexed(columns, match string, args *arguments) string {
	join := ""
	if strings.Contains(columns, "b.") {
		join = " CROSS JOIN bib b ON b.rank = s.rowid"
	}
	return "SELECT " + columns + " FROM search s" + join + " WHERE s.search MATCH " + args.add(match) + " AND " + s.between("s.rowid", args)
}

// between is the condition that a rank is of the years asked for.
func (s *search) between(column string, args *arguments) string {
	if s.plan.from == 0 && s.plan.to == math.MaxInt64 {
		return "TRUE"
	}
	return fmt.Sprintf("%s BETWEEN %s AND %s", column, args.add(s.plan.from), args.add(s.plan.to))
}

// conditions is what a bib's row must say beside its text: that a copy is on a shelf,
// and what the index was not asked because nearly every bib has it.
func (s *search) conditions(args *arguments) string {
	out := s.onShelf(args)
	for _, c := range s.plan.columns {
		out += " AND b." + c.name + " = " + args.add(c.value)
	}
	return out
}

// reads reports whether conditions reads the bib's row.
func (p *plan) reads() bool { return p.available || len(p.columns) > 0 }

// onShelf is the condition that a copy stands on a shelf.
func (s *search) onShelf(args *arguments) string {
	switch {
	case !s.plan.available:
		return "TRUE"
	case s.plan.branch == "":
		return "b.shelves <> ''"
	}
	return "instr(b.shelves, " + args.add(" "+string(s.plan.branch)+" ") + ") > 0"
}

// rows calls f with each row of a query until f returns false. into says where its
// columns go.
func (s *search) rows(query string, args *arguments, into func(*row) []any, f func(*row) bool) error {
	rows, err := s.tx.QueryContext(s.ctx, query, args.list...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var r row
	columns := into(&r)
	for rows.Next() {
		if err := rows.Scan(columns...); err != nil {
			return err
		}
		if !f(&r) {
			return nil
		}
	}
	return rows.Err()
}

// arguments numbers the values of a query.
type arguments struct{ list []any }

func newArgs() *arguments { return &arguments{} }

// add returns the placeholder of a further value.
func (a *arguments) add(v any) string {
	a.list = append(a.list, v)
	return fmt.Sprintf("$%d", len(a.list))
}

// meetsTerms checks all words, also those that the index was asked for.
func (p *plan) meetsTerms(r *row) bool { return meetsTerms(r, p.words) && meetsTerms(r, p.fields) }

// meetsDoubtful checks the words that the index does not know for certain.
func (p *plan) meetsDoubtful(r *row) bool { return meetsTerms(r, p.unsure) }

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
func (s *search) meetsISBN(r *row) bool {
	if !s.plan.asksISBN() {
		return true
	}
	var encoded []byte
	var b library.Bib
	if err := s.tx.QueryRowContext(s.ctx, "SELECT bib FROM record WHERE rank = $1", r.rank).Scan(&encoded); err != nil {
		s.err = err
		return false
	}
	if err := json.Unmarshal(encoded, &b); err != nil {
		s.err = fmt.Errorf("%w: read bib at %d: %w", ErrDamaged, r.rank, err)
		return false
	}
	p := &s.plan
	return slices.ContainsFunc(isbnsOf(b), func(isbn string) bool {
		if p.isbn != "" && isbn != p.isbn {
			return false
		}
		return len(p.isbnStart) == 0 || slices.ContainsFunc(p.isbnStart, func(start string) bool { return strings.HasPrefix(isbn, start) })
	})
}

func (p *plan) asksISBN() bool { return p.isbn != "" || len(p.isbnStart) > 0 }

// isbnSelective reports whether the beginning of an ISBN is long enough to name a
// publisher; shorter ones are nearly all books.
func (p *plan) isbnSelective() bool {
	return len(p.isbnStart) > 0 && len(p.isbnStart[0]) >= len("978400")
}
