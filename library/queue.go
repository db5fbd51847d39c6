package library

import (
	"cmp"
	"slices"
)

// SortQueue sorts holds on one bib in the order in which they are served: by the
// time at which the request was received. A paper form that is entered later goes in
// where it belongs.
func SortQueue(queue []Hold) { slices.SortFunc(queue, inQueue) }

func inQueue(a, b Hold) int {
	return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.ID, b.ID))
}

// Position returns the estimated place in the queue of a hold that waits, from 1,
// and 0 for one that does not. The queue is of one bib, in any order.
func Position(queue []Hold, id HoldID) int {
	i := slices.IndexFunc(queue, func(h Hold) bool { return h.ID == id && h.State == Waiting })
	if i < 0 {
		return 0
	}
	place := 1
	for _, h := range queue {
		if h.State == Waiting && inQueue(h, queue[i]) < 0 {
			place++
		}
	}
	return place
}

// Next returns the hold of a bib's queue that gets the next copy: the first that
// waits and may be served. A member of a sequence may not while an earlier one of
// the same sequence waits, in whatever queue; it is passed over and keeps its place.
// sequences has at least all holds of the sequences that the queue has members of.
// Guide: 順番予約は順位が先の資料が割り当てられないと、後の資料は予約を割り当てられません.
func Next(queue, sequences []Hold) (Hold, bool) {
	first := map[string]int{} // by sequence, the place of the first that waits
	for _, h := range sequences {
		if place, ok := first[h.SequenceID]; h.State == Waiting && h.SequenceID != "" && (!ok || h.Place < place) {
			first[h.SequenceID] = h.Place
		}
	}
	var next Hold
	found := false
	for _, h := range queue {
		if h.State != Waiting || found && inQueue(h, next) > 0 {
			continue
		}
		if place, ok := first[h.SequenceID]; ok && place < h.Place {
			continue
		}
		next, found = h, true
	}
	return next, found
}

// MayServe reports whether a copy can be given to a hold where it stands now: it is
// lent, and stands on its shelf. Whether the library owns it the caller knows.
func (it Item) MayServe() bool { return it.Lendable && it.State == OnShelf }

// CopyFor chooses, of the copies of a bib, the one that is fetched for a hold: one
// that stands on a shelf of the pickup branch before one that must be sent.
func CopyFor(copies []Item, pickup BranchCode) (Item, bool) {
	var best Item
	found := false
	for _, it := range copies {
		if !it.MayServe() {
			continue
		}
		here, there := it.Branch == pickup, best.Branch == pickup
		if !found || here && !there || here == there && it.ID < best.ID {
			best, found = it, true
		}
	}
	return best, found
}
