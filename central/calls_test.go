package central_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// TestCalls takes a hold by telephone from its placing to its last day on the hold shelf.
func TestCalls(t *testing.T) {
	eachCity(t, 1, func(t *testing.T, c *holdCity) {
		c.patron("1001", withPhone)
		c.token = c.logIn("1001")
		byPhone := cart(bibID(0))
		byPhone.Contact = library.ByPhone
		answer[protocol.HoldAnswers](t, c.place(c.token, newKey(), byPhone))
		staff := c.staff()
		ask := func(path, token string, body any) *http.Response {
			return c.change("POST", path, token, newKey(), body)
		}
		back := answer[protocol.Returned](t, ask("/v1/desk/returns", staff, protocol.Return{Item: string(itemID(0))}))
		if back.Tell != library.ByPhone {
			t.Errorf("the return does not say that the patron is to be called: %+v", back)
		}
		if h := c.list(c.token)[0]; h.State != library.ReadyHold || !h.ContactedOn.IsZero() || !h.ShelfUntil.IsZero() {
			t.Errorf("before anybody called: %+v", h)
		}
		wantProblem(t, ask("/v1/desk/calls", c.token, protocol.CallsOf{}), http.StatusForbidden, "staff_only")
		wantProblem(t, ask("/v1/desk/told", c.token, protocol.Told{Card: "1001"}), http.StatusForbidden, "staff_only")
		wantProblem(t, ask("/v1/desk/calls", staff, protocol.CallsOf{Branch: "nowhere"}), http.StatusNotFound, "branch_unknown")
		calls := answer[protocol.Calls](t, ask("/v1/desk/calls", staff, protocol.CallsOf{})).Calls
		if len(calls) != 1 || calls[0].Card != "1001" || len(calls[0].Phones) == 0 || len(calls[0].Lines) != 1 || calls[0].Lines[0].Title != "こころ 0" {
			t.Fatalf("the calls are %+v", calls)
		}
		if n := c.count(`SELECT count(*) FROM audit WHERE action = 'calls.view' AND subject = 'branch:chuo'`); n != 1 {
			t.Errorf("%d looks at telephone numbers are in the audit log", n)
		}
		if calls := answer[protocol.Calls](t, ask("/v1/desk/calls", staff, protocol.CallsOf{Branch: "kita"})).Calls; calls == nil || len(calls) != 0 {
			t.Errorf("another branch is to call %+v", calls)
		}
		for name, x := range map[string]struct {
			body   protocol.Told
			status int
			code   string
		}{
			"nobody":                 {protocol.Told{Card: "9999"}, http.StatusNotFound, "patron_unknown"},
			"another branch":         {protocol.Told{Card: "1001", Branch: "kita"}, http.StatusConflict, "hold_not_to_tell"},
			"another bib":            {protocol.Told{Card: "1001", Bibs: []library.BibID{"none"}}, http.StatusConflict, "hold_not_to_tell"},
			"the day after tomorrow": {protocol.Told{Card: "1001", On: library.DateOf(c.now).Add(2)}, http.StatusUnprocessableEntity, "told_day"},
			"before it was there":    {protocol.Told{Card: "1001", On: library.DateOf(c.now).Add(-1)}, http.StatusUnprocessableEntity, "told_day"},
			"told, in vain":          {protocol.Told{Card: "1001", On: library.DateOf(c.now), NoAnswer: true}, http.StatusBadRequest, "bad_request"},
		} {
			t.Run(name, func(t *testing.T) { wantProblem(t, ask("/v1/desk/told", staff, x.body), x.status, x.code) })
		}
		vain := answer[protocol.CallOutcomes](t, ask("/v1/desk/told", staff, protocol.Told{Card: "1001", NoAnswer: true})).Lines
		if len(vain) != 1 || vain[0].Calls != 1 || !vain[0].Counted {
			t.Errorf("in vain: %+v", vain)
		}
		told := answer[protocol.CallOutcomes](t, ask("/v1/desk/told", staff, protocol.Told{Card: "1001"})).Lines
		if len(told) != 1 || told[0].ContactedOn != library.DateOf(c.now) || told[0].ShelfUntil != library.DateOf(c.now).Add(7) {
			t.Errorf("told: %+v", told)
		}
		if h := c.list(c.token)[0]; h.ShelfUntil != told[0].ShelfUntil {
			t.Errorf("the patron sees %+v", h)
		}
		wantProblem(t, ask("/v1/desk/told", staff, protocol.Told{Card: "1001"}), http.StatusConflict, "hold_not_to_tell")
		for _, action := range []string{"told", "no-answer"} {
			if n := c.count(`SELECT count(*) FROM audit WHERE action = $1 AND subject = 'patron:p1001'`, action); n != 1 {
				t.Errorf("%s: %d audit entries", action, n)
			}
		}
	})
}

func withPhone(p *library.Patron) { p.Phones = []string{"0931234567"} }

// fickle is a mail server that takes mails, or is away, or refuses an address for good.
type fickle struct {
	err  error
	sent []string
}

func (f *fickle) Send(_ context.Context, _, _ string, message []byte) error {
	if f.err == nil {
		f.sent = append(f.sent, string(message))
	}
	return f.err
}

func (f *fickle) Close() error { return nil }

// TestToldByMail: a patron is told on the day on which the mail server takes the mail, and
// by telephone where it never does, or where the mail comes back.
func TestToldByMail(t *testing.T) {
	to := &fickle{}
	eachPost(t, to, func(t *testing.T, p *post) {
		*to = fickle{}
		ctx := t.Context()
		if err := p.ledger.PutPatrons(ctx, library.Patron{ID: "p1", Card: "1", Name: "港 花子", Email: "hanako@example.jp", Phones: []string{"0931234567"}}); err != nil {
			t.Fatal(err)
		}
		ready := func(bib library.BibID) {
			t.Helper()
			item := "i" + string(bib)
			r := library.Record{Bib: library.Bib{ID: bib, Kind: library.Book, Title: "こころ"}, Items: []library.Item{{ID: library.ItemID(item), Barcode: item, Branch: "chuo", Lendable: true}}}
			if _, err := p.catalogue.Put(ctx, r); err != nil {
				t.Fatal(err)
			}
			answers, err := p.ledger.PlaceHolds(ctx, "p1", library.HoldRequest{Bibs: []library.BibID{bib}, Pickup: "chuo", Contact: library.ByMail})
			if err != nil || answers[0].Hold == nil {
				t.Fatal(answers, err)
			}
			if r, err := p.ledger.Arrive(ctx, item, "chuo"); err != nil || r.Tell != library.ByMail {
				t.Fatal(r, err)
			}
		}
		hold := func(bib library.BibID) library.PatronHold {
			t.Helper()
			all, err := p.ledger.Holds(ctx, "p1")
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range all.Holds {
				if h.BibID == bib {
					return h
				}
			}
			t.Fatalf("no hold on %s", bib)
			return library.PatronHold{}
		}
		calls := func(want int) {
			t.Helper()
			if all, err := p.ledger.Calls(ctx, ""); err != nil || len(all) != want {
				t.Errorf("to be called: %+v, %v", all, err)
			}
		}

		to.err = errors.New("the mail server is away")
		ready("b1") // Wednesday, 25 November
		p.send()
		if h := hold("b1"); !h.ContactedOn.IsZero() {
			t.Errorf("told by a mail that nobody took: %+v", h)
		}
		p.pass(48 * time.Hour)
		to.err = nil
		p.send()
		if h := hold("b1"); h.ContactedOn.String() != "2026-11-27" || h.ShelfUntil.String() != "2026-12-05" {
			t.Errorf("taken on the 27th: %+v", h)
		}
		if len(to.sent) != 1 || !says(t, to.sent[0], "12月5日（土）") {
			t.Errorf("the mail does not say the last day as it is now")
		}

		to.err = errors.New("the mail server is away")
		ready("b2")
		for range 5 {
			p.pass(24 * time.Hour)
			p.send()
		}
		if p.waiting() != 0 {
			t.Fatal("a mail is not given up")
		}
		calls(1)

		to.err = nil
		ready("b3")
		p.send()
		calls(1) // of b2
		if _, err := central.Bounced(ctx, p.db, p.ledger, "hanako@example.jp", true, p.clock()); err != nil {
			t.Fatal(err)
		}
		all, err := p.ledger.Calls(ctx, "")
		if err != nil || len(all) != 1 || len(all[0].Lines) != 3 {
			t.Fatalf("a mail came back, of whatever: %+v, %v", all, err)
		}
		for _, l := range all[0].Lines {
			if l.Why != library.CallMailBack {
				t.Errorf("%+v", l)
			}
		}

		// A mail that waits is not sent of what is no longer ready.
		if err := p.ledger.PutPatrons(ctx, library.Patron{ID: "p1", Card: "1", Name: "港 花子", Email: "taro@example.jp", Phones: []string{"0931234567"}}); err != nil {
			t.Fatal(err)
		}
		to.sent = nil
		ready("b4")
		if _, err := p.ledger.NotFound(ctx, "ib4"); err != nil {
			t.Fatal(err)
		}
		p.send()
		if len(to.sent) != 0 { // nor is anything taken back that nobody was told
			t.Errorf("%d mails were sent", len(to.sent))
		}

		// Nor that it fell back, of what is ready again.
		ready("b5")
		p.send()
		to.sent = nil
		for _, do := range []func() error{
			func() error { _, err := p.ledger.NotFound(ctx, "ib5"); return err },
			func() error { _, err := p.ledger.Arrive(ctx, "ib5", "chuo"); return err },
		} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
		}
		if p.waiting() != 2 {
			t.Errorf("%d mails wait", p.waiting())
		}
		p.send()
		if len(to.sent) != 1 || !says(t, to.sent[0], "取り置き期限") || p.waiting() != 0 {
			t.Errorf("%d mails were sent", len(to.sent))
		}
	})
}

// TestAnAddressThatIsDeletedLeavesNobodyUntold: over the wire.
func TestAnAddressThatIsDeletedLeavesNobodyUntold(t *testing.T) {
	eachCity(t, 1, func(t *testing.T, c *holdCity) {
		c.patron("1001", withPhone)
		c.token = c.logIn("1001")
		c.hold(bibID(0)) // by mail
		remove := func(contact string) *http.Response {
			return c.ask("DELETE", "/v1/me/email?contact="+contact, nil, protocol.SessionHeader, c.token, protocol.IdempotencyHeader, newKey())
		}
		wantProblem(t, remove("fax"), http.StatusBadRequest, "bad_request")
		wantProblem(t, remove("mail"), http.StatusConflict, "no_email")
		if e := c.emailStatus(c.token); e.Address == "" {
			t.Error("what was refused has deleted the address")
		}
		answer[library.EmailStatus](t, remove("phone"))
		if h := c.list(c.token)[0]; h.Contact != library.ByPhone {
			t.Errorf("it is told by %s", h.Contact)
		}
	})
}

// says reports whether the text of a mail has some words.
func says(t *testing.T, raw, words string) bool {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, msg.Body))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(body), words)
}
