package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/secret"
)

// passwords opens the pepper, which is made on first use.
func (a *app) passwords(s *server) (*central.Passwords, error) {
	hasher, err := a.settings.hasher(a.ctx, s.db)
	if err != nil {
		return nil, err
	}
	return central.NewPasswords(a.ctx, s.db, hasher, nil)
}

// hasher hashes with the pepper, which is made where the database does not know one.
func (s settings) hasher(ctx context.Context, d *db.DB) (*secret.Hasher, error) {
	if err := fits(ctx, d, s.PepperFile, central.PepperKnown); err != nil {
		return nil, fmt.Errorf("the pepper file %s is missing, and the passwords in this database were made with one: %w", s.PepperFile, err)
	}
	pepper, err := secret.Pepper(s.PepperFile)
	if err != nil {
		return nil, err
	}
	return secret.New(pepper, s.HashCost)
}

// errMissing says what to do about a key that is not there.
var errMissing = errors.New("copy it from another server on the database, or put it back from your backup")

// fits returns errMissing where a file is missing that the database knows of.
func fits(ctx context.Context, d *db.DB, path string, known func(context.Context, *db.DB) (bool, error)) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return nil // other trouble shows when it is read
	}
	there, err := known(ctx, d)
	if err == nil && there {
		err = errMissing
	}
	return err
}
