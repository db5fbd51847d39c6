package ledger_test

import (
	"cmp"
	"fmt"
	"slices"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// seenHold is a hold as it stands in the database, with its copy.
type seenHold struct {
	id               library.HoldID
	bib, patron      string
	pickup           string
	state            library.HoldState
	received         int64
	sequence         string
	place            int
	item, fetchAt    string
	fromHoldShelf    bool
	pickAt           int64
	contacted, until library.Date
	fellBack         library.Date
	itemBib          string
	itemState        library.ItemState
}

// before reports whether a hold is served before another on the same bib.
func (h seenHold) before(other seenHold) bool {
	return cmp.Or(cmp.Compare(h.received, other.received), cmp.Compare(h.id, other.id)) < 0
}

// seen is what was looked at last, and what happened since.
type seen struct {
	holds     map[library.HoldID]seenHold
	sequences map[string]int // of each, the place of the first that is not ready
	since     int            // the first request since
	sinceAt   int64
	ended     []*simHold      // by their patrons' doing
	notFound  map[string]bool // copies, and bibs
}

func (v *seen) restart(s *sim) {
	v.since, v.sinceAt, v.ended, v.notFound = s.requests, s.clock.Now().UnixMilli(), nil, map[string]bool{}
}

func (v *seen) missed(s *sim, n int) {
	v.notFound[copyID(n)], v.notFound[string(bibID(s.copies[n].bib))] = true, true
}

// keeps reports whether a copy was kept for a hold.
func (v *seen) keeps(id library.HoldID, n int) bool { return v.holds[id].item == copyID(n) }

// look reads all holds and says what may never be, neither now nor between the last
// look and this one.
func (s *sim) look() {
	holds, expired := s.readAll()
	was, now := &s.seen, seen{holds: holds, sequences: firstOnItsWay(holds)}
	s.lookForLost(was, now, expired)
	items, once, waiting := map[string]library.HoldID{}, map[[2]string]bool{}, map[string][]seenHold{}
	for id, h := range now.holds {
		who := [2]string{h.patron, h.bib}
		switch other, twice := items[h.item]; {
		case s.holds[id] == nil:
			s.fail("nobody placed %+v", h)
		case s.holds[id].receivedAt != h.received:
			s.fail("it was received at %d: %+v", s.holds[id].receivedAt, h)
		case once[who]:
			s.fail("two active holds on %s by one patron: %+v", h.bib, h)
		case h.item != "" && twice:
			s.fail("one copy for two holds: %s and %+v", other, h)
		case h.item == "" && h.state != library.Waiting:
			s.fail("a hold waits no longer, and has no copy: %+v", h)
		case h.state == library.ReadyHold && was.holds[id].state != library.ReadyHold && !h.fellBack.IsZero():
			s.fail("a hold is ready and no longer ready: %+v", h)
		case h.item != "" && h.itemBib != h.bib:
			s.fail("a copy of another bib, %s: %+v", h.itemBib, h)
		}
		once[who] = true
		if h.item == "" {
			waiting[h.bib] = append(waiting[h.bib], h)
			continue
		}
		items[h.item] = id
		s.lookAtCopy(h)
		s.lookAtChange(was, h)
	}
	s.lookAtOrder(was, now, waiting)
	s.lookForSkipped(now, waiting, items)
	if s.requests-s.everything >= s.size.everything {
		s.everything = s.requests
		s.lookAtEverything(items)
	}
	now.restart(s)
	s.seen = now
}

// lookForLost compares what patrons asked for with what there is.
func (s *sim) lookForLost(was *seen, now seen, expired map[library.HoldID]bool) {
	for _, h := range was.ended {
		if _, still := now.holds[h.id]; still {
			s.fail("hold %s was cancelled or collected, and is active", h.id)
		}
		if before := was.holds[h.id]; h.cancelled && before.item != "" && before.state != library.Waiting && !was.notFound[before.item] {
			s.fail("a hold was cancelled whose copy was on its way: %+v", before)
		}
	}
	for _, h := range slices.Clone(s.active) {
		id := h.id
		if _, still := now.holds[id]; still {
			continue
		}
		before, known := was.holds[id]
		if !expired[id] || !known || before.state != library.ReadyHold || before.contacted.IsZero() || !before.until.Before(s.Today()) || was.blocked(before) {
			s.fail("hold %s on bib %d is lost; it was %+v", id, h.bib, before)
		}
		s.forget(h)
	}
}

// lookAtCopy compares where the copy of a hold is said to be with where it is.
func (s *sim) lookAtCopy(h seenHold) {
	n := s.numberOf(h.item, 1)
	x := s.copies[n]
	branch := func(code string) bool { return string(branchCode(x.branch)) == code }
	is, state := false, library.InTransit
	switch {
	case h.state == library.ReadyHold:
		state = library.OnHoldShelf
		is = x.where == onHoldShelf && branch(h.pickup) && string(patronID(x.patron)) == h.patron
	case h.fetchAt == "":
		is = x.where == inVan && branch(h.pickup)
	case h.fromHoldShelf:
		is = x.where == onHoldShelf && branch(h.fetchAt)
	default:
		is = (x.where == onItsShelf || x.where == lost) && branch(h.fetchAt)
	}
	if !is || h.itemState != state {
		s.fail("copy %d is %+v, for the hold %+v", n, *x, h)
	}
	if h.state != library.ReadyHold || h.contacted.IsZero() {
		return
	}
	calendar, open := s.calendars[s.numberOf(h.pickup, 1)], 0
	for d := h.contacted.Add(1); !h.until.Before(d); d = d.Add(1) {
		if _, is := calendar.On(d); is {
			open++
		}
	}
	if _, last := calendar.On(h.until); open != 7 || !last || h.until.Before(s.Today()) && !s.seen.blocked(h) {
		s.fail("told on %s, on the shelf until %s: %d open days", h.contacted, h.until, open)
	}
}

// lookAtChange says what may not become of a hold that has a copy.
func (s *sim) lookAtChange(was *seen, h seenHold) {
	before, known := was.holds[h.id]
	switch {
	case !known || before.item == "":
	case before.state == library.ReadyHold && h.state != library.ReadyHold && h.fellBack.IsZero():
		s.fail("a hold was ready and silently is no longer: %+v, then %+v", before, h)
	case before.state != library.ReadyHold && h.sequence != "" && len(was.notFound) > 0: // let go with an earlier one
	case before.item != h.item && !was.notFound[before.item]:
		s.fail("a hold got another copy: %+v, then %+v", before, h)
	case before.pickup != h.pickup && before.state != library.Waiting && !was.notFound[before.item]:
		s.fail("a hold was changed that waits no longer: %+v, then %+v", before, h)
	case before.item == h.item && before.state == library.ReadyHold && (h.state != before.state || h.until.Before(before.until)) && !was.notFound[before.item]:
		s.fail("a hold was ready: %+v, then %+v", before, h)
	}
}

// lookAtOrder says who got a copy though somebody else was first, or an earlier
// volume still waits. What happened between two looks in what order is not known; where
// there was one request only, nothing is forgiven.
func (s *sim) lookAtOrder(was *seen, now seen, waiting map[string][]seenHold) {
	several := s.requests-was.since > 1
	for id, h := range now.holds {
		if before, known := was.holds[id]; h.item == "" || known && before.item != "" {
			continue // got nothing since
		}
		if first, waits := now.sequences[h.sequence]; waits && first < h.place && !(several && len(was.notFound) > 0) {
			s.fail("number %d of the sequence got a copy, and number %d waits: %+v", h.place, first, h)
		}
		for _, e := range waiting[h.bib] {
			if !e.before(h) || now.blocked(e) || was.blocked(e) || several && (s.holds[e.id].entered >= was.since || was.notFound[e.bib]) {
				continue
			}
			s.fail("%+v was first, and %+v got a copy", e, h)
		}
	}
}

func (v *seen) blocked(h seenHold) bool {
	first, waits := v.sequences[h.sequence]
	return waits && first < h.place
}

func firstOnItsWay(holds map[library.HoldID]seenHold) map[string]int {
	first := map[string]int{}
	for _, h := range holds {
		if place, ok := first[h.sequence]; h.sequence != "" && h.state != library.ReadyHold && (!ok || h.place < place) {
			first[h.sequence] = h.place
		}
	}
	return first
}

// lookForSkipped says who waits while there is a copy to be had.
func (s *sim) lookForSkipped(now seen, waiting map[string][]seenHold, kept map[string]library.HoldID) {
	for bib, holds := range waiting {
		free := -1
		for _, n := range s.copiesOf[s.numberOf(bib, 3)] {
			x := s.copies[n]
			there := x.where == onItsShelf || x.where == onHoldShelf || x.where == lost && !x.missing
			if _, is := kept[copyID(n)]; there && !is {
				free = n
			}
		}
		for _, h := range holds {
			if free >= 0 && !now.blocked(h) {
				s.fail("%+v waits, and copy %d is %+v", h, free, *s.copies[free])
			}
		}
	}
}

// lookAtDueDates says what may never be of a due date: it lies on an open day of the
// branch that lent the copy, unless that is closed for two weeks, and never gets earlier.
func (s *sim) lookAtDueDates() {
	s.rows(`SELECT item_id, branch_code, due_on FROM loan`, func(scan func(...any) error) error {
		var item, at string
		var due library.Date
		if err := scan(&item, &at, &due); err != nil {
			return err
		}
		n := s.numberOf(item, 1)
		x := s.copies[n]
		if at != string(branchCode(x.lentAt)) || due.Before(x.due) {
			s.fail("branch %s lent copy %d until %s, and it is %+v", at, n, due, *x)
		}
		x.due = due
		calendar := s.calendars[x.lentAt]
		if _, open := calendar.On(due); open {
			return nil
		}
		for days := range 15 {
			if _, open := calendar.On(due.Add(days)); open {
				s.fail("copy %d falls due on %s, when branch %s is closed; it opens %d days later", n, due, at, days)
			}
		}
		return nil
	})
}

// lookAtEverything compares all copies, and all that the database says of itself.
func (s *sim) lookAtEverything(kept map[string]library.HoldID) {
	s.agrees(s.t)
	states, clear := map[string]string{}, map[string]string{}
	s.rows(`SELECT id, state, coalesce(clear_at, '') FROM item WHERE state <> 'on_shelf' OR clear_at IS NOT NULL`, func(scan func(...any) error) error {
		var id, state, at string
		err := scan(&id, &state, &at)
		states[id], clear[id] = state, at
		return err
	})
	for n, x := range s.copies {
		id := copyID(n)
		_, keeps := kept[id]
		want, at := "", ""
		switch {
		case x.withdrawn:
		case x.where == atHome:
			want = "on_loan"
		case x.where == inVan:
			want = "in_transit"
		case x.missing:
			want = "missing"
		case x.where == onHoldShelf && !keeps:
			want, at = "in_transit", string(branchCode(x.branch))
		case keeps:
			want = states[id] // looked at with its hold
		}
		if states[id] != want || clear[id] != at {
			s.fail("copy %d is %+v, kept for %q, and said to be %q, to be cleared at %q", n, *x, kept[id], states[id], clear[id])
		}
	}
}

// allIsQuiet is how it ends: nobody waits, and nothing is kept of anybody.
func (s *sim) allIsQuiet() {
	for what, query := range map[string]string{
		"holds":              `SELECT count(*) FROM hold`,
		"loans":              `SELECT count(*) FROM loan`,
		"copies on some way": `SELECT count(*) FROM item WHERE state NOT IN ('on_shelf', 'missing') OR clear_at IS NOT NULL`,
	} {
		if n := s.count(s.t, query); n != 0 {
			s.fail("%d %s are left", n, what)
		}
	}
	s.lookAtEverything(nil)
}

// readAll reads the active holds, and which have expired since the last look.
func (s *sim) readAll() (active map[library.HoldID]seenHold, expired map[library.HoldID]bool) {
	active, expired = map[library.HoldID]seenHold{}, map[library.HoldID]bool{}
	s.rows(`SELECT h.id, h.bib_id, h.patron_id, h.pickup_branch, h.state, h.received_at, coalesce(h.sequence_id, ''), h.sequence_place,
			coalesce(h.item_id, ''), coalesce(h.fetch_at, ''), h.from_hold_shelf, h.pick_at, h.contacted_on, h.shelf_until, h.fell_back_on,
			coalesce(i.bib_id, ''), coalesce(i.state, '')
		FROM hold h LEFT JOIN item i ON i.id = h.item_id
		WHERE `+ledger.ActiveHold+` OR h.state = 'expired' AND h.ended_at >= $1`, func(scan func(...any) error) error {
		var h seenHold
		err := scan(&h.id, &h.bib, &h.patron, &h.pickup, &h.state, &h.received, &h.sequence, &h.place,
			&h.item, &h.fetchAt, &h.fromHoldShelf, &h.pickAt, &h.contacted, &h.until, &h.fellBack, &h.itemBib, &h.itemState)
		if h.state == library.Waiting && h.item != "" && h.pickAt <= s.clock.Now().UnixMilli() {
			h.state = library.Preparing
		}
		if h.state.Active() {
			active[h.id] = h
		} else {
			expired[h.id] = true
		}
		return err
	}, s.seen.sinceAt)
	return active, expired
}

func (s *sim) rows(query string, row func(scan func(...any) error) error, args ...any) {
	s.t.Helper()
	s.want("read", s.db.View(s.ctx, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(s.ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := row(rows.Scan); err != nil {
				return fmt.Errorf("read a row: %w", err)
			}
		}
		return rows.Err()
	}))
}
