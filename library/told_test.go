package library

import (
	"errors"
	"testing"
)

// tuesdays is the calendar of a branch that is closed on Mondays.
func tuesdays() Calendar {
	open := Hours{Open: 600, Close: 1140}
	return Calendar{Hours: [7]Hours{open, {}, open, open, open, open, open}}
}

func TestTellBy(t *testing.T) {
	for _, c := range []struct {
		contact     Contact
		mail, phone bool
		failed      bool
		want        Contact
		why         CallReason
	}{
		{ByMail, true, true, false, ByMail, ""},
		{ByMail, true, false, false, ByMail, ""},
		{ByMail, true, true, true, ByPhone, CallMailBack},
		{ByMail, false, true, false, ByPhone, CallNoMail},
		{ByMail, false, true, true, ByPhone, CallMailBack},
		{ByMail, true, false, true, NoNews, ""},
		{ByMail, false, false, false, NoNews, ""},
		{ByPhone, true, true, false, ByPhone, CallWanted},
		{ByPhone, true, false, false, ByMail, ""},
		{ByPhone, false, false, false, NoNews, ""},
		{NoNews, true, true, false, NoNews, ""},
		{NoNews, false, false, false, NoNews, ""},
	} {
		h := Hold{State: ReadyHold, Contact: c.contact, MailFailed: c.failed}
		got := h.TellBy(Reach{Mail: c.mail, Phone: c.phone})
		if got != c.want || got == ByPhone && h.CallReason() != c.why {
			t.Errorf("%+v: by %s, %s", c, got, h.CallReason())
		}
	}
}

func TestContactsThatAreOffered(t *testing.T) {
	if got := (Reach{}).Contacts(); len(got) != 1 || got[0] != NoNews {
		t.Errorf("without address and number: %v", got)
	}
	if got := (Reach{Mail: true, Phone: true}).Contacts(); len(got) != 3 {
		t.Errorf("with both: %v", got)
	}
}

func TestTold(t *testing.T) {
	p := DefaultPolicy()
	ready := Hold{State: ReadyHold, Contact: ByMail, ReadyOn: day("2026-11-24")}
	told := p.Told(ready, day("2026-11-24"), tuesdays())
	if told.ContactedOn != day("2026-11-24") || told.ShelfUntil != day("2026-12-02") {
		t.Errorf("told: %+v", told)
	}
	back := told.MailCameBack()
	if !back.ContactedOn.IsZero() || !back.MailFailed || back.ShelfUntil != told.ShelfUntil {
		t.Errorf("the mail came back: %+v", back)
	}
	if _, ends := back.Expire(day("2027-12-03"), nil); ends {
		t.Error("it expires though nobody was told")
	}
	again := p.Told(back, day("2026-11-28"), tuesdays())
	if again.ShelfUntil != day("2026-12-06") {
		t.Errorf("told again: until %s", again.ShelfUntil)
	}
	if later := p.Told(Hold{State: ReadyHold, ShelfUntil: day("2027-01-05")}, day("2026-11-24"), tuesdays()); later.ShelfUntil != day("2027-01-05") {
		t.Errorf("the earlier of two last days holds: %s", later.ShelfUntil)
	}
	if once := again.MailCameBack(); once != again {
		t.Errorf("a second mail comes back of who was called since: %+v", once)
	}
	for _, s := range HoldStates {
		want := day("2026-12-09")
		if s == Expired {
			want = told.ShelfUntil
		}
		if together := p.Together(told, Hold{State: s}, day("2026-12-01"), tuesdays()); together.ShelfUntil != want {
			t.Errorf("together with an earlier volume that is %s: until %s", s, together.ShelfUntil)
		}
	}
	if together := p.Together(ready, Hold{State: ReadyHold}, day("2026-12-01"), tuesdays()); together != ready {
		t.Errorf("who was not told is told by that: %+v", together)
	}
}

func TestSettle(t *testing.T) {
	p := DefaultPolicy()
	for _, c := range []struct {
		contact Contact
		reach   Reach
		told    bool
	}{
		{NoNews, Reach{Mail: true, Phone: true}, true},
		{ByMail, Reach{}, true},
		{ByPhone, Reach{}, true},
		{ByMail, Reach{Phone: true}, false},
		{ByMail, Reach{Mail: true}, false},
		{ByPhone, Reach{Phone: true}, false},
	} {
		h := p.Settle(Hold{State: ReadyHold, Contact: c.contact, ReadyOn: day("2026-11-24")}, c.reach, tuesdays())
		if want := map[bool]Date{true: day("2026-11-24")}[c.told]; h.ContactedOn != want {
			t.Errorf("%+v: told on %s", c, h.ContactedOn)
		}
	}
}

func TestMayTell(t *testing.T) {
	h, today := Hold{State: ReadyHold, ReadyOn: day("2026-11-24")}, day("2026-11-28")
	for on, ok := range map[string]bool{"2026-11-23": false, "2026-11-24": true, "2026-11-28": true, "2026-11-29": false} {
		if err := h.MayTell(day(on), today); (err == nil) != ok || !ok && !errors.Is(err, ErrToldDay) {
			t.Errorf("on %s: %v", on, err)
		}
	}
}

func TestCalledInVain(t *testing.T) {
	p := DefaultPolicy()
	h := Hold{State: ReadyHold, Contact: ByPhone, ReadyOn: day("2026-11-28")}
	for _, c := range []struct {
		on     string
		counts bool
		calls  int
		told   bool
	}{
		{"2026-11-28", true, 1, false},
		{"2026-11-28", false, 1, false}, // the same day
		{"2026-11-29", true, 2, false},
		{"2026-11-30", false, 2, false}, // a Monday
		{"2026-12-01", true, 3, true},
	} {
		var counts bool
		h, counts = p.CalledInVain(h, day(c.on), tuesdays())
		if counts != c.counts || h.Calls != c.calls || h.ContactedOn.IsZero() == c.told {
			t.Errorf("%s: %v, %+v", c.on, counts, h)
		}
	}
	if h.ContactedOn != day("2026-12-01") || h.ShelfUntil != day("2026-12-09") {
		t.Errorf("the last call counts as told: %+v", h)
	}
	if h, counts := p.CalledInVain(Hold{State: ReadyHold}, day("2026-11-30"), Calendar{}); !counts || h.Calls != 1 {
		t.Error("where nobody has entered the opening hours, every day counts")
	}
}

func TestCallReasons(t *testing.T) {
	for want, h := range map[CallReason]Hold{
		CallHoldEnded: {State: Cancelled, EndReason: EndNoCopies, Contact: ByPhone},
		CallFellBack:  {State: Preparing, FellBackOn: day("2026-11-24"), Contact: ByPhone},
	} {
		if got := h.CallReason(); got != want {
			t.Errorf("%+v: %s, want %s", h, got, want)
		}
	}
}
