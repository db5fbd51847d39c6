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

// Position returns the estimated place of a hold among those of a queue that wait for a
// copy, from 1, and 0 for one that does not. The queue is of one bib, in any order.
func Position(queue []Hold, id HoldID) int {
	i := slices.IndexFunc(queue, func(h Hold) bool { return h.ID == id && h.waitsForCopy() })
	if i < 0 {
		return 0
	}
	place := 1
	for _, h := range queue {
		if h.waitsForCopy() && inQueue(h, queue[i]) < 0 {
			place++
		}
	}
	return place
}

// waitsForCopy reports whether the hold waits, and no copy is set aside for it.
func (h Hold) waitsForCopy() bool { return h.State == Waiting && h.ItemID == "" }

// before reports whether the hold is an earlier member of the same sequence.
func (h Hold) before(later Hold) bool {
	return h.SequenceID != "" && h.SequenceID == later.SequenceID && h.Place < later.Place
}

// The values of Policy.SequenceAfter: what an earlier member of a sequence must have come
// to before a later one gets a copy, if it has not ended.
const (
	AfterAllocated = "allocated" // it has a copy, wherever that is
	AfterReady     = "ready"
	AfterCollected = "collected"
)

// come is how far a hold has come, as SequenceAfter counts it.
func (h Hold) come() int {
	switch {
	case !h.State.Active():
		return 3
	case h.State == ReadyHold:
		return 2
	case h.ItemID != "":
		return 1
	}
	return 0
}

// MayAllot reports whether a hold may have a copy: each earlier member of its sequence
// has come as far as Policy.SequenceAfter says, or ended. sequence has at least all active
// members. Guide: 順番予約は順位が先の資料が割り当てられないと、後の資料は予約を割り当てられません.
func (p Policy) MayAllot(h Hold, sequence []Hold) bool {
	least := map[string]int{AfterAllocated: 1, AfterCollected: 3}[p.SequenceAfter]
	if least == 0 {
		least = 2
	}
	return !slices.ContainsFunc(sequence, func(earlier Hold) bool { return earlier.before(h) && earlier.come() < least })
}

// Next returns the hold of a bib's queue that gets the next copy: the first that waits for
// one and may have it (see MayAllot). One that may not is passed over and keeps its place.
// sequences has at least all active holds of the sequences that the queue has members of.
func (p Policy) Next(queue, sequences []Hold) (Hold, bool) {
	members := map[string][]Hold{}
	for _, h := range sequences {
		if h.SequenceID != "" {
			members[h.SequenceID] = append(members[h.SequenceID], h)
		}
	}
	var next Hold
	found := false
	for _, h := range queue {
		if !h.waitsForCopy() || found && inQueue(h, next) > 0 || !p.MayAllot(h, members[h.SequenceID]) {
			continue
		}
		next, found = h, true
	}
	return next, found
}

// LetGo returns the members of a sequence that let go of their copies when the given one
// waits again: those after it that are not ready.
func LetGo(h Hold, sequence []Hold) (later []Hold) {
	for _, x := range sequence {
		if h.before(x) && x.ItemID != "" && (x.State == Waiting || x.State == Preparing) {
			later = append(later, x)
		}
	}
	return later
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
