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

func (a account) MustChange() bool { return a.session.MustChange() }

func (a account) ChangePassword(ctx context.Context, present, password, terms string) error {
	return worded(a.session.ChangePassword(ctx, present, password, terms))
}

func (a account) Email(ctx context.Context) (library.EmailStatus, error) {
	r, err := a.session.Email(ctx)
	return r, worded(err)
}

func (a account) SetEmail(ctx context.Context, address, language string) (library.EmailStatus, error) {
	r, err := a.session.SetEmail(ctx, address, language)
	return r, worded(err)
}

func (a account) DeleteEmail(ctx context.Context) (library.EmailStatus, error) {
	r, err := a.session.DeleteEmail(ctx)
	return r, worded(err)
}

func (a account) ConfirmEmail(ctx context.Context, code string) (library.EmailStatus, error) {
	r, err := a.session.ConfirmEmail(ctx, code)
	return r, worded(err)
}

func (a account) End() { a.session.End() }

// apply is a screen.Apply.
func (t *terminal) apply(ctx context.Context, a library.Application) error {
	return worded(t.client.Apply(ctx, a))
}

// staff is a staff member's session in the words of the screens.
type staff struct{ session *kiosksync.StaffSession }

// staffLogIn is a screen.StaffLogIn.
func (t *terminal) staffLogIn(ctx context.Context, name, password string) (screen.Staff, error) {
	s, err := t.client.StaffLogIn(ctx, name, password)
	if err != nil {
		return nil, worded(err)
	}
	return staff{s}, nil
}

func (x staff) Name() string { return x.session.Name() }

func (x staff) Admin() bool { return x.session.Admin() }

func (x staff) Patron(ctx context.Context, card string) (library.CounterPatron, error) {
	r, err := x.session.Patron(ctx, card)
	return r, worded(err)
}

func (x staff) IssueTemporary(ctx context.Context, card string, seen library.Document) (library.TemporaryPassword, error) {
	r, err := x.session.IssueTemporary(ctx, card, seen)
	return r, worded(err)
}

func (x staff) Unlock(ctx context.Context, card string) error {
	return worded(x.session.Unlock(ctx, card))
}

func (x staff) Restarts(ctx context.Context) error { return worded(x.session.Restarts(ctx)) }

func (x staff) Leaves(ctx context.Context) error { return worded(x.session.Leaves(ctx)) }

func (x staff) End() { x.session.End() }

// worded gives an error the type by which the screens know it; refusals have it.
func worded(err error) error {
	if errors.Is(err, kiosksync.ErrUnreachable) {
		return fmt.Errorf("%w: %w", screen.ErrUnreachable, err)
	}
	return err
}
