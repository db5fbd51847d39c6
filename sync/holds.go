package sync

import (
	"context"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// Holds returns the patron's holds.
func (s *Session) Holds(ctx context.Context) (library.PatronHolds, error) {
	return ask(ctx, s, accountWithin, s.client.wire.Holds)
}

// PlaceHolds asks for holds once, as Renew does, and returns what became of each
// line, in their order. The whole is refused with library.ErrUnknownBranch or
// library.ErrNoEmail. After library.ErrUnreachable Holds tells what was placed.
func (s *Session) PlaceHolds(ctx context.Context, req library.HoldRequest) ([]library.HoldAnswer, error) {
	return change(ctx, s, func(ctx context.Context, token, key string) ([]library.HoldAnswer, error) {
		return s.client.wire.PlaceHolds(ctx, token, key, req)
	})
}

// CancelHold cancels a hold once, as Renew does, and returns it as it stands then.
// It refuses with library.ErrUnknownHold or library.ErrHoldNotWaiting.
func (s *Session) CancelHold(ctx context.Context, hold library.HoldID) (library.PatronHold, error) {
	return change(ctx, s, func(ctx context.Context, token, key string) (library.PatronHold, error) {
		return s.client.wire.CancelHold(ctx, token, key, hold)
	})
}

// ChangeHold changes pickup branch and contact of a hold once, as Renew does, and
// returns it as it stands then. It refuses as CancelHold and PlaceHolds do.
func (s *Session) ChangeHold(ctx context.Context, hold library.HoldID, pickup library.BranchCode, contact library.Contact) (library.PatronHold, error) {
	return change(ctx, s, func(ctx context.Context, token, key string) (library.PatronHold, error) {
		return s.client.wire.ChangeHold(ctx, token, key, hold, protocol.HoldChange{Pickup: pickup, Contact: contact})
	})
}
