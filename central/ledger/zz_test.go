package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

func TestZZ(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		for n := range 300 {
			c.book(t, library.BibID(fmt.Sprint("b", n)), fmt.Sprint("i", n), fmt.Sprint("j", n))
			c.patron(t, library.PatronID(fmt.Sprint("p", n)))
		}
		do := func(name string, f func(n int)) {
			began := time.Now()
			for n := range 300 {
				f(n)
			}
			fmt.Println(name, time.Since(began)/300)
		}
		do("checkout", func(n int) { c.lend(t, fmt.Sprint(n), fmt.Sprint("i", n)) })
		do("place", func(n int) { c.place(t, library.PatronID(fmt.Sprint("p", (n+1)%300)), "kita", library.BibID(fmt.Sprint("b", n))) })
		do("arrive", func(n int) { c.Arrive(t.Context(), fmt.Sprint("j", n), "chuo") })
		do("arrive2", func(n int) { c.Arrive(t.Context(), fmt.Sprint("j", n), "kita") })
		do("checkout", func(n int) { c.lend(t, fmt.Sprint((n+1)%300), fmt.Sprint("j", n)) })
		began := time.Now()
		err := c.db.Tx(t.Context(), func(tx *db.Tx) error {
			for n := range 300 {
				if _, err := c.ReturnTx(t.Context(), tx, fmt.Sprint("j", n), "kita"); err != nil {
					return err
				}
			}
			return nil
		})
		fmt.Println("return batched", time.Since(began)/300, err)
		began = time.Now()
		err = c.db.Locked(t.Context(), nil, func(tx *db.Tx) error {
			for n := range 300 {
				if _, err := c.ReturnTx(t.Context(), tx, fmt.Sprint("i", n), "kita"); err != nil {
					return err
				}
			}
			return nil
		})
		fmt.Println("return batched locked", time.Since(began)/300, err)
		c.db.Assign(t.Context())
	})
}
