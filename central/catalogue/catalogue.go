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
	db          *db.DB
	today       func() time.Time
	circulation Circulation
	page        int64 // the most changes that one answer covers
	batch       int   // how many records go in with one transaction

	digests digestCache
}

// Config is what a Catalogue needs.
type Config struct {
	DB *db.DB
	// Now is the time in the library's zone; the day on it is the day on which a
	// new record came into the catalogue. Nil: time.Now.
	Now func() time.Time
	// Circulation is told what an import does. Nil: nobody lends and holds anything, so that
	// what leaves is deleted and a state that a file says is taken over.
	Circulation Circulation
}

// Circulation is told, within the transaction, what an import does to copies.
type Circulation interface {
	// CopiesTx is told which copies are new, or changed: their branch, their bib, whether
	// they are lent. All of them are written already.
	CopiesTx(ctx context.Context, tx *db.Tx, items []library.ItemID) error
	// StatesTx is told where copies are, as a file says that counts here. A copy that is on
	// loan or held with us stays so, but that one that is held may be missing. It returns
	// those that are elsewhere now, or due on another day.
	StatesTx(ctx context.Context, tx *db.Tx, said []library.Availability) (changed []library.ItemID, err error)
	// WithdrawItemsTx takes copies out of the library. What is on loan is hidden until it
	// comes back, what is held lets go.
	WithdrawItemsTx(ctx context.Context, tx *db.Tx, items []library.ItemID) error
	// WithdrawBibTx takes a bib with all its copies out of the library. Its holds end.
	WithdrawBibTx(ctx context.Context, tx *db.Tx, bib library.BibID) error
}

// New returns the catalogue in the database, which must be migrated.
func New(cfg Config) *Catalogue {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Catalogue{db: cfg.DB, today: cfg.Now, circulation: cfg.Circulation, page: ChangesPerPage, batch: batchSize}
	if c.circulation == nil {
		c.circulation = uncirculated{c}
	}
	return c
}

// uncirculated is the Circulation of a catalogue of which nothing is lent or held.
type uncirculated struct{ catalogue *Catalogue }

func (uncirculated) CopiesTx(context.Context, *db.Tx, []library.ItemID) error { return nil }

func (u uncirculated) StatesTx(ctx context.Context, tx *db.Tx, said []library.Availability) (changed []library.ItemID, err error) {
	for _, a := range said {
		var bib library.BibID
		err := tx.QueryRowContext(ctx, `UPDATE item SET state = $2, due_on = $3 WHERE id = $1 RETURNING bib_id`, string(a.ItemID), string(a.State), a.DueOn).Scan(&bib)
		if err != nil {
			return nil, err
		}
		if err := u.catalogue.Touch(ctx, tx, bib); err != nil {
			return nil, err
		}
		tx.Changed(db.KindAvailability, string(a.ItemID), string(bib))
		changed = append(changed, a.ItemID)
	}
	return changed, nil
}

func (u uncirculated) WithdrawItemsTx(ctx context.Context, tx *db.Tx, items []library.ItemID) error {
	for _, id := range items {
		if err := u.catalogue.DeleteItemTx(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

func (u uncirculated) WithdrawBibTx(ctx context.Context, tx *db.Tx, bib library.BibID) error {
	return u.catalogue.DeleteTx(ctx, tx, bib)
}
