package central_test

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestResultsGoAfterTheirDays: from the menu, and out of the database.
func TestResultsGoAfterTheirDays(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		id := newKey()
		r := c.request("1001", holdsOf(bibID(0)))
		sealed := c.seal(id, r)
		wantDone(t, c.hand(id, sealed)) // on 2026-11-24
		again := func(when string) {
			t.Helper()
			if err := c.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.exec(`DELETE FROM hold`) // it would be held already
			wantDone(t, c.hand(id, sealed))
			if n := c.count(`SELECT count(*) FROM hold`); n != 0 {
				t.Errorf("%s, it happened again", when)
			}
		}
		c.now = time.Date(2026, 12, 8, 14, 59, 59, 0, time.UTC) // 23:59:59 on the 14th day
		again("after 14 days")
		if got := c.result("1001"); got.Receipt != receiptOf(id) {
			t.Errorf("%+v", got)
		}
		c.now = c.now.Add(time.Second)
		if got := c.results("1001"); len(got) != 0 {
			t.Errorf("on the 15th day: %+v", got)
		}
		again("after 15 days")
		if h := c.become(id); len(h) != 1 || h[0].Kept || h[0].Patron != "" || h[0].Proven() || len(h[0].Result.Lines) != 0 || !h[0].Result.ReceivedAt.Equal(r.ReceivedAt) {
			t.Errorf("staff see %+v", h)
		}
		if n := c.count(`SELECT count(*) FROM request WHERE patron_id IS NOT NULL OR result <> ''`); n != 0 {
			t.Error("what was asked for is still there")
		}
		if n := c.count(`SELECT count(*) FROM answer`); n != 0 {
			t.Errorf("%d answers are left, so this shows nothing", n)
		}
		c.now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).Add(399 * 24 * time.Hour)
		again("after 399 days")
		c.now = c.now.Add(24 * time.Hour)
		if err := c.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := c.count(`SELECT count(*) FROM request`); n != 0 {
			t.Error("the row is there for ever")
		}
	})
}

// TestAResultThatCannotBeRead does not keep the patron from the menu.
func TestAResultThatCannotBeRead(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		id := c.leave(c.request("1001", holdsOf(bibID(0))))
		c.exec(`UPDATE request SET result = 'damaged'`)
		other := c.leave(c.request("1001", holdsOf(bibID(1))))
		if got := c.result("1001"); got.Receipt != receiptOf(other) {
			t.Errorf("%+v", got)
		}
		if !strings.Contains(c.log.String(), "request="+id) {
			t.Errorf("the log says\n%s", &c.log)
		}
	})
}

// TestTheNewestResultIsFirst, by when it was left.
func TestTheNewestResultIsFirst(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		var want []string
		for n, ago := range []time.Duration{3, 1, 2} {
			id := c.leave(c.request("1001", holdsOf(bibID(n)), receivedAt(c.now.Add(-ago*time.Hour))))
			want = append(want, receiptOf(id))
		}
		var got []string
		for _, r := range c.results("1001") {
			got = append(got, r.Receipt)
		}
		if !reflect.DeepEqual(got, []string{want[1], want[2], want[0]}) {
			t.Errorf("%v, of %v", got, want)
		}
	})
}

// TestTerminalsLearnOfARequest: the copy that it got is numbered as changed.
func TestTerminalsLearnOfARequest(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		c.put(4, 5) // stands on its shelf
		before, err := c.catalogue.Log(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.leave(c.request("1001", holdsOf(bibID(4))))
		if n := c.count(`SELECT count(*) FROM item WHERE id = $1 AND state = 'in_transit'`, string(itemID(4))); n != 1 {
			t.Error("the hold got no copy")
		}
		if n := c.count(`SELECT count(*) FROM pending_change`); n != 0 || c.count(`SELECT count(*) FROM change WHERE number > $1`, before.Number) == 0 {
			t.Errorf("%d changes have no number", n)
		}
	})
}

// TestAPatronWhoIsGone takes the result along, and not that the request was there.
func TestAPatronWhoIsGone(t *testing.T) {
	eachLeft(t, func(t *testing.T, c *left) {
		id := newKey()
		sealed := c.seal(id, c.request("1001", holdsOf(bibID(0))))
		wantDone(t, c.hand(id, sealed))
		c.exec(`DELETE FROM hold`)
		c.exec(`DELETE FROM patron_ref WHERE id = 'p1001'`)
		wantDone(t, c.hand(id, sealed))
		if h := c.become(id); len(h) != 1 || h[0].Patron != "" {
			t.Errorf("%+v", h)
		}
	})
}
