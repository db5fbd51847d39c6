package ledger_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

const (
	raceBibs  = 4
	raceSteps = 9
	raceTitle = "こころ 上"
)

func raceCard(patron int) string           { return fmt.Sprint(100 + patron) }
func raceID(patron int) library.PatronID   { return library.PatronID("p" + raceCard(patron)) }
func raceBib(bib int) library.BibID        { return library.BibID(fmt.Sprint("hot", bib)) }
func raceItem(bib, copy int) string        { return fmt.Sprint("hot", bib, "-", copy) }
func number(t *testing.T, text string) int { n, err := strconv.Atoi(text); must(t, err); return n }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestHotTitles has 64 clients at four bibs of three copies, on two open databases, and
// asks porcupine whether the answers that they got can be those of a queue in which one
// thing happened after the other.
func TestHotTitles(t *testing.T) {
	eachSides(t, func(t *testing.T, c *city, sides []side) {
		for n := range raceClients + 1 { // the last one has everything at first
			c.patron(t, raceID(n))
		}
		for bib := range raceBibs {
			r := library.Record{Bib: library.Bib{ID: raceBib(bib), Kind: library.Book, Title: "こころ", Volume: "上"}}
			for n := 1; n <= raceCopies; n++ {
				id := raceItem(bib, n)
				r.Items = append(r.Items, library.Item{ID: library.ItemID(id), Barcode: id, Branch: raceHome(n), Lendable: true, State: library.OnShelf})
			}
			if _, err := c.catalogue.Put(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			for n := 1; n <= raceCopies; n++ {
				c.lend(t, raceCard(raceClients), raceItem(bib, n))
			}
		}
		h := &raceHistory{t: t, c: c, began: time.Now(), holds: map[library.HoldID]placed{}, lateMS: c.clock.Now().Add(10 * 24 * time.Hour).UnixMilli()}
		var do []func()
		waiting := []side{sides[1], sides[3]} // of so many at a serializable one, the last are refused
		for n := range raceClients {
			do = append(do, func() {
				(&client{raceHistory: h, side: waiting[n%len(waiting)], patron: n, rng: rand.New(rand.NewPCG(4, uint64(n)))}).run()
			})
		}
		atOnce(do...)
		h.look()
		h.settlePlaces()
		switch porcupine.CheckOperationsTimeout(raceModel(), h.operations, 5*time.Minute) {
		case porcupine.Illegal:
			t.Error("these answers are not those of a queue")
			h.tell()
		case porcupine.Unknown:
			t.Error("porcupine did not come to an end")
		}
		h.countKinds()
		c.agrees(t)
	})
}

// raceHistory is what all clients asked, when, and what they were answered.
type raceHistory struct {
	t      *testing.T
	c      *city
	began  time.Time
	lateMS int64

	mu         sync.Mutex
	operations []porcupine.Operation
	holds      map[library.HoldID]placed
	expiries   int64
}

// placed is a hold that was placed once.
type placed struct {
	bib, patron int
	receivedAt  time.Time
}

// ask records one request to a queue, that took effect between two times: when all
// was said and when the commit was done. (From when it was asked on it may have waited
// for dozens of others, and porcupine would try them in all orders.)
func (c *client) ask(a asked, hold *library.HoldID, do func() (answered, error)) answered {
	out, err := do()
	h, call, back := c.raceHistory, c.committing, time.Since(c.began)
	var refusal *library.Refusal
	switch {
	case errors.As(err, &refusal):
		out = answered{refusal: refusal.Code}
	case err != nil:
		h.t.Errorf("%+v: %v", a, err)
		return out
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	o := porcupine.Operation{ClientId: c.patron, Input: a, Call: call.Nanoseconds(), Output: out, Return: back.Nanoseconds()}
	if hold != nil {
		o.Metadata = *hold
	}
	h.operations = append(h.operations, o)
	return out
}

// client does so many things one after the other.
type client struct {
	*raceHistory
	side
	patron int
	rng    *rand.Rand
	mine   []library.HoldID

	committing time.Duration // when the last transaction had done all but its commit
}

func (c *client) tx(ctx context.Context, fn func(*db.Tx) error) error {
	return c.side.tx(ctx, func(tx *db.Tx) error {
		err := fn(tx)
		c.committing = time.Since(c.began)
		return err
	})
}

func (c *client) run() {
	ctx := c.t.Context()
	for range raceSteps {
		bib, copy := c.rng.IntN(raceBibs), 1+c.rng.IntN(raceCopies)
		switch n := c.rng.IntN(20); {
		case n < 6:
			c.placeOne(ctx, bib)
		case n < 9 && len(c.mine) > 0:
			c.cancelOne(ctx, c.mine[c.rng.IntN(len(c.mine))])
		case n < 14:
			c.desk(ctx, "return", bib, copy)
		case n < 17:
			c.desk(ctx, "arrive", bib, copy)
		case n < 19:
			c.checkout(ctx, c.patron, bib, copy)
		default:
			c.expire(ctx)
		}
	}
}

func (c *client) placeOne(ctx context.Context, bib int) {
	var id library.HoldID
	c.ask(asked{what: "place", bib: bib, patron: c.patron}, &id, func() (out answered, err error) {
		var answers []library.HoldAnswer
		err = c.tx(ctx, func(tx *db.Tx) (err error) {
			answers, err = c.PlaceHoldsTx(ctx, tx, raceID(c.patron), library.HoldRequest{Bibs: []library.BibID{raceBib(bib)}, Pickup: "chuo", Contact: library.NoNews}, time.Time{})
			return err
		})
		if err != nil || answers[0].Hold == nil {
			if err == nil {
				out.refusal = answers[0].Refusal
			}
			return out, err
		}
		h := answers[0].Hold
		if id, out.state, out.position = h.ID, h.State, h.Position; h.ItemID != "" {
			out.given = number(c.t, string(h.ItemID[len(h.ItemID)-1:]))
		}
		c.mine = append(c.mine, id)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.holds[id] = placed{bib: bib, patron: c.patron, receivedAt: h.ReceivedAt}
		return out, nil
	})
}

func (c *client) cancelOne(ctx context.Context, id library.HoldID) {
	c.mu.Lock()
	bib := c.holds[id].bib
	c.mu.Unlock()
	c.ask(asked{what: "cancel", bib: bib, patron: c.patron}, &id, func() (out answered, err error) {
		var h library.PatronHold
		err = c.tx(ctx, func(tx *db.Tx) (err error) {
			if h, err = c.CancelHoldTx(ctx, tx, raceID(c.patron), id); err == nil || !errors.Is(err, library.ErrHoldNotWaiting) {
				return err
			}
			var ended bool // or it was refused because it was cancelled before, or has expired
			if scan := tx.QueryRowContext(ctx, `SELECT state NOT IN ('preparing', 'ready') FROM hold WHERE id = $1`, string(id)).Scan(&ended); scan != nil {
				return scan
			}
			if ended {
				return library.ErrUnknownHold
			}
			return err
		})
		return answered{state: h.State}, err
	})
}

func (c *client) desk(ctx context.Context, what string, bib, copy int) {
	at := library.BranchCode("chuo")
	if c.rng.IntN(4) == 0 {
		at = "kita"
	}
	do := c.ReturnTx
	if what == "arrive" {
		do = c.ArriveTx
	}
	out := c.ask(asked{what: what, bib: bib, copy: copy, at: at}, nil, func() (out answered, err error) {
		err = c.tx(ctx, func(tx *db.Tx) (err error) {
			out.returned, err = do(ctx, tx, raceItem(bib, copy), at)
			return err
		})
		return out, err
	})
	if out.returned.HoldFor != "" && c.rng.IntN(3) > 0 { // whoever it is for stands there
		c.checkout(ctx, number(c.t, out.returned.HoldFor)-100, bib, copy)
	}
}

func (c *client) checkout(ctx context.Context, patron, bib, copy int) {
	c.ask(asked{what: "checkout", bib: bib, patron: patron, copy: copy}, nil, func() (out answered, err error) {
		return out, c.tx(ctx, func(tx *db.Tx) error {
			_, _, err := c.CheckoutTx(ctx, tx, raceCard(patron), raceItem(bib, copy), "")
			return err
		})
	})
}

// expire is a morning ten days later, for another process, when what is ready has
// expired and what was cancelled is still shown; each is at a time of
// its own, by which what it ended is known.
func (c *client) expire(ctx context.Context) {
	c.mu.Lock()
	c.expiries++
	at := c.lateMS + c.expiries
	c.mu.Unlock()
	morning := c.c.at(c.t, c.c.db, func() time.Time { return time.UnixMilli(at) })
	call := time.Since(c.began)
	n, err := morning.ExpireHolds(ctx, nil)
	back := time.Since(c.began)
	if err != nil {
		c.t.Error("expire:", err)
	}
	ended := 0
	must(c.t, c.c.db.View(ctx, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id FROM hold WHERE state = 'expired' AND ended_at = $1`, at)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id library.HoldID
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ended++
			c.mu.Lock()
			c.operations = append(c.operations, porcupine.Operation{
				ClientId: c.patron, Input: asked{what: "expire"}, Call: call.Nanoseconds(), Output: answered{}, Return: back.Nanoseconds(), Metadata: id,
			})
			c.mu.Unlock()
		}
		return rows.Err()
	}))
	if ended != n {
		c.t.Errorf("%d holds expired, and there are %d", n, ended)
	}
}

// look reads each queue when all is over.
func (h *raceHistory) look() {
	for bib := range raceBibs {
		var out answered
		call := time.Since(h.began).Nanoseconds()
		must(h.t, h.c.db.View(h.t.Context(), func(tx *db.Tx) error { return h.readQueue(tx, bib, &out.all) }))
		h.operations = append(h.operations, porcupine.Operation{Input: asked{what: "look", bib: bib}, Call: call, Output: out, Return: time.Since(h.began).Nanoseconds()})
	}
}

func (h *raceHistory) readQueue(tx *db.Tx, bib int, s *raceState) error {
	for n := 1; n <= raceCopies; n++ {
		var has string
		x := &s.copies[n-1]
		if err := tx.QueryRow(`SELECT i.state, coalesce(l.patron_id, ''), coalesce(i.clear_at, '') FROM item i LEFT JOIN loan l ON l.item_id = i.id WHERE i.id = $1`, raceItem(bib, n)).
			Scan(&x.state, &has, &x.clear); err != nil {
			return err
		}
		if has != "" {
			x.has = number(h.t, has[1:]) - 100 + 1
		}
	}
	rows, err := tx.Query(`SELECT id, patron_id, state, coalesce(item_id, ''), coalesce(fetch_at, ''), from_hold_shelf FROM hold h
		WHERE bib_id = $1 AND `+ledger.ActiveHold, string(raceBib(bib)))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id library.HoldID
		var patron, item string
		var x raceHold
		if err := rows.Scan(&id, &patron, &x.state, &item, &x.fetch, &x.from); err != nil {
			return err
		}
		if item != "" {
			x.copy = number(h.t, item[len(item)-1:])
		}
		x.place = h.places(bib)[id]
		s.holds[number(h.t, patron[1:])-100] = x
	}
	return rows.Err()
}

// places numbers all holds that were ever placed on a bib by their receipt, from 1.
func (h *raceHistory) places(bib int) map[library.HoldID]int {
	var ids []library.HoldID
	for id, p := range h.holds {
		if p.bib == bib {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b library.HoldID) int {
		return cmp.Or(h.holds[a].receivedAt.Compare(h.holds[b].receivedAt), cmp.Compare(a, b))
	})
	places := map[library.HoldID]int{}
	for n, id := range ids {
		places[id] = n + 1
	}
	return places
}

// settlePlaces says in each request which hold it is about.
func (h *raceHistory) settlePlaces() {
	places := map[library.HoldID]int{}
	for bib := range raceBibs {
		for id, place := range h.places(bib) {
			places[id] = place
		}
	}
	for i := range h.operations {
		o := &h.operations[i]
		id, about := o.Metadata.(library.HoldID)
		if !about || id == "" {
			continue
		}
		a := o.Input.(asked)
		a.place, a.bib, a.patron = places[id], h.holds[id].bib, h.holds[id].patron
		o.Input = a
	}
}

// tell prints the history.
func (h *raceHistory) tell() {
	slices.SortFunc(h.operations, func(a, b porcupine.Operation) int { return cmp.Compare(a.Return, b.Return) })
	for _, o := range h.operations {
		if a := o.Input.(asked); a.what != "look" {
			h.t.Logf("%8d to %8d µs, client %d: %+v: %+v", o.Call/1000, o.Return/1000, o.ClientId, a, o.Output)
		}
	}
}

// countKinds fails when some kind of request was never granted.
func (h *raceHistory) countKinds() {
	granted := map[string]int{}
	for _, o := range h.operations {
		if o.Output.(answered).refusal == "" {
			granted[o.Input.(asked).what]++
		}
	}
	h.t.Logf("%d requests, granted: %v", len(h.operations), granted)
	for _, what := range []string{"place", "cancel", "return", "arrive", "checkout", "expire"} {
		if granted[what] == 0 {
			h.t.Errorf("nobody did %s", what)
		}
	}
}
