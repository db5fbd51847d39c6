package library

import (
	"errors"
	"fmt"
	"testing"
	"time"
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

func TestReach(t *testing.T) {
	with := Reach{Mail: true, Phone: true}
	var without Reach
	for _, c := range []Contact{ByMail, ByPhone, NoNews} {
		if err := with.May(c); err != nil {
			t.Errorf("%s: %v", c, err)
		}
		if err, want := without.May(c), map[Contact]*Refusal{ByMail: ErrNoEmail, ByPhone: ErrNoPhone}[c]; want == nil && err != nil || want != nil && !errors.Is(err, want) {
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
	p, today, now := DefaultPolicy(), day("2026-11-24"), at(0)
	waits := Hold{ID: "h", State: Waiting, Pickup: "chuo"}

	aside, where := p.SetAside(waits, "i", now)
	if aside.State != Waiting || aside.ItemID != "i" || where != InTransit || aside.MayChange() != nil {
		t.Errorf("set aside: %+v, %s", aside, where)
	}
	if still := aside.At(now.Add(10*time.Minute - time.Millisecond)); still != aside {
		t.Errorf("after nearly ten minutes: %+v", still)
	}
	fetched := aside.At(now.Add(10 * time.Minute))
	if fetched.State != Preparing || fetched.ItemID != "i" || fetched.MayChange() == nil || !fetched.PickAt.IsZero() {
		t.Errorf("after ten minutes: %+v", fetched)
	}
	p.PickAfter = 0
	if at, _ := p.SetAside(waits, "i", now); at != fetched {
		t.Errorf("without any minutes: %+v", at)
	}
	sent, where := fetched.Deliver("i", "kita", today)
	if sent.State != Preparing || where != InTransit || !sent.ReadyOn.IsZero() {
		t.Errorf("sent: %+v, %s", sent, where)
	}
	for name, h := range map[string]Hold{"arrived": sent, "returned at the pickup branch": waits, "brought within the ten minutes": aside} {
		ready, where := h.Deliver("i", "chuo", today)
		if ready.State != ReadyHold || ready.ItemID != "i" || where != OnHoldShelf || ready.ReadyOn != today || !ready.ContactedOn.IsZero() || !ready.PickAt.IsZero() {
			t.Errorf("%s: %+v, %s", name, ready, where)
		}
		if _, ends := ready.Expire(day("2027-12-03"), nil); ends {
			t.Errorf("%s: it expires before anybody was told", name)
		}
		waits.FellBackOn = day("2026-11-30")
		if again := ready.Requeue(day("2026-11-30")); again != waits {
			t.Errorf("%s: requeued: %+v", name, again)
		}
		waits.FellBackOn = Date{}
	}
	if again := sent.Requeue(today); again != waits {
		t.Errorf("what was on its way, requeued: %+v", again)
	}
	if _, ends := sent.Expire(day("2027-12-03"), nil); ends {
		t.Error("a hold expires that is not ready")
	}
}

func TestExpire(t *testing.T) {
	second := Hold{State: ReadyHold, ItemID: "i", ContactedOn: day("2026-11-24"), ShelfUntil: day("2026-12-02"), SequenceID: "s", Place: 2}
	if _, ends := second.Expire(day("2026-12-02"), nil); ends {
		t.Error("it expires on its last day")
	}
	expired, ends := second.Expire(day("2026-12-03"), nil)
	if !ends || expired.State != Expired || expired.ItemID != "" || expired.EndedOn != day("2026-12-03") {
		t.Errorf("expired: %+v", expired)
	}
	for _, s := range HoldStates {
		first, third := Hold{State: s, SequenceID: "s", Place: 1}, Hold{State: Waiting, SequenceID: "s", Place: 3}
		_, ends := second.Expire(day("2026-12-03"), []Hold{third, second, first})
		if want := s != Waiting && s != Preparing; ends != want {
			t.Errorf("the first is %s: it ends %v", s, ends)
		}
	}
}

func TestFormReceived(t *testing.T) {
	p, now := DefaultPolicy(), at(0)
	for _, c := range []struct {
		received time.Time
		want     error
	}{
		{now, nil},
		{now.Add(time.Second), ErrFormFuture},
		{now.AddDate(0, 0, -60), nil},
		{now.AddDate(0, 0, -60).Add(-9 * time.Hour), nil}, // the same day, at midnight
		{now.AddDate(0, 0, -61), ErrFormTooOld},
		{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), ErrFormTooOld},
	} {
		if err := p.FormReceived(c.received, now); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.received, err, c.want)
		}
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
