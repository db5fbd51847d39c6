package central

import (
	"time"

	"golang.org/x/time/rate"
)

// domainRate bounds how many mails go to one domain: carriers take many at once for
// unwanted ones.
type domainRate struct {
	every    rate.Limit
	burst    int // how many may go without a gap: those of ten seconds
	limiters map[string]*rate.Limiter
}

// rateKept is from how many domains on those are forgotten that are at rest.
const rateKept = 1000

func newDomainRate(perMinute int) *domainRate {
	return &domainRate{every: rate.Limit(float64(perMinute) / 60), burst: max(1, perMinute/6), limiters: map[string]*rate.Limiter{}}
}

func (r *domainRate) may(domain string, now time.Time) bool {
	l := r.limiters[domain]
	return l == nil || l.TokensAt(now) >= 1
}

func (r *domainRate) take(domain string, now time.Time) {
	l := r.limiters[domain]
	if l == nil {
		if len(r.limiters) >= rateKept {
			r.forget(now)
		}
		l = rate.NewLimiter(r.every, r.burst)
		r.limiters[domain] = l
	}
	l.AllowN(now, 1)
}

func (r *domainRate) forget(now time.Time) {
	for domain, l := range r.limiters {
		if l.TokensAt(now) >= float64(r.burst) {
			delete(r.limiters, domain)
		}
	}
}
