package session_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/kiosk/session"
	"madoguchi/library"
)

// kiosk is a session and what it told, with the time since the test began.
type kiosk struct {
	*session.Session
	t     *testing.T
	began time.Time
	mu    sync.Mutex
	told  []string
}

// newKiosk returns a session under the policy of the guide: 60 s, 15 s, 10 min.
func newKiosk(t *testing.T) *kiosk {
	k := &kiosk{t: t, began: time.Now()}
	k.Session = session.New(session.Config{
		Policy:      library.DefaultPolicy,
		OnCountdown: func(left time.Duration) { k.note("left %v", left) },
		OnEnd:       func(r session.Reason) { k.note("end %s", r) },
	})
	return k
}

func (k *kiosk) note(format string, args ...any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.told = append(k.told, fmt.Sprintf("%v ", time.Since(k.began))+fmt.Sprintf(format, args...))
}

// expect waits for a span of time and compares what was told in it.
func (k *kiosk) expect(span time.Duration, want ...string) {
	k.t.Helper()
	time.Sleep(span)
	synctest.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.Equal(k.told, want) {
		k.t.Fatalf("after %v:\ngot  %q\nwant %q", time.Since(k.began), k.told, want)
	}
	k.told = nil
}

// ticks are the countdown callbacks when seconds are left at that time.
func ticks(at time.Duration, seconds int) (told []string) {
	for ; seconds > 0; seconds-- {
		told = append(told, fmt.Sprintf("%v left %v", at, time.Duration(seconds)*time.Second))
		at += time.Second
	}
	return told
}

func test(t *testing.T, name string, body func(t *testing.T, k *kiosk)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			k := newKiosk(t)
			defer k.Close() // a timer that were left would fail the bubble's end
			body(t, k)
		})
	})
}

func TestSession(t *testing.T) {
	test(t, "nobody", func(t *testing.T, k *kiosk) {
		k.End(session.Ended)
		k.expect(time.Hour)
		if left, reason := k.Left(); k.Active() || left != 0 || reason != "" {
			t.Errorf("active %v, left %v %q", k.Active(), left, reason)
		}
	})

	test(t, "idle end", func(t *testing.T, k *kiosk) {
		k.Touch()
		k.expect(45*time.Second-1, nil...)
		if left, reason := k.Left(); left != 15*time.Second+1 || reason != session.Idle {
			t.Errorf("left %v %q", left, reason)
		}
		k.expect(15*time.Second, ticks(45*time.Second, 15)...)
		if !k.Active() {
			t.Error("ended early")
		}
		k.expect(1, "1m0s end idle")
		if k.Active() {
			t.Error("still active")
		}
		k.expect(time.Hour)
	})

	test(t, "a touch puts off the end", func(t *testing.T, k *kiosk) {
		for range 10 {
			k.Touch()
			k.expect(44 * time.Second)
		}
	})

	test(t, "a touch in the countdown", func(t *testing.T, k *kiosk) {
		k.Touch()
		k.expect(47*time.Second, ticks(45*time.Second, 15)[:3]...)
		k.Touch()
		k.expect(0, "47s left 0s")
		k.expect(45*time.Second, "1m32s left 15s")
	})

	test(t, "a touch at the last moment", func(t *testing.T, k *kiosk) {
		k.Touch()
		k.SetPreferences(session.Preferences{Language: "en"})
		k.expect(60*time.Second-1, ticks(45*time.Second, 15)...)
		k.Touch()
		k.expect(1, "59.999999999s left 0s")
		if k.Preferences().Language != "en" {
			t.Error("the session did not go on")
		}
	})

	test(t, "a touch at the very end", func(t *testing.T, k *kiosk) {
		k.SetPreferences(session.Preferences{Language: "en"})
		time.Sleep(60 * time.Second) // the timer and the touch race for the lock
		k.Touch()
		k.expect(0, append(ticks(45*time.Second, 15), "1m0s end idle")...)
		if !k.Active() || k.Preferences() != (session.Preferences{}) {
			t.Errorf("active %v with %+v, want somebody new", k.Active(), k.Preferences())
		}
	})

	test(t, "end pressed", func(t *testing.T, k *kiosk) {
		k.Touch()
		k.expect(46*time.Second, ticks(45*time.Second, 15)[:2]...)
		k.End(session.Ended)
		k.End(session.Ended)
		k.expect(time.Hour, "46s end ended")
	})

	test(t, "limit", func(t *testing.T, k *kiosk) {
		for range 584 {
			k.Touch()
			k.expect(time.Second)
		}
		if left, reason := k.Left(); left != 16*time.Second || reason != session.Limit {
			t.Errorf("left %v %q", left, reason)
		}
		k.expect(time.Second, ticks(585*time.Second, 15)[:1]...)
		for _, tick := range ticks(585*time.Second, 15)[1:] {
			k.Touch() // does not help
			k.expect(time.Second, tick)
		}
		k.expect(time.Second, "10m0s end limit")
	})

	test(t, "a touch leads from the idle countdown into that of the limit", func(t *testing.T, k *kiosk) {
		for range 54 {
			k.Touch()
			time.Sleep(10 * time.Second)
		}
		k.Touch() // at 540 s, so the idle end and the limit fall together
		k.expect(50*time.Second, ticks(585*time.Second, 15)[:6]...)
		k.Touch()
		k.expect(10*time.Second, append(ticks(591*time.Second, 9), "10m0s end limit")...)
	})

	test(t, "ending clears", func(t *testing.T, k *kiosk) {
		chosen := session.Preferences{Language: "en", TextSize: "large", Scheme: "dark"}
		k.SetPreferences(chosen)
		if !k.Active() || k.Preferences() != chosen {
			t.Errorf("active %v with %+v", k.Active(), k.Preferences())
		}
		k.End(session.Ended)
		if k.Active() || k.Preferences() != (session.Preferences{}) {
			t.Errorf("active %v with %+v", k.Active(), k.Preferences())
		}
		k.expect(0, "0s end ended")
	})

	test(t, "many sessions in a row", func(t *testing.T, k *kiosk) {
		for i := range 100 {
			at := time.Duration(i) * time.Minute
			k.Touch()
			k.expect(time.Minute, append(ticks(at+45*time.Second, 15), fmt.Sprintf("%v end idle", at+time.Minute))...)
		}
	})

	test(t, "nothing after Close", func(t *testing.T, k *kiosk) {
		k.SetPreferences(session.Preferences{Language: "en"})
		k.expect(50*time.Second, ticks(45*time.Second, 15)[:6]...)
		k.Close()
		k.Touch()
		k.End(session.Ended)
		k.SetPreferences(session.Preferences{Language: "en"})
		k.expect(time.Hour)
		if k.Active() || k.Preferences() != (session.Preferences{}) {
			t.Errorf("active %v with %+v", k.Active(), k.Preferences())
		}
	})
}

func TestSessionFollowsThePolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ends []session.Reason
		policy := library.Policy{IdleAfter: 5, IdleCountdown: 60, SessionLimit: 8}
		s := session.New(session.Config{
			Policy: func() library.Policy { return policy },
			OnEnd:  func(r session.Reason) { ends = append(ends, r) },
		})
		defer s.Close()

		s.Touch()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		s.Touch()
		time.Sleep(4 * time.Second)
		s.Touch()
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if want := []session.Reason{session.Idle, session.Limit}; !slices.Equal(ends, want) {
			t.Errorf("ends %v, want %v", ends, want)
		}

		policy = library.Policy{} // of a site that the terminal does not know yet
		s.Touch()
		if left, _ := s.Left(); left != time.Minute {
			t.Errorf("left %v under no policy", left)
		}
	})
}

func TestSessionWithoutCallbacks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := session.New(session.Config{})
		defer s.Close()
		s.Touch()
		time.Sleep(time.Minute)
		synctest.Wait()
		if s.Active() {
			t.Error("still active")
		}
	})
}

func TestCallbacksMayCallTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		var s *session.Session
		s = session.New(session.Config{
			OnCountdown: func(left time.Duration) {
				told = append(told, left.String())
				if left == 14*time.Second {
					s.End(session.Ended)
				}
			},
			OnEnd: func(r session.Reason) {
				told = append(told, string(r))
				if len(told) < 5 {
					s.Touch()
					s.End(session.Ended)
				}
				if s.Active() {
					t.Error("active within its own end")
				}
			},
		})
		defer s.Close()
		s.Touch()
		time.Sleep(time.Hour)
		synctest.Wait()
		if want := []string{"15s", "14s", "ended", "ended", "ended"}; !slices.Equal(told, want) {
			t.Errorf("told %v, want %v", told, want)
		}
	})
}

// A countdown that a touch has called off must not be told after that: the screen
// would ask a patron who has just answered.
func TestCallbacksKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		slow := make(chan struct{})
		s := session.New(session.Config{OnCountdown: func(left time.Duration) {
			if left == 15*time.Second {
				<-slow // the screen is busy
			}
			told = append(told, left.String())
		}})
		defer s.Close()
		s.Touch()
		time.Sleep(46500 * time.Millisecond)
		s.Touch()
		close(slow)
		synctest.Wait()
		if want := []string{"15s", "14s", "0s"}; !slices.Equal(told, want) {
			t.Errorf("told %v, want %v", told, want)
		}
	})
}

func TestCloseWaitsForTheCallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var busy atomic.Bool
		s := session.New(session.Config{OnEnd: func(session.Reason) {
			busy.Store(true)
			time.Sleep(time.Second)
			busy.Store(false)
		}})
		s.Touch()
		time.Sleep(time.Minute)
		synctest.Wait()
		if !busy.Load() {
			t.Fatal("no end was told")
		}
		s.Close()
		if busy.Load() {
			t.Error("Close returned within a callback")
		}
	})
}

// Touches, ends and closing from everywhere: every session that began ends exactly
// once, and callbacks never overlap.
func TestConcurrentTouches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inside, overlaps, ends atomic.Int32
		s := session.New(session.Config{
			OnCountdown: func(time.Duration) {
				if inside.Add(1) > 1 {
					overlaps.Add(1)
				}
				inside.Add(-1)
			},
			OnEnd: func(session.Reason) {
				if inside.Add(1) > 1 {
					overlaps.Add(1)
				}
				ends.Add(1)
				inside.Add(-1)
			},
		})
		var all sync.WaitGroup
		for g := range 8 {
			random := rand.New(rand.NewPCG(uint64(g), 0))
			all.Go(func() {
				for range 200 {
					switch random.IntN(10) {
					case 0:
						s.End(session.Ended)
					case 1:
						s.SetPreferences(session.Preferences{Language: "en"})
					case 2:
						s.Left()
						s.Preferences()
					default:
						s.Touch()
					}
					time.Sleep(time.Duration(random.IntN(400)) * time.Second)
				}
			})
		}
		all.Wait()
		s.Close()
		if overlaps.Load() != 0 || ends.Load() == 0 {
			t.Errorf("%d callbacks overlap; %d ends", overlaps.Load(), ends.Load())
		}
		before := ends.Load()
		time.Sleep(time.Hour)
		synctest.Wait()
		if ends.Load() != before {
			t.Error("an end came after Close")
		}
	})
}

// All touches at one moment are one session, which ends once.
func TestTouchesAtOneMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKiosk(t)
		defer k.Close()
		for i := range 50 {
			var all sync.WaitGroup
			for range 20 {
				all.Go(k.Touch)
			}
			all.Wait()
			for range 20 {
				all.Go(func() { k.End(session.Ended) })
			}
			all.Wait()
			k.expect(time.Second, fmt.Sprintf("%v end ended", time.Duration(i)*time.Second))
		}
	})
}
