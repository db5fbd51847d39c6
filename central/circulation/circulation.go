// Package circulation is what the central service and the circulation system behind it
// say to each other: who asks, and with what a change is ordered. The service's interface
// Circulation is in package central; central/ledger is one system behind it, and
// central/circulationtest tries any.
package circulation

import (
	"context"
	"errors"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Who is the patron who asks. Patron is always there. Card and PIN are what the patron
// gave with this very request, "" where nothing was given: a system that wants them
// knows the card by the patron.
type Who struct {
	Patron library.PatronID
	Card   string
	PIN    string
}

// Order is one change that a patron wants made, which answers with a T.
//
// However often an order is given, also at the same time, and whatever broke off before,
// its effect is made once. Orders are the same where their keys are.
type Order[T any] struct {
	Who
	Key        string    // unlike any other order's
	ReceivedAt time.Time // when the patron asked; zero: now

	// Record writes down the answer with all that belongs to it, such as mails and
	// entries of the audit log. A system whose effects are in the same database calls it
	// in the transaction that makes the effect, and makes none where Record fails; another
	// one calls it in a transaction of its own, after the effect. It may be called again
	// where a transaction is begun anew or did not commit. A refusal is not recorded.
	//
	// It fails with ErrRecorded where the order was recorded before: then the system
	// returns that error. A system may as well refuse such an order, in whose way its own
	// effect stands, so whoever orders looks for the record first.
	Record func(ctx context.Context, tx *db.Tx, answer T) error
}

// ErrRecorded says that an order was recorded before, and so its effect made before.
var ErrRecorded = errors.New("the order was recorded before")
