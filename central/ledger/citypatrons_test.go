package ledger_test

import (
	"fmt"
	"slices"
	"time"

	"madoguchi/library"
)

// Patrons of the simulated city, and what befalls its copies.

// forget is a hold that has ended.
func (s *sim) forget(h *simHold) {
	last := s.active[len(s.active)-1]
	s.active[h.at], last.at = last, h.at
	s.active = s.active[:len(s.active)-1]
	delete(s.holds, h.id)
	delete(s.mine, pair{h.patron, h.bib})
	s.seen.ended = append(s.seen.ended, h)
}

func (s *sim) remember(id library.HoldID, bib, patron int, receivedAt time.Time) {
	if s.mine[pair{patron, bib}] != nil {
		s.fail("patron %d has two holds on bib %d", patron, bib)
	}
	h := &simHold{id: id, bib: bib, patron: patron, receivedAt: receivedAt.UnixMilli(), entered: s.requests, at: len(s.active)}
	s.holds[id], s.mine[pair{patron, bib}], s.active = h, h, append(s.active, h)
	s.figures.held++
}

// patron is one at random and where that patron fetches things.
func (s *sim) patron() (patron, pickup int) {
	patron = s.rng.IntN(s.size.patrons)
	if pickup = s.homeBranch(patron); s.chance(15) {
		pickup = s.rng.IntN(s.size.branches)
	}
	return patron, pickup
}

// cart is a patron who asks for some bibs, for volumes of a work in their order, or
// fills in a form.
func (s *sim) cart() {
	patron, pickup := s.patron()
	first, lines := int(s.taste.Uint64()), 1+s.rng.IntN(4)
	if s.chance(10) {
		day := s.day + 1 + s.rng.IntN(3)
		s.forms[day] = append(s.forms[day], form{patron, first, pickup, s.clock.Now()})
		s.did()
		return
	}
	req := library.HoldRequest{Pickup: branchCode(pickup), Contact: library.NoNews, Sequence: s.chance(40)}
	var bibs []int
	for n := range lines {
		bib := (first + n) % s.size.bibs
		if !req.Sequence {
			bib = int(s.taste.Uint64())
		}
		bibs, req.Bibs = append(bibs, bib), append(req.Bibs, bibID(bib))
	}
	if patron%2 == 0 {
		req.Contact = library.ByPhone
	}
	var answers []library.HoldAnswer
	var err error
	s.figures.placing += s.timed(func() { answers, err = s.PlaceHolds(s.ctx, patronID(patron), req) })
	s.want("place", err)
	for i, a := range answers {
		s.figures.lines++
		s.judge(patron, bibs[i], a.Refusal)
		if a.Hold != nil {
			s.remember(a.Hold.ID, bibs[i], patron, s.clock.Now())
		}
	}
	s.did()
}

// judge fails when a patron was refused, or was not, against what the patron knows.
func (s *sim) judge(patron, bib int, refusal string) {
	who := pair{patron, bib}
	want := ""
	switch {
	case len(s.copiesOf[bib]) == 0:
		want = library.ErrNoCopies.Code
	case !slices.ContainsFunc(s.copiesOf[bib], func(n int) bool { return !s.copies[n].missing }):
		want = library.ErrNotLent.Code
	case s.mine[who] != nil:
		want = library.ErrAlreadyHeld.Code
	case s.has[who]:
		want = library.ErrHasOnLoan.Code
	case refusal == library.ErrTooManyHolds.Code:
		want = refusal // held at least that many: the ledger's own tests count
	}
	if refusal != want {
		s.fail("patron %d asks for bib %d: %q, want %q", patron, bib, refusal, want)
	}
	if refusal != "" {
		s.figures.refused++
	}
}

func (s *sim) enterForms() {
	for _, f := range today(s, s.forms, func(form) int { return -1 }) {
		var h library.PatronHold
		var err error
		s.timed(func() {
			h, err = s.paperHold(s.ctx, cardOf(f.patron), bibID(f.bib), branchCode(f.pickup), f.receivedAt)
		})
		refusal := ""
		if !s.want("paper hold", err, library.ErrNoCopies, library.ErrNotLent, library.ErrAlreadyHeld, library.ErrHasOnLoan, library.ErrTooManyHolds) {
			refusal = codeOf(err)
		}
		s.judge(f.patron, f.bib, refusal)
		if err == nil {
			s.figures.papers++
			s.remember(h.ID, f.bib, f.patron, f.receivedAt)
		}
		s.did()
	}
}

func (s *sim) cancel() {
	if len(s.active) > 0 {
		s.cancelHold(s.anyHold())
	}
}

// anyHold is a hold at random, more often than not one that waited.
func (s *sim) anyHold() (h *simHold) {
	for range 4 {
		h = s.active[s.rng.IntN(len(s.active))]
		if s.seen.holds[h.id].state == library.Waiting {
			break
		}
	}
	return h
}

func (s *sim) cancelHold(h *simHold) {
	var err error
	s.timed(func() { _, err = s.CancelHold(s.ctx, patronID(h.patron), h.id) })
	if s.want("cancel", err, library.ErrHoldNotWaiting) {
		h.cancelled = true
		s.forget(h)
		s.figures.cancelled++
	}
	s.did()
}

func (s *sim) change() {
	if len(s.active) == 0 {
		return
	}
	h, pickup := s.anyHold(), s.rng.IntN(s.size.branches)
	var now library.PatronHold
	var err error
	s.timed(func() {
		now, err = s.ChangeHold(s.ctx, patronID(h.patron), h.id, branchCode(pickup), library.NoNews)
	})
	if s.want("change", err, library.ErrHoldNotWaiting) {
		s.figures.changed++
		if now.Pickup != branchCode(pickup) {
			s.fail("a hold was changed to branch %d: %+v", pickup, now)
		}
	}
	s.did()
}

// borrow is somebody at the shelves.
func (s *sim) borrow() {
	patron, bib := s.rng.IntN(s.size.patrons), int(s.taste.Uint64())
	at := s.homeBranch(patron)
	if s.has[pair{patron, bib}] || !s.isOpen(at) {
		return
	}
	for _, n := range s.copiesOf[bib] {
		if x := s.copies[n]; x.where != onItsShelf || x.branch != at {
			continue
		}
		loan, _, err := s.Checkout(s.ctx, cardOf(patron), copyID(n), branchCode(at))
		if s.want("borrow", err, library.ErrItemHeld) { // it was to be fetched for somebody
			s.takeHome(n, patron, loan)
		}
		s.did()
		return
	}
}

// renew is a patron who looks at what is on loan, and renews one that may be.
func (s *sim) renew() {
	n := s.rng.IntN(len(s.copies))
	x := s.copies[n]
	if x.where != atHome {
		return
	}
	all, err := s.Loans(s.ctx, patronID(x.patron))
	s.want("loans", err)
	i := slices.IndexFunc(all.Loans, func(l library.PatronLoan) bool { return string(l.ItemID) == copyID(n) })
	if i < 0 {
		s.fail("patron %d has copy %d, and it is not among %+v", x.patron, n, all.Loans)
	}
	l := all.Loans[i]
	renewed, err := s.Renew(s.ctx, patronID(x.patron), l.ID)
	switch {
	case err != nil && library.CodeOf(err) == l.Refusal:
		s.figures.notRenewed++
	case err != nil || l.Refusal != "" || renewed.DueOn != l.RenewsUntil || !x.due.Before(renewed.DueOn):
		s.fail("the list said %+v, and the renewal answers %+v, %v", l, renewed, err)
	default:
		x.due = renewed.DueOn
		s.figures.renewed++
	}
	s.did()
}

// findAndLose is a copy that turns up at a branch, and one that vanishes from its
// shelf, of which nobody knows.
func (s *sim) findAndLose() {
	if len(s.missing) > 0 && s.chance(30) {
		i, at := s.rng.IntN(len(s.missing)), s.rng.IntN(s.size.branches)
		n := s.missing[i]
		s.missing = slices.Delete(s.missing, i, i+1)
		s.arrive(func(int) int { return at }, []int{n})
	}
	if n := s.rng.IntN(len(s.copies)); s.size.carts > 0 && s.copies[n].where == onItsShelf {
		s.copies[n].where = lost
	}
}

// withdraw is a copy that staff find in bits, on its shelf or on the hold shelf.
func (s *sim) withdraw() {
	n := s.rng.IntN(len(s.copies))
	x := s.copies[n]
	if s.size.carts == 0 || x.withdrawn || x.where != onItsShelf && x.where != onHoldShelf || !s.chance(60) {
		return
	}
	_, err := s.Withdraw(s.ctx, copyID(n))
	s.want("withdraw", err)
	s.seen.missed(s, n)
	x.where, x.missing, x.withdrawn = lost, true, true
	s.copiesOf[x.bib] = slices.DeleteFunc(s.copiesOf[x.bib], func(m int) bool { return m == n })
	s.figures.withdrawn++
	s.did()
}

// buy is a new copy of a bib that is much asked for, as an import brings it.
func (s *sim) buy() {
	bib, home, n := int(s.taste.Uint64()), s.rng.IntN(s.size.branches), len(s.copies)
	s.copies = append(s.copies, &simCopy{bib: bib, home: home, branch: home})
	s.copiesOf[bib] = append(s.copiesOf[bib], n)
	r := library.Record{Bib: simBib(bib), Items: []library.Item{simItem(n, bib, home)}}
	_, err := s.catalogue.Put(s.ctx, r)
	s.want("buy", err)
}

// closeSuddenly is a branch that a typhoon closes for two days, and another that is to
// be painted in the days to come.
func (s *sim) closeSuddenly() {
	close := func(n int, from library.Date, days int) {
		for i := range days {
			s.calendars[n].Closed = append(s.calendars[n].Closed, from.Add(i))
		}
		s.putBranch(n)
	}
	close(s.rng.IntN(s.size.branches), s.Today(), 2)
	close(s.rng.IntN(s.size.branches), s.Today().Add(2+s.rng.IntN(12)), 1+s.rng.IntN(3))
}

func simBib(n int) library.Bib {
	return library.Bib{ID: bibID(n), Kind: library.Book, Title: fmt.Sprint("本 ", n), Creators: []library.Creator{{Name: "著者"}}}
}

func simItem(n, bib, home int) library.Item {
	id := copyID(n)
	return library.Item{
		ID: library.ItemID(id), BibID: bibID(bib), Branch: branchCode(home), Barcode: id,
		CallNumber: fmt.Sprintf("%03d", bib%1000), Shelf: "1階", Lendable: true, State: library.OnShelf,
	}
}

// drain goes on until nobody waits any more: nothing new is asked for, most who wait
// think better of it, and after two months all do.
func (s *sim) drain() {
	const patience = 60
	s.size.carts, s.size.loans = 0, 0
	for _, h := range slices.Clone(s.active) {
		if s.chance(70) {
			s.cancelHold(h)
		}
	}
	for n := 0; len(s.active) > 0 || s.moving() >= 0 || len(s.forms) > 0; n++ {
		if n > 2*patience {
			s.fail("%d holds have no way out, or copy %d has none: %+v", len(s.active), s.moving(), s.copies[max(0, s.moving())])
		}
		if n == patience {
			for _, h := range slices.Clone(s.active) {
				s.cancelHold(h)
			}
		}
		s.live()
	}
	s.clock.tick(time.Duration(s.policy.HoldShownDays+1) * 24 * time.Hour)
	_, err := s.ExpireHolds(s.ctx, nil)
	s.want("expire", err)
	s.allIsQuiet()
}

// moving returns a copy that is neither on its shelf nor lost, -1 for none.
func (s *sim) moving() int {
	return slices.IndexFunc(s.copies, func(x *simCopy) bool { return x.where != onItsShelf && x.where != lost })
}
