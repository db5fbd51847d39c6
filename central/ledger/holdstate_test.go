package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// What SQL takes for an active hold is what the rules do: the condition of the queries,
// and the index by which a patron has one such hold of a bib.
func TestActiveHoldInSQL(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.patron(t, "p1")
		active := 0
		for _, state := range library.HoldStates {
			bib := library.BibID("bib-" + state)
			c.book(t, bib)
			put := func(id string) error {
				return c.db.Tx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.ExecContext(context.WithoutCancel(t.Context()), `INSERT INTO hold (id, bib_id, patron_id, pickup_branch, contact, state, received_at,
							sequence_place, contacted_on, shelf_until, ended_at) VALUES ($1, $2, 'p1', 'chuo', 'none', $3, 0, 0, '', '', 0)`, id, string(bib), string(state))
					return err
				})
			}
			if err := put("first-" + string(state)); err != nil {
				t.Fatal(err)
			}
			if state.Active() {
				active++
			}
			if n := c.count(t, `SELECT count(*) FROM hold h WHERE h.bib_id = '`+string(bib)+`' AND `+ledger.ActiveHold); (n == 1) != state.Active() {
				t.Errorf("%s: SQL counts %d active holds, the rules say active: %v", state, n, state.Active())
			}
			if again := put("second-" + string(state)); (again != nil) != state.Active() {
				t.Errorf("%s: a second hold of the bib: %v", state, again)
			}
		}
		if n := c.count(t, `SELECT count(*) FROM hold h WHERE `+ledger.ActiveHold); n != active || active == 0 {
			t.Errorf("%d holds are active, not %d", n, active)
		}
	})
}

// No query lists the active states by hand.
func TestActiveHoldIsSaidOnce(t *testing.T) {
	var found []string
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range strings.Count(string(source), "'"+string(library.Waiting)+"', '") {
			found = append(found, path)
		}
	}
	if len(found) != 1 || found[0] != "holdrow.go" {
		t.Errorf("the active states are listed in %v: use activeHold", found)
	}
}
