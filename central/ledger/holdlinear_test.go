package ledger_test

import (
	"fmt"

	"github.com/anishathalye/porcupine"

	"madoguchi/library"
)

// A queue as a machine that does one thing after the other, for porcupine: one bib
// with three copies, whose patrons all fetch at chuo. All of it is one comparable value.

const (
	raceClients = 64
	raceCopies  = 3
)

type raceState struct {
	holds  [raceClients]raceHold // the active one of each patron
	copies [raceCopies]raceCopy
}

type raceHold struct {
	state library.HoldState // "" for none
	place int               // among all holds ever placed on the bib, by receipt
	copy  int               // from 1, 0 for none
	fetch library.BranchCode
	from  bool // from the hold shelf
}

type raceCopy struct {
	state library.ItemState
	has   int // patron from 1, 0 for nobody
	clear library.BranchCode
}

// raceHome is where a copy belongs: the last one at the other branch.
func raceHome(copy int) library.BranchCode {
	if copy == raceCopies {
		return "kita"
	}
	return "chuo"
}

// asked is a request, with its answer in answered.
type asked struct {
	what   string
	bib    int
	patron int
	copy   int // from 1
	at     library.BranchCode
	place  int // of the hold that it is about
}

type answered struct {
	refusal  string
	state    library.HoldState // of the hold
	position int
	given    int              // the copy that the hold has
	returned library.Returned // of a copy at a desk
	all      raceState        // of a look at everything
}

func raceModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any {
			var s raceState
			for n := range s.copies {
				s.copies[n] = raceCopy{state: library.OnLoan, has: raceClients + 1}
			}
			return s
		},
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			var parts [][]porcupine.Operation
			for _, o := range history {
				bib := o.Input.(asked).bib
				for len(parts) <= bib {
					parts = append(parts, nil)
				}
				parts[bib] = append(parts[bib], o)
			}
			return parts
		},
		Step: func(state, input, output any) (bool, any) {
			s := state.(raceState)
			got := s.do(input.(asked))
			return got == output.(answered), s
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
	}
}

// do does what is asked and returns the answer.
func (s *raceState) do(a asked) (out answered) {
	switch a.what {
	case "place":
		return s.place(a)
	case "cancel":
		h := &s.holds[a.patron]
		switch {
		case h.place != a.place || h.state == "":
			out.refusal = library.ErrUnknownHold.Code // or no longer active
		case h.state != library.Waiting:
			out.refusal = library.ErrHoldNotWaiting.Code
		default:
			*h = raceHold{}
			out.state = library.Cancelled
		}
	case "return", "arrive":
		return s.atDesk(a)
	case "checkout":
		return s.checkout(a)
	case "expire":
		h := &s.holds[a.patron]
		if h.place != a.place || h.state != library.ReadyHold {
			out.refusal = "it was not ready"
			return out
		}
		copy := h.copy
		*h = raceHold{}
		s.letGo(copy, "chuo", true)
	case "look":
		out.all = *s
	}
	return out
}

// first is who is next, from 1.
func (s *raceState) first() (patron int) {
	for n, h := range s.holds {
		if h.state == library.Waiting && (patron == 0 || h.place < s.holds[patron-1].place) {
			patron = n + 1
		}
	}
	return patron
}

func (s *raceState) place(a asked) (out answered) {
	h := &s.holds[a.patron]
	for _, x := range s.copies {
		if x.has == a.patron+1 {
			out.refusal = library.ErrHasOnLoan.Code
		}
	}
	if h.state != "" {
		out.refusal = library.ErrAlreadyHeld.Code
	}
	if out.refusal != "" {
		return out
	}
	*h = raceHold{state: library.Waiting, place: a.place}
	s.serve()
	out.state, out.given = h.state, h.copy
	if h.state == library.Waiting {
		for _, x := range s.holds {
			if x.state == library.Waiting && x.place <= h.place {
				out.position++
			}
		}
	}
	return out
}

// serve gives what stands somewhere to who waits: first what stands at chuo.
func (s *raceState) serve() {
	for patron := s.first(); patron > 0; patron = s.first() {
		best, from := 0, library.BranchCode("")
		for n, x := range s.copies {
			at := x.clear
			if x.state == library.OnShelf {
				at = raceHome(n + 1)
			}
			if at != "" && (best == 0 || at == "chuo" && from != "chuo") {
				best, from = n+1, at
			}
		}
		if best == 0 {
			return
		}
		s.reserve(patron, best, from, s.copies[best-1].clear != "")
	}
}

func (s *raceState) reserve(patron, copy int, at library.BranchCode, from bool) {
	h := &s.holds[patron-1]
	h.state, h.copy, h.fetch, h.from = library.Preparing, copy, at, from
	s.copies[copy-1] = raceCopy{state: library.InTransit}
}

func (s *raceState) keeper(copy int) (patron int) {
	for n, h := range s.holds {
		if h.copy == copy {
			return n + 1
		}
	}
	return 0
}

func (s *raceState) atDesk(a asked) (out answered) {
	x := &s.copies[a.copy-1]
	switch {
	case a.what == "return" && x.has == 0 && x.clear == "":
		out.refusal = library.ErrItemNotOnLoan.Code
		return out
	case a.what == "arrive" && x.has > 0:
		out.refusal = library.ErrItemOnLoan.Code
		return out
	case a.what == "arrive" && x.state == library.OnHoldShelf:
		out.refusal = library.ErrItemHeld.Code
		return out
	}
	patron := s.keeper(a.copy)
	if patron == 0 {
		patron = s.first()
	}
	r := &out.returned
	r.Title = raceTitle
	switch {
	case patron > 0 && a.at == "chuo":
		s.holds[patron-1] = raceHold{state: library.ReadyHold, place: s.holds[patron-1].place, copy: a.copy}
		r.State, r.HoldFor, r.Tell = library.OnHoldShelf, raceCard(patron-1), library.NoNews
	case patron > 0:
		s.reserve(patron, a.copy, "", false)
		r.State, r.To = library.InTransit, "chuo"
	case a.at == raceHome(a.copy):
		r.State = library.OnShelf
	default:
		r.State, r.To = library.InTransit, raceHome(a.copy)
	}
	*x = raceCopy{state: r.State}
	return out
}

func (s *raceState) checkout(a asked) (out answered) {
	x := &s.copies[a.copy-1]
	keeper := s.keeper(a.copy)
	switch {
	case keeper > 0 && keeper != a.patron+1:
		out.refusal = library.ErrItemHeld.Code
	case x.has > 0:
		out.refusal = library.ErrItemOnLoan.Code
	}
	if out.refusal != "" {
		return out
	}
	*x = raceCopy{state: library.OnLoan, has: a.patron + 1}
	was := s.holds[a.patron]
	s.holds[a.patron] = raceHold{}
	if was.copy > 0 && was.copy != a.copy {
		if s.copies[was.copy-1].state == library.OnHoldShelf {
			was.fetch, was.from = "chuo", true
		}
		s.letGo(was.copy, was.fetch, was.from)
	}
	return out
}

// letGo is a copy whose hold has ended: at is where it stands, "" while it is on its way.
func (s *raceState) letGo(copy int, at library.BranchCode, from bool) {
	patron := s.first()
	switch {
	case at == "":
	case patron > 0:
		s.reserve(patron, copy, at, from)
	case from:
		s.copies[copy-1] = raceCopy{state: library.InTransit, clear: at}
	default:
		s.copies[copy-1] = raceCopy{state: library.OnShelf}
	}
}
