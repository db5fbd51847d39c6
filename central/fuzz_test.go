package central_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"madoguchi/central"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// FuzzChanges sends anything as the body, the key, the token and the loan or hold of
// every route that changes something: a 4xx with a code, never our fault, and nothing
// has changed. Only a cart may be answered well, with a refusal in each line.
func FuzzChanges(f *testing.F) {
	key := newKey()
	for _, body := range []string{
		`{"card":"1001","password":"wrong"}`, `{"name":"sato","password":"wrong"}`, `{"card":"1001","item":"nothing"}`,
		`{"item":"nothing","branch":"kita"}`, `{"item":"nothing"}`, `{"card":"\u0000","password":"\u0000","name":"\u0000"}`,
		`{"card":"１００１","password":"ﾊﾟｽﾜｰﾄﾞ"}`, `{"card":1001}`, `null`, `[]`, `{}`, ``, "\xff\xfe", `{"item":"\ud800","branch":"\u0000"}`,
		`{"bibs":["nothing","\u0000","bib900001"],"pickup":"chuo","contact":"none","sequence":true}`,
		`{"bibs":[],"pickup":"chuo","contact":"none"}`, `{"bibs":null,"pickup":"\u0000","contact":"mail"}`,
		`{"bibs":["nothing"],"pickup":"nowhere","contact":"none"}`, `{"bibs":["nothing"],"pickup":"chuo","contact":"fax"}`,
		`{"pickup":"kita","contact":"none"}`, `{"pickup":"\ud800","contact":"phone"}`, `{"pickup":"kita","contact":"\u0000"}`,
		`{"card":"1001","bib_id":"nothing","pickup":"chuo","contact":"none","received_at":"2026-11-20T10:00:00+09:00"}`,
		`{"card":"nobody","bib_id":"bib900001","pickup":"chuo","contact":"none","received_at":"0001-01-01T00:00:00Z"}`,
		`{"card":"1001","bib_id":"bib900001","pickup":"chuo","contact":"none","received_at":"9999-12-31T23:59:59Z"}`,
		`{"card":"1001","bib_id":"bib900001","pickup":"chuo","contact":"none","received_at":"0000-01-01T00:00:00Z"}`,
		`{"card":"1001","item":"nothing"}{}`, `{"card":` + strings.Repeat("[", 2000),
	} {
		f.Add(body, "application/json", key, "", "loan")
	}
	f.Add(`{}`, "text/plain", "no key", "no token", "\x00")
	f.Add(`{}`, "application/json; charset=utf-8", "{"+key+"}", "\xff", "..")
	fuzzers := []*fuzzer{newFuzzer(f, dbtest.SQLite(f)), newFuzzer(f, dbtest.Postgres(f))}
	f.Fuzz(func(t *testing.T, body, contentType, key, token, loan string) {
		for _, z := range fuzzers {
			z.send(t, body, contentType, key, token, loan)
		}
	})
}

// fuzzer is a service with a patron and a staff member who are logged in.
type fuzzer struct {
	*terminal
	patronToken, staffToken string
	before                  [6]int
}

func newFuzzer(f *testing.F, dsn string) *fuzzer {
	s := newServer(f, dbtest.Open(f, dsn))
	cfg := s.config
	p := &cfg.Site.Policy // the throttle is not what this is about
	p.ThrottleAfter, p.LockAfter, p.TerminalCards = 1<<30, 1<<30, 1<<30
	s.Service = central.New(cfg)
	s.patron("1001", nil)
	s.lend("1001")
	const password = "a long password"
	if err := central.NewStaff(s.passwords).Add(f.Context(), "command:test", "sato", central.RoleAdmin, password); err != nil {
		f.Fatal(err)
	}
	x := s.terminal()
	z := &fuzzer{terminal: x, patronToken: x.logIn("1001")}
	z.staffToken = answer[protocol.StaffLoggedIn](f, x.ask("POST", "/v1/staff/sessions", protocol.StaffLogin{Name: "sato", Password: password})).Token
	z.before = z.state(f)
	return z
}

// state is what must not change.
func (z *fuzzer) state(t testing.TB) (n [6]int) {
	for i, query := range []string{
		`SELECT count(*) FROM loan`, `SELECT sum(renewals) FROM loan`, `SELECT count(*) FROM session`,
		`SELECT count(*) FROM hold`, `SELECT count(*) FROM audit`, `SELECT count(*) FROM item WHERE state <> 'on_loan'`,
	} {
		var err error
		if n[i], err = count(z.db, query); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func (z *fuzzer) send(t *testing.T, body, contentType, key, token, loan string) {
	for _, route := range []struct{ method, path string }{
		{"POST", "/v1/sessions"}, {"POST", "/v1/staff/sessions"}, {"POST", "/v1/me/loans/" + loan + "/renewal"},
		{"POST", "/v1/desk/checkouts"}, {"POST", "/v1/desk/returns"}, {"POST", "/v1/desk/arrivals"},
		{"POST", "/v1/me/holds"}, {"PATCH", "/v1/me/holds/" + loan}, {"DELETE", "/v1/me/holds/" + loan}, {"POST", "/v1/desk/paper-holds"},
	} {
		for _, with := range []struct{ token, key string }{
			{token, key}, {z.patronToken, key}, {z.staffToken, key}, {z.patronToken, newKey()}, {z.staffToken, newKey()},
		} {
			r := httptest.NewRequest(route.method, "/", strings.NewReader(body))
			r.URL.Path = route.path
			r.Header = http.Header{
				"Authorization": {"Bearer " + z.secret}, "Content-Type": {contentType},
				protocol.SessionHeader: {with.token}, protocol.IdempotencyHeader: {with.key},
			}
			w := httptest.NewRecorder()
			z.ServeHTTP(w, r)
			if w.Code >= 300 && w.Code < 400 && strings.Contains(route.path, loan) {
				continue // the address itself was not clean
			}
			if w.Code == http.StatusOK && route.path == "/v1/me/holds" && route.method == "POST" {
				var a protocol.HoldAnswers
				if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || slices.ContainsFunc(a.Lines, func(l library.HoldAnswer) bool { return l.Refusal == "" }) {
					t.Errorf("%q was answered with %s", body, w.Body)
				}
				continue
			}
			var p protocol.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); w.Code < 400 || w.Code >= 500 || err != nil || p.Code == "" {
				t.Errorf("%s %q with %q: status %d: %s", route.method, route.path, body, w.Code, w.Body)
			}
		}
	}
	if now := z.state(t); now != z.before {
		t.Fatalf("%q changed %v to %v", body, z.before, now)
	}
}
