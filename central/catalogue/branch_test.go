package catalogue

import (
	"reflect"
	"strings"
	"testing"

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
