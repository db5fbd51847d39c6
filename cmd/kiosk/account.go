package main

import (
	"context"
	"errors"
	"fmt"

	"madoguchi/kiosk/screen"
	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

// account is a patron's session in the words of the screens.
type account struct{ session *kiosksync.Session }

func (t *terminal) logIn(ctx context.Context, card, password string) (screen.Account, library.Account, error) {
	s, a, err := t.client.LogIn(ctx, card, password)
	if err != nil {
		return nil, a, worded(err)
	}
	return account{s}, a, nil
}

func (a account) Account(ctx context.Context) (library.Account, error) {
	r, err := a.session.Account(ctx)
	return r, worded(err)
}

func (a account) Loans(ctx context.Context) (library.PatronLoans, error) {
	r, err := a.session.Loans(ctx)
	return r, worded(err)
}

func (a account) Renew(ctx context.Context, loan library.LoanID) (library.PatronLoan, error) {
	r, err := a.session.Renew(ctx, loan)
	return r, worded(err)
}

func (a account) Holds(ctx context.Context) (library.PatronHolds, error) {
	r, err := a.session.Holds(ctx)
	return r, worded(err)
}

func (a account) PlaceHolds(ctx context.Context, req library.HoldRequest) ([]library.HoldAnswer, error) {
	r, err := a.session.PlaceHolds(ctx, req)
	return r, worded(err)
}

func (a account) CancelHold(ctx context.Context, hold library.HoldID) (library.PatronHold, error) {
	r, err := a.session.CancelHold(ctx, hold)
	return r, worded(err)
}

func (a account) ChangeHold(ctx context.Context, hold library.HoldID, pickup library.BranchCode, contact library.Contact) (library.PatronHold, error) {
	r, err := a.session.ChangeHold(ctx, hold, pickup, contact)
	return r, worded(err)
}

func (a account) End() { a.session.End() }

// worded gives an error the type by which the screens know it; refusals have it.
func worded(err error) error {
	if errors.Is(err, kiosksync.ErrUnreachable) {
		return fmt.Errorf("%w: %w", screen.ErrUnreachable, err)
	}
	return err
}
