package central_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// TestARequestHappensOnce, however often, from wherever and in whatever writing of its
// ID it comes again; another one with its ID does not happen.
func TestARequestHappensOnce(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		id := newKey()
		sealed := c.seal(id, c.request("1001", holdsOf(bibID(0))))
		wantDone(t, c.hand(id, sealed))
		c.exec(`DELETE FROM hold`)
		for name, x := range map[string]*terminal{"this": c.terminal, "another": c.server.terminal()} {
			for _, written := range []string{id, strings.ToUpper(id)} {
				wantDone(t, x.hand(written, sealed))
				if n := c.count(`SELECT count(*) FROM hold`); n != 0 {
					t.Fatalf("%s terminal, %s: it happened again", name, written)
				}
			}
		}
		// Also when its patron could no longer log in.
		c.exec(`UPDATE patron SET blocks = 'lost_card'`)
		wantDone(t, c.hand(id, sealed))

		for what, other := range map[string]protocol.SealedRequest{
			"sealed anew":  c.seal(id, c.request("1001", holdsOf(bibID(0)))),
			"another wish": c.seal(id, c.request("1002", holdsOf(bibID(1)))),
			"another key":  {Key: "x", Sealed: sealed.Sealed},
			"damaged":      {Key: sealed.Key, Sealed: sealed.Sealed[1:]},
			"nothing":      {},
		} {
			resp := c.hand(id, other)
			if resp.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s: %s", what, resp.Status)
			}
			wantProblem(t, resp, http.StatusUnprocessableEntity, "idempotency_key_reused")
		}
		if mails := c.box.take(); len(mails) != 1 || c.counted("again") != "5" || c.counted("idempotency_key_reused") != "5" {
			t.Errorf("%d mails, %s again, %s reused", len(mails), c.counted("again"), c.counted("idempotency_key_reused"))
		}
		if n := c.count(`SELECT count(*) FROM request`) + c.count(countedTries); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}

// TestARequestHandedOverByMany at once, to two processes, happens once.
func TestARequestHandedOverByMany(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			at := dsn(t)
			c := newLeft(t, dbtest.Open(t, at))
			other := newServer(t, dbtest.Open(t, at))
			cfg := other.config
			cfg.Requests, cfg.Mail = c.key, c.box
			other.Service = central.New(cfg)
			for _, test := range []struct {
				password string
				refusal  string
			}{{"right1001", ""}, {"wrong", "login_failed"}} {
				id := newKey()
				sealed := c.seal(id, c.request("1001", holdsOf(bibID(0), bibID(1)), password(test.password)))
				c.exec(`DELETE FROM hold`)
				c.exec(`DELETE FROM login_failure`)
				c.box.take()
				var wg sync.WaitGroup
				for n := range 16 {
					wg.Go(func() {
						x := *c.terminal
						if n%2 == 1 {
							x.server = other
						}
						switch resp := x.hand(id, sealed); resp.StatusCode {
						case http.StatusNoContent:
						case http.StatusTooManyRequests: // so many at once look like guesses; the terminal comes again
						default:
							t.Errorf("%s", resp.Status)
						}
					})
				}
				wg.Wait()
				c.now = c.now.Add(2 * time.Hour)
				wantDone(t, c.hand(id, sealed))
				if n := c.count(`SELECT count(*) FROM request WHERE id = $1`, id); n != 1 {
					t.Errorf("%d rows", n)
				}
				if got := c.mailed(); got.Refusal != test.refusal {
					t.Errorf("mailed %+v", got)
				}
				want := 2
				if test.refusal != "" {
					want = 0
				}
				if n := c.count(`SELECT count(*) FROM hold`); n != want {
					t.Errorf("%d holds, want %d", n, want)
				}
				if n := c.count(countedTries); test.refusal == "" && n != 0 {
					t.Error("a try of the right password is left counted")
				}
			}
		})
	}
}

// TestManyRequestsOfManyPatrons at once, for one book: all are held, in their order.
func TestManyRequestsOfManyPatrons(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		const patrons = 12
		var wg sync.WaitGroup
		for n := range patrons {
			card := string(rune('a'+n)) + "77"
			c.patron(card, nil)
			x, id := c.server.terminal(), newKey()
			sealed := c.seal(id, c.request(card, holdsOf(bibID(0)), receivedAt(c.now.Add(-time.Duration(n)*time.Minute))))
			wg.Go(func() { wantDone(t, x.hand(id, sealed)) })
		}
		wg.Wait()
		for n := range patrons {
			x := c.server.terminal()
			if h := x.list(x.logIn(string(rune('a'+n)) + "77")); len(h) != 1 || h[0].Position != patrons-n {
				t.Errorf("%d: %+v", n, h)
			}
		}
	})
}

// TestRequestsThatCannotBeRead leave nothing behind, not even a try.
func TestRequestsThatCannotBeRead(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		id := newKey()
		good := c.seal(id, c.request("1001", holdsOf(bibID(0))))
		stranger := newRequestKey(t)
		elsewhere, err := protocol.SealRequest(stranger.SiteKey(), id, c.request("1001", holdsOf(bibID(0))))
		if err != nil {
			t.Fatal(err)
		}
		flipped := protocol.SealedRequest{Key: good.Key, Sealed: append([]byte(nil), good.Sealed...)}
		flipped.Sealed[40] ^= 1
		many := make([]library.BibID, 101)
		for what, sealed := range map[string]protocol.SealedRequest{
			"of another id": c.seal(newKey(), c.request("1001", holdsOf(bibID(0)))), "to another key": elsewhere, "flipped": flipped, "empty": {},
			"no wish":    c.seal(id, c.request("1001")),
			"two wishes": c.seal(id, c.request("1001", holdsOf(bibID(0)), renewalOf(itemID(0)))),
			"no bibs":    c.seal(id, c.request("1001", holdsOf())), "many bibs": c.seal(id, c.request("1001", holdsOf(many...))),
			"contact":       c.seal(id, c.request("1001", holdsOf(bibID(0)), func(r *library.Request) { r.Holds.Contact = "fax" })),
			"long card":     c.seal(id, c.request(strings.Repeat("1", 101), holdsOf(bibID(0)))),
			"card":          c.seal(id, c.request("10\x0001", holdsOf(bibID(0)))),
			"long password": c.seal(id, c.request("1001", holdsOf(bibID(0)), password(strings.Repeat("x", 201)))),
		} {
			resp := c.hand(id, sealed)
			if resp.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s: %s", what, resp.Status)
			}
			wantProblem(t, resp, http.StatusUnprocessableEntity, "request_unreadable")
		}
		for body, want := range map[string]int{`{`: 400, `[]`: 400, `{"key":1}`: 400, `{"key":"x","sealed":"?"}`: 400, `{"key":"x","card":"1001"}`: 400, `{} {}`: 400, strings.Repeat(" ", 70<<10): 413} {
			resp := c.do("POST", "/v1/requests", body, "Authorization", "Bearer "+c.secret, "Content-Type", "application/json", protocol.IdempotencyHeader, id)
			if resp.StatusCode != want {
				t.Errorf("%.30s: %s", body, resp.Status)
			}
		}
		for _, key := range []string{"", "x", id[:35], "{" + id + "}"} {
			wantProblem(t, c.hand(key, good), http.StatusBadRequest, protocol.CodeBadRequest)
		}
		wantProblem(t, c.do("POST", "/v1/requests", `{}`, "Content-Type", "application/json"), http.StatusUnauthorized, protocol.CodeUnauthorized)
		if n := c.count(`SELECT count(*) FROM request`) + c.count(countedTries) + c.count(`SELECT count(*) FROM hold`); n != 0 || c.counted("request_unreadable") != "12" {
			t.Errorf("%d rows, %s counted", n, c.counted("request_unreadable"))
		}

		// As of a server that has no key at all; and with it again.
		cfg := c.config
		cfg.Requests = nil
		with := c.Service
		c.Service = central.New(cfg)
		wantProblem(t, c.hand(id, good), http.StatusUnprocessableEntity, "request_unreadable")
		if site := answer[library.Site](t, c.get("/v1/site", "")); site.RequestKey != "" {
			t.Errorf("terminals learn the key %q", site.RequestKey)
		}
		c.Service = with
		wantDone(t, c.hand(id, good))
	})
}

// unsteady is a circulation system that breaks off after the change, or in which a
// password is set between the check and the change.
type unsteady struct {
	central.Circulation
	trouble bool
	change  func(ctx context.Context) error // before holds are placed
	looked  func()                          // when a card is looked for
}

func (u *unsteady) PlaceHolds(ctx context.Context, o circulation.Order[[]library.HoldAnswer], req library.HoldRequest) ([]library.HoldAnswer, error) {
	if u.change != nil {
		if err := u.change(ctx); err != nil {
			return nil, err
		}
	}
	return u.Circulation.PlaceHolds(ctx, troubled(o, u.trouble), req)
}

func (u *unsteady) PatronByCard(ctx context.Context, card string) (library.Patron, error) {
	if u.looked != nil {
		u.looked()
	}
	return u.Circulation.PatronByCard(ctx, card)
}

// TestTroubleLosesNoRequest: between the count and the change the server breaks off, so
// the terminal asks again, and then it happens.
func TestTroubleLosesNoRequest(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		u := &unsteady{Circulation: c.ledger.Circulation(), trouble: true}
		c.with(u)
		id := newKey()
		sealed := c.seal(id, c.request("1001", holdsOf(bibID(0))))
		for range 25 { // more often than a password may be wrong
			wantProblem(t, c.hand(id, sealed), http.StatusInternalServerError, protocol.CodeInternal)
		}
		if n := c.count(`SELECT count(*) FROM request`) + c.count(`SELECT count(*) FROM hold`) + c.count(countedTries); n != 0 {
			t.Errorf("trouble left %d rows behind", n)
		}
		if c.counted("again") != "0" || strings.Contains(c.log.String(), "a request that was left") {
			t.Errorf("trouble is an outcome: %s", &c.log)
		}
		c.box.take() // queued in no database
		u.trouble = false
		wantDone(t, c.hand(id, sealed))
		if got := c.mailed(); got.Refusal != "" || c.count(`SELECT count(*) FROM hold`) != 1 {
			t.Errorf("%+v", got)
		}
	})
}

// TestATerminalThatGivesUpWaiting: what it handed over is judged all the same, and it is
// told so when it asks again.
func TestATerminalThatGivesUpWaiting(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		ctx, cancel := context.WithCancel(t.Context())
		u := &unsteady{Circulation: c.ledger.Circulation(), looked: cancel}
		c.with(u)
		id := newKey()
		sealed := c.seal(id, c.request("1001", holdsOf(bibID(0))))
		body, err := json.Marshal(sealed)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(ctx, "POST", "/v1/requests", bytes.NewReader(body))
		r.Header = http.Header{"Authorization": {"Bearer " + c.secret}, "Content-Type": {"application/json"}, protocol.IdempotencyHeader: {id}}
		c.ServeHTTP(httptest.NewRecorder(), r)
		if ctx.Err() == nil || c.count(`SELECT count(*) FROM hold`) != 1 || c.count(countedTries) != 0 {
			t.Error("it broke off")
		}
		wantDone(t, c.hand(id, sealed))
		if c.counted("granted") != "1" || c.counted("again") != "1" {
			t.Errorf("%s granted, %s again", c.counted("granted"), c.counted("again"))
		}
	})
}

// TestAPasswordSetMeanwhile: neither the old nor the new one was looked at for this.
func TestAPasswordSetMeanwhile(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		u := &unsteady{Circulation: c.ledger.Circulation(), change: func(ctx context.Context) error {
			return c.db.Tx(ctx, func(tx *db.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE patron_password SET hash = 'another'`)
				return err
			})
		}}
		c.with(u)
		id := newKey()
		sealed := c.seal(id, c.request("1001", holdsOf(bibID(0))))
		wantProblem(t, c.hand(id, sealed), http.StatusServiceUnavailable, protocol.CodeUnavailable)
		if n := c.count(`SELECT count(*) FROM request`) + c.count(`SELECT count(*) FROM hold`); n != 0 {
			t.Errorf("%d rows", n)
		}
		u.change = nil
		if err := c.passwords.SetPassword(t.Context(), "p1001", passwordOf("1001")); err != nil {
			t.Fatal(err)
		}
		wantDone(t, c.hand(id, sealed))
		if got := c.mailed(); got.Refusal != "" {
			t.Errorf("%+v", got)
		}
	})
}
