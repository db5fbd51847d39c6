package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The bibs that the full-text index finds for a query, each checked as far as the index does
// not know it for certain.

// What is read of a bib to judge it.
const rowColumns = "b.rank, b.id, b.folded, b.ndc, b.shelves, b.branches, b.kind, b.language, b.juvenile, b.year, b.volumes, b.work"

func (r *row) columns() []any {
	return []any{&r.rank, &r.id, &r.folded, &r.ndc, &r.shelves, &r.branches, &r.kind, &r.language, &r.juvenile, &r.year, &r.volumes, &r.work}
}

func (r *row) text() []any { return []any{&r.rank, &r.met, &r.folded, &r.ndc} }

func (r *row) judged() []any { return []any{&r.rank, &r.met} }

func (r *row) rankOnly() []any { return []any{&r.rank} }

// candidates calls f for every bib that the query is met by, in the order of the ranks,
// until f returns false or there is enough.
func (s *search) candidates(f func(r *row) bool) error {
	if s.stopped || s.plan.signs != "" {
		return nil
	}
	stretches := s.plan.stretches
	if stretches == nil {
		stretches = s.stretches()
	}
	for _, now := range stretches {
		s.plan.now = now
		if err := s.candidatesNow(f); err != nil || s.more {
			return err
		}
	}
	return nil
}

// stretches returns the ranks to ask for. Where the years asked for are few among many
// bibs, those of each class are asked for by themselves; else all at once, and the
// years checked on each bib, since eight questions cost more than a few bibs.
func (s *search) stretches() []stretch {
	p := &s.plan
	if !p.years.set || p.asksISBN() {
		return []stretch{everyRank}
	}
	for _, part := range p.asked {
		if s.tx.frequent.bibs(part) < frequentBibs {
			p.unasked = append(slices.Clone(p.unasked), p.years.conditions...)
			return []stretch{everyRank}
		}
	}
	return stretchesOf(p.years.from, p.years.to)
}

// candidatesNow is candidates for one stretch of ranks.
func (s *search) candidatesNow(f func(r *row) bool) error {
	choice := s.newLeads()
	for l, ok := choice.next(s); ok; l, ok = choice.next(s) {
		last, gaveUp, err := s.follow(choice, l, f)
		if err != nil || !gaveUp {
			return err
		}
		s.plan.now.from = max(s.plan.now.from, last+1)
	}
	s.most = choice.countable(s)
	return s.indexCandidates(f)
}

// indexCandidates is candidates by asking the index everything.
func (s *search) indexCandidates(f func(r *row) bool) error {
	p, args := &s.plan, newArgs()
	scan := (*row).columns
	meets := func(r *row) bool {
		s.read++
		return p.meetsFilters(r) && s.meetsISBN(r) && p.meetsTerms(r)
	}
	var query string
	switch {
	case p.isbn != "":
		query = "SELECT " + rowColumns + " FROM isbn x CROSS JOIN bib b ON b.rank = x.rank WHERE x.isbn = " + args.add(p.isbn) + " AND " + s.between("x.rank", args) + " AND " + s.onShelf(args) + " ORDER BY x.rank"
	case p.isbnSelective():
		var ranges []string
		for _, start := range p.isbnStart {
			ranges = append(ranges, fmt.Sprintf("x.isbn >= %s AND x.isbn < %s", args.add(start), args.add(start+":")))
		}
		query = "SELECT DISTINCT " + rowColumns + " FROM isbn x CROSS JOIN bib b ON b.rank = x.rank WHERE (" + strings.Join(ranges, " OR ") + ") AND " + s.between("x.rank", args) + " AND " + s.onShelf(args) + " ORDER BY x.rank"
	case len(p.asked) == 0:
		query = "SELECT " + rowColumns + " FROM bib b WHERE " + s.between("b.rank", args) + " AND " + s.conditions(args) + " ORDER BY b.rank"
	case p.exact && !p.reads():
		query = s.indexed("s.rowid", p.asked, args) + " ORDER BY s.rowid"
		scan, meets = (*row).rankOnly, func(*row) bool { return true }
	case p.exact || len(p.sure) == 0 && s.simple():
		query = s.indexed("b.rank, "+s.contained(args), p.asked, args) + " ORDER BY s.rowid"
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
	if len(p.sure) == 0 {
		return s.indexed(text, p.asked, args) + " ORDER BY s.rowid"
	}
	sure, doubtful := s.tx.frequent.expression(p.sure), s.tx.frequent.expression(p.doubtful)
	return s.found("s.rowid, "+s.conditions(args)+", '', ''", sure, args) + " UNION ALL " +
		s.found(text, "("+doubtful+") NOT ("+sure+")", args) + " ORDER BY 1"
}

// simple reports whether SQLite itself can check what is unsure, which is much
// quicker than to hand over each text.
func (s *search) simple() bool {
	if s.plan.asksISBN() {
		return false
	}
	return !slices.ContainsFunc(s.plan.unsure, func(t term) bool { return !t.simple() })
}

// contained is the condition that the words of simple stand where they should, and a
// copy on a shelf.
func (s *search) contained(args *arguments) string {
	out := s.conditions(args)
	for _, t := range s.plan.unsure {
		out += " AND " + t.has(args)
	}
	return out
}

// indexed selects columns of the bibs that meet all parts by the index.
func (s *search) indexed(columns string, parts []part, args *arguments) string {
	return s.found(columns, s.tx.frequent.expression(parts), args)
}

// found selects columns of what the index finds by an expression.
func (s *search) found(columns, match string, args *arguments) string {
	join := ""
	if strings.Contains(columns, "b.") {
		join = " CROSS JOIN bib b ON b.rank = s.rowid"
	}
	return "SELECT " + columns + " FROM search s" + join + " WHERE s.search MATCH " + args.add(match) + " AND " + s.between("s.rowid", args)
}

// between is the condition that a rank is of those asked for.
func (s *search) between(column string, args *arguments) string {
	if s.plan.now == everyRank {
		return "TRUE"
	}
	return fmt.Sprintf("%s BETWEEN %s AND %s", column, args.add(s.plan.now.from), args.add(s.plan.now.to))
}

// conditions is what a bib's row must say beside its text: that a copy is on a shelf,
// and what the index was not asked because nearly every bib has it.
func (s *search) conditions(args *arguments) string {
	out := s.onShelf(args)
	for _, c := range s.plan.unasked {
		out += " AND " + c.sql(args)
	}
	return out
}

// reads reports whether conditions reads the bib's row.
func (p *plan) reads() bool { return p.available || len(p.unasked) > 0 }

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
		if err := cmp.Or(s.ctx.Err(), rows.Scan(columns...)); err != nil {
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

func (p *plan) asksISBN() bool { return p.isbn != "" || len(p.isbnStart) > 0 }

// isbnSelective reports whether the beginning of an ISBN is long enough to name a
// publisher; shorter ones are nearly all books.
func (p *plan) isbnSelective() bool {
	return len(p.isbnStart) > 0 && len(p.isbnStart[0]) >= len("978400")
}
