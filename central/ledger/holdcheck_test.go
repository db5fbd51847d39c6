package ledger_test

import (
	"context"
	"strings"

	"madoguchi/central/db"
	"madoguchi/central/ledger"
)

// count is the number that a query returns.
func (c *city) count(t tb, query string, args ...any) (n int) {
	t.Helper()
	err := c.db.View(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRowContext(context.Background(), query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// agrees says what may never be between holds, items and loans.
func (c *city) agrees(t tb) {
	t.Helper()
	c.sound(t)
	c.left(t)
	c.never(t, map[string]string{
		"a hold has come further and has no copy, or has ended and has one": `SELECT count(*) FROM hold h WHERE h.state <> 'waiting' AND (h.item_id IS NULL) <> (h.state NOT IN ('preparing', 'ready'))`,
		"a copy is set aside, and not until when":                           `SELECT count(*) FROM hold h WHERE (h.pick_at <> 0) <> (h.state = 'waiting' AND h.item_id IS NOT NULL)`,
		"a hold is to be fetched that is not in preparation":                `SELECT count(*) FROM hold h WHERE h.fetch_at IS NOT NULL AND h.state NOT IN ('preparing', 'waiting') OR h.fetch_at IS NOT NULL AND h.item_id IS NULL OR h.from_hold_shelf AND h.fetch_at IS NULL`,
		"a hold has a copy of another bib":                                  `SELECT count(*) FROM hold h JOIN item i ON i.id = h.item_id WHERE i.bib_id <> h.bib_id`,
		"a copy is not where its hold says":                                 `SELECT count(*) FROM hold h JOIN item i ON i.id = h.item_id WHERE i.state <> CASE h.state WHEN 'ready' THEN 'on_hold_shelf' ELSE 'in_transit' END`,
		"a copy is on the hold shelf for nobody":                            `SELECT count(*) FROM item i WHERE i.state = 'on_hold_shelf' AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.item_id = i.id AND h.state = 'ready')`,
		"a copy is to be cleared that is not on its way, or is a hold's":    `SELECT count(*) FROM item i WHERE i.clear_at IS NOT NULL AND (i.state <> 'in_transit' OR EXISTS (SELECT 1 FROM hold h WHERE h.item_id = i.id))`,
		"a patron has and holds a bib":                                      `SELECT count(*) FROM hold h JOIN loan l ON l.bib_id = h.bib_id AND l.patron_id = h.patron_id WHERE ` + ledger.ActiveHold,
		"a ready hold says not since when, or told and not until when":      `SELECT count(*) FROM hold h WHERE h.state = 'ready' AND (h.ready_on = '' OR h.contacted_on <> '' AND h.shelf_until = '')`,
		"a later volume has a copy before its time": `SELECT count(*) FROM hold h JOIN hold e ON e.sequence_id = h.sequence_id AND e.sequence_place < h.sequence_place
			WHERE h.state IN ('preparing', 'waiting') AND h.item_id IS NOT NULL AND e.state IN ('preparing', 'waiting')`,
		"an ended hold says not when, or an active one does": `SELECT count(*) FROM hold h WHERE (h.ended_at = 0) <> (` + ledger.ActiveHold + `)`,
		"a hold waits that could be served": `SELECT count(*) FROM hold h WHERE h.state = 'waiting' AND h.item_id IS NULL
			AND EXISTS (SELECT 1 FROM item i WHERE i.bib_id = h.bib_id AND (i.state = 'on_shelf' OR i.clear_at IS NOT NULL) AND i.lendable AND i.owned AND NOT i.withdrawn)
			AND NOT EXISTS (SELECT 1 FROM hold e WHERE e.sequence_id = h.sequence_id AND e.sequence_place < h.sequence_place AND e.state IN ('preparing', 'waiting'))`,
	})
}

// left says what may never be of copies and bibs that have left the library.
func (c *city) left(t tb) {
	t.Helper()
	c.never(t, map[string]string{
		"a copy that has left is still there, and not on loan": `SELECT count(*) FROM item i WHERE i.withdrawn AND i.state <> 'on_loan'`,
		"a bib that has left is still there without need":      `SELECT count(*) FROM bib b WHERE b.withdrawn AND NOT EXISTS (SELECT 1 FROM item i WHERE i.bib_id = b.id AND i.withdrawn)`,
		"a bib that has left has a copy that has not":          `SELECT count(*) FROM bib b JOIN item i ON i.bib_id = b.id WHERE b.withdrawn AND NOT i.withdrawn`,
		"a bib that has left, or none, is waited for":          `SELECT count(*) FROM hold h LEFT JOIN bib b ON b.id = h.bib_id WHERE (b.id IS NULL OR b.withdrawn) AND ` + ledger.ActiveHold,
	})
}

// never says which queries count something.
func (c *city) never(t tb, queries map[string]string) {
	t.Helper()
	for never, query := range queries {
		if n := c.count(t, query); n != 0 {
			t.Errorf("%d times: %s", n, strings.Join(strings.Fields(never), " "))
		}
	}
}
