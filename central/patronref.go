package central

import (
	"context"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// refer makes sure that there is a reference to a patron: what the service itself keeps
// of a patron, such as sessions and passwords, hangs on it, and goes with it. Who the
// patron is knows circulation alone.
func refer(ctx context.Context, tx *db.Tx, patron library.PatronID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO patron_ref (id) VALUES ($1) ON CONFLICT (id) DO NOTHING`, string(patron))
	if err != nil {
		return fmt.Errorf("refer to a patron: %w", err)
	}
	return nil
}
