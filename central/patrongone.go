package central

import (
	"context"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// EndSessionsTx ends all sessions of a patron, in the caller's transaction.
func EndSessionsTx(ctx context.Context, tx *db.Tx, patron library.PatronID) error {
	return endSessions(ctx, tx, patron, "")
}

// Mark returns what is left of a deleted patron's card or ID, see ledger.Mark.
func (p *Passwords) Mark(kind, text string) string { return p.hasher.Name(kind, text) }

// ForgetPatronTx drops, in the caller's transaction, all that the service itself keeps of a
// patron with a card: password, sessions, agreed terms, address and code, mails that wait,
// results of requests, stored answers, failed tries. Answers of which nobody knows whose
// they are, those to staff among them, go as soon as no terminal can ask for them again.
func (p *Passwords) ForgetPatronTx(ctx context.Context, tx *db.Tx, patron library.PatronID, card string) error {
	for _, query := range []string{
		`UPDATE request SET result = '' WHERE patron_id = $1`,
		`DELETE FROM patron_ref WHERE id = $1`, // and what hangs on it
	} {
		if _, err := tx.ExecContext(ctx, query, string(patron)); err != nil {
			return fmt.Errorf("forget a patron: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE answer SET secret = TRUE WHERE patron_id IS NULL AND NOT secret`); err != nil {
		return fmt.Errorf("forget a patron: %w", err)
	}
	return p.LiftLock(ctx, tx, card)
}

// MovePatronTx gives, in the caller's transaction, what the service itself keeps of a
// patron to the one with whom that patron is merged: mails that wait, results of requests,
// agreed terms; password and what is known of an address where the one who is kept has
// none. Sessions stay, to end with ForgetPatronTx.
func MovePatronTx(ctx context.Context, tx *db.Tx, keep, gone library.PatronID) error {
	if err := refer(ctx, tx, keep); err != nil {
		return err
	}
	for _, query := range []string{
		`UPDATE mail SET patron_id = $1 WHERE patron_id = $2`,
		`UPDATE request SET patron_id = $1 WHERE patron_id = $2`,
		`UPDATE answer SET patron_id = $1 WHERE patron_id = $2`,
		`INSERT INTO terms_agreed (patron_id, version, at) SELECT $1, version, at FROM terms_agreed WHERE patron_id = $2
			ON CONFLICT (patron_id, version) DO NOTHING`,
		`UPDATE patron_password SET patron_id = $1 WHERE patron_id = $2 AND NOT EXISTS (SELECT 1 FROM patron_password WHERE patron_id = $1)`,
		`UPDATE patron_email SET patron_id = $1 WHERE patron_id = $2 AND NOT EXISTS (SELECT 1 FROM patron_email WHERE patron_id = $1)`,
	} {
		if _, err := tx.ExecContext(ctx, query, string(keep), string(gone)); err != nil {
			return fmt.Errorf("merge patrons: %w", err)
		}
	}
	return nil
}
