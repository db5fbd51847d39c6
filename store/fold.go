package store

import (
	"slices"

	"madoguchi/library"
)

// A work of many volumes would fill page after page of hits. Where foldLeast of the first
// foldScan hits are volumes of one work, all of them stand in one row, at the place of the
// first. Hits in the order of their years are not folded: who asks for what is new wants
// to see the last volume.
const (
	foldScan  = 60
	foldLeast = 20
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
	if len(head) < foldLeast || s.plan.order == library.ByYear {
		return nil, nil
	}
	head = head[:min(len(head), foldScan)]
	args := newArgs()
	ranks := slices.Grow(slices.Clone(head), foldScan)
	for len(ranks) < foldScan { // the same question for any number of hits
		ranks = append(ranks, head[0])
	}
	of := map[uint32][]int64{}
	if err := s.rows("SELECT b.rank, b.work FROM bib b WHERE b.rank IN ("+numbers(ranks, args)+") AND b.work <> 0", args,
		func(r *row) []any { return []any{&r.rank, &r.work} }, func(r *row) bool {
			of[r.work] = append(of[r.work], r.rank)
			return true
		}); err != nil {
		return nil, err
	}
	for _, volumes := range of {
		if len(volumes) < foldLeast {
			continue
		}
		bibs, err := loadBibs(s.ctx, s.tx, volumes[:1])
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
