// Package catalogue keeps the library's bibs, items and branches in the central
// server's database: it takes in imports, and gives out what terminals need to
// equal it, which is the whole catalogue, what changed since a number, and digests.
// Where an item is and when it is due belongs to circulation: an import never
// overwrites it.
package catalogue

import (
	"context"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Catalogue is the catalogue in a database. Make it with New.
type Catalogue struct {
	db     *db.DB
	today  func() time.Time
	copies func(ctx context.Context, tx *db.Tx, items []library.ItemID) error // nil: nobody is told
	page   int64                                                              // the most changes that one answer covers

	digests digestCache
}

// Config is what a Catalogue needs.
type Config struct {
	DB *db.DB
	// Now is the time in the library's zone; the day on it is the day on which a
	// new record came into the catalogue. Nil: time.Now.
	Now func() time.Time
	// Copies is told, within the transaction, which items that were there before an import
	// changed: one that is lent no longer may be somebody's. Nil: nobody is told.
	Copies func(ctx context.Context, tx *db.Tx, items []library.ItemID) error
}

// New returns the catalogue in the database, which must be migrated.
func New(cfg Config) *Catalogue {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Catalogue{db: cfg.DB, today: cfg.Now, copies: cfg.Copies, page: ChangesPerPage}
}
