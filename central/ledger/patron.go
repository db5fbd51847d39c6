package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"madoguchi/central/db"
	"madoguchi/library"
)

// PatronByCard returns the patron with a card, in the normal form of card numbers,
// or library.ErrUnknownPatron.
func (l *Ledger) PatronByCard(ctx context.Context, card string) (p library.Patron, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		p, err = l.PatronByCardTx(ctx, tx, card)
		return err
	})
	return p, err
}

// PatronByCardTx is PatronByCard in the caller's transaction.
func (l *Ledger) PatronByCardTx(ctx context.Context, tx *db.Tx, card string) (library.Patron, error) {
	return onePatron(ctx, tx, `card = $1`, card)
}

// Patron returns the patron with an ID, or library.ErrUnknownPatron.
func (l *Ledger) Patron(ctx context.Context, id library.PatronID) (p library.Patron, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		p, err = l.PatronTx(ctx, tx, id)
		return err
	})
	return p, err
}

// PatronTx is Patron in the caller's transaction.
func (l *Ledger) PatronTx(ctx context.Context, tx *db.Tx, id library.PatronID) (library.Patron, error) {
	return onePatron(ctx, tx, `id = $1`, string(id))
}

// SetEmailTx registers a patron's e-mail address, "" for none, in the caller's
// transaction, or returns library.ErrUnknownPatron. It stays until an import has news
// of it, see PatronImport.
func (l *Ledger) SetEmailTx(ctx context.Context, tx *db.Tx, id library.PatronID, address string) error {
	if !db.Storable(string(id)) || !db.Storable(address) {
		return library.ErrUnknownPatron
	}
	done, err := tx.ExecContext(ctx, `UPDATE patron SET email = $2 WHERE id = $1`, string(id), address)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		err = library.ErrUnknownPatron
	}
	return err
}

// EmailTx returns, in the caller's transaction, a patron's registered address, "" for
// none, or library.ErrUnknownPatron.
func (l *Ledger) EmailTx(ctx context.Context, tx *db.Tx, id library.PatronID) (string, error) {
	p, err := l.PatronTx(ctx, tx, id)
	return p.Email, err
}

// WithEmailTx returns, in the caller's transaction, the patrons with an address,
// whatever its case: not every mail server keeps that.
func (l *Ledger) WithEmailTx(ctx context.Context, tx *db.Tx, address string) (ids []library.PatronID, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM patron WHERE lower(email) = $1`, strings.ToLower(address))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id library.PatronID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func onePatron(ctx context.Context, tx *db.Tx, where, key string) (library.Patron, error) {
	p, err := oneStored(ctx, tx, where, key)
	return p.Patron, err
}

func oneStored(ctx context.Context, tx *db.Tx, where, key string) (p storedPatron, err error) {
	if !db.Storable(key) {
		return p, library.ErrUnknownPatron
	}
	p, err = scanPatron(tx.QueryRowContext(ctx, `SELECT `+patronColumns+` FROM patron WHERE `+where, key))
	if errors.Is(err, sql.ErrNoRows) {
		return storedPatron{}, library.ErrUnknownPatron
	}
	return p, err
}

// storedPatron is a patron with what the imports said (see PatronImport).
type storedPatron struct {
	library.Patron
	imported string
	fileID   string // "" where no file has said it
	lacking  bool   // the last whole file had no such patron; library.BlockLeft says so
}

const patronColumns = `id, card, name, reading, born_on, phones, email, branch_code, category, valid_until, blocks, imported, file_id, lacking`

func scanPatron(row interface{ Scan(...any) error }) (p storedPatron, err error) {
	var branch, fileID sql.NullString
	var phones, blocks string
	err = row.Scan(&p.ID, &p.Card, &p.Name, &p.Reading, &p.BornOn, &phones, &p.Email, &branch, &p.Category, &p.ValidUntil, &blocks, &p.imported, &fileID, &p.lacking)
	p.Branch, p.fileID = library.BranchCode(branch.String), fileID.String
	if phones != "" {
		p.Phones = strings.Fields(phones)
	}
	for _, b := range strings.Fields(blocks) {
		p.Blocks = append(p.Blocks, library.Block(b))
	}
	if p.lacking {
		p.Blocks = append(p.Blocks, library.BlockLeft)
	}
	return p, err
}

func (p storedPatron) args() []any {
	return []any{
		string(p.ID), p.Card, p.Name, p.Reading, p.BornOn, strings.Join(p.Phones, " "), p.Email,
		nullBranch(p.Branch), p.Category, p.ValidUntil, FieldBlocks.text(p.Patron), p.imported,
		sql.NullString{String: p.fileID, Valid: p.fileID != ""}, p.lacking,
	}
}

func joinBlocks(blocks []library.Block) string {
	words := make([]string, len(blocks))
	for i, b := range blocks {
		words[i] = string(b)
	}
	return strings.Join(words, " ")
}
