package store

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// The orders of hits other than that of the ranks. Neither sorts more than is shown or
// counted: of each class the hits of a year stand together, and of a work those among
// the first library.CountCap hits are brought together.

// stretch is a range of ranks, inclusive.
type stretch struct{ from, to int64 }

var everyRank = stretch{0, math.MaxInt64}

// stretchesOf returns the ranks of some years, a stretch for each class.
func stretchesOf(from, to int) (out []stretch) {
	for class := range int64(library.MostWanted + 1) {
		first := class * rankClass
		out = append(out, stretch{first + int64(maxYear-to)*rankYear, first + int64(maxYear-from+1)*rankYear - 1})
	}
	return out
}

// newestFirst makes the page from the hits that first found and from the others,
// the newest first: each class is in this order by itself.
func (s *search) newestFirst(first []int64) error {
	last := s.offset + s.limit
	all, seen := slices.Clone(first), setOf(first)
	s.n = len(first)
	for _, class := range s.plan.byClass() {
		part := search{ctx: s.ctx, tx: s.tx, plan: s.plan, stopped: s.stopped, limit: last, counted: s.n, read: s.read}
		part.plan.stretches = []stretch{class}
		if err := part.candidates(func(r *row) bool {
			if !seen[r.rank] {
				part.hit(r.rank)
			}
			return true
		}); err != nil {
			return err
		}
		all = append(all, part.page...)
		s.n, s.read, s.more = s.n+part.n, part.read, s.more || part.more
	}
	slices.SortFunc(all, func(a, b int64) int {
		return cmp.Or(cmp.Compare(a%rankClass, b%rankClass), cmp.Compare(a, b))
	})
	s.show(all)
	return nil
}

// byClass returns the ranks that a plan asks for, a stretch for each class.
func (p *plan) byClass() []stretch {
	if p.years.set {
		return stretchesOf(p.years.from, p.years.to)
	}
	return stretchesOf(0, maxYear)
}

// worksTogether makes the page from the hits that first found and from the others, each
// work in one place, the one with the most wanted bib first. Hits behind
// library.CountCap are in the order of their ranks.
func (s *search) worksTogether(first []int64) error {
	all, seen := slices.Clone(first), setOf(first)
	part := search{ctx: s.ctx, tx: s.tx, plan: s.plan, stopped: s.stopped, limit: max(s.offset+s.limit, library.CountCap), counted: len(first)}
	if err := part.candidates(func(r *row) bool {
		if !seen[r.rank] {
			part.hit(r.rank)
		}
		return true
	}); err != nil {
		return err
	}
	s.n, s.more = len(first)+part.n, part.more
	all = append(all, part.page...)
	slices.Sort(all)
	s.all = all[:min(len(all), library.CountCap)]
	grouped, err := s.grouped(all[:min(len(all), library.CountCap)])
	if err != nil {
		return err
	}
	s.show(append(grouped, all[len(grouped):]...))
	return nil
}

// grouped returns ascending ranks with those of a work beside each other, its volumes in
// order, and of a volume the newest edition first.
func (s *search) grouped(ranks []int64) ([]int64, error) {
	type member struct {
		work   int // in the order of the ranks
		volume string
		year   int
		rank   int64
	}
	var members []member
	works := map[string]int{}
	for part := range slices.Chunk(ranks, recordsAtOnce) {
		bibs, err := loadBibs(s.ctx, s.tx, part)
		if err != nil {
			return nil, err
		}
		for i, b := range bibs {
			key := workOf(b)
			if _, known := works[key]; !known {
				works[key] = len(works)
			}
			_, volume := b.Work()
			members = append(members, member{works[key], library.VolumeKey(volume), yearOf(b), part[i]})
		}
	}
	slices.SortFunc(members, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.work, b.work), cmp.Compare(a.volume, b.volume), cmp.Compare(b.year, a.year), cmp.Compare(a.rank, b.rank))
	})
	out := make([]int64, len(members))
	for i, m := range members {
		out[i] = m.rank
	}
	return out, nil
}

// workOf returns what all volumes and editions of a work have in common; a bib without a
// title is a work by itself.
func workOf(b library.Bib) string {
	title, _ := b.Work()
	title, creator := squeeze(kana.Fold(title)), ""
	if title == "" {
		return fmt.Sprint("b", b.ID)
	}
	if len(b.Creators) > 0 {
		creator = squeeze(kana.Fold(b.Creators[0].Name))
	}
	return "w" + title + valueMark + creator
}

// show makes the page of the first hits, which are at least those up to its end.
func (s *search) show(ranks []int64) {
	s.page = ranks[min(s.offset, len(ranks)):min(s.offset+s.limit, len(ranks))]
}

func setOf(ranks []int64) map[int64]bool {
	out := make(map[int64]bool, len(ranks))
	for _, rank := range ranks {
		out[rank] = true
	}
	return out
}
