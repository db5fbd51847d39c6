package central_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// cheap makes hashes quick: these tests are not about how slow they are.
var cheap = secret.Cost{Memory: 8, Passes: 1, Threads: 1}

const pepper = "pepper of the tests, 32 bytes ok"

func newPasswords(t testing.TB, d *db.DB, now func() time.Time) *central.Passwords {
	t.Helper()
	h, err := secret.New([]byte(pepper), cheap)
	if err != nil {
		t.Fatal(err)
	}
	p, err := central.NewPasswords(t.Context(), d, h, now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// patron puts a patron, whose card is the number and whose password is
// passwordOf(card); blocks and other things are for change to set.
func (s *server) patron(card string, change func(*library.Patron)) library.PatronID {
	s.t.Helper()
	p := library.Patron{ID: library.PatronID("p" + card), Card: card, Name: "港 花子", Email: "hanako@example.jp"}
	if change != nil {
		change(&p)
	}
	ctx := context.Background()
	if err := s.ledger.PutPatrons(ctx, p); err != nil {
		s.t.Fatal(err)
	}
	err := s.passwords.SetPassword(ctx, p.ID, passwordOf(card))
	if err != nil {
		s.t.Fatal(err)
	}
	return p.ID
}

func passwordOf(card string) string { return "right" + card }

// lend lends a new copy to a card, a week ago, and returns the loan.
func (s *server) lend(card string) library.Loan {
	s.t.Helper()
	s.books++
	id := fmt.Sprintf("9%05d", s.books)
	r := library.Record{
		Bib:   library.Bib{ID: library.BibID("bib" + id), Kind: library.Book, Title: "こころ"},
		Items: []library.Item{{ID: library.ItemID(id), Barcode: id, Branch: "chuo", Lendable: true, State: library.OnShelf}},
	}
	if _, err := s.catalogue.Put(context.Background(), r); err != nil {
		s.t.Fatal(err)
	}
	then := ledger.New(ledger.Config{DB: s.db, Catalogue: s.catalogue, Now: func() time.Time { return s.now.AddDate(0, 0, -7) }})
	l, _, err := then.Checkout(context.Background(), card, id, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

// terminal is an enrolled terminal that asks the service.
type terminal struct {
	*server
	id, secret string
	mark       string // of the visitor, where it is the home page; "" for none
}

func (s *server) terminal() *terminal {
	s.t.Helper()
	return s.enrolled(s.terminals.Add(s.t.Context(), "chuo", ""))
}

// homePage returns an enrolled home page, which names no visitor.
func (s *server) homePage() *terminal {
	s.t.Helper()
	return s.enrolled(s.terminals.AddWeb(s.t.Context(), "home page"))
}

func (s *server) enrolled(added central.Terminal, code string, err error) *terminal {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	_, secret, err := s.terminals.Enrol(s.t.Context(), code)
	if err != nil {
		s.t.Fatal(err)
	}
	return &terminal{server: s, id: added.ID, secret: secret}
}

// visitor is the home page as it asks for a visitor.
func (x *terminal) visitor(name string) *terminal {
	of := *x
	of.mark = "visitor-of-the-tests-" + name
	return &of
}

// ask asks as the terminal; header holds names and values in turn.
func (x *terminal) ask(method, path string, body any, header ...string) *http.Response {
	x.t.Helper()
	text := ""
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			x.t.Fatal(err)
		}
		text = string(raw)
		header = append(header, "Content-Type", "application/json")
	}
	if x.mark != "" {
		header = append(header, protocol.VisitorHeader, x.mark)
	}
	return x.do(method, path, text, append(header, "Authorization", "Bearer "+x.secret)...)
}

func (x *terminal) tryLogIn(card, password string) *http.Response {
	x.t.Helper()
	return x.ask("POST", "/v1/sessions", protocol.Login{Card: card, Password: password})
}

// logIn returns the token of a new session.
func (x *terminal) logIn(card string) string {
	x.t.Helper()
	return answer[protocol.LoggedIn](x.t, x.tryLogIn(card, passwordOf(card))).Token
}

func (x *terminal) get(path, token string) *http.Response {
	x.t.Helper()
	return x.ask("GET", path, nil, protocol.SessionHeader, token)
}

func (x *terminal) renew(token, key string, loan library.LoanID) *http.Response {
	x.t.Helper()
	return x.ask("POST", "/v1/me/loans/"+string(loan)+"/renewal", nil, protocol.SessionHeader, token, protocol.IdempotencyHeader, key)
}

func newKey() string { return uuid.Must(uuid.NewV7()).String() }

// count counts rows.
func (s *server) count(query string, args ...any) int {
	s.t.Helper()
	n, err := count(s.db, query, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func count(d *db.DB, query string, args ...any) (n int, err error) {
	ctx := context.Background()
	err = d.View(ctx, func(tx *db.Tx) error { return tx.QueryRowContext(ctx, query, args...).Scan(&n) })
	return n, err
}
