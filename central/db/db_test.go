package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
)

// TestFollowerMissesNothing has writers commit in any order, some of them slowly,
// while several assigners number and a follower reads: it must see every change,
// in contiguous numbers, and never one below its cursor.
func TestFollowerMissesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const writers, each = 8, 40
		ctx := t.Context()
		var done atomic.Bool
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range each {
					err := d.Tx(ctx, func(tx *db.Tx) error {
						for part := range 1 + n%3 {
							tx.Changed(db.KindItem, fmt.Sprintf("%d/%d/%d", w, n, part), "b")
						}
						if n%5 == w%5 {
							// A transaction that stays open while others commit.
							var x int
							return tx.QueryRowContext(ctx, `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) SELECT count(*) FROM c`).Scan(&x)
						}
						return nil
					})
					if err != nil {
						t.Error(err)
						return
					}
					if n%2 == 0 {
						if err := d.Assign(ctx); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		go func() { wg.Wait(); done.Store(true) }()

		seen := map[string]bool{}
		var cursor int64
		for last := false; ; {
			if err := d.Assign(ctx); err != nil {
				t.Fatal(err)
			}
			err := d.View(ctx, func(tx *db.Tx) error {
				log, err := tx.Log(ctx)
				if err != nil {
					return err
				}
				rows, err := tx.QueryContext(ctx, `SELECT number, key FROM change WHERE number > $1 ORDER BY number`, cursor)
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var n int64
					var key string
					if err := rows.Scan(&n, &key); err != nil {
						return err
					}
					if n != cursor+1 {
						return fmt.Errorf("change %d follows %d", n, cursor)
					}
					if seen[key] {
						return fmt.Errorf("change of %s came twice", key)
					}
					cursor, seen[key] = n, true
				}
				if cursor != log.Number {
					return fmt.Errorf("the log says %d, its last row is %d", log.Number, cursor)
				}
				return rows.Err()
			})
			if err != nil {
				t.Fatal(err)
			}
			if last {
				break
			}
			last = done.Load() // then once more, for what came in between
		}
		want := 0
		for n := range each {
			want += writers * (1 + n%3)
		}
		if len(seen) != want {
			t.Errorf("the follower saw %d of %d changes", len(seen), want)
		}
	})
}

// TestViewIsOneState: a View does not see what is committed while it runs.
func TestViewIsOneState(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		count := func(tx *db.Tx) (n int) {
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pending_change`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		note := func(tx *db.Tx) error { tx.Changed(db.KindBib, "x", "x"); return nil }
		err := d.View(ctx, func(tx *db.Tx) error {
			before := count(tx)
			if err := d.Tx(ctx, note); err != nil {
				return err
			}
			if after := count(tx); after != before {
				t.Errorf("the view changed from %d to %d rows", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.View(ctx, note); err == nil {
			t.Error("a view could write")
		}
	})
}

func TestTxLosesNoUpdate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				for range 10 {
					err := d.Tx(ctx, func(tx *db.Tx) error {
						log, err := tx.Log(ctx)
						if err != nil {
							return err
						}
						_, err = tx.ExecContext(ctx, `UPDATE change_log SET number = $1`, log.Number+1)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		d.View(ctx, func(tx *db.Tx) error {
			if log, err := tx.Log(ctx); err != nil || log.Number != 60 {
				t.Errorf("60 increments gave %d, %v", log.Number, err)
			}
			return nil
		})
	})
}

func TestTxRollsBackOnError(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		no := errors.New("no")
		err := d.Tx(ctx, func(tx *db.Tx) error {
			tx.Changed(db.KindBib, "x", "x")
			return no
		})
		if !errors.Is(err, no) {
			t.Fatalf("got %v", err)
		}
		d.View(ctx, func(tx *db.Tx) error {
			if ok, err := tx.Settled(ctx); !ok || err != nil {
				t.Errorf("something was left: %v", err)
			}
			return nil
		})
	})
}

func TestExclusive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		nothing := func(context.Context) error { return nil }
		err := d.Exclusive(ctx, "edition", func(ctx context.Context) error {
			if err := d.Exclusive(ctx, "edition", nothing); !errors.Is(err, db.ErrTaken) {
				t.Errorf("a second holder got %v", err)
			}
			return d.Exclusive(ctx, "another", nothing)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Exclusive(ctx, "edition", nothing); err != nil {
			t.Errorf("the lock stayed: %v", err)
		}
	})
}

func TestPrune(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		for _, key := range []string{"a", "b", "c"} {
			if err := d.Tx(ctx, func(tx *db.Tx) error { tx.Changed(db.KindBib, key, key); return nil }); err != nil {
				t.Fatal(err)
			}
			if err := d.Assign(ctx); err != nil {
				t.Fatal(err)
			}
		}
		for _, upto := range []int64{2, 1, 9} { // backwards and beyond the end: nothing
			if err := d.Prune(ctx, upto); err != nil {
				t.Fatal(err)
			}
		}
		d.View(ctx, func(tx *db.Tx) error {
			log, err := tx.Log(ctx)
			if err != nil || log.Pruned != 2 || log.Number != 3 {
				t.Errorf("log is %+v, %v", log, err)
			}
			var n int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM change`).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d changes are kept, %v", n, err)
			}
			return nil
		})
	})
}

func TestMigrateTwiceAtOnce(t *testing.T) {
	for _, dsn := range []func(testing.TB) string{dbtest.EmptySQLite, dbtest.EmptyPostgres} {
		name := dsn(t)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { dbtest.Open(t, name) })
		}
		wg.Wait()
		d := dbtest.Open(t, name)
		if err := d.Fits(t.Context()); err != nil {
			t.Errorf("%s: %v", d.Name(), err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, dsn := range []string{"", "sqlite:", "mysql://x", "postgres:///x?host=/nowhere",
		"postgres:/foo", "postgres:foo", "Postgres://u@h/x", "postgresql:/u@h/x", "pg://u@h/x", "jdbc:postgresql://h/x", "host=h dbname=x"} {
		if d, err := db.Open(t.Context(), dsn); err == nil {
			d.Close()
			t.Errorf("%q was opened", dsn)
		}
	}
}

// TestLocked: transactions with the same lock see each other's work and lose none of
// it, also when they take several locks in another order.
func TestLocked(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			where := dsn(t)
			processes := []*db.DB{dbtest.Open(t, where), dbtest.Open(t, where)}
			ctx := t.Context()
			var all sync.WaitGroup
			for n := range 60 {
				names := []string{"a", "b"}
				if n%2 == 1 {
					slices.Reverse(names)
				}
				all.Go(func() {
					tries := 0
					err := processes[n%2].Locked(ctx, names, func(tx *db.Tx) error {
						tries++
						var number int64
						if err := tx.QueryRowContext(ctx, `SELECT number FROM change_log`).Scan(&number); err != nil {
							return err
						}
						_, err := tx.ExecContext(ctx, `UPDATE change_log SET number = $1`, number+1)
						return err
					})
					if err != nil || tries != 1 {
						t.Errorf("%v after %d tries", err, tries)
					}
				})
			}
			all.Wait()
			var number int64
			err := processes[0].View(ctx, func(tx *db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT number FROM change_log`).Scan(&number)
			})
			if err != nil || number != 60 {
				t.Errorf("%d of 60 increments, %v", number, err)
			}
		})
	}
}
