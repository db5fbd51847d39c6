package ledger_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// TestHoldHistories runs random weeks of holds against a model that looks through
// everything again after each step, and compares all that patrons see.
func TestHoldHistories(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		long := 4 * time.Second
		if testing.Short() {
			long = time.Second
		}
		run, until := 0, time.Now().Add(long)
		for time.Now().Before(until) {
			rapid.Check(t, func(rt *rapid.T) {
				if time.Now().After(until) && run > 5 {
					return // long enough; rapid has no limit of its own
				}
				run++
				newQueues(rt, c, fmt.Sprint("q", run, ".")).run(rt)
			})
		}
	})
}

type queueHold struct {
	id            library.HoldID
	bib, patron   int
	pickup        library.BranchCode
	contact       library.Contact
	state         library.HoldState
	pickAt        time.Time // waits, with a copy set aside
	received      time.Time
	sequence      int // 0 for none
	place         int
	copy          int                // -1 for none
	fetchAt       library.BranchCode // where its copy still stands
	fromHoldShelf bool
	told, until   library.Date // of a ready one, zero until its patron was told
	endedOn       library.Date
	callDue       bool // it was ready and no longer is, of which its patron is to be told by telephone
	calls         int
	calledOn      library.Date
}

type queueCopy struct {
	bib    int
	branch library.BranchCode
	state  library.ItemState
	lentTo int                // -1 for nobody
	gone   bool               // withdrawn
	leaves bool               // withdrawn while on loan: gone when it comes back
	kept   bool               // not lent any longer
	clear  library.BranchCode // where it stands on the hold shelf for nobody
}

// queues is the model: three bibs of two copies, four patrons.
type queues struct {
	c         *city
	ctx       context.Context
	name      string
	now       time.Time
	holds     []*queueHold // in the order in which they were placed
	copies    []*queueCopy
	sequences int
	deleted   [3]bool // bibs
}

const (
	queuePatrons = 4
	queueLimit   = 3
)

func newQueues(t *rapid.T, c *city, name string) *queues {
	q := &queues{c: c, ctx: context.Background(), name: name, now: time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)}
	c.policy.MaxHolds = queueLimit
	c.policy.PickAfter = library.Seconds(600 * draw(t, "pick after", 2))
	c.exec(t, `DELETE FROM hold`) // of the runs before
	c.exec(t, `DELETE FROM loan`)
	c.exec(t, `UPDATE item SET state = 'on_shelf', due_on = '', clear_at = NULL, withdrawn = FALSE`)
	c.exec(t, `UPDATE bib SET withdrawn = FALSE WHERE withdrawn`)
	for bib := range 3 {
		r := library.Record{Bib: library.Bib{ID: q.bib(bib), Kind: library.Book, Title: "こころ"}}
		for n, branch := range []library.BranchCode{"chuo", "kita"} {
			id := q.item(2*bib + n)
			r.Items = append(r.Items, library.Item{ID: library.ItemID(id), Barcode: id, Branch: branch, Lendable: true, State: library.OnShelf})
			q.copies = append(q.copies, &queueCopy{bib: bib, branch: branch, state: library.OnShelf, lentTo: -1})
		}
		if _, err := c.catalogue.Put(q.ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for n := range queuePatrons + 1 { // the last one only has things
		c.patron(t, q.patron(n))
	}
	q.tick(0)
	for n, x := range q.copies { // most copies are out, or nobody would wait for long
		if draw(t, "out", 4) > 0 {
			c.lend(t, q.card(queuePatrons), q.item(n))
			x.state, x.lentTo = library.OnLoan, queuePatrons
		}
	}
	return q
}

func (q *queues) bib(n int) library.BibID       { return library.BibID(fmt.Sprint(q.name, "b", n)) }
func (q *queues) item(n int) string             { return fmt.Sprint(q.name, "i", n) }
func (q *queues) card(n int) string             { return fmt.Sprint(q.name, n) }
func (q *queues) patron(n int) library.PatronID { return library.PatronID("p" + q.card(n)) }
func (q *queues) today() library.Date           { return q.c.Today() }

func (q *queues) tick(d time.Duration) {
	q.now = q.now.Add(d)
	for _, h := range q.holds {
		q.age(h)
	}
	q.c.clock.mu.Lock()
	defer q.c.clock.mu.Unlock()
	q.c.clock.now = q.now
}

// age lets staff fetch a copy that was set aside long enough.
func (q *queues) age(h *queueHold) {
	if h.state == library.Waiting && h.copy >= 0 && !q.now.Before(h.pickAt) {
		h.state = library.Preparing
	}
}

func draw(t *rapid.T, what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) }

func (q *queues) run(t *rapid.T) {
	t.Repeat(map[string]func(*rapid.T){
		"place":     q.place,
		"paper":     q.paper,
		"cancel":    q.cancel,
		"change":    q.change,
		"checkout":  q.checkout,
		"return":    q.giveBack,
		"return 2":  q.giveBack, // more often than others
		"place 2":   q.place,
		"late":      q.late,
		"arrive":    q.arrive,
		"not found": q.notFound,
		"withdraw":  q.withdraw,
		"leave":     q.leave,
		"found":     q.found,
		"delete":    q.deleteBib,
		"keep":      q.notLent,
		"call":      q.call,
		"days":      q.days,
		"":          q.check,
	})
}

func (q *queues) mayHold(patron, bib int) string {
	active, held, has, found, any := 0, false, false, false, false
	for _, h := range q.holds {
		if h.patron == patron && h.state.Active() {
			active++
			held = held || h.bib == bib
		}
	}
	for _, x := range q.copies {
		if x.bib == bib && !x.gone {
			has = has || x.lentTo == patron
		}
		if x.bib == bib && !x.gone && !x.leaves {
			any = true
			found = found || x.state != library.Missing && !x.kept
		}
	}
	switch {
	case q.deleted[bib]:
		return "bib_unknown"
	case !any:
		return "no_copies"
	case !found:
		return "not_lent"
	case held:
		return "already_held"
	case has:
		return "has_on_loan"
	case active >= queueLimit:
		return "too_many_holds"
	}
	return ""
}

func (q *queues) place(t *rapid.T) {
	q.tick(time.Minute)
	q.placeAsOf(t, q.now, func(patron library.PatronID, req library.HoldRequest) ([]library.HoldAnswer, error) {
		return q.c.PlaceHolds(q.ctx, patron, req)
	})
}

// late is a request that was left at a terminal some hours ago.
func (q *queues) late(t *rapid.T) {
	q.tick(time.Minute)
	received := q.now.Add(-time.Duration(draw(t, "hours ago", 100)) * time.Hour)
	q.placeAsOf(t, received, func(patron library.PatronID, req library.HoldRequest) (answers []library.HoldAnswer, err error) {
		err = q.c.db.Locked(q.ctx, nil, func(tx *db.Tx) (err error) {
			answers, err = q.c.PlaceHoldsTx(q.ctx, tx, patron, req, received)
			return err
		})
		return answers, err
	})
}

func (q *queues) placeAsOf(t *rapid.T, received time.Time, place func(library.PatronID, library.HoldRequest) ([]library.HoldAnswer, error)) {
	patron, pickup := draw(t, "patron", queuePatrons), drawBranch(t)
	req := library.HoldRequest{Pickup: pickup, Contact: rapid.SampledFrom([]library.Contact{library.NoNews, library.ByPhone}).Draw(t, "contact"), Sequence: draw(t, "sequence", 4) > 0}
	bibs := rapid.Permutation([]int{0, 1, 2}).Draw(t, "bibs")[:1+draw(t, "bibs", 3)]
	for _, b := range bibs {
		req.Bibs = append(req.Bibs, q.bib(b))
	}
	answers, err := place(q.patron(patron), req)
	expect(t, "place", err, nil)
	var placed []*queueHold
	for i, b := range bibs {
		want := q.mayHold(patron, b)
		if answers[i].Refusal != want {
			t.Fatalf("line %d: %q, want %q", i, answers[i].Refusal, want)
		}
		if want == "" {
			h := &queueHold{id: answers[i].Hold.ID, bib: b, patron: patron, pickup: pickup, contact: req.Contact, state: library.Waiting, received: received, copy: -1}
			q.holds, placed = append(q.holds, h), append(placed, h)
		}
	}
	if req.Sequence && len(placed) > 1 {
		q.sequences++
		for n, h := range placed {
			h.sequence, h.place = q.sequences, n+1
		}
	}
	q.settle()
}

func (q *queues) paper(t *rapid.T) {
	q.tick(time.Minute)
	patron, bib, pickup := draw(t, "patron", queuePatrons), draw(t, "bib", 3), drawBranch(t)
	received := q.now.Add(-time.Duration(draw(t, "hours ago", 100)) * time.Hour)
	placed, err := q.c.paperHold(q.ctx, q.card(patron), q.bib(bib), pickup, received)
	want := q.mayHold(patron, bib)
	if err == nil && want != "" || err != nil && codeOf(err) != want {
		t.Fatalf("paper hold: %v, want %q", err, want)
	}
	if want == "" {
		q.holds = append(q.holds, &queueHold{id: placed.ID, bib: bib, patron: patron, pickup: pickup, contact: library.NoNews, state: library.Waiting, received: received, copy: -1})
		q.settle()
	}
}

// blocked reports whether an earlier member of the hold's sequence is on its way.
func (q *queues) blocked(h *queueHold) bool {
	return h.sequence > 0 && slices.ContainsFunc(q.holds, func(e *queueHold) bool {
		return e.sequence == h.sequence && e.place < h.place && (e.state == library.Waiting || e.state == library.Preparing)
	})
}

// queue is who waits for a bib, in order.
func (q *queues) queue(bib int) (waiting []*queueHold) {
	for _, h := range q.holds {
		if h.bib == bib && h.state == library.Waiting && h.copy < 0 {
			waiting = append(waiting, h)
		}
	}
	slices.SortStableFunc(waiting, func(a, b *queueHold) int { return a.received.Compare(b.received) })
	return waiting
}

func (q *queues) first(bib int) *queueHold {
	for _, h := range q.queue(bib) {
		if !q.blocked(h) {
			return h
		}
	}
	return nil
}

// settle gives copies on shelves away until there is nothing to give or nobody to get it.
func (q *queues) settle() {
	for bib := 0; bib < 3; bib++ {
		h := q.first(bib)
		if h == nil {
			continue
		}
		var shelf []int
		for n, x := range q.copies {
			if x.bib == bib && q.stands(n) != "" {
				shelf = append(shelf, n)
			}
		}
		if len(shelf) == 0 {
			continue
		}
		slices.SortStableFunc(shelf, func(a, b int) int {
			far := func(n int) int {
				if q.stands(n) == h.pickup {
					return 0
				}
				return 1
			}
			return cmp.Compare(far(a), far(b))
		})
		x := q.copies[shelf[0]]
		q.setAside(h, shelf[0], q.stands(shelf[0]), x.clear != "")
		bib = -1 // from the beginning
	}
}

func (q *queues) setAside(h *queueHold, n int, at library.BranchCode, fromHoldShelf bool) {
	h.copy, h.fetchAt, h.fromHoldShelf, h.pickAt = n, at, fromHoldShelf, q.now.Add(q.c.policy.PickAfter.Duration())
	q.copies[n].state, q.copies[n].clear = library.InTransit, ""
	q.age(h)
}

// together gives the ready members after one that came or ended the time to be fetched
// with it.
func (q *queues) together(h *queueHold) {
	for _, x := range q.holds {
		if h.sequence > 0 && x.sequence == h.sequence && x.place > h.place && x.state == library.ReadyHold && !x.told.IsZero() && x.told.Before(q.today()) {
			x.told, x.until = q.today(), q.today().Add(7)
		}
	}
}

// stands is where a copy can be fetched for a hold, "" for nowhere.
func (q *queues) stands(n int) library.BranchCode {
	if q.copies[n].kept || q.copies[n].gone || q.copies[n].leaves {
		return ""
	}
	if x := q.copies[n]; x.state == library.OnShelf {
		return x.branch
	}
	return q.copies[n].clear
}

func (q *queues) keeper(copy int) *queueHold {
	for _, h := range q.holds {
		if h.copy == copy {
			return h
		}
	}
	return nil
}

// atDesk is a copy that lies at a branch and that nobody has.
func (q *queues) atDesk(t *rapid.T, n int, at library.BranchCode, got library.Returned) {
	x, want := q.copies[n], library.Returned{Title: "こころ"}
	h := q.keeper(n)
	if h == nil && !x.kept {
		h = q.first(x.bib)
	}
	switch {
	case h != nil && h.pickup == at:
		h.state, h.copy, h.told, h.until = library.ReadyHold, n, library.Date{}, library.Date{}
		h.callDue, h.calls, h.calledOn = false, 0, library.Date{}
		if h.contact == library.NoNews {
			h.told, h.until = q.today(), q.today().Add(7)
		}
		q.together(h)
		want.State, want.HoldFor, want.Tell = library.OnHoldShelf, q.card(h.patron), h.contact
	case h != nil:
		h.state, h.copy = library.Preparing, n
		want.State, want.To = library.InTransit, h.pickup
	case at == x.branch:
		want.State = library.OnShelf
	default:
		want.State, want.To = library.InTransit, x.branch
	}
	if h != nil {
		h.fetchAt, h.fromHoldShelf = "", false
	}
	x.state, x.clear = want.State, ""
	if got != want {
		t.Fatalf("copy %d at %s: %+v, want %+v", n, at, got, want)
	}
	q.settle()
}

// drawCopy draws a copy, more often than not one in a state.
func (q *queues) drawCopy(t *rapid.T, state library.ItemState) int {
	var likely []int
	for n, x := range q.copies {
		if x.state == state {
			likely = append(likely, n)
		}
	}
	if len(likely) == 0 || draw(t, "any", 5) == 0 {
		return draw(t, "copy", len(q.copies))
	}
	return rapid.SampledFrom(likely).Draw(t, "copy")
}

func (q *queues) giveBack(t *rapid.T) {
	n, at := q.drawCopy(t, library.OnLoan), drawBranch(t)
	got, err := q.c.Return(q.ctx, q.item(n), at)
	if q.isGone(t, n, err) {
		return
	}
	if q.copies[n].lentTo < 0 && q.copies[n].clear == "" {
		expect(t, "return", err, library.ErrItemNotOnLoan)
		return
	}
	expect(t, "return", err, nil)
	q.copies[n].lentTo = -1
	if x := q.copies[n]; x.leaves {
		if x.gone, x.state = true, library.Missing; got != (library.Returned{Title: "こころ", Withdrawn: true}) {
			t.Fatalf("copy %d was withdrawn and comes back: %+v", n, got)
		}
		return
	}
	q.atDesk(t, n, at, got)
}

func (q *queues) arrive(t *rapid.T) {
	n, at := q.drawCopy(t, library.InTransit), drawBranch(t)
	got, err := q.c.Arrive(q.ctx, q.item(n), at)
	if q.isGone(t, n, err) {
		return
	}
	switch {
	case q.copies[n].lentTo >= 0:
		expect(t, "arrive", err, library.ErrItemOnLoan)
	case q.copies[n].state == library.OnHoldShelf:
		expect(t, "arrive", err, library.ErrItemHeld)
	default:
		expect(t, "arrive", err, nil)
		q.atDesk(t, n, at, got)
	}
}

func (q *queues) checkout(t *rapid.T) {
	n, patron := draw(t, "copy", len(q.copies)), draw(t, "patron", queuePatrons)
	_, _, err := q.c.Checkout(q.ctx, q.card(patron), q.item(n), "")
	x, h := q.copies[n], q.keeper(n)
	switch {
	case x.gone:
		expect(t, "checkout", err, library.ErrUnknownItem)
		return
	case h != nil && h.patron != patron:
		expect(t, "checkout", err, library.ErrItemHeld)
		return
	case x.kept:
		expect(t, "checkout", err, library.ErrItemReference)
		return
	case x.lentTo >= 0:
		expect(t, "checkout", err, library.ErrItemOnLoan)
		return
	case h != nil && h.patron != patron:
		expect(t, "checkout", err, library.ErrItemHeld)
		return
	}
	expect(t, "checkout", err, nil)
	x.state, x.lentTo, x.clear = library.OnLoan, patron, ""
	for _, h := range slices.Clone(q.holds) {
		if h.patron == patron && h.bib == x.bib && h.state.Active() {
			was := *h
			q.holds = slices.DeleteFunc(q.holds, func(x *queueHold) bool { return x == h })
			if was.copy >= 0 && was.copy != n {
				q.letGo(was)
			}
			q.together(&was)
		}
	}
	q.settle()
}

// letGo is the copy of a hold that no longer wants it.
func (q *queues) letGo(was queueHold) {
	x, at, fromHoldShelf := q.copies[was.copy], was.fetchAt, was.fromHoldShelf
	if x.state == library.OnHoldShelf {
		at, fromHoldShelf = was.pickup, true
	}
	next := q.first(x.bib)
	if x.kept {
		next = nil
	}
	switch {
	case at == "": // on its way, and kept for nobody until it arrives
	case next != nil:
		q.setAside(next, was.copy, at, fromHoldShelf)
	case fromHoldShelf: // staff are told to take it off
		x.state, x.clear = library.InTransit, at
	case at == x.branch:
		x.state = library.OnShelf
	default:
		x.state = library.InTransit
	}
}

func (q *queues) notFound(t *rapid.T) {
	n := draw(t, "copy", len(q.copies))
	if draw(t, "by a file", 2) == 0 {
		q.missingByFile(t, n)
		return
	}
	_, err := q.c.NotFound(q.ctx, q.item(n))
	if q.isGone(t, n, err) {
		return
	}
	if q.copies[n].lentTo >= 0 {
		expect(t, "not found", err, library.ErrItemOnLoan)
		return
	}
	expect(t, "not found", err, nil)
	q.copies[n].state, q.copies[n].clear = library.Missing, ""
	q.fallBack(n)
	q.settle()
}

// said is an import that says where a copy is.
func (q *queues) said(t *rapid.T, n int, state library.ItemState) {
	err := q.c.db.Locked(q.ctx, nil, func(tx *db.Tx) error {
		_, err := q.c.StatesTx(q.ctx, tx, []library.Availability{{ItemID: library.ItemID(q.item(n)), State: state}})
		return err
	})
	expect(t, "said", err, nil)
}

func (q *queues) missingByFile(t *rapid.T, n int) {
	q.said(t, n, library.Missing)
	if x := q.copies[n]; !x.gone && x.lentTo < 0 {
		x.state, x.clear = library.Missing, ""
		q.fallBack(n)
		q.settle()
	}
}

// found is an import that says that a copy stands on its shelf.
func (q *queues) found(t *rapid.T) {
	n := q.drawCopy(t, library.Missing)
	q.said(t, n, library.OnShelf)
	if x := q.copies[n]; !x.gone && x.lentTo < 0 && x.clear == "" && q.keeper(n) == nil {
		x.state = library.OnShelf
		q.settle()
	}
}

// isGone expects that a copy that was withdrawn is not known any more.
func (q *queues) isGone(t *rapid.T, n int, err error) bool {
	if q.copies[n].gone {
		expect(t, "a copy that was withdrawn", err, library.ErrUnknownItem)
	}
	return q.copies[n].gone
}

// fallBack lets the hold that has a copy wait again, and what comes after it in its
// sequence and is not ready; it returns the hold as it was.
func (q *queues) fallBack(n int) (was queueHold) {
	h := q.keeper(n)
	if h == nil {
		return was
	}
	requeue := func(h *queueHold) (was queueHold) {
		was = *h
		h.callDue = h.callDue || !was.told.IsZero() && h.contact == library.ByPhone
		if was.state == library.ReadyHold || was.state == library.Preparing || was.copy >= 0 {
			h.calls, h.calledOn = 0, library.Date{}
		}
		h.state, h.copy, h.fetchAt, h.fromHoldShelf, h.told, h.until = library.Waiting, -1, "", false, library.Date{}, library.Date{}
		return was
	}
	was = requeue(h)
	var later []*queueHold
	for _, x := range q.holds {
		if h.sequence > 0 && x.sequence == h.sequence && x.place > h.place && x.copy >= 0 && x.state != library.ReadyHold {
			later = append(later, x)
		}
	}
	slices.SortFunc(later, func(a, b *queueHold) int { return a.place - b.place })
	var let []queueHold
	for _, x := range later {
		let = append(let, requeue(x))
	}
	for _, x := range let {
		q.letGo(x)
	}
	return was
}

func (q *queues) withdraw(t *rapid.T) {
	n := draw(t, "copy", len(q.copies))
	if draw(t, "really", 3) > 0 {
		return
	}
	_, err := q.c.Withdraw(q.ctx, q.item(n))
	if q.isGone(t, n, err) {
		return
	}
	expect(t, "withdraw", err, nil)
	q.goes(n)
	q.fallBack(n)
	q.settle()
}

// goes takes a copy out of the library, at once or when it is back.
func (q *queues) goes(n int) {
	x := q.copies[n]
	if x.lentTo >= 0 {
		x.leaves = true
		return
	}
	x.state, x.clear, x.gone = library.Missing, "", true
}

// leave is an import that says of some copies that they have left.
func (q *queues) leave(t *rapid.T) {
	if draw(t, "really", 4) > 0 {
		return
	}
	some := rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(t, "copies")[:1+draw(t, "copies", 3)]
	var ids []library.ItemID
	for _, n := range some {
		ids = append(ids, library.ItemID(q.item(n)))
		q.goes(n)
	}
	err := q.c.db.Locked(q.ctx, nil, func(tx *db.Tx) error { return q.c.WithdrawItemsTx(q.ctx, tx, ids) })
	expect(t, "leave", err, nil)
	slices.Sort(some)
	for _, n := range some {
		q.fallBack(n)
		q.settle()
	}
}

// deleteBib takes a title out of the library.
func (q *queues) deleteBib(t *rapid.T) {
	if draw(t, "really", 8) > 0 {
		return
	}
	bib := draw(t, "bib", 3)
	got, err := q.c.DeleteBib(q.ctx, q.bib(bib))
	want := ledger.GoneBib{Title: "こころ"}
	for n, x := range q.copies {
		if x.bib == bib && !x.gone {
			if q.goes(n); !x.gone {
				want.OnLoan++
			}
		}
	}
	if q.deleted[bib] && want.OnLoan == 0 {
		expect(t, "delete", err, library.ErrUnknownBib)
		return
	}
	q.deleted[bib] = true
	var ended []*queueHold
	for _, h := range q.holds {
		if h.bib == bib && h.state.Active() {
			ended = append(ended, h)
		}
	}
	for _, h := range ended {
		was := *h
		h.state, h.copy, h.fetchAt, h.fromHoldShelf, h.endedOn = library.Cancelled, -1, "", false, q.today()
		h.callDue = h.callDue || h.contact == library.ByPhone
		q.together(&was)
	}
	q.settle()
	if want.Ended = len(ended); err != nil || got != want {
		t.Fatalf("delete: %+v, %v, want %+v", got, err, want)
	}
}

// notLent is an import that says that a copy is lent no longer, or is again.
func (q *queues) notLent(t *rapid.T) {
	n := draw(t, "copy", len(q.copies))
	x := q.copies[n]
	if x.gone || q.deleted[x.bib] || !x.kept && draw(t, "really", 3) > 0 {
		return
	}
	x.kept, x.leaves = !x.kept, false // what a file names is there
	_, err := q.c.catalogue.Put(q.ctx, library.Record{
		Bib:   library.Bib{ID: q.bib(x.bib), Kind: library.Book, Title: "こころ"},
		Items: []library.Item{{ID: library.ItemID(q.item(n)), Barcode: q.item(n), Branch: x.branch, Lendable: !x.kept}},
	})
	expect(t, "import", err, nil)
	if !x.kept {
		_, err := q.c.ExpireHolds(q.ctx, nil) // gives away what came onto shelves; nothing else is due between two days
		expect(t, "expire", err, nil)
		q.settle()
		return
	}
	if was := q.fallBack(n); was.copy >= 0 {
		q.letGo(was)
	}
	q.settle()
}

// call is staff who reach a patron by telephone, or do not.
func (q *queues) call(t *rapid.T) {
	patron, answers := draw(t, "patron", queuePatrons), draw(t, "answers", 2) == 0
	err := q.c.db.Locked(q.ctx, nil, func(tx *db.Tx) (err error) {
		if answers {
			_, _, err = q.c.ToldTx(q.ctx, tx, q.card(patron), "", nil, library.Date{})
		} else {
			_, _, err = q.c.NoAnswerTx(q.ctx, tx, q.card(patron), "", nil)
		}
		return err
	})
	due := false
	for _, h := range q.holds {
		untold := h.state == library.ReadyHold && h.told.IsZero()
		if h.patron != patron || !untold && !h.callDue || q.swept(h) {
			continue
		}
		due = true
		if !answers {
			if h.calledOn == q.today() {
				continue
			}
			if h.calls, h.calledOn = h.calls+1, q.today(); h.calls < 3 {
				continue
			}
		}
		if h.callDue = false; untold {
			h.told, h.until = q.today(), q.today().Add(7)
			q.together(h)
		}
	}
	if !due {
		expect(t, "call", err, library.ErrHoldNotToTell)
		return
	}
	expect(t, "call", err, nil)
}

func (q *queues) drawHold(t *rapid.T) *queueHold {
	if len(q.holds) == 0 {
		return nil
	}
	return q.holds[draw(t, "hold", len(q.holds))]
}

func (q *queues) cancel(t *rapid.T) {
	h := q.drawHold(t)
	if h == nil {
		return
	}
	_, err := q.c.CancelHold(q.ctx, q.patron(h.patron), h.id)
	if q.mayAct(t, "cancel", h, err) {
		was := *h
		h.state, h.endedOn, h.copy, h.fetchAt, h.fromHoldShelf, h.callDue = library.Cancelled, q.today(), -1, "", false, false
		if was.copy >= 0 {
			q.letGo(was)
		}
		q.together(&was)
		q.settle()
	}
}

// mayAct expects that only who waits may act, and that what was swept is unknown.
func (q *queues) mayAct(t *rapid.T, what string, h *queueHold, err error) bool {
	switch {
	case h.state == library.Waiting:
		expect(t, what, err, nil)
		return true
	case q.swept(h):
		expect(t, what, err, library.ErrUnknownHold)
	default:
		expect(t, what, err, library.ErrHoldNotWaiting)
	}
	return false
}

// swept reports whether a hold ended so long ago that nothing is known of it.
func (q *queues) swept(h *queueHold) bool {
	return !h.state.Active() && q.today().Sub(h.endedOn) > 14
}

func (q *queues) change(t *rapid.T) {
	h, pickup := q.drawHold(t), drawBranch(t)
	if h == nil {
		return
	}
	_, err := q.c.ChangeHold(q.ctx, q.patron(h.patron), h.id, pickup, library.ByPhone)
	if !q.mayAct(t, "change", h, err) {
		return
	}
	for _, x := range q.holds {
		if x == h || h.sequence > 0 && x.sequence == h.sequence && x.state == library.Waiting {
			x.pickup, x.contact = pickup, library.ByPhone
		}
	}
}

func (q *queues) days(t *rapid.T) {
	q.tick(time.Duration(1+draw(t, "days", 9)) * 24 * time.Hour)
	var late []*queueHold
	for _, h := range q.holds {
		if h.state == library.ReadyHold && !h.told.IsZero() && h.until.Before(q.today()) {
			late = append(late, h)
		}
	}
	slices.SortStableFunc(late, func(a, b *queueHold) int { return a.received.Compare(b.received) })
	n, err := q.c.ExpireHolds(q.ctx, nil)
	expect(t, "expire", err, nil)
	expired := 0
	for _, h := range late {
		if q.blocked(h) || !h.until.Before(q.today()) { // kept for an earlier volume, or with it
			continue
		}
		expired++
		was := *h
		h.state, h.copy, h.endedOn = library.Expired, -1, q.today()
		q.letGo(was)
		q.settle()
	}
	if n != expired {
		t.Fatalf("%d holds expired, want %d", n, expired)
	}
}

func (q *queues) check(t *rapid.T) {
	q.c.agrees(t)
	for p := range queuePatrons {
		all, err := q.c.Holds(q.ctx, q.patron(p))
		expect(t, "holds", err, nil)
		want := 0
		for _, h := range q.holds {
			if h.patron != p || q.swept(h) {
				continue
			}
			want++
			i := slices.IndexFunc(all.Holds, func(x library.PatronHold) bool { return x.ID == h.id })
			if i < 0 {
				t.Fatalf("patron %d does not see %+v", p, *h)
			}
			item := ""
			if h.copy >= 0 {
				item = q.item(h.copy)
			}
			got, place := all.Holds[i], 1+slices.Index(q.queue(h.bib), h)
			if got.State != h.state || got.Pickup != h.pickup || string(got.ItemID) != item || got.Place != h.place || got.Position != place ||
				got.EndedOn != h.endedOn || h.state == library.ReadyHold && (got.ContactedOn != h.told || got.ShelfUntil != h.until) {
				t.Fatalf("patron %d sees %+v, which is %+v, number %d", p, got, *h, place)
			}
		}
		if len(all.Holds) != want {
			t.Fatalf("patron %d sees %d holds, want %d", p, len(all.Holds), want)
		}
	}
	fetch, clear := map[library.BranchCode]int{}, map[library.BranchCode]int{}
	for _, h := range q.holds {
		if h.fetchAt != "" && h.state == library.Preparing {
			fetch[h.fetchAt]++
		}
	}
	for _, x := range q.copies {
		clear[x.clear]++
	}
	for _, at := range []library.BranchCode{"chuo", "kita"} {
		if got := q.c.picks(t, at); len(got) != fetch[at] {
			t.Fatalf("%s is to fetch %v, want %d", at, got, fetch[at])
		}
		list, err := q.c.ClearList(q.ctx, at)
		expect(t, "clear list", err, nil)
		if len(list) != clear[at] {
			t.Fatalf("%s is to clear %v, want %d", at, list, clear[at])
		}
	}
	for n, x := range q.copies {
		var state string
		seen, err := q.c.Availability(q.ctx, q.bib(x.bib))
		if q.deleted[x.bib] {
			expect(t, "availability", err, library.ErrUnknownBib)
			continue
		}
		expect(t, "availability", err, nil)
		for _, a := range seen {
			if string(a.ItemID) == q.item(n) {
				state = string(a.State)
			}
		}
		if left := x.gone || x.leaves; !left && state != string(x.state) || left && state != "" {
			t.Fatalf("copy %d is %s, want %s", n, state, x.state)
		}
	}
}
