package central

import (
	"context"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// HandedOver is a request that was left at a terminal, as staff find it by its receipt.
type HandedOver struct {
	ID       string
	Result   library.RequestResult // with its lines only while it is Kept
	Kept     bool                  // what became of it is still known
	Patron   library.PatronID      // who is shown the result; "" for nobody, or no longer kept
	Terminal Terminal              // only ID, branch and name
	At       time.Time             // when it was handed over
}

// Proven reports whether whoever left the request knew the password of the card.
func (h HandedOver) Proven() bool {
	return h.Kept && h.Result.Refusal != library.ErrLogin.Code && h.Result.Refusal != library.ErrCardLocked.Code
}

// WithReceipt returns the requests with a receipt code that were handed over, the
// newest first: codes are short, and some are given twice.
func (p *Passwords) WithReceipt(ctx context.Context, tx *db.Tx, receipt string) ([]HandedOver, error) {
	rows, err := tx.QueryContext(ctx, `SELECT r.id, r.received_at, r.delivered_at, coalesce(r.patron_id, ''), r.result, t.id, coalesce(t.branch_code, ''), t.name
		FROM request r JOIN terminal t ON t.id = r.terminal_id WHERE r.receipt = $1 ORDER BY r.received_at DESC, r.id`, receipt)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []HandedOver
	for rows.Next() {
		var h HandedOver
		var received, delivered int64
		var sealed string
		if err := rows.Scan(&h.ID, &received, &delivered, &h.Patron, &sealed, &h.Terminal.ID, &h.Terminal.Branch, &h.Terminal.Name); err != nil {
			return nil, err
		}
		if h.Kept = sealed != ""; h.Kept {
			if h.Result, err = p.openResult(sealed); err != nil {
				return nil, err
			}
		}
		h.Result.Receipt, h.Result.ReceivedAt = receipt, instant(received)
		h.At = instant(delivered)
		all = append(all, h)
	}
	return all, rows.Err()
}
