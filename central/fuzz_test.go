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
	var fuzzers []*fuzzer
	for _, dsn := range dbtest.Both(f) {
		fuzzers = append(fuzzers, newFuzzer(f, dsn))
	}
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
	if err := central.NewStaff(s.passwords).Add(f.Context(), "command:test", central.Staff{Name: "sato", Role: central.RoleAdmin}, password); err != nil {
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

// FuzzSecrets: whatever is sent to the addresses of passwords and e-mail, the answer is
// a problem or what was asked for, never our own trouble, and the patron's password
// stays what it was.
func FuzzSecrets(f *testing.F) {
	key := newKey()
	for _, body := range []string{
		`{"card":"1001","born_on":"2012-07-03","phone":"0312345678","password":"New7pass","terms":""}`,
		`{"card":"1001","born_on":"","phone":"","password":"New7pass","terms":""}`, `{"card":"１００１","born_on":"2012-02-30","password":"ﾊﾟｽﾜｰﾄﾞ"}`,
		`{"present":"wrong","new":"New7pass"}`, `{"new":"\u0000"}`, `{"present":null,"new":"123456"}`,
		`{"address":"hanako@docomo.ne.jp","language":"en"}`, `{"address":"a@b.jp\r\nBcc: c@d.jp","language":"\u0000"}`, `{"address":"` + strings.Repeat("a", 400) + `@b.jp"}`,
		`{"code":"123456"}`, `{"code":""}`, `{"code":"\u0000"}`, `{"code":"１２３４５６"}`,
		`{"card":"1001"}`, `{"card":"\u0000"}`, `{"card":"1001","document":"passport"}`, `{"card":"1001","document":"\ud800"}`, `null`, `{}`, ``, "\xff",
	} {
		f.Add(body, key, "")
	}
	var fuzzers []*fuzzer
	for _, dsn := range dbtest.Both(f) {
		fuzzers = append(fuzzers, newFuzzer(f, dsn))
	}
	f.Fuzz(func(t *testing.T, body, key, token string) {
		for _, z := range fuzzers {
			z.sendSecrets(t, body, key, token)
		}
	})
}

func (z *fuzzer) sendSecrets(t *testing.T, body, key, token string) {
	for _, route := range []struct{ method, path string }{
		{"POST", "/v1/password-applications"}, {"PUT", "/v1/me/password"}, {"PUT", "/v1/me/email"}, {"DELETE", "/v1/me/email"},
		{"POST", "/v1/me/email/confirmation"}, {"POST", "/v1/staff/patrons"}, {"POST", "/v1/staff/temporary-passwords"}, {"POST", "/v1/staff/unlocks"}, {"POST", "/v1/staff/machine-actions"},
	} {
		for _, with := range []struct{ token, key string }{
			{token, key}, {z.patronToken, newKey()}, {z.staffToken, newKey()},
		} {
			r := httptest.NewRequest(route.method, route.path, strings.NewReader(body))
			r.Header = http.Header{
				"Authorization": {"Bearer " + z.secret}, "Content-Type": {"application/json"},
				protocol.SessionHeader: {with.token}, protocol.IdempotencyHeader: {with.key},
			}
			w := httptest.NewRecorder()
			z.ServeHTTP(w, r)
			var p protocol.Problem
			switch err := json.Unmarshal(w.Body.Bytes(), &p); {
			case w.Code == http.StatusNoContent && w.Body.Len() == 0 && route.path != "/v1/password-applications" && route.path != "/v1/me/password":
			case w.Code == http.StatusOK && err == nil:
			case w.Code >= 400 && w.Code < 500 && err == nil && p.Code != "":
			default:
				t.Errorf("%s %s with %q: status %d: %s", route.method, route.path, body, w.Code, w.Body)
			}
		}
	}
	if n, err := count(z.db, `SELECT count(*) FROM patron_password`); n != 1 || err != nil {
		t.Fatalf("%q: %d passwords, %v", body, n, err)
	}
}
