package central

import (
	"context"

	"madoguchi/central/protocol"
)

// ProblemOf is problemOf, which every answer with an error goes through.
func ProblemOf(err error) *protocol.Problem { return problemOf(err) }

// Sweep is sweep, which Run calls now and then.
func (s *Service) Sweep(ctx context.Context) error { return s.sweep(ctx) }

// TakeAllLeftBack is takeAllLeftBack, which Run calls now and then.
func (s *Service) TakeAllLeftBack(ctx context.Context) error { return s.takeAllLeftBack(ctx) }

// ExpireHolds is expireHolds, which Run calls now and then.
func (s *Service) ExpireHolds(ctx context.Context) error { return s.expireHolds(ctx) }

// SendDue is sendDue, which Run calls now and then.
func (mq *MailQueue) SendDue(ctx context.Context) error { return mq.sendDue(ctx) }

// Hash is hash.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	return p.hash(ctx, password)
}

// Patterns are those of the table of routes.
func Patterns() (all []string) {
	for _, r := range new(Service).routes() {
		all = append(all, r.pattern)
	}
	return all
}

// Offered reports whether terminals of a kind may ask a route, and whether the table of
// routes says who may at all.
func Offered(pattern string, to TerminalKind) (offered, said bool) {
	for _, r := range new(Service).routes() {
		if r.pattern == pattern {
			known := r.from == fromAnywhere || r.from == fromKiosks || r.from == fromTerminals
			return r.from == fromAnywhere || Terminal{Kind: to}.mayAsk(r.from), known
		}
	}
	return false, false
}

// UpdateWanted is updateWanted, which Run calls now and then.
func (s *Service) UpdateWanted(ctx context.Context) error { return s.updateWanted(ctx) }
