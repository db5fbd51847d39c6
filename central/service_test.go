package central_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// server is a service on a real database, with a clock of its own.
type server struct {
	*central.Service
	t         testing.TB
	db        *db.DB
	catalogue *catalogue.Catalogue
	ledger    *ledger.Ledger
	terminals *central.Terminals
	editions  *central.Editions
	passwords *central.Passwords
	config    central.Config
	dir       string
	now       time.Time
	books     int
}

func newServer(t testing.TB, d *db.DB) *server {
	t.Helper()
	s := &server{t: t, db: d, dir: t.TempDir(), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return s.now }
	s.catalogue = catalogue.New(catalogue.Config{DB: d, Now: now})
	s.ledger = ledger.New(ledger.Config{DB: d, Catalogue: s.catalogue, Mail: unsent{}, Now: now, Policy: func() library.Policy { return s.config.Site.Policy }})
	s.terminals = central.NewTerminals(d, now)
	var err error
	if s.editions, err = central.NewEditions(central.EditionsConfig{DB: d, Catalogue: s.catalogue, Dir: s.dir, Now: now}); err != nil {
		t.Fatal(err)
	}
	s.passwords = newPasswords(t, d, now)
	s.config = central.Config{
		DB: d, Catalogue: s.catalogue, Circulation: s.ledger.Circulation(), Desk: s.ledger, Expiry: s.ledger, Register: s.ledger, Editions: s.editions, Terminals: s.terminals, Passwords: s.passwords,
		Site: library.Site{Name: "試験市立図書館", TimeZone: "Asia/Tokyo", Policy: library.DefaultPolicy()}, Now: now,
	}
	s.Service = central.New(s.config)
	for _, code := range []library.BranchCode{"chuo", "kita"} {
		if err := s.catalogue.PutBranch(t.Context(), library.Branch{Code: code, Name: string(code)}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// unsent mails are never sent, though every address could be written to.
type unsent struct{}

func (unsent) Queue(context.Context, *db.Tx, library.Mail) error { return nil }

func (unsent) Reaches(context.Context, *db.Tx, library.PatronID, string) (bool, error) {
	return true, nil
}

// sibling is another central process on the same database.
func (s *server) sibling(d *db.DB) *server {
	s.t.Helper()
	return newServer(s.t, d)
}

func each(t *testing.T, test func(*testing.T, *server)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newServer(t, d)) })
}

func (s *server) put(from, to int) {
	s.t.Helper()
	var all []library.Record
	for n := from; n < to; n++ {
		id := library.BibID(fmt.Sprintf("b%04d", n))
		all = append(all, library.Record{
			Bib:   library.Bib{ID: id, Kind: library.Book, Title: fmt.Sprint("こころ ", n), Year: 1914},
			Items: []library.Item{{ID: "i" + library.ItemID(id), Branch: "chuo", Lendable: true}},
		})
	}
	if _, err := s.catalogue.Put(s.t.Context(), all...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) build() *protocol.Manifest {
	s.t.Helper()
	m, err := s.editions.Build(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// enrol returns the secret of a new terminal.
func (s *server) enrol() string {
	s.t.Helper()
	_, code, err := s.terminals.Add(s.t.Context(), "chuo", "")
	if err != nil {
		s.t.Fatal(err)
	}
	_, secret, err := s.terminals.Enrol(s.t.Context(), code)
	if err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// do asks the service; header holds names and values in turn.
func (s *server) do(method, target, body string, header ...string) *http.Response {
	s.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func (s *server) enrolWith(code string) *http.Response {
	s.t.Helper()
	body, err := json.Marshal(protocol.Enrol{Code: code})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do("POST", "/v1/terminals/enrol", string(body), "Content-Type", "application/json")
}

func wantProblem(t testing.TB, resp *http.Response, status int, code string) {
	t.Helper()
	var p protocol.Problem
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
		t.Errorf("status %d: the body is no problem: %v", resp.StatusCode, err)
		return
	}
	if resp.StatusCode != status || p.Status != status || p.Code != code || p.Title == "" || p.Type == "" || resp.Header.Get("Content-Type") != protocol.ProblemType {
		t.Errorf("got %d %q %+v, want %d %s", resp.StatusCode, resp.Header.Get("Content-Type"), p, status, code)
	}
}

func answer[T any](t testing.TB, resp *http.Response) (v T) {
	t.Helper()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(resp.Body)
		t.Fatalf("status %d: %s", resp.StatusCode, b)
	}
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEnrolment(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		if _, _, err := s.terminals.Add(ctx, "nowhere", ""); !errors.Is(err, library.ErrUnknownBranch) {
			t.Errorf("a terminal at an unknown branch: %v", err)
		}
		added, code, err := s.terminals.Add(ctx, "kita", "入口")
		if err != nil {
			t.Fatal(err)
		}
		if len(code) != 19 || strings.Count(code, "-") != 3 {
			t.Errorf("code %q", code)
		}
		wantProblem(t, s.enrolWith("0000-0000-0000-0000"), http.StatusForbidden, "enrolment_code_invalid")
		wantProblem(t, s.enrolWith(""), http.StatusForbidden, "enrolment_code_invalid")
		typed := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(code, "-", " "), "0", "o"))
		e := answer[protocol.Enrolled](t, s.enrolWith(typed))
		if e.Terminal != added.ID || e.Branch != "kita" || len(e.Secret) < 43 {
			t.Errorf("enrolled %+v", e)
		}
		wantProblem(t, s.enrolWith(code), http.StatusForbidden, "enrolment_code_invalid") // once
		answer[library.Site](t, s.do("GET", "/v1/site", "", "Authorization", "Bearer "+e.Secret))

		all, err := s.terminals.List(ctx)
		if err != nil || len(all) != 1 || all[0].Name != "入口" || !all[0].Enrolled.Equal(s.now) || !all[0].LastSeen.Equal(s.now) {
			t.Errorf("list %+v, %v", all, err)
		}
		// Neither code nor secret can be read from the database.
		var n int
		err = s.db.View(ctx, func(tx *db.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM terminal WHERE secret_hash = $1 OR code_hash = $2 OR name LIKE $3`, e.Secret, code, "%"+e.Secret+"%").Scan(&n)
		})
		if err != nil || n != 0 {
			t.Errorf("a secret is stored readable: %d, %v", n, err)
		}

		if err := s.terminals.Revoke(ctx, added.ID); err != nil {
			t.Fatal(err)
		}
		wantProblem(t, s.do("GET", "/v1/site", "", "Authorization", "Bearer "+e.Secret), http.StatusUnauthorized, "terminal_unknown")
		if err := s.terminals.Revoke(ctx, "nobody"); !errors.Is(err, library.ErrTerminalUnknown) {
			t.Errorf("revoke an unknown one: %v", err)
		}
		// Revoked before it was enrolled: the code is dead too.
		added, code, _ = s.terminals.Add(ctx, "kita", "")
		s.terminals.Revoke(ctx, added.ID)
		wantProblem(t, s.enrolWith(code), http.StatusForbidden, "enrolment_code_invalid")

		_, code, _ = s.terminals.Add(ctx, "kita", "")
		s.now = s.now.Add(central.CodeLifetime)
		wantProblem(t, s.enrolWith(code), http.StatusForbidden, "enrolment_code_invalid")
	})
}

func TestEnrolmentCodesCannotBeGuessed(t *testing.T) {
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	_, code, err := s.terminals.Add(t.Context(), "chuo", "")
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		wantProblem(t, s.enrolWith("wrong"), http.StatusForbidden, "enrolment_code_invalid")
	}
	resp := s.enrolWith(code)
	if resp.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	wantProblem(t, resp, http.StatusTooManyRequests, protocol.CodeTooMany)
	s.now = s.now.Add(31 * time.Second)
	answer[protocol.Enrolled](t, s.enrolWith(code))

	// From ever new addresses the total stops it.
	refused := 0
	for n := range 100 {
		r := httptest.NewRequest("POST", "/v1/terminals/enrol", strings.NewReader(`{"code":"wrong"}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = fmt.Sprintf("10.0.0.%d:1", n)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 40 {
		t.Errorf("only %d of 100 guesses from other addresses were refused", refused)
	}
	// Success is no failure: a whole library can be enrolled at once.
	s.now = s.now.Add(time.Hour)
	for range 30 {
		_, code, err := s.terminals.Add(t.Context(), "chuo", "")
		if err != nil {
			t.Fatal(err)
		}
		answer[protocol.Enrolled](t, s.enrolWith(code))
	}
}

func TestOnlyTerminalsAreAnswered(t *testing.T) {
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, path := range []string{"/v1/site", "/v1/catalogue/head", "/v1/catalogue/changes?epoch=x&after=0", "/v1/catalogue/chunks/" + strings.Repeat("0", 64),
		"/v1/catalogue/digests", "/v1/catalogue/buckets/0", "/v1/catalogue/lists", "/v1/bibs/x/availability"} {
		wantProblem(t, s.do("GET", path, ""), http.StatusUnauthorized, protocol.CodeUnauthorized)
		wantProblem(t, s.do("GET", path, "", "Authorization", "Basic eDp5"), http.StatusUnauthorized, protocol.CodeUnauthorized)
		wantProblem(t, s.do("GET", path, "", "Authorization", "Bearer wrong"), http.StatusUnauthorized, "terminal_unknown")
	}
}

func TestCatalogueOnTheWire(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		ctx := t.Context()
		auth := "Bearer " + s.enrol()
		get := func(path string, header ...string) *http.Response {
			return s.do("GET", path, "", append(header, "Authorization", auth)...)
		}
		wantProblem(t, s.do("GET", "/readyz", ""), http.StatusServiceUnavailable, protocol.CodeUnavailable)
		head := answer[protocol.Head](t, get("/v1/catalogue/head"))
		if head.Edition != nil || head.Number != 0 || head.Epoch == "" {
			t.Errorf("head of an empty catalogue: %+v", head)
		}
		s.put(0, 40)
		m := s.build()
		s.put(40, 1040)
		head = answer[protocol.Head](t, get("/v1/catalogue/head"))
		if head.Number != 2*1040 || head.Edition == nil || head.Edition.Number != 80 || head.Edition.Bibs != 40 || head.Edition.Items != 40 {
			t.Errorf("head %+v, edition %+v", head, head.Edition)
		}
		if s.do("GET", "/readyz", "").StatusCode != http.StatusOK || s.do("GET", "/healthz", "").StatusCode != http.StatusOK {
			t.Error("not ready or not healthy")
		}

		changes := func(after int64) string {
			return fmt.Sprintf("/v1/catalogue/changes?epoch=%s&after=%d", head.Epoch, after)
		}
		page := answer[protocol.Changes](t, get(changes(80)))
		if len(page.Rows) != 1000 || page.Upto != 1080 || !page.More {
			t.Errorf("page of %d rows up to %d", len(page.Rows), page.Upto)
		}
		resp := get(changes(80), "Accept-Encoding", "gzip")
		z, err := gzip.NewReader(resp.Body)
		if err != nil {
			t.Fatal("not compressed:", err)
		}
		resp.Body = z
		if packed := answer[protocol.Changes](t, resp); len(packed.Rows) != 1000 {
			t.Errorf("%d compressed rows", len(packed.Rows))
		}
		if page := answer[protocol.Changes](t, get(changes(head.Number))); page.Rows != nil || page.More || page.Upto != head.Number {
			t.Errorf("nothing new: %+v", page)
		}
		wantProblem(t, get(changes(head.Number+1)), http.StatusConflict, "other_history")
		wantProblem(t, get(changes(head.Number)+"&mark=other"), http.StatusConflict, "other_history")
		wantProblem(t, get("/v1/catalogue/changes?epoch=other&after=80"), http.StatusGone, "reset")
		for _, bad := range []string{"", "x", "-1", "1e3", "99999999999999999999"} {
			wantProblem(t, get("/v1/catalogue/changes?epoch="+head.Epoch+"&after="+bad), http.StatusBadRequest, protocol.CodeBadRequest)
		}

		digests := answer[protocol.Digests](t, get("/v1/catalogue/digests"))
		if len(digests.Buckets) != library.Buckets || digests.Number != head.Number {
			t.Errorf("digests of %d buckets at %d", len(digests.Buckets), digests.Number)
		}
		total := 0
		for n := range library.Buckets {
			b := answer[protocol.Bucket](t, get(fmt.Sprint("/v1/catalogue/buckets/", n)))
			var d library.Digest
			for _, r := range b.Records {
				d = d.XOR(library.DigestOf(r))
			}
			if d.String() != digests.Buckets[n] {
				t.Errorf("bucket %d is not what its digest says", n)
			}
			total += len(b.Records)
		}
		if total != 1040 {
			t.Errorf("%d records in all buckets", total)
		}
		for _, bad := range []string{"256", "-1", "x"} {
			wantProblem(t, get("/v1/catalogue/buckets/"+bad), http.StatusBadRequest, protocol.CodeBadRequest)
		}

		if err := s.ledger.SetState(ctx, "ib0007", library.OnLoan, library.Date{Year: 2026, Month: 12, Day: 8}); err != nil {
			t.Fatal(err)
		}
		a := answer[protocol.Availability](t, get("/v1/bibs/b0007/availability"))
		if len(a.Items) != 1 || a.Items[0].State != library.OnLoan {
			t.Errorf("availability %+v", a)
		}
		for _, id := range []string{"none", "%00", "a%ff", "%F0%9F%93%9A"} {
			wantProblem(t, get("/v1/bibs/"+id+"/availability"), http.StatusNotFound, "bib_unknown")
		}
		page = answer[protocol.Changes](t, get(changes(head.Number)))
		if len(page.Rows) != 1 || page.Rows[0].Availability == nil {
			t.Errorf("the loan as a change: %+v", page.Rows)
		}

		chunk := m.Chunks[0]
		resp = get("/v1/catalogue/chunks/" + chunk.SHA256)
		body, _ := io.ReadAll(resp.Body)
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != chunk.SHA256 || int64(len(body)) != chunk.Bytes {
			t.Errorf("the chunk is %d bytes of something else", len(body))
		}
		if cc := resp.Header.Get("Cache-Control"); !strings.Contains(cc, "immutable") {
			t.Errorf("Cache-Control %q", cc)
		}
		resp = get("/v1/catalogue/chunks/"+chunk.SHA256, "Range", "bytes=100-")
		part, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusPartialContent || !bytes.Equal(part, body[100:]) {
			t.Errorf("part: status %d, %d bytes", resp.StatusCode, len(part))
		}
		for _, bad := range []string{strings.Repeat("0", 64), "..%2f..%2fcentral.db", "x"} {
			wantProblem(t, get("/v1/catalogue/chunks/"+bad), http.StatusNotFound, protocol.CodeNotFound)
		}
		text, _ := io.ReadAll(s.do("GET", "/metrics", "").Body)
		if !strings.Contains(string(text), `madoguchi_requests_total{route="GET /v1/site"`) && !strings.Contains(string(text), `madoguchi_requests_total{route="GET /v1/catalogue/head",status="200"}`) {
			t.Errorf("metrics lack the requests")
		}
	})
}

func TestWrongAddressesAndBodies(t *testing.T) {
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	wantProblem(t, s.do("GET", "/nothing", ""), http.StatusNotFound, protocol.CodeNotFound)
	resp := s.do("DELETE", "/v1/site", "")
	if !strings.Contains(resp.Header.Get("Allow"), "GET") {
		t.Errorf("Allow is %q", resp.Header.Get("Allow"))
	}
	wantProblem(t, resp, http.StatusMethodNotAllowed, protocol.CodeBadRequest)
	for body, want := range map[string]struct {
		status int
		code   string
	}{
		``:                              {400, protocol.CodeBadRequest},
		`{`:                             {400, protocol.CodeBadRequest},
		`[]`:                            {400, protocol.CodeBadRequest},
		`{"code":1}`:                    {400, protocol.CodeBadRequest},
		`{"code":"x","more":1}`:         {400, protocol.CodeBadRequest},
		`{"code":"x"}{"code":"x"}`:      {400, protocol.CodeBadRequest},
		`{"code":"x"} tail`:             {400, protocol.CodeBadRequest},
		`{}`:                            {403, "enrolment_code_invalid"},
		`null`:                          {400, protocol.CodeBadRequest},
		`{"code":"x","code":"x"}`:       {400, protocol.CodeBadRequest},
		`{"Code":"x"}`:                  {400, protocol.CodeBadRequest},
		"{\"code\":\"\\u0000\xff\"}":    {403, "enrolment_code_invalid"},
		strings.Repeat(" ", 70<<10):     {413, protocol.CodeTooLarge},
		strings.Repeat(`{"code":`, 9e3): {413, protocol.CodeTooLarge},
	} {
		s.now = s.now.Add(time.Minute)
		wantProblem(t, s.do("POST", "/v1/terminals/enrol", body, "Content-Type", "application/json"), want.status, want.code)
	}
	wantProblem(t, s.do("POST", "/v1/terminals/enrol", `{"code":"x"}`), 400, protocol.CodeBadRequest)
}

// broken is a circulation system in trouble.
type broken struct {
	central.Circulation
	panics bool
}

func (b broken) Availability(context.Context, library.BibID) ([]library.Availability, error) {
	if b.panics {
		panic("inner detail")
	}
	return nil, errors.New("inner detail")
}

func TestTroubleInsideStaysInside(t *testing.T) {
	for _, circulation := range []broken{{panics: false}, {panics: true}} {
		s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
		var log bytes.Buffer
		secret := s.enrol()
		s.Service = central.New(central.Config{
			DB: s.db, Catalogue: s.catalogue, Circulation: circulation, Editions: s.editions, Terminals: s.terminals,
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		resp := s.do("GET", "/v1/bibs/x/availability", "", "Authorization", "Bearer "+secret)
		body, err := io.ReadAll(resp.Body)
		if err != nil || strings.Contains(string(body), "inner") {
			t.Errorf("the answer tells %s", body)
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		wantProblem(t, resp, http.StatusInternalServerError, protocol.CodeInternal)
		if !strings.Contains(log.String(), "inner detail") || strings.Contains(log.String(), secret) {
			t.Errorf("the log says: %s", &log)
		}
	}
}

// FuzzBodies sends anything to every route that takes a body, and anything as the
// values in every address: no answer is ever our fault, and nothing changes.
func FuzzBodies(f *testing.F) {
	f.Add(`{"code":"ABCD-EFGH-JKMN-PQRS"}`, "application/json", "0")
	f.Add(`{"code":"x"}`, "text/plain", "-1")
	f.Add(`{"code":`, "application/json; charset=utf-8", "\x00")
	f.Add("\xff\xfe", "application/json", "%zz")
	f.Add(`[[[[`, "application/json", "東京")
	s := newServer(f, dbtest.Open(f, dbtest.SQLite(f)))
	secret := s.enrol()
	f.Fuzz(func(t *testing.T, body, contentType, value string) {
		s.now = s.now.Add(time.Hour) // no throttle
		ask := func(method, path, query string) {
			r := httptest.NewRequest(method, "/", strings.NewReader(body))
			r.URL.Path, r.URL.RawQuery = path, query
			r.Header.Set("Content-Type", contentType)
			r.Header.Set("Authorization", "Bearer "+secret)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Errorf("%s %q?%q: status %d: %s", method, path, query, w.Code, w.Body)
			}
			if w.Code >= 400 {
				var p protocol.Problem
				if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code == "" {
					t.Errorf("%s %q: status %d without a problem: %s", method, path, w.Code, w.Body)
				}
			}
		}
		ask("POST", "/v1/terminals/enrol", "")
		ask("GET", "/v1/catalogue/changes", "epoch="+value+"&after="+value)
		ask("GET", "/v1/catalogue/chunks/"+value, "")
		ask("GET", "/v1/catalogue/buckets/"+value, "")
		ask("GET", "/v1/bibs/"+value+"/availability", "")
		all, err := s.terminals.List(t.Context())
		if err != nil || len(all) != 1 {
			t.Errorf("terminals are now %+v, %v", all, err)
		}
	})
}
