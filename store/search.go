package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"madoguchi/library"
)

// wholeCap is how many exactly matching titles come before the other hits.
const wholeCap = 50

// Search returns rows offset to offset+limit of the hits of a query: exact titles first,
// then the volume that a number asks for and the others of its work, then what has what was
// asked as whole words, then the most wanted, of these the newest. A work of many volumes
// is one row, see fold.go. The same query on the same catalogue has the same rows in the
// same order, none on two pages. A query that asks nothing finds nothing.
func (c *Catalogue) Search(ctx context.Context, q library.Query, offset, limit int) (library.Page, error) {
	p := planOf(q)
	if p.nothing {
		return library.Page{}, nil
	}
	return view(ctx, c, "search", func(tx *reader) (page library.Page, err error) {
		s := search{ctx: ctx, tx: tx, query: q, plan: p}
		rows, err := s.run(max(offset, 0), max(limit, 0), &page)
		if err != nil {
			return library.Page{}, err
		}
		ranks := make([]int64, len(rows))
		for i, r := range rows {
			ranks[i] = r.rank
		}
		records, err := loadRecords(ctx, tx, ranks)
		if err != nil {
			return library.Page{}, err
		}
		page.Rows, page.Count, page.Lacks = rowsOf(records), s.count(), s.lacks
		for i, r := range rows {
			page.Rows[i].Volumes, page.Rows[i].Asked = r.volumes, slices.Contains(s.asked, r.rank)
		}
		return page, nil
	})
}

func rowsOf(records []library.Record) []library.Row {
	rows := make([]library.Row, len(records))
	for i, r := range records {
		rows[i].Record = r
	}
	return rows
}

// search is one search under way.
type search struct {
	ctx           context.Context
	tx            *reader
	query         library.Query
	plan          plan
	tokens        frequencies
	offset, limit int

	most    int     // hits that are counted; 0: library.CountCap
	counted int     // hits counted elsewhere
	n       int     // hits so far
	read    int     // bibs whose texts or shelves were read
	more    bool    // there may be further hits
	ahead   int     // hits that come before all others
	hits    []int64 // ranks of the first hits: of wordScan behind those ahead, or of more up to the end of the page
	stopped bool    // there are no others than those that come first
	all     []int64 // ranks of those that are counted
	page    []int64 // ranks of those on the page
	err     error   // of a check

	asked []int64 // ranks of the volumes that were asked for
	lacks string  // the volume that was asked for in vain, as typed
}

// run finds rows offset to offset+limit, and how many hits have none of their own.
func (s *search) run(offset, limit int, page *library.Page) (rows []foldedRow, err error) {
	ranks, err := s.first()
	if err != nil {
		return nil, err
	}
	need := max(offset+limit, glanceScan)
	if len(ranks) >= foldLeast { // they may be one row
		need = max(need, foldScan) + len(ranks)
	}
	if err := s.hitsUpTo(need, ranks); err != nil {
		return nil, err
	}
	if s.n == 0 && !s.more {
		if ranks, err = s.otherVolumes(); err != nil {
			return nil, err
		}
		s.stopped = true
		if err := s.hitsUpTo(need+len(ranks), ranks); err != nil {
			return nil, err
		}
	}
	var works []*foldedWork
	may, err := s.mayFold(s.page)
	if err != nil {
		return nil, err
	}
	if may {
		if err := s.hitsAtLeast(foldScan, ranks); err != nil {
			return nil, err
		}
		if works, err = s.worksIn(s.page); err != nil {
			return nil, err
		}
	}
	need = offset + limit
	for _, w := range works {
		need += len(w.volumes)
	}
	if err := s.hitsAtLeast(need, ranks); err != nil {
		return nil, err
	}
	rows, page.Folded = foldRows(works, s.page, s.all, offset, limit)
	return rows, nil
}

// hitsAtLeast makes the page anew where it has fewer hits, and there are others.
func (s *search) hitsAtLeast(need int, ranks []int64) error {
	if len(s.page) >= need || len(s.page) == s.n && !s.more {
		return nil
	}
	return s.hitsUpTo(need, ranks)
}

// hitsUpTo makes a page of the first hits, at most so many, those that first found before
// the others.
func (s *search) hitsUpTo(most int, ranks []int64) error {
	s.limit, s.most, s.counted, s.n, s.read, s.more = most, 0, 0, 0, 0, false
	s.hits, s.all, s.page = nil, nil, nil
	s.plan.now = everyRank
	return s.inOrder(ranks)
}

// inOrder makes the page from the hits that first found and from the others.
func (s *search) inOrder(ranks []int64) error {
	switch s.plan.order {
	case library.ByYear:
		return s.newestFirst(ranks)
	case library.ByWork:
		return s.worksTogether(ranks)
	}
	few, err := s.fewHits()
	if err != nil {
		return err
	}
	return s.wantedFirst(ranks, few)
}

// wantedFirst makes the page from the hits that first found, from those that have what was
// asked as whole words, and from the others in the order of their ranks. few says that all
// of them are looked at for whole words, not the index asked.
func (s *search) wantedFirst(ranks []int64, few bool) error {
	first := setOf(ranks)
	if !few {
		whole, err := s.wholeWords(first)
		if err != nil {
			return err
		}
		ranks = append(ranks, whole...)
		first = setOf(ranks)
	}
	s.ahead = len(ranks)
	for _, rank := range ranks {
		s.hit(rank)
	}
	err := s.candidates(func(r *row) bool {
		if !first[r.rank] {
			s.hit(r.rank)
		}
		return true
	})
	if err == nil && few {
		err = s.wholeWordsFirst(len(ranks))
	}
	return err
}

// first returns the ranks of the hits that come before all others, in their order, each
// once: exact titles, then the volume asked for and the rest of its work, then titles that
// are one of the words.
func (s *search) first() (ranks []int64, err error) {
	seen := map[int64]bool{}
	for _, find := range []func(before map[int64]bool) ([]int64, error){s.wholeTitles, s.volumesAsked, s.partTitles} {
		found, err := find(seen)
		if err != nil {
			return nil, err
		}
		for _, rank := range found {
			if !seen[rank] {
				seen[rank] = true
				ranks = append(ranks, rank)
			}
		}
	}
	return ranks, nil
}

// readCap is how many bibs are read for the count alone, once the page is full. The
// index knows most hits for certain and counts them without.
const readCap = 80

// enough reports whether the page is full and the count as high as it gets; at least
// so high that it shows whether there is a next page.
func (s *search) enough() bool {
	most := cmp.Or(s.most, library.CountCap)
	return len(s.page) >= s.limit && (s.n+s.counted > most || s.read >= readCap && s.n > s.offset+s.limit)
}

func (s *search) hit(rank int64) {
	if s.n >= s.offset && len(s.page) < s.limit {
		s.page = append(s.page, rank)
	}
	if s.n < library.CountCap {
		s.all = append(s.all, rank)
	}
	if s.n < max(s.ahead+wordScan, s.offset+s.limit) {
		s.hits = append(s.hits, rank)
	}
	s.n++
}

func (s *search) count() library.Count {
	if s.n > library.CountCap {
		return library.Count{N: library.CountCap, More: true}
	}
	return library.Count{N: s.n, More: s.more}
}

// wholeTitles returns the ranks of the bibs whose whole title or reading was asked for, the
// most wanted first.
func (s *search) wholeTitles(map[int64]bool) ([]int64, error) {
	return s.titled(s.plan.titles, s.plan.fields)
}

// partTitles returns the ranks of the bibs that have just one of the words for a title and
// meet the others elsewhere: with those before it at most as many as wholeCap.
func (s *search) partTitles(before map[int64]bool) ([]int64, error) {
	ranks, err := s.titled(s.plan.parts, slices.Concat(s.plan.words, s.plan.fields))
	return ranks[:max(min(len(ranks), wholeCap-len(before)), 0)], err
}

// titledScan is how many bibs with one title are looked at where more is asked.
const titledScan = 32

// titled returns the ranks of the newest bibs with a title of these keys that meet the
// filters and terms.
func (s *search) titled(keys []string, terms []term) (ranks []int64, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	p, args := &s.plan, newArgs()
	all, most := len(terms) == 0 && len(p.filters) == 0 && !p.available && !p.asksISBN(), titledScan
	if all {
		most = wholeCap
	}
	var newest []string
	for _, k := range keys { // each in the order of its index
		newest = append(newest, fmt.Sprintf("SELECT rank FROM (SELECT w.rank FROM whole w WHERE w.key = %s AND %s ORDER BY w.rank LIMIT %d)", args.add(k), s.between("w.rank", args), most))
	}
	query := strings.Join(newest, " UNION ") + fmt.Sprintf(" ORDER BY rank LIMIT %d", most)
	scan, meets := (*row).rankOnly, func(*row) bool { return true }
	if !all {
		var columns string
		columns, scan, meets = s.judge(terms, args)
		query = "SELECT b.rank, " + columns + " FROM (" + query + ") w CROSS JOIN bib b ON b.rank = w.rank ORDER BY b.rank"
	}
	err = s.rows(query, args, scan, func(r *row) bool {
		if meets(r) {
			ranks = append(ranks, r.rank)
		}
		return s.err == nil && len(ranks) < wholeCap
	})
	return ranks, errors.Join(err, s.err)
}

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
		var err error
		if stretches, err = s.stretches(); err != nil {
			return err
		}
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
func (s *search) stretches() ([]stretch, error) {
	p := &s.plan
	if !p.years.set || p.asksISBN() {
		return []stretch{everyRank}, nil
	}
	if len(p.asked) > 0 {
		if _, err := s.frequent(); err != nil {
			return nil, err
		}
		for _, part := range p.asked {
			if s.tokens.bibs(part) < frequentBibs {
				p.unasked = append(slices.Clone(p.unasked), p.years.conditions...)
				return []stretch{everyRank}, nil
			}
		}
	}
	return stretchesOf(p.years.from, p.years.to), nil
}

// candidatesNow is candidates for one stretch of ranks.
func (s *search) candidatesNow(f func(r *row) bool) error {
	choice, err := s.newLeads()
	if err != nil {
		return err
	}
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
	sure, doubtful := s.tokens.expression(p.sure), s.tokens.expression(p.doubtful)
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
	return s.found(columns, s.tokens.expression(parts), args)
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

func (p *plan) asksISBN() bool { return p.isbn != "" || len(p.isbnStart) > 0 }

// isbnSelective reports whether the beginning of an ISBN is long enough to name a
// publisher; shorter ones are nearly all books.
func (p *plan) isbnSelective() bool {
	return len(p.isbnStart) > 0 && len(p.isbnStart[0]) >= len("978400")
}
