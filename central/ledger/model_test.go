package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"madoguchi/library"
)

// TestHistories runs random days at the desks and terminals against a model that a
// person can check, and looks after each step whether loans, items and what
// terminals see agree.
func TestHistories(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			newHistory(rt, c, fmt.Sprint("h", run, ".")).run(rt)
		})
	})
}

// modelItem is a copy of the model; of its bib, b1 or b2, there is one more copy.
type modelItem struct {
	bib      string
	owned    bool
	state    library.ItemState
	patron   int // of a loan
	loan     library.LoanID
	lentAt   library.BranchCode
	due      library.Date
	renewals int

	withdrawn bool // while it is on loan
	gone      bool
}

type history struct {
	c       *city
	ctx     context.Context
	name    string // begins every ID, so that runs can share a database
	today   library.Date
	items   []modelItem
	waiting map[string]bool // of patron 2, by bib
	deleted map[string]bool // bibs
	closed  map[library.BranchCode][]string
}

const (
	modelPatrons = 3 // the last one may not borrow
	modelLoans   = 2 // that a patron may have
)

func newHistory(t *rapid.T, c *city, name string) *history {
	h := &history{c: c, ctx: context.Background(), name: name, today: day("2026-11-24"), waiting: map[string]bool{}, deleted: map[string]bool{}, closed: map[library.BranchCode][]string{}}
	h.setClock(t)
	c.policy.MaxLoans = modelLoans
	for _, at := range modelBranches {
		c.closes(t, at)
	}
	for _, bib := range []string{"b1", "b2"} {
		c.book(t, library.BibID(name+bib), h.item(len(h.items)), h.item(len(h.items)+1))
		h.items = append(h.items, modelItem{bib: bib, owned: true, state: library.OnShelf}, modelItem{bib: bib, owned: true, state: library.OnShelf})
	}
	h.items[3].owned = false
	if err := c.SetOwned(h.ctx, library.ItemID(h.item(3)), false); err != nil {
		t.Fatal(err)
	}
	for n := range modelPatrons {
		if n == modelPatrons-1 {
			c.patron(t, h.patron(n), library.BlockOverdue)
		} else {
			c.patron(t, h.patron(n))
		}
	}
	c.book(t, library.BibID(name+"b0"))
	c.hold(t, h.patron(modelPatrons-1), library.BibID(name+"b0"), "waiting")
	c.exec(t, `UPDATE hold SET sequence_id = $1, sequence_place = 1 WHERE bib_id = $2`, name, name+"b0")
	return h
}

func (h *history) item(n int) string             { return fmt.Sprint(h.name, "i", n) }
func (h *history) card(n int) string             { return fmt.Sprint(h.name, n) }
func (h *history) patron(n int) library.PatronID { return library.PatronID("p" + h.card(n)) }
func (h *history) bib(i modelItem) library.BibID { return library.BibID(h.name + i.bib) }
func (h *history) setClock(t *rapid.T)           { h.c.clock.set(t, h.today.String()+" 23:59:59") }
func drawItem(t *rapid.T, h *history) int        { return rapid.IntRange(0, len(h.items)-1).Draw(t, "item") }
func drawPatron(t *rapid.T) int                  { return rapid.IntRange(0, modelPatrons-1).Draw(t, "patron") }

var modelBranches = []library.BranchCode{"chuo", "kita"}

func drawBranch(t *rapid.T) library.BranchCode {
	return rapid.SampledFrom(modelBranches).Draw(t, "branch")
}

func (h *history) run(t *rapid.T) {
	t.Repeat(map[string]func(*rapid.T){
		"checkout": h.checkout,
		"return":   h.giveBack,
		"arrive":   h.arrive,
		"renew":    h.renew,
		"days":     h.days,
		"close":    h.close,
		"hold":     h.hold,
		"withdraw": h.withdraw,
		"delete":   h.deleteBib,
		"again":    h.again,
		"":         h.check,
	})
}

func expect(t *rapid.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || got == nil != (want == nil) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func (h *history) checkout(t *rapid.T) {
	n, p := drawItem(t, h), drawPatron(t)
	i := &h.items[n]
	at := drawBranch(t)
	loan, _, err := h.c.Checkout(h.ctx, h.card(p), h.item(n), at)
	switch {
	case p == modelPatrons-1:
		expect(t, "checkout", err, library.ErrCardBlocked)
	case i.gone:
		expect(t, "checkout", err, library.ErrUnknownItem)
	case i.loan != "":
		expect(t, "checkout", err, library.ErrItemOnLoan)
	case h.has(p) == modelLoans:
		expect(t, "checkout", err, library.ErrTooManyLoans)
	default:
		expect(t, "checkout", err, nil)
		i.state, i.patron, i.loan, i.lentAt, i.due, i.renewals = library.OnLoan, p, loan.ID, at, h.dueDay(at, h.today.Add(14)), 0
	}
}

// has is how many loans a patron has.
func (h *history) has(p int) (n int) {
	for _, i := range h.items {
		if i.loan != "" && i.patron == p {
			n++
		}
	}
	return n
}

// dueDay is the next day on which a branch is open, within two weeks.
func (h *history) dueDay(at library.BranchCode, d library.Date) library.Date {
	for n := range 15 {
		if !slices.Contains(h.closed[at], d.Add(n).String()) {
			return d.Add(n)
		}
	}
	return d
}

// close closes a branch on some days that its calendar did not have.
func (h *history) close(t *rapid.T) {
	at, from := drawBranch(t), h.today.Add(rapid.IntRange(-3, 25).Draw(t, "from"))
	for n := range rapid.IntRange(1, 18).Draw(t, "closed") {
		h.closed[at] = append(h.closed[at], from.Add(n).String())
	}
	h.c.closes(t, at, h.closed[at]...)
	if _, err := h.c.MoveDueDates(h.ctx); err != nil {
		t.Fatal(err)
	}
	for n := range h.items {
		if i := &h.items[n]; i.lentAt == at {
			i.due = h.dueDay(at, i.due)
		}
	}
}

func (h *history) giveBack(t *rapid.T) {
	n, at := drawItem(t, h), drawBranch(t)
	got, err := h.c.Return(h.ctx, h.item(n), at)
	switch i := &h.items[n]; {
	case i.gone:
		expect(t, "return", err, library.ErrUnknownItem)
	case i.loan == "":
		expect(t, "return", err, library.ErrItemNotOnLoan)
	case i.withdrawn:
		expect(t, "return", err, nil)
		if *i = (modelItem{bib: i.bib, gone: true}); got != (library.Returned{Title: "こころ 上", Withdrawn: true}) {
			t.Fatalf("a copy that was withdrawn comes back: %+v", got)
		}
	default:
		expect(t, "return", err, nil)
		h.putDown(n, at)
	}
}

func (h *history) arrive(t *rapid.T) {
	n, at := drawItem(t, h), drawBranch(t)
	_, err := h.c.Arrive(h.ctx, h.item(n), at)
	if h.items[n].gone {
		expect(t, "arrive", err, library.ErrUnknownItem)
		return
	}
	if h.items[n].loan != "" {
		expect(t, "arrive", err, library.ErrItemOnLoan)
		return
	}
	expect(t, "arrive", err, nil)
	h.putDown(n, at)
}

func (h *history) putDown(n int, at library.BranchCode) {
	i := &h.items[n]
	*i = modelItem{bib: i.bib, owned: i.owned, state: library.OnShelf}
	if at != "chuo" {
		i.state = library.InTransit
	}
}

func (h *history) renew(t *rapid.T) {
	n, p := drawItem(t, h), drawPatron(t)
	i := &h.items[n]
	_, err := h.c.Renew(h.ctx, h.patron(p), i.loan)
	if want := h.mayRenew(*i, p); want != nil {
		expect(t, "renew", err, want)
		return
	}
	expect(t, "renew", err, nil)
	i.due, i.renewals = h.dueDay(i.lentAt, h.today.Add(14)), i.renewals+1
}

func (h *history) mayRenew(i modelItem, p int) error {
	switch {
	case i.loan == "" || i.patron != p:
		return library.ErrUnknownLoan
	case !i.owned:
		return library.ErrNotOwned
	case i.withdrawn:
		return library.ErrWithdrawn
	case h.today.Sub(i.due) > 0:
		return library.ErrOverdue
	case h.waiting[i.bib] && p != 2:
		return library.ErrHeldByOther
	case i.renewals > 0:
		return library.ErrRenewalLimit
	case h.dueDay(i.lentAt, h.today.Add(14)).Sub(i.due) <= 0:
		return library.ErrRenewTooEarly
	}
	return nil
}

func (h *history) days(t *rapid.T) {
	h.today = h.today.Add(rapid.IntRange(1, 9).Draw(t, "days"))
	h.setClock(t)
}

// hold has patron 2 wait for a bib, or no longer. It is the second volume of a
// sequence whose first the patron waits for, so that no copy comes of it.
func (h *history) hold(t *rapid.T) {
	i := h.items[drawItem(t, h)]
	if h.deleted[i.bib] {
		return
	}
	if h.waiting[i.bib] = !h.waiting[i.bib]; h.waiting[i.bib] {
		h.c.hold(t, h.patron(2), h.bib(i), "waiting")
		h.c.exec(t, `UPDATE hold SET sequence_id = $1, sequence_place = 2 WHERE bib_id = $2`, h.name, string(h.bib(i)))
	} else {
		h.c.exec(t, `DELETE FROM hold WHERE bib_id = $1`, string(h.bib(i)))
	}
}

// withdraw takes a copy out of the library, at once or when it comes back.
func (h *history) withdraw(t *rapid.T) {
	n := drawItem(t, h)
	i := &h.items[n]
	if i.loan == "" && rapid.IntRange(0, 2).Draw(t, "really") > 0 {
		return
	}
	got, err := h.c.Withdraw(h.ctx, h.item(n))
	if i.gone {
		expect(t, "withdraw", err, library.ErrUnknownItem)
		return
	}
	expect(t, "withdraw", err, nil)
	if h.leaves(i); got.Withdrawn != true || (got.State == library.OnLoan) == i.gone {
		t.Fatalf("withdrawn: %+v", got)
	}
}

func (h *history) leaves(i *modelItem) {
	if i.loan == "" {
		*i = modelItem{bib: i.bib, gone: true}
	}
	i.withdrawn = !i.gone
}

// deleteBib takes a bib out of the library, of which some copies may be on loan.
func (h *history) deleteBib(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "really") > 0 {
		return
	}
	bib := rapid.SampledFrom([]string{"b1", "b2"}).Draw(t, "bib")
	was := h.deleted[bib]
	got, err := h.c.DeleteBib(h.ctx, library.BibID(h.name+bib))
	onLoan := 0
	for n := range h.items {
		if i := &h.items[n]; i.bib == bib {
			if h.leaves(i); i.withdrawn {
				onLoan++
			}
		}
	}
	if was && onLoan == 0 {
		expect(t, "delete", err, library.ErrUnknownBib)
		return
	}
	expect(t, "delete", err, nil)
	if ended := h.waiting[bib]; (got.Ended == 1) != ended {
		t.Fatalf("deleted: %+v, and a patron waited: %v", got, ended)
	}
	h.c.exec(t, `DELETE FROM hold WHERE bib_id = $1`, h.name+bib) // which has ended
	h.deleted[bib], h.waiting[bib] = true, false
	if got.OnLoan != onLoan || got.Title != "こころ 上" {
		t.Fatalf("deleted: %+v, and %d are on loan", got, onLoan)
	}
}

// again is an import that names a copy, which may have left.
func (h *history) again(t *rapid.T) {
	n := drawItem(t, h)
	i := &h.items[n]
	h.c.book(t, h.bib(*i), h.item(n))
	if i.gone {
		*i = modelItem{bib: i.bib, owned: true, state: library.OnShelf}
	}
	i.withdrawn, h.deleted[i.bib] = false, false
}

func (h *history) check(t *rapid.T) {
	h.c.sound(t)
	h.c.left(t)
	for _, bib := range []library.BibID{library.BibID(h.name + "b1"), library.BibID(h.name + "b2")} {
		seen, err := h.c.Availability(h.ctx, bib)
		if h.deleted[string(bib[len(h.name):])] {
			expect(t, "availability", err, library.ErrUnknownBib)
			_, err := h.c.catalogue.Record(h.ctx, bib)
			expect(t, "record", err, library.ErrUnknownBib)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		there := 0
		for _, i := range h.items {
			if h.bib(i) == bib && !i.gone && !i.withdrawn {
				there++
			}
		}
		if len(seen) != there {
			t.Fatalf("terminals see %+v, it should be %+v", seen, h.items)
		}
		for _, a := range seen {
			n := 0
			for h.item(n) != string(a.ItemID) {
				n++
			}
			if a.State != h.items[n].state || a.DueOn != h.items[n].due {
				t.Fatalf("terminals see %+v, it should be %+v", a, h.items)
			}
		}
		r, err := h.c.catalogue.Record(h.ctx, bib)
		if err != nil {
			t.Fatal(err)
		}
		if h.c.digest(t, bib) != library.DigestOf(r).String() {
			t.Fatalf("the digest of bib %s is not that of its record", bib)
		}
	}
	for p := range modelPatrons {
		loans, err := h.c.Loans(h.ctx, h.patron(p))
		if err != nil {
			t.Fatal(err)
		}
		if has := h.has(p); len(loans.Loans) != has {
			t.Fatalf("patron %d has %+v, which should be %d", p, loans, has)
		}
		for _, l := range loans.Loans {
			n := slices.IndexFunc(h.items, func(i modelItem) bool { return i.loan == l.ID })
			want, until := "", library.Date{}
			if err := h.mayRenew(h.items[n], p); err != nil {
				want = codeOf(err)
			} else {
				until = h.dueDay(h.items[n].lentAt, h.today.Add(14))
			}
			if l.DueOn != h.items[n].due || l.Branch != h.items[n].lentAt || l.Refusal != want || l.RenewsUntil != until {
				t.Fatalf("patron %d sees %+v, it should be %+v, refused as %q or renewed until %s", p, l, h.items[n], want, until)
			}
		}
	}
}
