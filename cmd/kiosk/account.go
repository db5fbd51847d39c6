package main

import (
	"context"

	"madoguchi/kiosk/screen"
	"madoguchi/library"
)

// logIn is a screen.LogIn.
func (t *terminal) logIn(ctx context.Context, card, password string) (screen.Account, library.Account, error) {
	s, a, err := t.client.LogIn(ctx, card, password)
	if err != nil {
		return nil, a, err // and no nil of another type
	}
	return s, a, nil
}

// staffLogIn is a screen.StaffLogIn.
func (t *terminal) staffLogIn(ctx context.Context, name, password string) (screen.Staff, error) {
	s, err := t.client.StaffLogIn(ctx, name, password)
	if err != nil {
		return nil, err
	}
	return s, nil
}
