package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Bounced notes that a mail to an address came back, for good (hard) or for a while,
// and returns how many patrons have the address.
func Bounced(ctx context.Context, d *db.DB, who Register, address string, hard bool, at time.Time) (patrons int, err error) {
	var ids []library.PatronID
	err = d.View(ctx, func(tx *db.Tx) (err error) { // by itself: it reads all patrons, whom others change meanwhile
		ids, err = who.WithEmailTx(ctx, tx, address)
		return err
	})
	for _, id := range ids {
		if err == nil {
			err = d.Tx(ctx, func(tx *db.Tx) error { return bounced(ctx, tx, who, id, address, hard, at) })
		}
	}
	if err != nil {
		return 0, fmt.Errorf("note a bounce: %w", err)
	}
	return len(ids), nil
}

// bounced notes a bounce of a patron's address, if it is that still.
func bounced(ctx context.Context, tx *db.Tx, who Register, patron library.PatronID, address string, hard bool, at time.Time) error {
	registered, err := who.EmailTx(ctx, tx, patron)
	if errors.Is(err, library.ErrUnknownPatron) || err == nil && !strings.EqualFold(registered, address) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := refer(ctx, tx, patron); err != nil {
		return err
	}
	known, err := emailOf(ctx, tx, patron, registered)
	if err != nil {
		return err
	}
	b := known.bounces.After(hard, at)
	// Of an address that was imported, or replaced by an import, nothing is known yet.
	_, err = tx.ExecContext(ctx, `INSERT INTO patron_email (patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, bounces, bounced_at, bouncing)
		VALUES ($1, $2, $3, 0, '', 0, 0, $4, $5, $6)
		ON CONFLICT (patron_id) DO UPDATE SET bounces = excluded.bounces, bounced_at = excluded.bounced_at, bouncing = excluded.bouncing, address = excluded.address,
			confirmed_at = CASE WHEN patron_email.address = excluded.address THEN patron_email.confirmed_at ELSE 0 END,
			code_sent = CASE WHEN patron_email.address = excluded.address THEN patron_email.code_sent ELSE 0 END,
			code_hash = CASE WHEN patron_email.address = excluded.address THEN patron_email.code_hash ELSE '' END`,
		string(patron), registered, known.language, b.Count, b.Last.UnixMilli(), b.Bouncing)
	if err != nil {
		return err
	}
	return who.MailCameBackTx(ctx, tx, patron)
}

// knownEmail is what is known of a patron's address for sending mails.
type knownEmail struct {
	language string
	bounces  library.Bounces
}

// emailOf returns what is known of an address of a patron, and nothing where the
// patron's is another one.
func emailOf(ctx context.Context, tx *db.Tx, patron library.PatronID, address string) (knownEmail, error) {
	known := knownEmail{language: library.Languages[0].Code}
	var bouncedAt int64
	err := tx.QueryRowContext(ctx, `SELECT language, bounces, bounced_at, bouncing FROM patron_email WHERE patron_id = $1 AND address = $2`,
		string(patron), address).Scan(&known.language, &known.bounces.Count, &bouncedAt, &known.bounces.Bouncing)
	if errors.Is(err, sql.ErrNoRows) {
		return known, nil
	}
	if bouncedAt != 0 {
		known.bounces.Last = time.UnixMilli(bouncedAt)
	}
	return known, err
}

func nullString(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

func emailDomain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
