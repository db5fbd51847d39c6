package store

import (
	"fmt"
	"slices"
	"strings"
)

// judge returns what to select of bib behind its rank, where that is scanned, and then
// whether the bib meets all filters and these terms. What SQLite can check it does
// itself, which is much quicker than to hand over each text.
func (s *search) judge(terms []term, args *arguments) (columns string, scan func(*row) []any, meets func(*row) bool) {
	condition := s.onShelf(args)
	for _, c := range s.plan.conditions {
		condition += " AND " + c.sql(args)
	}
	var rest []term
	for _, t := range terms {
		if has := t.has(args); has != "" {
			condition += " AND " + has
		}
		if !t.simple() {
			rest = append(rest, t)
		}
	}
	if len(rest) == 0 {
		return condition, (*row).judged, func(r *row) bool { return r.met && s.meetsISBN(r) }
	}
	return "iif(" + condition + ", b.folded, ''), b.ndc", func(r *row) []any { return []any{&r.rank, &r.folded, &r.ndc} },
		func(r *row) bool { return r.folded != "" && s.meetsISBN(r) && meetsTerms(r, rest) }
}

// simple reports whether SQLite itself can check a term for certain: it can be met in
// one way only, by a number of a class, or by a text that has it anywhere in a word.
func (t term) simple() bool {
	w := t[0]
	return len(t) == 1 && (w.as == asNDC || w.as == asVolume || w.as == asText && !startsOnly(w.want))
}

// has is a condition that every bib meets by which the term is met, and no other if
// the term is simple; "" where there is none.
func (t term) has(args *arguments) string {
	w := t[0]
	switch {
	case len(t) > 1, w.as == asWholeReading, w.as == asWholeLooseReading:
		return ""
	case w.as == asNDC:
		return "instr(' ' || b.ndc, " + args.add(" "+w.want) + ") > 0"
	case w.as == asVolume:
		return "(instr(b.volumes, " + args.add(" "+ownVolume+w.want+" ") + ") > 0 OR instr(b.volumes, " + args.add(" "+seriesVolume+w.want+" ") + ") > 0)"
	case t.simple():
		return w.contained(args)
	}
	return "instr(b.folded, " + args.add(w.want) + ") > 0"
}

// contained is the condition that the word stands in one of the way's sections, which
// stand beside each other.
func (w way) contained(args *arguments) string {
	first, last := w.in[0], w.in[len(w.in)-1]
	at, end := "instr(b.folded, "+args.add(w.want)+")", "instr(b.folded, "+args.add(sectionMark(last))+")"
	if first == 0 {
		return at + " BETWEEN 1 AND " + end
	}
	begin := "instr(b.folded, " + args.add(sectionMark(first-1)) + ")"
	return fmt.Sprintf("%s > 0 AND instr(substr(b.folded, %s, %s - %s), %s) > 0", at, begin, end, begin, args.add(w.want))
}

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

// meetsTerms checks all words, also those that the index was asked for.
func (p *plan) meetsTerms(r *row) bool { return meetsTerms(r, p.words) && meetsTerms(r, p.fields) }

// meetsDoubtful checks the words that the index does not know for certain.
func (p *plan) meetsDoubtful(r *row) bool { return meetsTerms(r, p.unsure) }

func (p *plan) meetsFilters(r *row) bool {
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
	var encoded string
	if err := queryRow(s.ctx, s.tx, []any{&encoded}, "SELECT bib FROM record WHERE rank = $1", r.rank); err != nil {
		s.err = err
		return false
	}
	b, err := decodeBib(encoded)
	if err != nil {
		s.err = err
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
