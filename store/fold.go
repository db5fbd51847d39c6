package store

import (
	"slices"

	"madoguchi/library"
)

// A work of many volumes would fill page after page of hits. Where foldLeast of the first
// foldScan hits are volumes of one work, all of them stand in one row, at the place of the
// first. So many hits are only looked for where a glance at the first few shows a work that
// may have them: most searches pay for no more than that. Hits in the order of their years
// are not folded: who asks for what is new wants to see the last volume.
const (
	foldScan  = 60
	foldLeast = 20

	glanceScan  = 20
	glanceLeast = 4
)

// foldedWork is a work in one row.
type foldedWork struct {
	volumes []int64 // the ranks of those that the filters leave, in order
	is      map[int64]bool
	shown   int64 // that which was asked for, or else the first
	placed  bool  // it has its row
}

// worksIn returns the works that are to stand in one row each, by the first hits.
func (s *search) worksIn(head []int64) (works []*foldedWork, err error) {
	of, err := s.byWork(head[:min(len(head), foldScan)], foldScan)
	if err != nil {
		return nil, err
	}
	for _, volumes := range of {
		if len(volumes) < foldLeast {
			continue
		}
		bibs, err := s.bibsOf(volumes[:1])
		if err != nil {
			return nil, err
		}
		w := &foldedWork{}
		if w.volumes, err = s.volumesAt(placesOf(bibs[0])[0], 0); err != nil {
			return nil, err
		}
		w.is = setOf(w.volumes)
		if in := slices.DeleteFunc(volumes, func(rank int64) bool { return !w.is[rank] }); len(in) < foldLeast {
			continue // a work of the same number is among them
		}
		w.shown = w.volumes[0]
		if i := slices.IndexFunc(s.asked, func(rank int64) bool { return w.is[rank] }); i >= 0 {
			w.shown = s.asked[i]
		}
		works = append(works, w)
	}
	return works, nil
}

// mayFold reports whether the first hits show a work that may be folded: one of enough
// volumes. Bibs that are shown in any case tell of what work they are.
func (s *search) mayFold(offset, limit int) (may bool, err error) {
	if s.n < foldLeast || s.plan.order == library.ByYear {
		return false, nil
	}
	head, of := s.page[:min(len(s.page), glanceScan)], map[uint32][]int64{}
	if offset > 0 || limit < len(head) {
		if of, err = s.byWork(head, glanceScan); err != nil {
			return false, err
		}
	} else {
		bibs, err := s.bibsOf(head)
		if err != nil {
			return false, err
		}
		for i, b := range bibs {
			if work := workNumber(b); work != 0 {
				of[work] = append(of[work], head[i])
			}
		}
	}
	for _, volumes := range of {
		if err == nil && !may && len(volumes) >= glanceLeast {
			may, err = s.ofManyVolumes(volumes[0])
		}
	}
	return may, err
}

// ofManyVolumes reports whether the work of a volume has so many that it may be folded.
func (s *search) ofManyVolumes(rank int64) (bool, error) {
	bibs, err := s.bibsOf([]int64{rank})
	if err != nil {
		return false, err
	}
	volumes, err := s.volumesAt(placesOf(bibs[0])[0], foldLeast)
	return len(volumes) == foldLeast, err
}

// bibsOf reads the bibs of these ranks that were not read before, and returns all in this
// order.
func (s *search) bibsOf(ranks []int64) ([]library.Bib, error) {
	var unread []int64
	for _, rank := range ranks {
		if _, known := s.bibs[rank]; !known {
			unread = append(unread, rank)
		}
	}
	if s.bibs == nil {
		s.bibs = map[int64]library.Bib{}
	}
	for part := range slices.Chunk(unread, recordsAtOnce) {
		bibs, err := loadBibs(s.ctx, s.tx, part)
		if err != nil {
			return nil, err
		}
		for i, b := range bibs {
			s.bibs[part[i]] = b
		}
	}
	out := make([]library.Bib, len(ranks))
	for i, rank := range ranks {
		out[i] = s.bibs[rank]
	}
	return out, nil
}

// byWork returns which of some hits, at most as many as most, are volumes of one work, by
// the numbers of the works.
func (s *search) byWork(hits []int64, most int) (map[uint32][]int64, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	args := newArgs()
	ranks := slices.Grow(slices.Clone(hits), most)
	for len(ranks) < most { // the same question for any number of hits
		ranks = append(ranks, hits[0])
	}
	of := map[uint32][]int64{}
	err := s.rows("SELECT b.rank, b.work FROM bib b WHERE b.rank IN ("+numbers(ranks, args)+") AND b.work <> 0", args,
		func(r *row) []any { return []any{&r.rank, &r.work} }, func(r *row) bool {
			of[r.work] = append(of[r.work], r.rank)
			return true
		})
	return of, err
}

// foldRows makes rows offset to offset+limit of hits and says how many of all that were
// counted have no row of their own.
func foldRows(works []*foldedWork, hits, counted []int64, offset, limit int) (rows []foldedRow, without int) {
	n := 0
	for _, rank := range hits {
		r := foldedRow{rank: rank}
		if w := workWith(works, rank); w != nil {
			if w.placed {
				continue
			}
			w.placed = true
			r = foldedRow{w.shown, len(w.volumes)}
		}
		if n++; n > offset && len(rows) < limit {
			rows = append(rows, r)
		}
	}
	for _, w := range works {
		in := 0
		for _, rank := range counted {
			if w.is[rank] {
				in++
			}
		}
		without += max(in-1, 0)
	}
	return rows, without
}

// foldedRow is a row of a page: a bib, and how many volumes it stands for, 0 for itself.
type foldedRow struct {
	rank    int64
	volumes int
}

func workWith(works []*foldedWork, rank int64) *foldedWork {
	for _, w := range works {
		if w.is[rank] {
			return w
		}
	}
	return nil
}
