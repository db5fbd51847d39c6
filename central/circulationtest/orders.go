package circulationtest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/library"
)

// can skips a test of what the system cannot do.
func (x *trial) can(a library.Ability) {
	x.Helper()
	if !slices.Contains(x.Circulation.Abilities(), a) {
		x.Skipf("the system has not the ability %s", a)
	}
}

func (x *trial) renewals() {
	x.can(library.AbilityRenew)
	a, b := x.patron("1001"), x.patron("1002")
	loan, _ := x.lent("1001")
	renew := func(who circulation.Who, key string, loan library.LoanID) (library.PatronLoan, error) {
		return x.Circulation.RenewLoan(x.Context(), order[library.PatronLoan](who, key), loan)
	}
	for _, wrong := range []struct {
		who  circulation.Who
		loan library.LoanID
	}{{b, loan}, {a, "none"}, {a, "\x00"}, {a, ""}, {circulation.Who{Patron: "nobody"}, loan}} {
		key := x.key()
		_, err := renew(wrong.who, key, wrong.loan)
		x.refuses(key, err, library.ErrUnknownLoan)
	}
	before := x.loansOf(a)[0]
	key := x.key()
	renewed, err := renew(a, key, loan)
	if err != nil || renewed.Renewals != before.Renewals+1 || renewed.DueOn.Before(before.DueOn) || !x.recorded(key) {
		x.Errorf("renewed %+v, %v", renewed, err)
	}
	if _, err := renew(a, key, loan); err == nil {
		x.Error("an order that was recorded is made again")
	}
	again := x.key()
	_, err = renew(a, again, loan)
	x.refuses(again, err, library.ErrRenewalLimit)
	if got := x.loansOf(a)[0]; got.Renewals != before.Renewals+1 || got.DueOn != renewed.DueOn {
		x.Errorf("after one renewal the loan is %+v", got)
	}
	if before.Refusal != "" || !before.RenewsUntil.IsZero() && before.RenewsUntil != renewed.DueOn {
		x.Errorf("the list said %+v, and the renewal brought %+v", before, renewed)
	}
}

// renewalsTooEarly: a renewal lengthens a loan, or is refused.
func (x *trial) renewalsTooEarly() {
	x.can(library.AbilityRenew)
	a := x.patron("1001")
	_, item := x.bib()
	loan, err := x.Lend("1001", item, 0)
	x.must(err)
	before := x.loansOf(a)[0]
	key := x.key()
	renewed, err := x.Circulation.RenewLoan(x.Context(), order[library.PatronLoan](a, key), loan)
	if err == nil {
		if !before.DueOn.Before(renewed.DueOn) {
			x.Errorf("on the day of the loan it was renewed from %+v to %+v", before, renewed)
		}
		return
	}
	x.refuses(key, err, library.ErrRenewTooEarly)
	if got := x.loansOf(a)[0]; got != before || got.Refusal != library.ErrRenewTooEarly.Code {
		x.Errorf("a refused renewal made %+v of %+v", got, before)
	}
	key = x.key()
	named, err := x.Circulation.RenewItem(x.Context(), order[library.PatronLoan](a, key), item)
	if x.refuses(key, err, library.ErrRenewTooEarly); named.Title == "" || named.BibID != before.BibID {
		x.Errorf("a refusal names %+v", named)
	}
}

func (x *trial) renewalsOfAnItem() {
	x.can(library.AbilityRenew)
	a, b := x.patron("1001"), x.patron("1002")
	loan, item := x.lent("1001")
	_, free := x.bib()
	renew := func(who circulation.Who, key string, item library.ItemID) (library.PatronLoan, error) {
		return x.Circulation.RenewItem(x.Context(), order[library.PatronLoan](who, key), item)
	}
	for _, wrong := range []struct {
		who  circulation.Who
		item library.ItemID
	}{{b, item}, {a, free}, {a, "none"}, {a, "\x00"}} {
		key := x.key()
		_, err := renew(wrong.who, key, wrong.item)
		x.refuses(key, err, library.ErrUnknownLoan)
	}
	if renewed, err := renew(a, x.key(), item); err != nil || renewed.ID != loan || renewed.Renewals != 1 {
		x.Errorf("renewed %+v, %v", renewed, err)
	}
	key := x.key()
	named, err := renew(a, key, item)
	if x.refuses(key, err, library.ErrRenewalLimit); named.Title == "" || named.BibID == "" {
		x.Errorf("a refusal names %+v", named)
	}
}

// want is a request for holds, told to nobody.
func want(bibs ...library.BibID) library.HoldRequest {
	return library.HoldRequest{Bibs: bibs, Pickup: "chuo", Contact: library.NoNews}
}

func (x *trial) place(who circulation.Who, key string, req library.HoldRequest) ([]library.HoldAnswer, error) {
	return x.Circulation.PlaceHolds(x.Context(), order[[]library.HoldAnswer](who, key), req)
}

func (x *trial) cancel(who circulation.Who, key string, hold library.HoldID) (library.PatronHold, error) {
	return x.Circulation.CancelHold(x.Context(), order[library.PatronHold](who, key), hold)
}

// waiting adds a bib whose only copy somebody else has, so that holds on it wait.
func (x *trial) waiting() library.BibID {
	x.Helper()
	bib, item := x.bib()
	_, err := x.Lend("9999", item, 0)
	x.must(err)
	return bib
}

func (x *trial) holds() {
	x.can(library.AbilityHold)
	x.patron("9999")
	a, b := x.patron("1001"), x.patron("1002")
	one, two := x.waiting(), x.waiting()
	lines, err := x.place(a, x.key(), want(one, "none", one, "b\x00", two))
	x.must(err)
	for i, refusal := range []string{"", "bib_unknown", "already_held", "bib_unknown", ""} {
		if l := lines[i]; l.Refusal != refusal || (l.Hold == nil) != (refusal != "") {
			x.Errorf("line %d: %+v", i, l)
		}
	}
	got := x.activeOf(a)
	if len(got) != 2 || got[0].BibID != one || got[1].BibID != two || got[0].Title == "" || got[0].Pickup != "chuo" {
		x.Fatalf("holds %+v", got)
	}
	key := x.key()
	_, err = x.place(a, key, library.HoldRequest{Bibs: []library.BibID{one}, Pickup: "nowhere", Contact: library.NoNews})
	x.refuses(key, err, library.ErrUnknownBranch)
	if slices.Contains(x.Circulation.Abilities(), library.AbilityHoldChange) {
		change := func(who circulation.Who, key string, hold library.HoldID, pickup library.BranchCode) (library.PatronHold, error) {
			return x.Circulation.ChangeHold(x.Context(), order[library.PatronHold](who, key), hold, pickup, library.NoNews)
		}
		for _, who := range []circulation.Who{b, {Patron: "nobody"}} {
			key := x.key()
			_, err := change(who, key, got[0].ID, "kita")
			x.refuses(key, err, library.ErrUnknownHold)
		}
		key := x.key()
		_, err := change(a, key, got[0].ID, "nowhere")
		x.refuses(key, err, library.ErrUnknownBranch)
		if h, err := change(a, x.key(), got[0].ID, "kita"); err != nil || h.Pickup != "kita" {
			x.Errorf("changed %+v, %v", h, err)
		}
	}
	if !slices.Contains(x.Circulation.Abilities(), library.AbilityHoldCancel) {
		return
	}
	for _, hold := range []library.HoldID{"none", "\x00", ""} {
		key := x.key()
		_, err := x.cancel(a, key, hold)
		x.refuses(key, err, library.ErrUnknownHold)
	}
	key = x.key()
	_, err = x.cancel(b, key, got[0].ID)
	x.refuses(key, err, library.ErrUnknownHold)
	if h, err := x.cancel(a, x.key(), got[0].ID); err != nil || h.State != library.Cancelled {
		x.Errorf("cancelled %+v, %v", h, err)
	}
	key = x.key()
	_, err = x.cancel(a, key, got[0].ID)
	x.refuses(key, err, library.ErrHoldNotWaiting)
	if left := x.activeOf(a); len(left) != 1 || left[0].BibID != two {
		x.Errorf("left are %+v", left)
	}
}

var errTrouble = errors.New("trouble while the order is recorded")

// notRecorded: while an order cannot be recorded its effect is made once at most, and
// once when it is recorded in the end.
func (x *trial) notRecorded() {
	x.can(library.AbilityRenew)
	a := x.patron("1001")
	loan, _ := x.lent("1001")
	o := order[library.PatronLoan](a, x.key())
	broken := o
	broken.Record = func(context.Context, *db.Tx, library.PatronLoan) error { return errTrouble }
	for range 3 {
		if _, err := x.Circulation.RenewLoan(x.Context(), broken, loan); !errors.Is(err, errTrouble) {
			x.Errorf("an order that could not be recorded: %v", err)
		}
		if n := x.loansOf(a)[0].Renewals; n > 1 {
			x.Errorf("renewed %d times", n)
		}
	}
	if renewed, err := x.Circulation.RenewLoan(x.Context(), o, loan); err != nil || renewed.Renewals != 1 || !x.recorded(o.Key) {
		x.Errorf("renewed %+v, %v", renewed, err)
	}
}

// atOnce gives one order many times at once, and another one beside it.
func (x *trial) atOnce() {
	x.can(library.AbilityRenew)
	a := x.patron("1001")
	for range 5 {
		loan, _ := x.lent("1001")
		one, other := x.key(), x.key()
		var all sync.WaitGroup
		var mu sync.Mutex
		made := map[string]int{}
		for n := range 8 {
			key := one
			if n%4 == 3 {
				key = other
			}
			all.Go(func() {
				_, err := x.Circulation.RenewLoan(x.Context(), order[library.PatronLoan](a, key), loan)
				if err == nil {
					mu.Lock()
					made[key]++
					mu.Unlock()
				} else if !errors.Is(err, circulation.ErrRecorded) && !errors.Is(err, library.ErrRenewalLimit) {
					x.Errorf("at once: %v", err)
				}
			})
		}
		all.Wait()
		if made[one]+made[other] != 1 || x.recorded(one) == x.recorded(other) {
			x.Errorf("made %v, recorded %v and %v", made, x.recorded(one), x.recorded(other))
		}
	}
	for _, l := range x.loansOf(a) {
		if l.Renewals != 1 {
			x.Errorf("renewed %d times", l.Renewals)
		}
	}
}
