package central

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// enrolLimit slows down the guessing of enrolment codes. Only failures count, so
// that a library can enrol all its terminals in one go.
type enrolLimit struct {
	mu    sync.Mutex
	total *rate.Limiter
	from  map[string]*rate.Limiter
}

const (
	failuresPerAddress = 10 // then one more every 30 s
	failuresInTotal    = 60 // then one more every 5 s
	addressesAtMost    = 10_000
)

func newEnrolLimit() *enrolLimit {
	return &enrolLimit{
		total: rate.NewLimiter(rate.Every(5*time.Second), failuresInTotal),
		from:  map[string]*rate.Limiter{},
	}
}

// allow reports whether the address may try.
func (l *enrolLimit) allow(addr string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.from[addr]
	return l.total.TokensAt(now) >= 1 && (one == nil || one.TokensAt(now) >= 1)
}

// failed counts a failed try.
func (l *enrolLimit) failed(addr string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total.AllowN(now, 1)
	one := l.from[addr]
	if one == nil {
		if len(l.from) >= addressesAtMost {
			l.forget(now)
		}
		one = rate.NewLimiter(rate.Every(30*time.Second), failuresPerAddress)
		l.from[addr] = one
	}
	one.AllowN(now, 1)
}

// forget drops the addresses that have no failure left, all of them where that is
// not enough: the total still holds.
func (l *enrolLimit) forget(now time.Time) {
	for addr, one := range l.from {
		if one.TokensAt(now) >= failuresPerAddress {
			delete(l.from, addr)
		}
	}
	if len(l.from) >= addressesAtMost {
		clear(l.from)
	}
}

func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
