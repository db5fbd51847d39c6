package ledger_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// mails are those that the ledger queued, and the addresses that mails come back from.
type mails struct {
	queued []library.Mail
	back   map[string]bool
}

func (m *mails) Queue(_ context.Context, _ *db.Tx, mail library.Mail) error {
	m.queued = append(m.queued, mail)
	return nil
}

func (m *mails) Reaches(_ context.Context, _ *db.Tx, _ library.PatronID, address string) (bool, error) {
	return !m.back[address], nil
}

// take returns the mails since it was asked last, as kinds.
func (m *mails) take() (kinds []library.MailKind) {
	for _, x := range m.queued {
		kinds = append(kinds, x.Kind)
	}
	m.queued = nil
	return kinds
}

// eachTelling is each with mails, at branches that are closed on Mondays, and three
// patrons: by mail with a number, by telephone, and with neither address nor number.
func eachTelling(t *testing.T, test func(*testing.T, *city, *mails)) {
	each(t, func(t *testing.T, c *city) {
		m := &mails{back: map[string]bool{}}
		tokyo, err := time.LoadLocation("Asia/Tokyo")
		if err != nil {
			t.Fatal(err)
		}
		c.catalogue = catalogue.New(catalogue.Config{
			DB: c.db, Now: c.clock.Now, Circulation: c,
		})
		c.Ledger = ledger.New(ledger.Config{
			DB: c.db, Catalogue: c.catalogue, Mail: m,
			Policy: func() library.Policy { return c.policy }, Now: c.clock.Now, Zone: tokyo,
		})
		open := library.Hours{Open: 600, Close: 1140}
		for _, code := range []library.BranchCode{"chuo", "kita"} {
			err := c.catalogue.PutBranch(t.Context(), library.Branch{Code: code, Name: string(code), Calendar: library.Calendar{Hours: [7]library.Hours{open, {}, open, open, open, open, open}}})
			if err != nil {
				t.Fatal(err)
			}
		}
		err = c.PutPatrons(t.Context(),
			library.Patron{ID: "pm", Card: "m", Name: "メール", Email: "m@example.jp", Phones: []string{"0931111111"}},
			library.Patron{ID: "pt", Card: "t", Name: "電話", Phones: []string{"0932222222", "0933333333"}},
			library.Patron{ID: "pn", Card: "n", Name: "なし"},
		)
		if err != nil {
			t.Fatal(err)
		}
		test(t, c, m)
	})
}

// isReady has a copy of a bib, and the hold of a patron on it, ready at chuo.
func (c *city) isReady(t *testing.T, patron library.PatronID, bib library.BibID, contact library.Contact) library.Returned {
	t.Helper()
	c.book(t, bib, "i"+string(bib))
	c.request(t, patron, library.HoldRequest{Bibs: []library.BibID{bib}, Pickup: "chuo", Contact: contact})
	return c.arrives(t, "i"+string(bib), "chuo")
}

// tx runs do in a transaction.
func (c *city) tx(t *testing.T, do func(context.Context, *db.Tx) error) error {
	t.Helper()
	return c.db.Locked(t.Context(), nil, func(tx *db.Tx) error { return do(t.Context(), tx) })
}

func (c *city) told(t *testing.T, card string, on library.Date, bibs ...library.BibID) (lines []library.CallOutcome, err error) {
	t.Helper()
	err = c.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
		lines, _, err = c.ToldTx(ctx, tx, card, "", bibs, on)
		return err
	})
	return lines, err
}

func (c *city) noAnswer(t *testing.T, card string) (lines []library.CallOutcome, err error) {
	t.Helper()
	err = c.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
		lines, _, err = c.NoAnswerTx(ctx, tx, card, "", nil)
		return err
	})
	return lines, err
}

func (c *city) calls(t *testing.T) []library.Call {
	t.Helper()
	calls, err := c.Calls(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func TestToldByTelephone(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		if r := c.isReady(t, "pt", "b1", library.ByPhone); r.Tell != library.ByPhone {
			t.Errorf("it is told by %q", r.Tell)
		}
		c.clock.set(t, "2026-11-25 10:00:00")
		c.isReady(t, "pt", "b2", library.ByPhone)
		calls := c.calls(t)
		if len(calls) != 1 || calls[0].Card != "t" || calls[0].Branch != "chuo" || len(calls[0].Phones) != 2 || len(calls[0].Lines) != 2 ||
			calls[0].Lines[0].Since != day("2026-11-24") || calls[0].Lines[0].Why != library.CallWanted {
			t.Fatalf("the calls are %+v", calls)
		}
		c.clock.set(t, "2027-01-05 07:00:00") // nobody called: nothing expires
		c.expires(t, 0)
		if _, err := c.told(t, "t", day("2026-11-24"), "b2"); !errors.Is(err, library.ErrToldDay) {
			t.Errorf("told before it was ready: %v", err)
		}
		if _, err := c.told(t, "t", day("2027-01-06")); !errors.Is(err, library.ErrToldDay) {
			t.Errorf("told tomorrow: %v", err)
		}
		lines, err := c.told(t, "t", day("2027-01-04"))
		if err != nil || len(lines) != 2 || lines[0].ShelfUntil != day("2027-01-12") {
			t.Fatalf("told: %+v, %v", lines, err)
		}
		if len(c.calls(t)) != 0 {
			t.Error("who was told is still to be called")
		}
		if _, err := c.told(t, "t", library.Date{}); !errors.Is(err, library.ErrHoldNotToTell) {
			t.Errorf("told once more: %v", err)
		}
		if lines, err := c.told(t, "t", library.Date{}, "b1"); err != nil || len(lines) != 1 || lines[0].ShelfUntil != day("2027-01-13") {
			t.Errorf("told again of one: %+v, %v", lines, err)
		}
		c.clock.set(t, "2027-01-13 07:00:00")
		c.expires(t, 1)
		c.clock.set(t, "2027-01-14 07:00:00")
		c.expires(t, 1)
	})
}

func TestCalledInVain(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		c.isReady(t, "pt", "b1", library.ByPhone)
		for _, x := range []struct {
			at      string
			counted bool
			calls   int
			until   library.Date
		}{
			{"2026-11-28 10:00:00", true, 1, library.Date{}},
			{"2026-11-28 17:00:00", false, 1, library.Date{}},
			{"2026-11-30 10:00:00", false, 1, library.Date{}}, // a Monday
			{"2026-12-01 10:00:00", true, 2, library.Date{}},
			{"2026-12-02 10:00:00", true, 3, day("2026-12-10")},
		} {
			c.clock.set(t, x.at)
			lines, err := c.noAnswer(t, "t")
			if err != nil || len(lines) != 1 || lines[0].Counted != x.counted || lines[0].Calls != x.calls || lines[0].ShelfUntil != x.until {
				t.Fatalf("%s: %+v, %v", x.at, lines, err)
			}
		}
		if len(c.calls(t)) != 0 {
			t.Error("after three calls there is a fourth")
		}
	})
}

func TestToldByMail(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		if r := c.isReady(t, "pm", "b1", library.ByMail); r.Tell != library.ByMail || len(m.queued) != 1 || m.queued[0].Until != day("2026-12-02") {
			t.Fatalf("told by %q: %+v", r.Tell, m.queued)
		}
		hold := m.queued[0].Hold
		c.clock.set(t, "2027-01-05 07:00:00") // the mail server is away all the time
		c.expires(t, 0)
		if len(c.calls(t)) != 0 {
			t.Error("a mail is on its way, and there is a call to be made")
		}
		err := c.tx(t, func(ctx context.Context, tx *db.Tx) error {
			mail, ok, err := c.HoldMailTx(ctx, tx, library.Mail{Kind: library.MailHoldReady, Hold: hold}, c.Today())
			if !ok || mail.Until != day("2027-01-13") || mail.To != "m@example.jp" {
				t.Errorf("the mail of today: %+v, %v", mail, ok)
			}
			return errors.Join(err, c.MailTakenTx(ctx, tx, hold, c.Today()))
		})
		if h := c.holdOf(t, "pm", "b1"); err != nil || h.ContactedOn != day("2027-01-05") || h.ShelfUntil != day("2027-01-13") {
			t.Fatalf("the mail server took it: %+v, %v", h, err)
		}
		m.back["m@example.jp"] = true // it came back
		if err := c.tx(t, func(ctx context.Context, tx *db.Tx) error { return c.MailCameBackTx(ctx, tx, "pm") }); err != nil {
			t.Fatal(err)
		}
		calls := c.calls(t)
		if len(calls) != 1 || calls[0].Lines[0].Why != library.CallMailBack {
			t.Fatalf("the mail came back: %+v", calls)
		}
		c.clock.set(t, "2027-01-20 07:00:00")
		c.expires(t, 0)
		if lines, err := c.told(t, "m", library.Date{}); err != nil || lines[0].ShelfUntil != day("2027-01-28") {
			t.Errorf("told by telephone then: %+v, %v", lines, err)
		}
		if a, err := c.Account(t.Context(), "pm"); err != nil || slices.Contains(a.Contacts, library.ByMail) {
			t.Errorf("an address whose mails come back is offered: %v, %v", a.Contacts, err)
		}
		c.book(t, "b9", "ib9")
		_, err = c.PlaceHolds(t.Context(), "pm", library.HoldRequest{Bibs: []library.BibID{"b9"}, Pickup: "chuo", Contact: library.ByMail})
		if !errors.Is(err, library.ErrNoEmail) {
			t.Errorf("a hold by such a mail: %v", err)
		}
	})
}

func TestWhoCannotBeTold(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		c.isReady(t, "pn", "b1", library.NoNews)
		if h := c.holdOf(t, "pn", "b1"); h.ContactedOn != day("2026-11-24") || h.ShelfUntil != day("2026-12-02") {
			t.Errorf("who is not to be told: %+v", h)
		}
		c.isReady(t, "pt", "b2", library.ByPhone)
		if err := c.PutPatrons(t.Context(), library.Patron{ID: "pt", Card: "t", Name: "電話"}); err != nil { // an import: the number is gone
			t.Fatal(err)
		}
		if len(c.calls(t)) != 0 {
			t.Error("somebody without a number is to be called")
		}
		c.clock.set(t, "2026-11-26 07:00:00")
		c.expires(t, 0)
		if h := c.holdOf(t, "pt", "b2"); h.ContactedOn != day("2026-11-24") || h.ShelfUntil != day("2026-12-02") {
			t.Errorf("who cannot be told any more counts as told when it became ready: %+v", h)
		}
	})
}

func TestAnAddressIsDeletedWhileHoldsWait(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		c.book(t, "b2", "ib2")
		c.request(t, "pm", library.HoldRequest{Bibs: []library.BibID{"b2"}, Pickup: "chuo", Contact: library.ByMail})
		c.isReady(t, "pm", "b1", library.ByMail)
		err := c.tx(t, func(ctx context.Context, tx *db.Tx) error {
			if err := c.SetEmailTx(ctx, tx, "pm", ""); err != nil {
				return err
			}
			if err := c.ContactTx(ctx, tx, "pm", library.ByMail); !errors.Is(err, library.ErrNoEmail) {
				t.Errorf("by mail again: %v", err)
			}
			return c.ContactTx(ctx, tx, "pm", library.ByPhone)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, bib := range []library.BibID{"b1", "b2"} {
			if h := c.holdOf(t, "pm", bib); h.Contact != library.ByPhone {
				t.Errorf("%s is told by %s", bib, h.Contact)
			}
		}
		if calls := c.calls(t); len(calls) != 1 || len(calls[0].Lines) != 1 {
			t.Errorf("what is ready is to be told by telephone: %+v", calls)
		}
	})
}

func TestCopiesThatGoAway(t *testing.T) {
	gone := map[string]func(t *testing.T, c *city, item string) error{
		"missing": func(t *testing.T, c *city, item string) error { _, err := c.NotFound(t.Context(), item); return err },
		"withdrawn": func(t *testing.T, c *city, item string) error {
			_, err := c.Withdraw(t.Context(), item)
			return err
		},
		"lent no longer": func(t *testing.T, c *city, item string) error {
			_, err := c.catalogue.Put(t.Context(), library.Record{
				Bib: library.Bib{ID: "b1", Kind: library.Book, Title: "こころ", Volume: "上"}, Items: []library.Item{{ID: library.ItemID(item), Barcode: item, Branch: "chuo"}}})
			return err
		},
		"another library's": func(t *testing.T, c *city, item string) error {
			return c.SetOwned(t.Context(), library.ItemID(item), false)
		},
	}
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		for name, goes := range gone {
			for _, state := range []library.HoldState{library.Waiting, library.Preparing, library.ReadyHold} {
				c.policy.PickAfter = map[bool]library.Seconds{true: 600}[state == library.Waiting]
				m.take()
				c.book(t, "b1", "i1", "i2")
				c.lend(t, "t", "i2")
				c.request(t, "pm", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.ByMail})
				if state == library.ReadyHold {
					c.arrives(t, "i1", "chuo")
					hold := m.queued[0].Hold
					if err := c.tx(t, func(ctx context.Context, tx *db.Tx) error { return c.MailTakenTx(ctx, tx, hold, c.Today()) }); err != nil {
						t.Fatal(err)
					}
				}
				if h := c.holdOf(t, "pm", "b1"); h.State != state || h.ItemID != "i1" {
					t.Fatalf("%s, %s: it is %+v", name, state, h)
				}
				if err := goes(t, c, "i1"); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				h := c.holdOf(t, "pm", "b1")
				if h.State != library.Waiting || h.ItemID != "" || h.NoCopies() || h.FellBackOn.IsZero() == (state == library.ReadyHold) {
					t.Errorf("%s, %s: it is %+v", name, state, h)
				}
				kinds := m.take()
				if told := slices.Contains(kinds, library.MailHoldFellBack); told != (state == library.ReadyHold) {
					t.Errorf("%s, %s: the mails were %v", name, state, kinds)
				}
				if a, err := c.Account(t.Context(), "pm"); err != nil || slices.Contains(a.Messages, library.MessageHoldFellBack) != (state == library.ReadyHold) {
					t.Errorf("%s, %s: the menu says %v, %v", name, state, a.Messages, err)
				}
				c.agrees(t)
				if r := c.comesBack(t, "i2", "chuo"); r.HoldFor != "m" {
					t.Errorf("%s, %s: the other copy comes back: %+v", name, state, r)
				}
				c.exec(t, `DELETE FROM hold`)
				c.exec(t, `DELETE FROM item`)
			}
		}
	})
}

// TestNobodyFallsBackSilently: who was told that a hold is ready is told that it no longer
// is, also where another copy is set aside for it at once, or comes.
func TestNobodyFallsBackSilently(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		c.policy.PickAfter = 600
		c.book(t, "b1", "i1", "i2")
		c.request(t, "pt", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.ByPhone})
		c.arrives(t, "i1", "chuo")
		if _, err := c.told(t, "t", library.Date{}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.NotFound(t.Context(), "i1"); err != nil {
			t.Fatal(err)
		}
		fellBack := func() bool {
			calls := c.calls(t)
			return len(calls) == 1 && calls[0].Lines[0].Why == library.CallFellBack
		}
		if h := c.holdOf(t, "pt", "b1"); h.ItemID != "i2" || !fellBack() {
			t.Errorf("another copy is set aside, and nobody calls: %+v", h)
		}
		if r := c.arrives(t, "i2", "kita"); r.State != library.InTransit || !fellBack() {
			t.Errorf("another copy is on its way, and nobody calls: %+v", r)
		}
		if r := c.arrives(t, "i2", "chuo"); r.Tell != library.ByPhone {
			t.Errorf("it is ready again: %+v", r)
		}
		if calls := c.calls(t); len(calls) != 1 || calls[0].Lines[0].Why != library.CallWanted {
			t.Errorf("now it is to be told that it is ready: %+v", calls)
		}

		// Who was not told of it yet has nothing to unlearn.
		if _, err := c.NotFound(t.Context(), "i2"); err != nil || len(c.calls(t)) != 0 {
			t.Errorf("never told: %+v, %v", c.calls(t), err)
		}

		// Nor does a mail that comes back take away what staff have told; and one that told
		// that a hold fell back makes a call.
		c.isReady(t, "pm", "b2", library.ByMail)
		if _, err := c.told(t, "m", library.Date{}, "b2"); err != nil {
			t.Fatal(err)
		}
		c.isReady(t, "pm", "b3", library.ByMail)
		err := c.tx(t, func(ctx context.Context, tx *db.Tx) error {
			return c.MailTakenTx(ctx, tx, m.queued[len(m.queued)-1].Hold, c.Today())
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Withdraw(t.Context(), "ib3"); err != nil {
			t.Fatal(err)
		}
		if last := m.queued[len(m.queued)-1]; last.Kind != library.MailHoldFellBack || last.Reason != library.EndNoCopies {
			t.Errorf("the mail: %+v", last)
		}
		m.back["m@example.jp"] = true
		if err := c.tx(t, func(ctx context.Context, tx *db.Tx) error { return c.MailCameBackTx(ctx, tx, "pm") }); err != nil {
			t.Fatal(err)
		}
		if calls := c.calls(t); len(calls) != 1 || len(calls[0].Lines) != 1 || calls[0].Lines[0].BibID != "b3" || calls[0].Lines[0].Why != library.CallFellBack {
			t.Errorf("a mail came back: %+v", calls)
		}
		if _, err := c.told(t, "m", library.Date{}, "b3"); err != nil {
			t.Fatal(err)
		}
		m.back["m@example.jp"] = false
		c.isReady(t, "pm", "b4", library.ByMail)
		err = c.tx(t, func(ctx context.Context, tx *db.Tx) error {
			return c.MailTakenTx(ctx, tx, m.queued[len(m.queued)-1].Hold, c.Today())
		})
		if err != nil {
			t.Fatal(err)
		}
		m.back["m@example.jp"] = true
		if _, err := c.Withdraw(t.Context(), "ib4"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.told(t, "m", library.Date{}, "b4"); err != nil {
			t.Fatal(err)
		}
		if err := c.tx(t, func(ctx context.Context, tx *db.Tx) error { return c.MailCameBackTx(ctx, tx, "pm") }); err != nil || len(c.calls(t)) != 0 {
			t.Errorf("a mail came back of which staff have told: %+v, %v", c.calls(t), err)
		}
		if _, err := c.told(t, "m", library.Date{}, "b2", "nosuch"); !errors.Is(err, library.ErrHoldNotToTell) {
			t.Errorf("of a bib that the patron does not hold: %v", err)
		}
	})
}

func TestAHoldWithoutCopies(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		for _, x := range []struct {
			patron  library.PatronID
			contact library.Contact
		}{{"pm", library.ByMail}, {"pt", library.ByPhone}, {"pn", library.NoNews}} {
			c.book(t, "b1", "i1")
			c.request(t, x.patron, library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: x.contact})
			if _, err := c.Withdraw(t.Context(), "i1"); err != nil {
				t.Fatal(err)
			}
			if h := c.holdOf(t, x.patron, "b1"); !h.NoCopies() {
				t.Errorf("the patron is not told that no copy is left: %+v", h)
			}
			card := string(x.patron)[1:]
			err := c.tx(t, func(ctx context.Context, tx *db.Tx) error {
				lost, err := c.WithoutCopiesTx(ctx, tx, "chuo")
				if err != nil || len(lost) != 1 || lost[0].Card != card || lost[0].Title != "こころ 上" {
					t.Errorf("staff see %+v, %v", lost, err)
				}
				if _, err := c.EndHoldTx(ctx, tx, card, "b1", "whatever"); err == nil {
					t.Error("it is ended for any reason")
				}
				_, err = c.EndHoldTx(ctx, tx, card, "b1", library.EndNoCopies)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if h := c.holdOf(t, x.patron, "b1"); h.State != library.Cancelled || h.EndReason != library.EndNoCopies {
				t.Errorf("ended: %+v", h)
			}
			if a, err := c.Account(t.Context(), x.patron); err != nil || !slices.Contains(a.Messages, library.MessageHoldEnded) {
				t.Errorf("the menu says %v, %v", a.Messages, err)
			}
			calls := c.calls(t)
			if (x.contact == library.ByPhone) != (len(calls) == 1 && calls[0].Lines[0].Why == library.CallHoldEnded && calls[0].Lines[0].Reason == library.EndNoCopies) {
				t.Errorf("%s: the calls are %+v", x.contact, calls)
			}
			if mailed := slices.Contains(m.take(), library.MailHoldEnded); mailed != (x.contact == library.ByMail) {
				t.Errorf("%s: a mail was queued: %v", x.contact, mailed)
			}
			if x.contact == library.ByPhone {
				if _, err := c.told(t, card, library.Date{}); err != nil || len(c.calls(t)) != 0 {
					t.Errorf("told: %v", err)
				}
			}
		}
	})
}

func TestATitleGoesAway(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		c.book(t, "b1", "i1", "i2")
		c.isReadyOf(t, "pm", "b1", "i1", library.ByMail)
		c.request(t, "pn", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.NoNews})
		c.patron(t, "p9")
		c.lend(t, "n", "i2") // collects
		c.request(t, "pt", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "kita", Contact: library.ByPhone})
		m.take()
		gone, err := c.DeleteBib(t.Context(), "b1")
		if want := (ledger.GoneBib{Title: "こころ 上", Ended: 2, OnLoan: 1}); err != nil || gone != want {
			t.Fatalf("deleted: %+v, %v", gone, err)
		}
		for _, p := range []library.PatronID{"pm", "pt"} {
			if h := c.holdOf(t, p, "b1"); h.State != library.Cancelled || h.EndReason != library.EndNoCopies || h.Title != "こころ 上" {
				t.Errorf("%s sees %+v", p, h)
			}
		}
		if kinds := m.take(); !slices.Equal(kinds, []library.MailKind{library.MailHoldEnded}) {
			t.Errorf("mails: %v", kinds)
		}
		if calls := c.calls(t); len(calls) != 1 || calls[0].Lines[0].Title != "こころ 上" {
			t.Errorf("calls: %+v", calls)
		}
		c.agrees(t)

		// One patron has a copy still. Nobody else learns of it.
		if _, err := c.Availability(t.Context(), "b1"); !errors.Is(err, library.ErrUnknownBib) {
			t.Errorf("terminals ask where its copies are: %v", err)
		}
		if _, err := c.paperHold(t.Context(), "9", "b1", "chuo", time.Time{}); !errors.Is(err, library.ErrUnknownBib) {
			t.Errorf("it is held: %v", err)
		}
		loans, err := c.Loans(t.Context(), "pn")
		if err != nil || len(loans.Loans) != 1 || loans.Loans[0].Title != "こころ 上" || loans.Loans[0].Refusal != library.ErrWithdrawn.Code {
			t.Errorf("its patron sees %+v, %v", loans, err)
		}
		if gone, err := c.DeleteBib(t.Context(), "b1"); err != nil || gone.Ended != 0 || gone.OnLoan != 1 {
			t.Errorf("deleted again: %+v, %v", gone, err)
		}
		if r := c.comesBack(t, "i2", "kita"); r != (library.Returned{Title: "こころ 上", Withdrawn: true}) {
			t.Errorf("it comes back: %+v", r)
		}
		if n := c.count(t, `SELECT count(*) FROM bib`); n != 0 {
			t.Errorf("%d bibs are left", n)
		}
		if h := c.holdOf(t, "pm", "b1"); h.Title != "こころ 上" {
			t.Errorf("the patron sees %+v", h)
		}
		if _, err := c.DeleteBib(t.Context(), "b1"); !errors.Is(err, library.ErrUnknownBib) {
			t.Errorf("deleted when it is gone: %v", err)
		}
	})
}

// isReadyOf has the hold of a patron on a bib ready at chuo with a copy of it.
func (c *city) isReadyOf(t *testing.T, patron library.PatronID, bib library.BibID, item string, contact library.Contact) {
	t.Helper()
	c.request(t, patron, library.HoldRequest{Bibs: []library.BibID{bib}, Pickup: "chuo", Contact: contact})
	c.arrives(t, item, "chuo")
}

func TestPickAfter(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		c.policy.PickAfter = 600
		c.book(t, "b1", "i1")
		c.patron(t, "p9")
		placed := c.request(t, "pt", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "chuo", Contact: library.NoNews})
		c.request(t, "p9", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "kita", Contact: library.NoNews})
		if h := c.holdOf(t, "pt", "b1"); h.State != library.Waiting || h.ItemID != "i1" || h.Position != 0 || !h.MayChange {
			t.Errorf("set aside: %+v", h)
		}
		if h := c.holdOf(t, "p9", "b1"); h.Position != 1 || h.ItemID != "" {
			t.Errorf("the next one: %+v", h)
		}
		if picks := c.picks(t, "chuo"); len(picks) != 0 {
			t.Errorf("it is to be fetched at once: %v", picks)
		}
		c.clock.tick(599 * time.Second)
		if _, err := c.ChangeHold(t.Context(), "pt", placed[0].ID, "kita", library.ByPhone); err != nil {
			t.Errorf("the pickup branch cannot be mended: %v", err)
		}
		if h := c.holdOf(t, "pt", "b1"); h.Pickup != "kita" || h.ItemID != "i1" {
			t.Errorf("changed: %+v", h)
		}
		c.clock.tick(time.Second)
		if h := c.wantState(t, "pt", "b1", library.Preparing); h.MayChange {
			t.Error("it may still be changed")
		}
		if picks := c.picks(t, "chuo"); len(picks) != 1 {
			t.Errorf("to be fetched: %v", picks)
		}
		if _, err := c.CancelHold(t.Context(), "pt", placed[0].ID); !errors.Is(err, library.ErrHoldNotWaiting) {
			t.Errorf("cancelled then: %v", err)
		}
		c.agrees(t)

		c.book(t, "b2", "i2") // cancelled in time: the next one gets it
		placed = c.request(t, "pt", library.HoldRequest{Bibs: []library.BibID{"b2"}, Pickup: "chuo", Contact: library.NoNews})
		c.request(t, "p9", library.HoldRequest{Bibs: []library.BibID{"b2"}, Pickup: "chuo", Contact: library.NoNews})
		if _, err := c.CancelHold(t.Context(), "pt", placed[0].ID); err != nil {
			t.Fatal(err)
		}
		if h := c.holdOf(t, "p9", "b2"); h.ItemID != "i2" || h.State != library.Waiting {
			t.Errorf("the next one: %+v", h)
		}
		c.agrees(t)
	})
}

func TestThePickListFollowsACopyThatMoved(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		c.book(t, "b1", "i1")
		c.request(t, "pt", library.HoldRequest{Bibs: []library.BibID{"b1"}, Pickup: "kita", Contact: library.NoNews})
		_, err := c.catalogue.Put(t.Context(), library.Record{
			Bib: library.Bib{ID: "b1", Kind: library.Book, Title: "こころ"}, Items: []library.Item{{ID: "i1", Barcode: "i1", Branch: "kita", Lendable: true}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(c.picks(t, "chuo")) != 0 || len(c.picks(t, "kita")) != 1 {
			t.Errorf("chuo is to fetch %v, kita %v", c.picks(t, "chuo"), c.picks(t, "kita"))
		}
	})
}

func TestASequenceWhoseFirstVolumeIsLost(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		for _, v := range []string{"1", "2", "3"} {
			c.book(t, library.BibID("b"+v), "i"+v)
		}
		req := library.HoldRequest{Bibs: []library.BibID{"b1", "b2", "b3"}, Pickup: "chuo", Contact: library.NoNews, Sequence: true}
		c.request(t, "pt", req)
		c.wantState(t, "pt", "b1", library.Preparing)
		c.wantState(t, "pt", "b2", library.Waiting)
		c.arrives(t, "i1", "chuo")
		c.arrives(t, "i2", "chuo")
		c.wantState(t, "pt", "b3", library.Preparing)
		if _, err := c.NotFound(t.Context(), "i1"); err != nil { // it was on the hold shelf, and is gone
			t.Fatal(err)
		}
		if h := c.wantState(t, "pt", "b1", library.Waiting); h.FellBackOn.IsZero() {
			t.Error("it fell back silently")
		}
		c.wantState(t, "pt", "b2", library.ReadyHold)
		c.wantState(t, "pt", "b3", library.Waiting)
		c.agrees(t)
		c.clock.set(t, "2026-12-20 07:00:00")
		c.expires(t, 0) // the second waits for the first
		c.arrives(t, "i1", "chuo")
		if h := c.wantState(t, "pt", "b2", library.ReadyHold); h.ShelfUntil != day("2026-12-29") {
			t.Errorf("both can be fetched until %s", h.ShelfUntil)
		}
		c.wantState(t, "pt", "b3", library.Preparing)
	})
}

func TestPaperForms(t *testing.T) {
	eachTelling(t, func(t *testing.T, c *city, m *mails) {
		for _, v := range []string{"1", "2"} {
			c.book(t, library.BibID("b"+v), "i"+v)
		}
		c.patron(t, "p8", library.BlockLostCard)
		now := c.clock.Now()
		form := library.HoldRequest{Bibs: []library.BibID{"b1", "b2"}, Pickup: "chuo", Contact: library.ByPhone}
		for name, x := range map[string]struct {
			card     string
			received time.Time
			want     error
		}{
			"in the future":        {"t", now.Add(time.Second), library.ErrFormFuture},
			"of the year 1":        {"t", time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), library.ErrFormTooOld},
			"too old":              {"t", now.AddDate(0, 0, -61), library.ErrFormTooOld},
			"a card that was lost": {"8", now, library.ErrCardLost},
			"without a number":     {"n", now, library.ErrNoPhone},
			"nobody's card":        {"0", now, library.ErrUnknownPatron},
		} {
			if _, _, err := c.PaperHolds(t.Context(), x.card, form, x.received); !errors.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		answers, patron, err := c.PaperHolds(t.Context(), "t", form, now.Add(-time.Hour))
		if err != nil || patron != "pt" || len(answers) != 2 || answers[0].Hold.SequenceID == "" || answers[1].Hold.Place != 2 || !answers[1].Hold.ReceivedAt.Equal(now.Add(-time.Hour)) {
			t.Errorf("two volumes: %+v, %v", answers, err)
		}
	})
}
