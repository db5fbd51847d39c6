// Package ledger is the library's circulation as SQL, decided by the rules of
// package library: who may borrow, who has what and until when, who waits for what and
// gets which copy, and where each item is. It keeps nothing of a loan that ended.
//
// A method opens its transaction itself. Its namesake ending in Tx works in the
// caller's, so that an effect, its answer and its audit entry are stored together
// or not at all; after the commit the caller lets db.DB.Assign number the changes.
package ledger

import (
	"context"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Ledger is the circulation in a database. Make it with New.
type Ledger struct {
	cfg Config
}

// Config is what a Ledger needs.
type Config struct {
	DB        *db.DB    // open and migrated
	Catalogue Catalogue // of the same database
	Mail      Mail      // nil: nobody is told anything by mail

	Policy func() library.Policy // asked at every decision; nil: the guide's
	Now    func() time.Time      // nil: time.Now
	Zone   *time.Location        // in which days begin and end; nil: Japan's
}

// Catalogue has the bibs and the items of the ledger's database.
type Catalogue interface {
	// Touch is told, within the transaction, that a bib's items changed. A bib that is hidden
	// is gone with the last of them.
	Touch(ctx context.Context, tx *db.Tx, id library.BibID) error
	// DeleteTx takes a bib and its items away, to which nothing refers, and DeleteItemTx
	// an item.
	DeleteTx(ctx context.Context, tx *db.Tx, id library.BibID) error
	DeleteItemTx(ctx context.Context, tx *db.Tx, id library.ItemID) error
	// HideBibTx and HideItemTx let them vanish for whoever reads the catalogue, until the
	// items are deleted.
	HideBibTx(ctx context.Context, tx *db.Tx, id library.BibID) error
	HideItemTx(ctx context.Context, tx *db.Tx, id library.ItemID) error
	// CountLoanTx counts a loan of a bib, and InheritTx gives the counts of a bib without
	// copies to the one to which its last copy moved.
	CountLoanTx(ctx context.Context, tx *db.Tx, bib library.BibID, on library.Date) error
	InheritTx(ctx context.Context, tx *db.Tx, from, to library.BibID) error
}

// New returns the ledger in the database.
func New(cfg Config) *Ledger {
	if cfg.Policy == nil {
		cfg.Policy = library.DefaultPolicy
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = library.Site{}.Location()
	}
	return &Ledger{cfg: cfg}
}

// Today is the day on which the ledger decides now.
func (l *Ledger) Today() library.Date { return library.DateOf(l.cfg.Now().In(l.cfg.Zone)) }

// change runs fn in a transaction and then numbers what it changed. Each fn locks the
// rows that it decides by (see lockQueues) before it reads them, so whoever wants the
// same bib waits; in serializable transactions, of which all but one begin anew, the
// last of some dozens at a hot title would be refused.
func (l *Ledger) change(ctx context.Context, fn func(*db.Tx) error) error {
	if err := l.cfg.DB.Locked(ctx, nil, fn); err != nil {
		return err
	}
	return l.cfg.DB.Assign(ctx)
}
