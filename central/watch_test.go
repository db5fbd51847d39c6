package central

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/central/db"
)

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var number, looks atomic.Int64
		var broken atomic.Bool
		w := &watch{look: func(context.Context) (db.Log, error) {
			looks.Add(1)
			if broken.Load() {
				return db.Log{}, errors.New("the database is away")
			}
			return db.Log{Epoch: "e", Number: number.Load()}, nil
		}}
		number.Store(7)
		var told, quiet atomic.Int64
		ask := func(ctx context.Context, times int, epoch string, after int64) {
			for range times {
				go func() {
					if w.quiet(ctx, db.Log{Epoch: epoch, Number: after}) {
						quiet.Add(1)
					}
					told.Add(1)
				}()
			}
		}
		within := func(d time.Duration) (context.Context, func()) { return context.WithTimeout(t.Context(), d) }

		long, cancel := within(time.Hour)
		defer cancel()
		ask(long, 100, "e", 7)
		time.Sleep(5*time.Second + time.Millisecond)
		synctest.Wait()
		if n := looks.Load(); told.Load() != 0 || n != 10 {
			t.Errorf("after 5 s without a change %d of 100 had an answer, and %d looks were made, not 10", told.Load(), n)
		}
		number.Store(8)
		time.Sleep(lookEvery)
		synctest.Wait()
		if told.Load() != 100 || quiet.Load() != 0 {
			t.Errorf("a look after the change %d of 100 knew, and %d said that there was none", told.Load(), quiet.Load())
		}

		told.Store(0)
		short, cancel := within(10 * time.Second)
		defer cancel()
		ask(short, 1, "e", 8)
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		if told.Load() != 1 || quiet.Load() != 1 {
			t.Error("10 s without a change were not quiet")
		}
		ask(long, 1, "e", 7)     // it is behind
		ask(long, 1, "other", 8) // and it of another epoch
		time.Sleep(lookEvery)
		synctest.Wait()
		if told.Load() != 3 || quiet.Load() != 1 {
			t.Errorf("%d of 2 who were elsewhere had an answer, %d that there was no change", told.Load()-1, quiet.Load()-1)
		}

		broken.Store(true)
		ask(long, 1, "e", 8)
		time.Sleep(2 * lookEvery)
		synctest.Wait()
		if told.Load() != 4 || quiet.Load() != 1 {
			t.Error("who waits was not let go when the log could not be read")
		}
		before := looks.Load()
		time.Sleep(time.Minute)
		if n := looks.Load() - before; n > 1 {
			t.Errorf("%d looks while nobody waits", n)
		}
	})
}

// TestWaitingEndsWithTheServer: an orderly end does not wait for who waits.
func TestWaitingEndsWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{})
		s.watch.look = func(context.Context) (db.Log, error) { return db.Log{}, nil }
		start := time.Now()
		time.AfterFunc(2*time.Second, s.end)
		s.quiet(t.Context(), db.Log{}, maxWait)
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("it waited %v though the server was to end after 2 s", waited)
		}
		time.Sleep(time.Second) // for the look under way
	})
}
