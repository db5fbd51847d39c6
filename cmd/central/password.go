package main

import (
	"madoguchi/central"
	"madoguchi/central/secret"
)

// passwords opens the pepper, which is made on first use.
func (a *app) passwords(s *server) (*central.Passwords, error) {
	pepper, err := secret.Pepper(a.settings.PepperFile)
	if err != nil {
		return nil, err
	}
	hasher, err := secret.New(pepper, a.settings.HashCost)
	if err != nil {
		return nil, err
	}
	return central.NewPasswords(a.ctx, s.db, hasher, nil)
}
