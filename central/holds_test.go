package central_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
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

// holdCity is a service with two branches that are open every day, patrons 1001,
// 1002 and 1003, and books of which each has one copy, lent to 1003.
type holdCity struct {
	*terminal
	token string // of 1001
}

func newHoldCity(s *server, books int) *holdCity {
	s.t.Helper()
	var hours [7]library.Hours
	for n := range hours {
		hours[n] = library.Hours{Open: 9 * 60, Close: 19 * 60}
	}
	for _, code := range []library.BranchCode{"chuo", "kita"} {
		if err := s.catalogue.PutBranch(s.t.Context(), library.Branch{Code: code, Name: string(code), Calendar: library.Calendar{Hours: hours}}); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, card := range []string{"1001", "1002", "1003"} {
		s.patron(card, nil)
	}
	s.put(0, books)
	for n := range books {
		if _, _, err := s.ledger.Checkout(s.t.Context(), "1003", string(itemID(n)), ""); err != nil {
			s.t.Fatal(err)
		}
	}
	x := s.terminal()
	return &holdCity{x, x.logIn("1001")}
}

func eachCity(t *testing.T, books int, test func(*testing.T, *holdCity)) {
	t.Helper()
	each(t, func(t *testing.T, s *server) { test(t, newHoldCity(s, books)) })
}

func bibID(n int) library.BibID   { return library.BibID("b000" + string(rune('0'+n))) }
func itemID(n int) library.ItemID { return "i" + library.ItemID(bibID(n)) }

func cart(bibs ...library.BibID) library.HoldRequest {
	return library.HoldRequest{Bibs: bibs, Pickup: "chuo", Contact: library.ByMail}
}

func (x *terminal) change(method, path, token, key string, body any) *http.Response {
	x.t.Helper()
	return x.ask(method, path, body, protocol.SessionHeader, token, protocol.IdempotencyHeader, key)
}

func (x *terminal) place(token, key string, req library.HoldRequest) *http.Response {
	x.t.Helper()
	return x.change("POST", "/v1/me/holds", token, key, req)
}

// hold places one hold for 1001.
func (c *holdCity) hold(bib library.BibID) library.PatronHold {
	c.t.Helper()
	lines := answer[protocol.HoldAnswers](c.t, c.place(c.token, newKey(), cart(bib))).Lines
	if len(lines) != 1 || lines[0].Hold == nil {
		c.t.Fatalf("held %+v", lines)
	}
	return *lines[0].Hold
}

func (x *terminal) list(token string) []library.PatronHold {
	x.t.Helper()
	return answer[library.PatronHolds](x.t, x.get("/v1/me/holds", token)).Holds
}

// staff logs a staff member in.
func (x *terminal) staff() (token string) {
	x.t.Helper()
	const password = "a long password"
	if err := central.NewStaff(x.passwords).Add(x.t.Context(), "command:test", central.Staff{Name: "sato", Role: central.RoleDesk}, password); err != nil {
		x.t.Fatal(err)
	}
	return answer[protocol.StaffLoggedIn](x.t, x.ask("POST", "/v1/staff/sessions", protocol.StaffLogin{Name: "sato", Password: password})).Token
}

func holdPath(h library.PatronHold) string { return "/v1/me/holds/" + string(h.ID) }

func TestACartIsAnsweredLineByLine(t *testing.T) {
	eachCity(t, 2, func(t *testing.T, c *holdCity) {
		own := c.lend("1001")
		reference := library.Record{
			Bib:   library.Bib{ID: "reference", Kind: library.Book, Title: "辞典"},
			Items: []library.Item{{ID: "r1", Branch: "chuo", State: library.OnShelf}},
		}
		empty := library.Record{Bib: library.Bib{ID: "empty", Kind: library.Book, Title: "欠本"}}
		if _, err := c.catalogue.Put(t.Context(), reference, empty); err != nil {
			t.Fatal(err)
		}
		bibs := []library.BibID{bibID(0), "none", "reference", "empty", own.BibID, bibID(0), "\x00", bibID(1)}
		lines := answer[protocol.HoldAnswers](t, c.place(c.token, newKey(), cart(bibs...))).Lines
		want := []string{"", "bib_unknown", "not_lent", "no_copies", "has_on_loan", "already_held", "bib_unknown", ""}
		if len(lines) != len(want) {
			t.Fatalf("answers %+v", lines)
		}
		for n, line := range lines {
			if line.BibID != bibs[n] || line.Refusal != want[n] || (line.Hold != nil) != (want[n] == "") {
				t.Errorf("line %d: %+v, want %q", n, line, want[n])
			}
		}
		h := lines[0].Hold
		if h.BibID != bibID(0) || h.State != library.Waiting || h.Position != 1 || !h.MayChange || h.Pickup != "chuo" || h.Contact != library.ByMail || h.Title == "" || !h.ReceivedAt.Equal(c.now) {
			t.Errorf("held %+v", h)
		}
		if all := c.list(c.token); len(all) != 2 {
			t.Errorf("listed %+v", all)
		}
		y := c.server.terminal()
		if all := y.list(y.logIn("1002")); len(all) != 0 {
			t.Errorf("another patron sees %+v", all)
		}
	})
}

func TestAHoldIsChangedAndCancelled(t *testing.T) {
	eachCity(t, 1, func(t *testing.T, c *holdCity) {
		h := c.hold(bibID(0))
		changed := answer[library.PatronHold](t, c.change("PATCH", holdPath(h), c.token, newKey(), protocol.HoldChange{Pickup: "kita", Contact: library.NoNews}))
		if changed.ID != h.ID || changed.Pickup != "kita" || changed.Contact != library.NoNews || changed.State != library.Waiting {
			t.Errorf("changed %+v", changed)
		}
		if all := c.list(c.token); len(all) != 1 || all[0].Pickup != "kita" {
			t.Errorf("listed %+v", all)
		}
		cancelled := answer[library.PatronHold](t, c.change("DELETE", holdPath(h), c.token, newKey(), nil))
		if cancelled.State != library.Cancelled || cancelled.EndedOn != (library.Date{Year: 2026, Month: 11, Day: 24}) || cancelled.MayChange {
			t.Errorf("cancelled %+v", cancelled)
		}
		wantProblem(t, c.change("DELETE", holdPath(h), c.token, newKey(), nil), http.StatusConflict, "hold_not_waiting")
		wantProblem(t, c.change("PATCH", holdPath(h), c.token, newKey(), protocol.HoldChange{Pickup: "chuo", Contact: library.NoNews}), http.StatusConflict, "hold_not_waiting")
		if all := c.list(c.token); len(all) != 1 || all[0].State != library.Cancelled {
			t.Errorf("listed %+v", all)
		}
	})
}

func TestAHoldIsItsPatronsAlone(t *testing.T) {
	eachCity(t, 1, func(t *testing.T, c *holdCity) {
		h := c.hold(bibID(0))
		y := c.server.terminal()
		other := y.logIn("1002")
		change := protocol.HoldChange{Pickup: "kita", Contact: library.NoNews}
		for _, id := range []string{string(h.ID), "none", "%00", "%ff"} {
			wantProblem(t, y.change("DELETE", "/v1/me/holds/"+id, other, newKey(), nil), http.StatusNotFound, "hold_unknown")
			wantProblem(t, y.change("PATCH", "/v1/me/holds/"+id, other, newKey(), change), http.StatusNotFound, "hold_unknown")
		}
		// The token of 1001, at another terminal.
		wantProblem(t, y.get("/v1/me/holds", c.token), http.StatusUnauthorized, "session_ended")
		wantProblem(t, y.place(c.token, newKey(), cart(bibID(0))), http.StatusUnauthorized, "session_ended")
		wantProblem(t, y.change("DELETE", holdPath(h), c.token, newKey(), nil), http.StatusUnauthorized, "session_ended")
		wantProblem(t, y.change("PATCH", holdPath(h), c.token, newKey(), change), http.StatusUnauthorized, "session_ended")
		if all := c.list(c.token); len(all) != 1 || all[0].State != library.Waiting || all[0].Pickup != "chuo" {
			t.Errorf("listed %+v", all)
		}
	})
}

func TestWhatIsNoRequestForHolds(t *testing.T) {
	eachCity(t, 2, func(t *testing.T, c *holdCity) {
		h := c.hold(bibID(0))
		c.patron("1001", func(p *library.Patron) { p.Email = "" })
		with := func(change func(*library.HoldRequest)) library.HoldRequest {
			r := library.HoldRequest{Bibs: []library.BibID{bibID(1)}, Pickup: "chuo", Contact: library.NoNews}
			change(&r)
			return r
		}
		for name, test := range map[string]struct {
			method, path string
			body         any
			status       int
			code         string
		}{
			"unknown branch":           {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Pickup = "nowhere" }), 404, "branch_unknown"},
			"odd branch":               {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Pickup = "\x00" }), 404, "branch_unknown"},
			"no branch":                {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Pickup = "" }), 404, "branch_unknown"},
			"no address":               {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Contact = library.ByMail }), 409, "no_email"},
			"no number":                {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Contact = library.ByPhone }), 409, "no_phone"},
			"unknown contact":          {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Contact = "fax" }), 400, "bad_request"},
			"no contact":               {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Contact = "" }), 400, "bad_request"},
			"no bibs":                  {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Bibs = nil }), 400, "bad_request"},
			"too many bibs":            {"POST", "/v1/me/holds", with(func(r *library.HoldRequest) { r.Bibs = slices.Repeat(r.Bibs, 101) }), 400, "bad_request"},
			"no request":               {"POST", "/v1/me/holds", nil, 400, "bad_request"},
			"another's field":          {"POST", "/v1/me/holds", map[string]any{"patron": "1002"}, 400, "bad_request"},
			"change: unknown branch":   {"PATCH", holdPath(h), protocol.HoldChange{Pickup: "nowhere", Contact: library.NoNews}, 404, "branch_unknown"},
			"change: no branch":        {"PATCH", holdPath(h), protocol.HoldChange{Contact: library.NoNews}, 404, "branch_unknown"},
			"change: no contact":       {"PATCH", holdPath(h), protocol.HoldChange{Pickup: "kita"}, 400, "bad_request"},
			"change: no address":       {"PATCH", holdPath(h), protocol.HoldChange{Pickup: "kita", Contact: library.ByMail}, 409, "no_email"},
			"cancellation with a body": {"DELETE", holdPath(h), protocol.HoldChange{}, 400, "bad_request"},
		} {
			t.Run(name, func(t *testing.T) {
				wantProblem(t, c.change(test.method, test.path, c.token, newKey(), test.body), test.status, test.code)
			})
		}
		wantProblem(t, c.place(c.token, "", cart(bibID(1))), http.StatusBadRequest, "bad_request")
		if all := c.list(c.token); len(all) != 1 || all[0].State != library.Waiting || all[0].Pickup != "chuo" {
			t.Errorf("listed %+v", all)
		}
	})
}

func TestChangesOfHoldsHappenOnce(t *testing.T) {
	eachCity(t, 2, func(t *testing.T, c *holdCity) {
		twice := func(method, path string, body, another any) whole {
			t.Helper()
			key := newKey()
			first := read(t, c.change(method, path, c.token, key, body))
			c.now = c.now.Add(time.Minute)
			if got := read(t, c.change(method, path, c.token, key, body)); got != first || first.status != http.StatusOK {
				t.Errorf("%s %s again: %+v, first %+v", method, path, got, first)
			}
			if another != nil {
				wantProblem(t, c.change(method, path, c.token, key, another), http.StatusUnprocessableEntity, "idempotency_key_reused")
			}
			return first
		}
		placed := twice("POST", "/v1/me/holds", cart(bibID(0)), cart(bibID(1)))
		var a protocol.HoldAnswers
		if err := json.Unmarshal([]byte(placed.body), &a); err != nil || len(a.Lines) != 1 || a.Lines[0].Hold == nil {
			t.Fatalf("placed %+v, %v", placed, err)
		}
		if n := c.count(`SELECT count(*) FROM hold`); n != 1 {
			t.Fatalf("%d holds", n)
		}
		h := *a.Lines[0].Hold
		twice("PATCH", holdPath(h), protocol.HoldChange{Pickup: "kita", Contact: library.NoNews}, protocol.HoldChange{Pickup: "chuo", Contact: library.NoNews})
		if all := c.list(c.token); len(all) != 1 || all[0].Pickup != "kita" {
			t.Errorf("listed %+v", all)
		}
		twice("DELETE", holdPath(h), nil, nil)
		if all := c.list(c.token); len(all) != 1 || all[0].State != library.Cancelled {
			t.Errorf("listed %+v", all)
		}
	})
}

// TestTheSameCartTwiceAtOnce: a patron at two terminals, of two central processes,
// confirms the same cart, each three times with one key.
func TestTheSameCartTwiceAtOnce(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			where := dsn(t)
			c := newHoldCity(newServer(t, dbtest.Open(t, where)), 3)
			y := c.server.terminal()
			y.server = c.sibling(dbtest.Open(t, where))
			tokens := map[*terminal]string{c.terminal: c.token, y: y.logIn("1001")}
			placed := map[library.BibID]map[library.HoldID]bool{}
			var mu sync.Mutex
			var asking sync.WaitGroup
			for x, token := range tokens {
				key := newKey()
				for range 3 {
					asking.Go(func() {
						resp := x.place(token, key, cart(bibID(2), bibID(0), bibID(1)))
						mu.Lock()
						defer mu.Unlock()
						var a protocol.HoldAnswers
						if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || resp.StatusCode != http.StatusOK || len(a.Lines) != 3 {
							t.Errorf("status %d: %+v, %v", resp.StatusCode, a, err)
							return
						}
						for _, line := range a.Lines {
							switch {
							case line.Hold == nil && line.Refusal != library.ErrAlreadyHeld.Code:
								t.Errorf("answered %+v", line)
							case line.Hold != nil && placed[line.BibID] == nil:
								placed[line.BibID] = map[library.HoldID]bool{line.Hold.ID: true}
							case line.Hold != nil:
								placed[line.BibID][line.Hold.ID] = true
							}
						}
					})
				}
			}
			asking.Wait()
			for n := range 3 {
				if len(placed[bibID(n)]) != 1 {
					t.Errorf("holds on %s: %v", bibID(n), placed[bibID(n)])
				}
			}
			if n := c.count(`SELECT count(*) FROM hold`); n != 3 {
				t.Errorf("%d holds", n)
			}
		})
	}
}

// faulty is a circulation system that is in trouble now and then, and counts how
// often holds expired.
type faulty struct {
	central.Circulation
	central.Expiry
	trouble bool
	expired int
}

func (f *faulty) PlaceHolds(ctx context.Context, o circulation.Order[[]library.HoldAnswer], req library.HoldRequest) ([]library.HoldAnswer, error) {
	return f.Circulation.PlaceHolds(ctx, troubled(o, f.trouble), req)
}

// troubled is an order that cannot be recorded while there is trouble.
func troubled[T any](o circulation.Order[T], trouble bool) circulation.Order[T] {
	if trouble {
		o.Record = func(context.Context, *db.Tx, T) error { return errors.New("trouble after the effect was made") }
	}
	return o
}

func (f *faulty) ExpireHolds(ctx context.Context, record func(context.Context, *db.Tx, library.Hold) error) (int, error) {
	if f.trouble {
		return 0, errors.New("trouble before holds expired")
	}
	f.expired++
	return f.Expiry.ExpireHolds(ctx, record)
}

// with gives the service another circulation system.
func (s *server) with(c central.Circulation) {
	cfg := s.config
	cfg.Circulation = c
	if x, ok := c.(central.Expiry); ok {
		cfg.Expiry = x
	}
	s.Service = central.New(cfg)
}

func TestTroubleHoldsNothing(t *testing.T) {
	eachCity(t, 1, func(t *testing.T, c *holdCity) {
		f := &faulty{Circulation: c.ledger.Circulation(), Expiry: c.ledger, trouble: true}
		c.with(f)
		key := newKey()
		wantProblem(t, c.place(c.token, key, cart(bibID(0))), http.StatusInternalServerError, protocol.CodeInternal)
		if n := c.count(`SELECT count(*) FROM hold`); n != 0 {
			t.Errorf("trouble left %d holds behind", n)
		}
		f.trouble = false
		if lines := answer[protocol.HoldAnswers](t, c.place(c.token, key, cart(bibID(0)))).Lines; len(lines) != 1 || lines[0].Hold == nil {
			t.Errorf("afterwards %+v", lines)
		}
	})
}

func TestPaperHolds(t *testing.T) {
	eachCity(t, 1, func(t *testing.T, c *holdCity) {
		h := c.hold(bibID(0))
		staff := c.staff()
		form := protocol.PaperHolds{Card: "1002", Bibs: []library.BibID{bibID(0)}, Pickup: "kita", Contact: library.ByMail, ReceivedAt: c.now.Add(-26 * time.Hour)}
		enter := func(token, key string, form protocol.PaperHolds) *http.Response {
			t.Helper()
			return c.change("POST", "/v1/desk/paper-holds", token, key, form)
		}
		wantProblem(t, enter("", newKey(), form), http.StatusForbidden, "staff_only")
		wantProblem(t, enter(c.token, newKey(), form), http.StatusForbidden, "staff_only")
		for name, test := range map[string]struct {
			change func(*protocol.PaperHolds)
			status int
			code   string
		}{
			"nobody's card":  {func(f *protocol.PaperHolds) { f.Card = "9999" }, 404, "patron_unknown"},
			"no bib":         {func(f *protocol.PaperHolds) { f.Bibs = nil }, 400, "bad_request"},
			"unknown branch": {func(f *protocol.PaperHolds) { f.Pickup = "nowhere" }, 404, "branch_unknown"},
			"odd contact":    {func(f *protocol.PaperHolds) { f.Contact = "fax" }, 400, "bad_request"},
			"no time":        {func(f *protocol.PaperHolds) { f.ReceivedAt = time.Time{} }, 400, "bad_request"},
			"in the future":  {func(f *protocol.PaperHolds) { f.ReceivedAt = c.now.Add(time.Second) }, 422, "form_future"},
			"too old":        {func(f *protocol.PaperHolds) { f.ReceivedAt = c.now.AddDate(0, 0, -61) }, 422, "form_too_old"},
		} {
			t.Run(name, func(t *testing.T) {
				wrong := form
				test.change(&wrong)
				wantProblem(t, enter(staff, newKey(), wrong), test.status, test.code)
			})
		}
		for name, test := range map[string]struct {
			change func(*protocol.PaperHolds)
			code   string
		}{
			"unknown bib":  {func(f *protocol.PaperHolds) { f.Bibs[0] = "none" }, "bib_unknown"},
			"held already": {func(f *protocol.PaperHolds) { f.Card = "1001" }, "already_held"},
			"has it":       {func(f *protocol.PaperHolds) { f.Card = "1003" }, "has_on_loan"},
		} {
			wrong := form
			wrong.Bibs = slices.Clone(form.Bibs)
			test.change(&wrong)
			if lines := answer[protocol.HoldAnswers](t, enter(staff, newKey(), wrong)).Lines; len(lines) != 1 || lines[0].Refusal != test.code {
				t.Errorf("%s: %+v", name, lines)
			}
		}
		audited := `SELECT count(*) FROM audit WHERE actor = 'staff:sato' AND action <> 'staff.login'`
		if n := c.count(audited); n != 3 || c.count(`SELECT count(*) FROM hold`) != 1 {
			t.Fatalf("what was refused left %d audit entries", n)
		}
		key := newKey()
		first := read(t, enter(staff, key, form))
		var lines protocol.HoldAnswers
		if err := json.Unmarshal([]byte(first.body), &lines); err != nil || first.status != http.StatusOK || len(lines.Lines) != 1 || lines.Lines[0].Hold == nil {
			t.Fatal(first, err)
		}
		placed := lines.Lines[0].Hold
		if placed.BibID != bibID(0) || placed.Position != 1 || placed.Pickup != "kita" || !placed.ReceivedAt.Equal(form.ReceivedAt) {
			t.Errorf("placed %+v", placed)
		}
		if got := read(t, enter(staff, key, form)); got != first {
			t.Errorf("again: %+v, first %+v", got, first)
		}
		if n := c.count(audited + ` AND action = 'paper-hold' AND subject = 'patron:p1002'`); n != 2 {
			t.Errorf("%d audit entries", n)
		}
		if n := c.count(audited+` AND detail LIKE $1`, "%"+string(bibID(0))+"%"); n != 0 {
			t.Error("the audit log says what a patron wants to read")
		}
		if all := c.list(c.token); len(all) != 1 || all[0].ID != h.ID || all[0].Position != 2 {
			t.Errorf("the form came first, and the list says %+v", all)
		}
	})
}

func TestHoldsExpireInTheMorning(t *testing.T) {
	eachCity(t, 1, func(t *testing.T, c *holdCity) {
		f := &faulty{Circulation: c.ledger.Circulation(), Expiry: c.ledger}
		c.with(f)
		expire := func() error { return c.ExpireHolds(t.Context()) }
		quiet := cart(bibID(0))
		quiet.Contact = library.NoNews
		answer[protocol.HoldAnswers](t, c.place(c.token, newKey(), quiet))
		staff := c.staff()
		back := answer[protocol.Returned](t, c.change("POST", "/v1/desk/returns", staff, newKey(), protocol.Return{Item: string(itemID(0))}))
		all := c.list(c.token)
		if back.State != library.OnHoldShelf || len(all) != 1 || all[0].State != library.ReadyHold {
			t.Fatalf("returned %+v, listed %+v", back, all)
		}
		state := func() library.HoldState {
			t.Helper()
			return c.list(c.logIn("1001"))[0].State // the session of the day before is over
		}
		at := func(d library.Date, hour, minute int) {
			c.now = time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, library.Site{}.Location())
		}
		for _, step := range []struct {
			day          library.Date
			hour, minute int
			runs         int
			state        library.HoldState
		}{
			{all[0].ShelfUntil, 5, 59, 0, library.ReadyHold},
			{all[0].ShelfUntil, 6, 0, 1, library.ReadyHold},
			{all[0].ShelfUntil, 6, 1, 1, library.ReadyHold},
			{all[0].ShelfUntil, 23, 59, 1, library.ReadyHold},
			{all[0].ShelfUntil.Add(1), 0, 0, 1, library.ReadyHold},
			{all[0].ShelfUntil.Add(1), 6, 0, 2, library.Expired},
			{all[0].ShelfUntil.Add(1), 6, 0, 2, library.Expired},
		} {
			at(step.day, step.hour, step.minute)
			if err := expire(); err != nil {
				t.Error(err)
			}
			if got := state(); f.expired != step.runs || got != step.state {
				t.Errorf("on %v at %d:%02d: %d runs and %s, want %+v", step.day, step.hour, step.minute, f.expired, got, step)
			}
		}

		// After trouble, and while another process is at it, it stays due.
		at(all[0].ShelfUntil.Add(2), 7, 0)
		f.trouble = true
		if err := expire(); err == nil {
			t.Error("trouble was not told of")
		}
		f.trouble = false
		err := c.db.Exclusive(t.Context(), "expire-holds", func(context.Context) error { return expire() })
		if err != nil || f.expired != 2 {
			t.Errorf("beside another process: %d runs, %v", f.expired, err)
		}
		if err := expire(); err != nil || f.expired != 3 {
			t.Errorf("afterwards: %d runs, %v", f.expired, err)
		}
	})
}

// TestASiblingExpiresToo: another process does the same and finds nothing left.
func TestASiblingExpiresToo(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			where := dsn(t)
			c := newHoldCity(newServer(t, dbtest.Open(t, where)), 1)
			quiet := cart(bibID(0))
			quiet.Contact = library.NoNews
			h := answer[protocol.HoldAnswers](t, c.place(c.token, newKey(), quiet)).Lines[0].Hold
			if _, err := c.ledger.Return(t.Context(), string(itemID(0)), "chuo"); err != nil {
				t.Fatal(err)
			}
			c.now = c.now.AddDate(0, 1, 0)
			sibling := c.sibling(dbtest.Open(t, where))
			sibling.now = c.now
			for _, s := range []*server{c.server, sibling} {
				if err := s.ExpireHolds(t.Context()); err != nil {
					t.Error(err)
				}
			}
			if n := c.count(`SELECT count(*) FROM hold WHERE id = $1 AND state = 'expired'`, string(h.ID)); n != 1 {
				t.Error("the hold did not expire")
			}
			if n := c.count(`SELECT count(*) FROM hold WHERE state = 'expired'`); n != 1 {
				t.Errorf("%d holds expired", n)
			}
			if n := c.count(`SELECT count(*) FROM audit WHERE action = 'hold.expired' AND actor = 'central' AND subject = $1 AND detail LIKE '%shelf_time%'`, "hold:"+string(h.ID)); n != 1 {
				t.Errorf("%d lines of it in the audit log", n)
			}
		})
	}
}

// TestThePolicyNamesTheHour: what the settings say counts.
func TestThePolicyNamesTheHour(t *testing.T) {
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	f := &faulty{Circulation: s.ledger.Circulation(), Expiry: s.ledger}
	s.config.Site.Policy.ExpireHour = 19 // it is 18:00 in Japan
	s.with(f)
	for _, want := range []int{0, 1} {
		if err := s.ExpireHolds(t.Context()); err != nil || f.expired != want {
			t.Errorf("%d runs, want %d, %v", f.expired, want, err)
		}
		s.now = s.now.Add(time.Hour)
	}
}

func TestAnAccountSaysHowToBeTold(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", func(p *library.Patron) { p.Branch, p.Phones = "kita", []string{"0312345678"} })
		x := s.terminal()
		a := answer[library.Account](t, x.get("/v1/me", x.logIn("1001")))
		if a.HomeBranch != "kita" || !slices.Equal(a.Contacts, []library.Contact{library.ByMail, library.ByPhone, library.NoNews}) {
			t.Errorf("account %+v", a)
		}
		if body := read(t, x.get("/v1/me", x.logIn("1001"))).body; strings.Contains(body, "0312345678") || strings.Contains(body, "hanako") {
			t.Errorf("the account tells more than it must: %s", body)
		}
	})
}
