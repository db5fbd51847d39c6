package central_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// TestHoldsThatWereLeft: judged line by line, shown, mailed, and readable nowhere else.
func TestHoldsThatWereLeft(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		if site := answer[library.Site](t, c.get("/v1/site", "")); site.RequestKey != c.key.SiteKey() {
			t.Errorf("terminals learn the key %q", site.RequestKey)
		}
		reference := library.Record{
			Bib:   library.Bib{ID: "reference", Kind: library.Book, Title: "辞典"},
			Items: []library.Item{{ID: "r1", Branch: "chuo", State: library.OnShelf}},
		}
		if _, err := c.catalogue.Put(t.Context(), reference); err != nil {
			t.Fatal(err)
		}
		c.hold(bibID(2))
		own := c.lend("1001")
		r := c.request("1001", holdsOf(bibID(0), "none", "reference", own.BibID, bibID(2), bibID(0), "\x00", bibID(1)))
		id := c.leave(r)
		want := library.RequestResult{Receipt: receiptOf(id), ReceivedAt: r.ReceivedAt, Lines: []library.RequestLine{
			{BibID: bibID(0), Title: "こころ 0"}, {BibID: "none", Refusal: "bib_unknown"}, {BibID: "reference", Title: "辞典", Refusal: "not_lent"},
			{BibID: own.BibID, Title: "こころ", Refusal: "has_on_loan"}, {BibID: bibID(2), Title: "こころ 2", Refusal: "already_held"},
			{BibID: bibID(0), Title: "こころ 0", Refusal: "already_held"}, {BibID: "\x00", Refusal: "bib_unknown"}, {BibID: bibID(1), Title: "こころ 1"},
		}}
		for where, got := range map[string]library.RequestResult{"menu": c.result("1001"), "mail": c.mailed(), "staff": c.become(id)[0].Result} {
			if !got.ReceivedAt.Equal(want.ReceivedAt) {
				t.Errorf("%s: received at %v", where, got.ReceivedAt)
			}
			if got.ReceivedAt = want.ReceivedAt; !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, want %+v", where, got, want)
			}
		}
		if in := answer[protocol.LoggedIn](t, c.tryLogIn("1001", passwordOf("1001"))); len(in.Account.Requests) != 1 {
			t.Errorf("the login says %+v", in.Account)
		}
		held := c.list(c.logIn("1001"))
		if len(held) != 3 || !held[0].ReceivedAt.Equal(r.ReceivedAt) || held[0].Pickup != "chuo" || held[0].Contact != library.ByMail {
			t.Errorf("held %+v", held)
		}
		if got := c.results("1002"); len(got) != 0 {
			t.Errorf("another patron sees %+v", got)
		}
		if h := c.become(id); len(h) != 1 || h[0].ID != id || h[0].Patron != "p1001" || h[0].Terminal.ID != c.id || h[0].Terminal.Branch != "chuo" || !h[0].At.Equal(c.now) || !h[0].Kept || !h[0].Proven() {
			t.Errorf("staff see %+v", h)
		}

		if n := c.count(`SELECT count(*) FROM request WHERE result LIKE '%こころ%' OR result LIKE '%lines%' OR fingerprint LIKE '%1001%' OR receipt = $1 AND length(result) < 100`, receiptOf(id)); n != 0 {
			t.Error("what was asked for lies readable in the database")
		}
		if n := c.count(`SELECT count(*) FROM audit WHERE action = 'request' AND actor = $1 AND subject = $2`, "terminal:"+c.id, "request:"+id); n != 1 {
			t.Errorf("%d entries of the audit log", n)
		}
		for _, secret := range []string{"1001", "right", "こころ", "辞典", "hanako"} {
			if strings.Contains(c.log.String(), secret) {
				t.Errorf("the log has %q:\n%s", secret, &c.log)
			}
			if n := c.count(`SELECT count(*) FROM audit WHERE action = 'request' AND detail LIKE $1`, "%"+secret+"%"); n != 0 {
				t.Errorf("the audit log has %q", secret)
			}
		}
		if !strings.Contains(c.log.String(), "outcome=partly") || c.counted("partly") != "1" {
			t.Errorf("counted %s, the log says\n%s", c.counted("partly"), &c.log)
		}
	})
}

// TestARequestLeftEarlierGoesFirst, though another was placed before it was handed over.
func TestARequestLeftEarlierGoesFirst(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		early, late := c.request("1002", holdsOf(bibID(0)), receivedAt(c.now)), c.request("1001", holdsOf(bibID(1)), receivedAt(c.now.Add(time.Hour)))
		c.now = c.now.Add(2 * time.Hour)
		if lines := answer[protocol.HoldAnswers](t, c.place(c.logIn("1001"), newKey(), cart(bibID(0)))).Lines; lines[0].Hold == nil || lines[0].Hold.Position != 1 {
			t.Fatalf("held %+v", lines)
		}
		c.leave(late)
		c.leave(early)
		if got := c.list(c.logIn("1001")); len(got) != 2 || got[0].BibID != bibID(1) || got[1].Position != 2 {
			t.Errorf("1001 has %+v", got)
		}
		if r, err := c.ledger.Return(t.Context(), string(itemID(0)), "chuo"); err != nil || r.HoldFor != "1002" {
			t.Errorf("it goes to %+v, %v", r, err)
		}
		// Neither the future is believed, nor a clock that fell back by years.
		for said, want := range map[time.Duration]time.Duration{time.Hour: 0, -10 * 365 * 24 * time.Hour: -library.RequestAge} {
			c.exec(`DELETE FROM hold`)
			id := c.leave(c.request("1001", holdsOf(bibID(2)), receivedAt(c.now.Add(said))))
			if got := c.list(c.logIn("1001")); len(got) != 1 || !got[0].ReceivedAt.Equal(c.now.Add(want)) {
				t.Errorf("said to be received %v from now: held %+v", said, got)
			}
			if got := c.become(id)[0].Result.ReceivedAt; !got.Equal(c.now.Add(want)) {
				t.Errorf("said to be received %v from now: the result says %v", said, got)
			}
		}
	})
}

func TestARenewalThatWasLeft(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		loan := c.lend("1001") // due on 2026-12-01
		asked := time.Date(2026, 12, 1, 14, 59, 0, 0, time.UTC)
		c.now = time.Date(2026, 12, 20, 3, 0, 0, 0, time.UTC)
		// Who waits since does not stand in its way.
		if lines := answer[protocol.HoldAnswers](t, c.place(c.logIn("1002"), newKey(), cart(loan.BibID))).Lines; lines[0].Hold == nil {
			t.Fatal(lines)
		}
		c.leave(c.request("1001", renewalOf(loan.ItemID), receivedAt(asked)))
		want := library.RequestLine{BibID: loan.BibID, Title: "こころ", DueOn: library.Date{Year: 2026, Month: 12, Day: 15}}
		if got := c.result("1001"); !got.Renewal || got.Refusal != "" || len(got.Lines) != 1 || got.Lines[0] != want {
			t.Errorf("result %+v", got)
		}
		if got := c.mailed(); len(got.Lines) != 1 || got.Lines[0] != want {
			t.Errorf("mail %+v", got)
		}
		if n, due := c.renewals(loan.ID); n != 1 || due != want.DueOn {
			t.Errorf("renewed %d times, due on %v", n, due)
		}
		for item, want := range map[library.ItemID]library.RequestLine{
			loan.ItemID: {BibID: loan.BibID, Title: "こころ", Refusal: "renewal_limit"}, // by another request
			itemID(0):   {BibID: bibID(0), Title: "こころ 0", Refusal: "loan_unknown"},  // 1003 has it
			"nothing":   {Refusal: "loan_unknown"},
			"\x00":      {Refusal: "loan_unknown"},
		} {
			id := c.leave(c.request("1001", renewalOf(item), receivedAt(asked)))
			if got := c.mailed(); len(got.Lines) != 1 || got.Lines[0] != want || got.Receipt != receiptOf(id) || !got.Renewal || got.Refusal != "" {
				t.Errorf("item %q: %+v", item, got)
			}
		}
		if c.counted("granted") != "1" || c.counted("renewal_limit") != "1" || c.counted("loan_unknown") != "3" {
			t.Errorf("counted %s, %s, %s", c.counted("granted"), c.counted("renewal_limit"), c.counted("loan_unknown"))
		}
	})
}

// TestRequestsThatAreRefusedAsAWhole: each is taken with the same answer, and its patron
// is told why.
func TestRequestsThatAreRefusedAsAWhole(t *testing.T) {
	for name, test := range map[string]struct {
		card    string
		change  func(*library.Request)
		prepare func(*left)
		refusal string
		titles  bool // which titles were asked for is said
	}{
		"wrong password": {"1001", password("wrong"), nil, "login_failed", false},
		"other case":     {"1001", password("Right1001"), nil, "login_failed", false},
		"no password":    {"1001", password(""), nil, "login_failed", false},
		"none set":       {"1001", nil, func(c *left) { c.exec(`DELETE FROM patron_password`) }, "login_failed", false},
		"temporary": {"1001", password("0123456789"), func(c *left) {
			hash, err := c.passwords.Hash(c.t.Context(), "0123456789")
			if err != nil {
				c.t.Fatal(err)
			}
			c.exec(`INSERT INTO temporary_password (patron_id, hash, issued_at) VALUES ('p1001', $1, $2)`, hash, c.now.UnixMilli())
		}, "login_failed", false},
		"locked": {"1001", nil, func(c *left) {
			for range 20 {
				c.tryLogIn("1001", "wrong")
				c.now = c.now.Add(2 * time.Hour)
			}
		}, "card_locked", false},
		"expired":           {"1001", nil, func(c *left) { c.exec(`UPDATE patron SET valid_until = '2026-11-23' WHERE id = 'p1001'`) }, "card_expired", true},
		"lost":              {"1001", nil, func(c *left) { c.exec(`UPDATE patron SET blocks = 'lost_card' WHERE id = 'p1001'`) }, "card_lost", true},
		"blocked":           {"1001", nil, func(c *left) { c.exec(`UPDATE patron SET blocks = 'staff' WHERE id = 'p1001'`) }, "card_blocked", true},
		"branch":            {"1001", func(r *library.Request) { r.Holds.Pickup = "nowhere" }, nil, "branch_unknown", true},
		"branch with a NUL": {"1001", func(r *library.Request) { r.Holds.Pickup = "\x00" }, nil, "branch_unknown", true},
	} {
		t.Run(name, func(t *testing.T) {
			eachLeft(t, func(t *testing.T, c *left) {
				if test.prepare != nil {
					test.prepare(c)
				}
				r := c.request(test.card, holdsOf(bibID(0)))
				if test.change != nil {
					test.change(&r)
				}
				id := c.leave(r)
				if n := c.count(`SELECT count(*) FROM hold`); n != 0 {
					t.Errorf("%d holds", n)
				}
				handed := c.become(id)
				for where, got := range map[string]library.RequestResult{"mail": c.mailed(), "staff": handed[0].Result} {
					said := ""
					if len(got.Lines) == 1 {
						said = got.Lines[0].Title
					}
					if got.Refusal != test.refusal || got.Receipt != receiptOf(id) || said == "こころ 0" != test.titles || got.Lines == nil || len(got.Lines) > 1 || got.NoContact {
						t.Errorf("%s: %+v", where, got)
					}
				}
				if handed[0].Proven() != test.titles || c.counted(test.refusal) != "1" || handed[0].Patron != "p1001" {
					t.Errorf("%s counted, staff see %+v", c.counted(test.refusal), handed)
				}
			})
		})
	}
}

func TestACardIsJudgedAsOfTheDay(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		c.exec(`UPDATE patron SET valid_until = '2026-11-24' WHERE id = 'p1001'`)
		r := c.request("1001", holdsOf(bibID(0))) // on that day
		c.now = c.now.Add(48 * time.Hour)
		c.leave(r)
		if got := c.mailed(); got.Refusal != "" || got.Lines[0].Refusal != "" {
			t.Errorf("%+v", got)
		}
		c.leave(c.request("1001", holdsOf(bibID(1))))
		if got := c.mailed(); got.Refusal != "card_expired" {
			t.Errorf("%+v", got)
		}
	})
}

// TestWhoIsBlockedAsOverdue may leave requests for holds, and is told that nothing can be
// collected; of what is refused nothing is said but that.
func TestWhoIsBlockedAsOverdue(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		c.exec(`UPDATE patron SET blocks = 'overdue' WHERE id = 'p1001'`)
		for _, test := range []struct {
			card string
			want bool
		}{{"1001", true}, {"1001", false}, {"1002", false}} { // the second is held already
			c.leave(c.request(test.card, holdsOf(bibID(0))))
			if got := c.mailed(); got.Blocked != test.want || got.Refusal != "" {
				t.Errorf("%+v: %+v", test, got)
			}
		}
		if all := c.results("1001"); len(all) != 2 || all[1].Blocked == all[0].Blocked {
			t.Errorf("%+v", all)
		}
		if a := answer[library.Account](t, c.get("/v1/me", c.logIn("1001"))); !a.BlockedAsOverdue() {
			t.Errorf("account %+v", a)
		}
	})
}

// TestAContactThatIsNotRegistered does not keep a hold from being placed.
func TestAContactThatIsNotRegistered(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		c.exec(`UPDATE patron SET email = ''`)
		c.leave(c.request("1001", holdsOf(bibID(0)))) // by mail
		c.leave(c.request("1001", holdsOf(bibID(1)), func(r *library.Request) { r.Holds.Contact = library.ByPhone }))
		c.leave(c.request("1001", holdsOf(bibID(1)), func(r *library.Request) { r.Holds.Contact = library.ByPhone }))
		c.leave(c.request("1001", holdsOf(bibID(2)), func(r *library.Request) { r.Holds.Contact = library.NoNews }))
		all := c.results("1001")
		if len(all) != 4 {
			t.Fatalf("%+v", all)
		}
		for n, want := range []bool{false, false, true, true} { // the third was held already
			if all[n].NoContact != want {
				t.Errorf("%d: %+v", n, all[n])
			}
		}
		for _, h := range c.list(c.logIn("1001")) {
			if h.Contact != library.NoNews {
				t.Errorf("held %+v", h)
			}
		}
		if mails := c.box.take(); len(mails) != 0 {
			t.Errorf("mails to nowhere: %+v", mails)
		}
	})
}

// TestNobodyLearnsWhoIsRegistered: an unknown card, a wrong password and a right one
// are answered alike, to the byte.
func TestNobodyLearnsWhoIsRegistered(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		type answered struct {
			whole
			header string
		}
		answers := map[answered][]string{}
		for what, r := range map[string]library.Request{
			"right": c.request("1001", holdsOf(bibID(0))), "wrong": c.request("1002", holdsOf(bibID(0)), password("x")), "unknown": c.request("9999", holdsOf(bibID(0))),
		} {
			id := newKey()
			resp := c.hand(id, c.seal(id, r))
			a := answered{read(t, resp), fmt.Sprint(resp.Header)}
			answers[a] = append(answers[a], what)
		}
		if len(answers) != 1 {
			t.Errorf("answered in different ways: %v", answers)
		}
		if n := c.count(countedTries); n != 2 {
			t.Errorf("%d cards failed", n)
		}
		// What a stranger asked for with somebody's card is not that patron's to read.
		if got := c.result("1002"); got.Refusal != "login_failed" || len(got.Lines) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// TestAnUnknownCard leaves a row, and nobody to tell.
func TestAnUnknownCard(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		id := c.leave(c.request("9999", holdsOf(bibID(0))))
		if h := c.become(id); len(h) != 1 || h[0].Patron != "" || h[0].Result.Refusal != "login_failed" || h[0].Proven() || c.count(`SELECT count(*) FROM request WHERE patron_id IS NULL`) != 1 {
			t.Errorf("%+v", h)
		}
		if mails := c.box.take(); len(mails) != 0 {
			t.Errorf("mails %+v", mails)
		}
	})
}

// TestStrangersFillNoMailbox: of requests without the password a patron is told so often
// a day.
func TestStrangersFillNoMailbox(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		for n := range 30 {
			c.leave(c.request("1002", holdsOf(bibID(n%3)), password("x")))
			if n < 20 { // then the card is locked
				c.now = c.now.Add(time.Hour)
			}
		}
		if mails := c.box.take(); len(mails) != 10 || c.counted("card_locked") != "10" || c.counted("login_failed") != "20" {
			t.Errorf("%d mails, %s locked, %s failed", len(mails), c.counted("card_locked"), c.counted("login_failed"))
		}
		if n := c.count(`SELECT count(*) FROM request WHERE patron_id = 'p1002'`); n != 10 {
			t.Errorf("the menu would show %d", n)
		}
		c.now = c.now.Add(24 * time.Hour)
		c.leave(c.request("1002", holdsOf(bibID(0))))
		if got := c.mailed(); got.Refusal != "card_locked" {
			t.Errorf("the next day: %+v", got)
		}
	})
}

// TestTheThrottleKeepsARequest: the terminal is told to come again, and then it happens
// as of when it was received.
func TestTheThrottleKeepsARequest(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		r := c.request("1001", holdsOf(bibID(0)))
		for range 5 {
			c.leave(c.request("1001", holdsOf(bibID(0)), password("wrong")))
		}
		id := newKey()
		sealed := c.seal(id, r)
		resp := c.hand(id, sealed)
		if resp.Header.Get("Retry-After") != "30" {
			t.Errorf("Retry-After %q", resp.Header.Get("Retry-After"))
		}
		wantProblem(t, resp, http.StatusTooManyRequests, "try_later")
		if n := c.count(`SELECT count(*) FROM request`); n != 5 {
			t.Errorf("%d requests are stored", n)
		}
		c.now = c.now.Add(30 * time.Second)
		wantDone(t, c.hand(id, sealed))
		if h := c.list(c.logIn("1001")); len(h) != 1 || !h[0].ReceivedAt.Equal(r.ReceivedAt) {
			t.Errorf("held %+v", h)
		}
		if n := c.count(countedTries) + c.count(`SELECT count(*) FROM terminal_failure`); n != 0 {
			t.Errorf("the right password was not forgiven: %d", n)
		}
		if all := c.results("1001"); len(all) != 6 || all[0].Refusal != "" && all[5].Refusal != "" {
			t.Errorf("results %+v", all)
		}

		for n := range 10 { // ten cards fail here
			c.leave(c.request(fmt.Sprint(5000+n), holdsOf(bibID(0))))
		}
		id = newKey()
		sealed = c.seal(id, c.request("1001", holdsOf(bibID(1))))
		resp = c.hand(id, sealed)
		if resp.Header.Get("Retry-After") != "60" {
			t.Errorf("Retry-After %q", resp.Header.Get("Retry-After"))
		}
		wantProblem(t, resp, http.StatusTooManyRequests, "terminal_throttled")
		c.now = c.now.Add(10 * time.Minute)
		wantDone(t, c.hand(id, sealed))
		if h := c.list(c.logIn("1001")); len(h) != 2 {
			t.Errorf("held %+v", h)
		}
		if c.counted("try_later") != "1" || c.counted("terminal_throttled") != "1" || c.counted("granted") != "2" {
			t.Errorf("counted %s, %s, %s", c.counted("try_later"), c.counted("terminal_throttled"), c.counted("granted"))
		}
	})
}
