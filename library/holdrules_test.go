package library

import (
	"errors"
	"fmt"
	"testing"
)

func TestMayHold(t *testing.T) {
	p := DefaultPolicy()
	lent := []Item{{ID: "i", Lendable: true, State: OnLoan}}
	many := func(n int) (active []Hold) {
		for i := range n {
			active = append(active, Hold{BibID: BibID(fmt.Sprint("x", i)), State: Waiting})
		}
		return active
	}
	for _, c := range []struct {
		name   string
		items  []Item
		active []Hold
		loans  []Loan
		want   error
	}{
		{"all copies are out", lent, nil, nil, nil},
		{"one stands on a shelf", []Item{{Lendable: true, State: OnShelf}}, nil, nil, nil},
		{"no copies", nil, nil, nil, ErrNoCopies},
		{"only to be read here", []Item{{State: OnShelf}}, nil, nil, ErrNotLent},
		{"only a missing one", []Item{{Lendable: true, State: Missing}}, nil, nil, ErrNotLent},
		{"one missing, one lent", append([]Item{{Lendable: true, State: Missing}}, lent...), nil, nil, nil},
		{"held already", lent, []Hold{{BibID: "b", State: Waiting}}, nil, ErrAlreadyHeld},
		{"it is ready", lent, []Hold{{BibID: "b", State: ReadyHold}}, nil, ErrAlreadyHeld},
		{"cancelled before", lent, []Hold{{BibID: "b", State: Cancelled}}, nil, nil},
		{"has it", lent, nil, []Loan{{BibID: "a"}, {BibID: "b"}}, ErrHasOnLoan},
		{"has another", lent, nil, []Loan{{BibID: "a"}}, nil},
		{"one below the limit", lent, many(19), nil, nil},
		{"at the limit", lent, many(20), nil, ErrTooManyHolds},
		{"at the limit, held already", lent, append(many(20), Hold{BibID: "b", State: Preparing}), nil, ErrAlreadyHeld},
	} {
		if err := p.MayHold("b", c.items, c.active, c.loans); !errors.Is(err, c.want) || err == nil != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestMayContact(t *testing.T) {
	with := Patron{Email: "a@example.jp", Phones: []string{"0931234567"}}
	var without Patron
	for _, c := range []Contact{ByMail, ByPhone, NoNews} {
		if err := with.MayContact(c); err != nil {
			t.Errorf("%s: %v", c, err)
		}
		if err, want := without.MayContact(c), map[Contact]*Refusal{ByMail: ErrNoEmail, ByPhone: ErrNoPhone}[c]; want == nil && err != nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s without address and number: %v", c, err)
		}
	}
}

func TestStaffMayWithdrawWhatIsActive(t *testing.T) {
	today := day("2026-11-24")
	for _, s := range []HoldState{Waiting, Preparing, ReadyHold, Collected, Cancelled, Expired} {
		was := Hold{State: s, ItemID: "i"}
		h, err := was.Withdraw(today)
		if want := (Hold{State: Cancelled, EndedOn: today}); s.Active() && (err != nil || h != want) {
			t.Errorf("%s: %+v, %v", s, h, err)
		}
		if !s.Active() && (!errors.Is(err, ErrUnknownHold) || h != was) {
			t.Errorf("%s: %+v, %v", s, h, err)
		}
	}
}

func TestOnlyWaitingHoldsAreThePatrons(t *testing.T) {
	today := day("2026-11-24")
	for _, s := range []HoldState{Waiting, Preparing, ReadyHold, Collected, Cancelled, Expired} {
		h := Hold{ID: "h", State: s, Pickup: "chuo", Contact: NoNews}
		cancelled, err := h.Cancel(today)
		changed, err2 := h.Change("kita", ByPhone)
		if s == Waiting {
			if err != nil || cancelled.State != Cancelled || cancelled.EndedOn != today {
				t.Errorf("cancelled: %+v, %v", cancelled, err)
			}
			if err2 != nil || changed != (Hold{ID: "h", State: Waiting, Pickup: "kita", Contact: ByPhone}) {
				t.Errorf("changed: %+v, %v", changed, err2)
			}
			continue
		}
		if !errors.Is(err, ErrHoldNotWaiting) || !errors.Is(err2, ErrHoldNotWaiting) || cancelled != h || changed != h {
			t.Errorf("%s: cancel %+v, %v; change %+v, %v", s, cancelled, err, changed, err2)
		}
	}
}

func TestTheWayOfACopy(t *testing.T) {
	p, today := DefaultPolicy(), day("2026-11-24")
	open := Hours{Open: 600, Close: 1140}
	pickup := Calendar{Hours: [7]Hours{open, {}, open, open, open, open, open}}
	waits := Hold{ID: "h", State: Waiting, Pickup: "chuo"}

	reserved, at := waits.Reserve("i")
	if reserved.State != Preparing || reserved.ItemID != "i" || at != InTransit {
		t.Errorf("reserved: %+v, %s", reserved, at)
	}
	sent, at := p.Deliver(reserved, "i", "kita", pickup, today)
	if sent.State != Preparing || at != InTransit || !sent.ContactedOn.IsZero() {
		t.Errorf("sent: %+v, %s", sent, at)
	}
	for name, h := range map[string]Hold{"arrived": sent, "returned at the pickup branch": waits} {
		ready, at := p.Deliver(h, "i", "chuo", pickup, today)
		if ready.State != ReadyHold || ready.ItemID != "i" || at != OnHoldShelf || ready.ContactedOn != today || ready.ShelfUntil != day("2026-12-02") {
			t.Errorf("%s: %+v, %s", name, ready, at)
		}
		if _, ends := ready.Expire(day("2026-12-02")); ends {
			t.Errorf("%s: it expires on its last day", name)
		}
		expired, ends := ready.Expire(day("2026-12-03"))
		if !ends || expired.State != Expired || expired.ItemID != "" || expired.EndedOn != day("2026-12-03") {
			t.Errorf("%s: expired: %+v", name, expired)
		}
		if again := ready.Requeue(); again != waits {
			t.Errorf("%s: requeued: %+v", name, again)
		}
	}
	if _, ends := sent.Expire(day("2027-12-03")); ends {
		t.Error("a hold expires that is not ready")
	}
}

func TestShowsHold(t *testing.T) {
	p, ended := DefaultPolicy(), day("2026-11-24")
	for _, c := range []struct {
		state HoldState
		after int
		want  bool
	}{
		{Waiting, 999, true}, {Preparing, 999, true}, {ReadyHold, 999, true},
		{Collected, 0, false},
		{Cancelled, 0, true}, {Cancelled, 14, true}, {Cancelled, 15, false},
		{Expired, 14, true}, {Expired, 15, false},
	} {
		if got := p.ShowsHold(Hold{State: c.state, EndedOn: ended}, ended.Add(c.after)); got != c.want {
			t.Errorf("%s after %d days: %v", c.state, c.after, got)
		}
	}
}
