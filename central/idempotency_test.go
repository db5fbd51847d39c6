package central_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"madoguchi/central"
	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// whole is an answer as it came.
type whole struct {
	status int
	body   string
}

func read(t testing.TB, resp *http.Response) whole {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return whole{resp.StatusCode, string(body)}
}

// renewals is how often a loan was renewed, and until when it goes, in the database.
func (s *server) renewals(loan library.LoanID) (n int, due library.Date) {
	s.t.Helper()
	ctx := context.Background()
	err := s.db.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT renewals, due_on FROM loan WHERE id = $1`, string(loan)).Scan(&n, &due)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return n, due
}

func TestTheSameKeyIsTheSameAnswer(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		s.patron("1002", nil)
		loan, other := s.lend("1001"), s.lend("1001")
		x := s.terminal()
		token := x.logIn("1001")
		s.now = s.now.Add(2 * time.Minute)
		key := newKey()
		first := read(t, x.renew(token, key, loan.ID))
		var renewed library.PatronLoan
		if err := json.Unmarshal([]byte(first.body), &renewed); err != nil || first.status != 200 {
			t.Fatal(first, err)
		}
		if want := (library.Date{Year: 2026, Month: 12, Day: 8}); renewed.DueOn != want || renewed.Renewals != 1 || renewed.Refusal != "renewal_limit" {
			t.Errorf("renewed: %+v", renewed)
		}
		if got := read(t, x.renew(token, key, loan.ID)); got != first {
			t.Errorf("again: %v, first %v", got, first)
		}
		if got := read(t, x.renew(token, strings.ToUpper(key), loan.ID)); got != first {
			t.Errorf("again in capitals: %v", got)
		}
		wantProblem(t, x.renew(token, key, other.ID), http.StatusUnprocessableEntity, "idempotency_key_reused")
		if n, _ := s.renewals(other.ID); n != 0 {
			t.Error("a key that was used before renewed another loan")
		}

		// A rule's "no" is an answer too, also when it would be a "yes" by now.
		key = newKey()
		refused := read(t, x.renew(token, key, loan.ID))
		if refused.status != http.StatusConflict || !strings.Contains(refused.body, "renewal_limit") {
			t.Errorf("refused: %v", refused)
		}
		if err := s.execute(`UPDATE loan SET renewals = 0 WHERE id = $1`, string(loan.ID)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, x.renew(token, key, loan.ID)); got != refused {
			t.Errorf("the refusal again: %v, first %v", got, refused)
		}
		if n, _ := s.renewals(loan.ID); n != 0 {
			t.Error("a refused key renewed")
		}

		// Another terminal's key of the same text is another key; somebody else's
		// session at this terminal does not get the answer.
		y := s.terminal()
		wantProblem(t, y.renew(y.logIn("1002"), key, loan.ID), http.StatusNotFound, "loan_unknown")
		wantProblem(t, x.renew(x.logIn("1002"), key, loan.ID), http.StatusUnprocessableEntity, "idempotency_key_reused")

		for _, bad := range []string{"", "x", "0", key[:35], "{" + key + "}", "urn:uuid:" + key, strings.ReplaceAll(key, "-", "")} {
			wantProblem(t, x.renew(x.logIn("1001"), bad, loan.ID), http.StatusBadRequest, protocol.CodeBadRequest)
		}
		if n := s.count(`SELECT count(*) FROM answer WHERE body LIKE '%こころ%' OR body LIKE '%renewal%'`); n != 0 {
			t.Error("answers lie readable in the database")
		}
	})
}

func (s *server) execute(query string, args ...any) error {
	ctx := context.Background()
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// failing is a circulation system that is in trouble now and then.
type failing struct {
	central.Circulation
	trouble bool
}

func (f *failing) RenewLoan(ctx context.Context, o circulation.Order[library.PatronLoan], loan library.LoanID) (library.PatronLoan, error) {
	return f.Circulation.RenewLoan(ctx, troubled(o, f.trouble), loan)
}

func TestTroubleIsNoAnswer(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.patron("1001", nil)
		loan := s.lend("1001")
		circulation := &failing{Circulation: s.ledger.Circulation(), trouble: true}
		cfg := s.config
		cfg.Circulation = circulation
		s.Service = central.New(cfg)
		x := s.terminal()
		token, key := x.logIn("1001"), newKey()
		wantProblem(t, x.renew(token, key, loan.ID), http.StatusInternalServerError, protocol.CodeInternal)
		if n, _ := s.renewals(loan.ID); n != 0 || s.count(`SELECT count(*) FROM answer`) != 0 {
			t.Errorf("trouble left %d renewals behind", n)
		}
		circulation.trouble = false
		answer[library.PatronLoan](t, x.renew(token, key, loan.ID))
	})
}

// TestAtOnce: the same key many times at once, and two terminals with a key each.
func TestAtOnce(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			where := dsn(t)
			s := newServer(t, dbtest.Open(t, where))
			sibling := s.sibling(dbtest.Open(t, where))
			s.patron("1001", nil)
			x, y := s.terminal(), s.terminal()
			y.server = sibling
			tokens := map[*terminal]string{x: x.logIn("1001"), y: y.logIn("1001")}
			for range 5 {
				loan := s.lend("1001")
				var mu sync.Mutex
				got := map[whole]int{}
				ask := func(x *terminal, key string) {
					w := read(t, x.renew(tokens[x], key, loan.ID))
					mu.Lock()
					defer mu.Unlock()
					got[w]++
				}
				var all sync.WaitGroup
				key := newKey()
				for range 6 {
					all.Go(func() { ask(x, key) })
				}
				all.Wait()
				if n, due := s.renewals(loan.ID); n != 1 || due.Day != 8 || len(got) != 1 {
					t.Errorf("one key six times at once: %d renewals until %s, answers %v", n, due, got)
				}

				loan = s.lend("1001")
				clear(got)
				for _, z := range []*terminal{x, y, x, y} {
					key := newKey()
					all.Go(func() { ask(z, key) })
				}
				all.Wait()
				ok := 0
				for w, n := range got {
					if w.status == http.StatusOK {
						ok += n
					} else if !strings.Contains(w.body, "renewal_limit") {
						t.Errorf("an answer %v", w)
					}
				}
				if n, _ := s.renewals(loan.ID); n != 1 || ok != 1 {
					t.Errorf("two terminals at once: %d renewals, %d said yes: %v", n, ok, got)
				}
			}
		})
	}
}

const dieEnv = "MADOGUCHI_TEST_DIE" // DSN, terminal's secret, token, key and loan, of a child that dies

// TestKilledBetweenCommitAndAnswer: a server process is killed after it committed a
// renewal and before a byte of the answer; the next process answers the same key.
func TestKilledBetweenCommitAndAnswer(t *testing.T) {
	if args := os.Getenv(dieEnv); args != "" {
		dieAnswering(t, strings.Split(args, "\n"))
		return
	}
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			where := dsn(t)
			s := newServer(t, dbtest.Open(t, where))
			s.patron("1001", nil)
			loan := s.lend("1001")
			x := s.terminal()
			token, key := x.logIn("1001"), newKey()
			child := exec.Command(os.Args[0], "-test.run=^TestKilledBetweenCommitAndAnswer$")
			child.Env = append(os.Environ(), dieEnv+"="+strings.Join([]string{where, x.secret, token, key, string(loan.ID)}, "\n"))
			out, err := child.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the child was not killed: %v\n%s", err, out)
			}
			if n, _ := s.renewals(loan.ID); n != 1 {
				t.Fatalf("it was killed too early: %d renewals\n%s", n, out)
			}
			renewed := answer[library.PatronLoan](t, x.renew(token, key, loan.ID))
			if n, due := s.renewals(loan.ID); n != 1 || renewed.DueOn != due || renewed.Renewals != 1 {
				t.Errorf("%d renewals until %s, told of as %+v", n, due, renewed)
			}
		})
	}
}

// dieAnswering is the child: a service that kills its own process when it is about to
// answer.
func dieAnswering(t *testing.T, args []string) {
	where, secret, token, key, loan := args[0], args[1], args[2], args[3], args[4]
	s := newServer(t, dbtest.Open(t, where))
	r := httptest.NewRequest("POST", "/v1/me/loans/"+loan+"/renewal", bytes.NewReader(nil))
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set(protocol.SessionHeader, token)
	r.Header.Set(protocol.IdempotencyHeader, key)
	s.ServeHTTP(deadly{}, r)
	t.Fatal("it answered without a word")
}

// deadly is an answer that is never begun.
type deadly struct{}

func (deadly) Header() http.Header { return http.Header{} }
func (deadly) Write([]byte) (int, error) {
	return 0, syscall.Kill(os.Getpid(), syscall.SIGKILL)
}
func (deadly) WriteHeader(status int) {
	if status != http.StatusOK {
		os.Stderr.WriteString("status " + http.StatusText(status) + "\n")
		os.Exit(1)
	}
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
