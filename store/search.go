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
		bibs, err := s.bibsOf(ranks)
		if err != nil {
			return library.Page{}, err
		}
		records, err := withItems(ctx, tx, bibs)
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

	bibs map[int64]library.Bib // that were read, by rank

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
	if len(ranks) >= foldLeast {
		works, err := s.worksIn(ranks)
		if err != nil {
			return nil, err
		}
		for _, w := range works {
			need = max(need, foldScan) + len(w.volumes)
		}
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
	may, err := s.mayFold(offset, limit)
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
	return s.wantedFirst(ranks, s.fewHits())
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
