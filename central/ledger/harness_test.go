package ledger_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

func day(s string) library.Date {
	d, err := library.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// tb is what the helpers use of *testing.T and of *rapid.T.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// clock is the time as the server's own zone, UTC, tells it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) tick(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// set sets the time, given in Japan's.
func (c *clock) set(t tb, japan string) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", japan, time.FixedZone("JST", 9*60*60))
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at.UTC()
}

// city is a library of two branches with a ledger whose clock stands at ten in the
// morning of 2026-11-24 until somebody sets it.
type city struct {
	*ledger.Ledger
	db        *db.DB
	catalogue *catalogue.Catalogue
	clock     *clock
	policy    library.Policy
}

func open(t testing.TB, d *db.DB) *city {
	t.Helper()
	c := &city{db: d, clock: &clock{}, policy: library.DefaultPolicy()}
	c.policy.PickAfter = 0 // but where that is tried
	c.clock.set(t, "2026-11-24 10:00:00")
	c.catalogue = catalogue.New(catalogue.Config{
		DB: d, Now: c.clock.Now, Circulation: c,
	})
	c.Ledger = c.another(t, d)
	for _, code := range []library.BranchCode{"chuo", "kita"} {
		if err := c.catalogue.PutBranch(t.Context(), library.Branch{Code: code, Name: string(code) + "図書館"}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// another is the ledger of another process on the same database.
func (c *city) another(t testing.TB, d *db.DB) *ledger.Ledger {
	t.Helper()
	return c.at(t, d, c.clock.Now)
}

// at is another with a clock of its own.
func (c *city) at(t testing.TB, d *db.DB, now func() time.Time) *ledger.Ledger {
	t.Helper()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	return ledger.New(ledger.Config{
		DB: d, Catalogue: catalogue.New(catalogue.Config{DB: d, Now: now}),
		Policy: func() library.Policy { return c.policy }, Now: now, Zone: tokyo,
	})
}

func each(t *testing.T, test func(*testing.T, *city)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, open(t, d)) })
}

// book puts a bib with copies at chuo, whose barcodes are their IDs.
func (c *city) book(t tb, bib library.BibID, barcodes ...string) {
	t.Helper()
	r := library.Record{Bib: library.Bib{ID: bib, Kind: library.Book, Title: "こころ", Volume: "上", Creators: []library.Creator{{Name: "夏目漱石"}, {Name: "編者"}}}}
	for _, code := range barcodes {
		r.Items = append(r.Items, library.Item{ID: library.ItemID(code), Barcode: code, Branch: "chuo", Lendable: true, State: library.OnShelf})
	}
	if _, err := c.catalogue.Put(context.Background(), r); err != nil {
		t.Fatal(err)
	}
}

// patron puts a patron whose card is the ID without its letter.
func (c *city) patron(t tb, id library.PatronID, blocks ...library.Block) library.Patron {
	t.Helper()
	p := library.Patron{ID: id, Card: strings.TrimPrefix(string(id), "p"), Name: "利用者 " + string(id), Phones: []string{"0931234567"}, Blocks: blocks}
	if err := c.PutPatrons(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	return p
}

// paperHold enters a form with one bib.
func (c *city) paperHold(ctx context.Context, card string, bib library.BibID, pickup library.BranchCode, received time.Time) (library.PatronHold, error) {
	req := library.HoldRequest{Bibs: []library.BibID{bib}, Pickup: pickup, Contact: library.NoNews}
	answers, _, err := c.PaperHolds(ctx, card, req, received)
	switch {
	case err != nil:
		return library.PatronHold{}, err
	case answers[0].Refusal != "":
		return library.PatronHold{}, library.RefusalWithCode(answers[0].Refusal)
	}
	return *answers[0].Hold, nil
}

func (c *city) lend(t tb, card, item string) library.Loan {
	t.Helper()
	l, _, err := c.Checkout(context.Background(), card, item, "")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// closes closes a branch, otherwise open on all days, on days.
func (c *city) closes(t tb, code library.BranchCode, days ...string) {
	t.Helper()
	b := library.Branch{Code: code, Name: string(code) + "図書館"}
	for weekday := range b.Calendar.Hours {
		b.Calendar.Hours[weekday] = library.Hours{Open: 9 * 60, Close: 19 * 60}
	}
	for _, d := range days {
		b.Calendar.Closed = append(b.Calendar.Closed, day(d))
	}
	if err := c.catalogue.PutBranch(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}

func (c *city) exec(t tb, query string, args ...any) {
	t.Helper()
	err := c.db.Tx(context.Background(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(context.Background(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hold has a patron wait for a bib.
func (c *city) hold(t tb, patron library.PatronID, bib library.BibID, state string) {
	t.Helper()
	c.exec(t, `INSERT INTO hold (id, bib_id, patron_id, pickup_branch, contact, state, received_at, sequence_place, contacted_on, shelf_until, ended_at)
		VALUES ($1, $2, $3, 'chuo', 'none', $4, 0, 0, '', '', 0)`, fmt.Sprint(patron, bib, state), string(bib), string(patron), state)
}

// sound says what is wrong between loans and what terminals see of the items.
func (c *city) sound(t tb) {
	t.Helper()
	err := c.db.View(context.Background(), func(tx *db.Tx) error {
		rows, err := tx.QueryContext(context.Background(), `SELECT i.id, i.state, i.due_on, l.due_on, l.bib_id, i.bib_id
			FROM item i FULL JOIN loan l ON l.item_id = i.id WHERE i.state = 'on_loan' OR l.id IS NOT NULL OR i.due_on <> ''`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var item, state, seen, due, bib, itemBib sql.NullString
			if err := rows.Scan(&item, &state, &seen, &due, &bib, &itemBib); err != nil {
				return err
			}
			if state.String != "on_loan" || !due.Valid || seen != due || due.String == "" || bib != itemBib {
				t.Errorf("item %v is %v, due %v; its loan is due %v, of bib %v", item, state, seen, due, bib)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// digest is what the server tells terminals that a bib with its items is now.
func (c *city) digest(t tb, bib library.BibID) (digest string) {
	t.Helper()
	err := c.db.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRowContext(context.Background(), `SELECT digest FROM bib WHERE id = $1`, string(bib)).Scan(&digest)
	})
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// codeOf is the code of a refusal, and the text of any other error.
func codeOf(err error) string { return cmp.Or(library.CodeOf(err), err.Error()) }
