package catalogue

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/library"
)

func TestABranchKeepsItsPlans(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		b := library.Branch{Code: "chuo", Name: "中央図書館", Plans: []library.FloorPlan{{
			Floor: "2階", Width: 10, Height: 10, Here: &library.PlanPoint{X: 1, Y: 9},
			Shelves: []library.PlanShelf{{Name: "2階 文学", X: 1, Y: 1, Width: 4, Height: 2}},
		}}}
		if err := c.PutBranch(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		all, err := c.Branches(t.Context())
		if err != nil || len(all) != 2 || !reflect.DeepEqual(all[0], b) {
			t.Errorf("%+v, %v", all, err)
		}
		b.Plans[0].Shelves[0].X = 7
		if err := c.PutBranch(t.Context(), b); err == nil || !strings.Contains(err.Error(), "floor plan 1 of branch chuo: shelf 1") {
			t.Errorf("a shelf outside: %v", err)
		}
	})
}

func TestShelvesOfABranch(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		on := func(it library.Item, shelf string) library.Item {
			it.Shelf = shelf
			return it
		}
		put(t, c, book("b1", on(copyAt("chuo", "1"), "文庫"), on(copyAt("chuo", "2"), "文学"), on(copyAt("kita", "3"), "児童")),
			book("b2", on(copyAt("chuo", "4"), "文庫"), copyAt("chuo", "5")))
		got, err := c.Shelves(t.Context(), "chuo")
		if err != nil || len(got) != 2 || !(got[0] == "文学" || got[1] == "文学") || !(got[0] == "文庫" || got[1] == "文庫") {
			t.Errorf("%q, %v", got, err)
		}
		if got, err := c.Shelves(t.Context(), "nishi"); err != nil || len(got) != 0 {
			t.Errorf("of no branch: %q, %v", got, err)
		}
	})
}

func TestChangeBranches(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		bad := errors.New("no")
		for _, change := range []func([]library.Branch) ([]library.Branch, error){
			func(all []library.Branch) ([]library.Branch, error) { all[0].Name = "x"; return all, bad },
			func(all []library.Branch) ([]library.Branch, error) {
				all[0].Name, all[1].Name = "x", ""
				return all, nil
			},
		} {
			if err := c.ChangeBranches(t.Context(), change); err == nil {
				t.Error("no error")
			}
		}
		err := c.ChangeBranches(t.Context(), func(all []library.Branch) ([]library.Branch, error) {
			all[1].Short = "北"
			return []library.Branch{all[1], {Code: "e1", Name: "東"}}, nil // what is left out stays
		})
		if err != nil {
			t.Fatal(err)
		}
		all, err := c.Branches(t.Context())
		if want := []library.Branch{{Code: "chuo", Name: "chuo図書館"}, {Code: "kita", Name: "kita図書館", Short: "北"}, {Code: "e1", Name: "東"}}; err != nil || !reflect.DeepEqual(all, want) {
			t.Errorf("%+v, %v, want %+v", all, err, want)
		}
	})
}

func TestRemoveBranch(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		put(t, c, book("b1", copyAt("chuo", "1"), copyAt("kita", "2"), copyAt("kita", "3")))
		exec := func(query string) {
			t.Helper()
			if err := c.db.Tx(t.Context(), func(tx *db.Tx) error { _, err := tx.ExecContext(t.Context(), query); return err }); err != nil {
				t.Fatal(err)
			}
		}
		exec(`INSERT INTO terminal (id, branch_code, name, code_expires, created_at, enrolled_at, last_seen_at, revoked_at)
			VALUES ('t1', 'kita', '', 0, 0, 0, 0, 0), ('t2', 'kita', '', 0, 0, 0, 0, 5)`)
		var inUse *BranchInUseError
		if err := c.RemoveBranch(t.Context(), "kita"); !errors.As(err, &inUse) || len(inUse.Uses) != 2 || !strings.Contains(err.Error(), "2 copies: ") || !strings.Contains(err.Error(), "1 terminals: ") {
			t.Fatalf("error %v", err)
		}
		exec(`DELETE FROM item WHERE branch_code = 'kita'`)
		exec(`UPDATE terminal SET revoked_at = 7`)
		if err := c.RemoveBranch(t.Context(), "kita"); err != nil {
			t.Fatal(err)
		}
		if err := c.RemoveBranch(t.Context(), "kita"); !errors.Is(err, library.ErrUnknownBranch) {
			t.Errorf("once more: %v", err)
		}
		if all, err := c.Branches(t.Context()); err != nil || len(all) != 1 || all[0].Code != "chuo" {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// TestBranchUses: all that names a branch is looked at before one is removed.
func TestBranchUses(t *testing.T) {
	c := open(t, dbtest.Open(t, dbtest.SQLite(t)))
	var columns []string
	err := c.db.View(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.QueryContext(t.Context(), `SELECT m.name || '.' || f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE f."table" = 'branch'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var column string
			if err := rows.Scan(&column); err != nil {
				return err
			}
			columns = append(columns, column)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	var looked []string
	for _, use := range branchUses {
		looked = append(looked, use.column)
	}
	slices.Sort(columns)
	slices.Sort(looked)
	if !slices.Equal(columns, slices.Compact(looked)) {
		t.Errorf("the columns that name a branch are %q, and looked at are %q", columns, looked)
	}
}
