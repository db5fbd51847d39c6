package ledger

import (
	"context"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Mail takes mails that are sent after the transaction's commit, and not at all
// without it. Where the patron cannot be written to, that is no error.
type Mail interface {
	Queue(ctx context.Context, tx *db.Tx, m library.Mail) error
	// Reaches reports whether mails go to an address of a patron: it is one, and they did
	// not come back.
	Reaches(ctx context.Context, tx *db.Tx, patron library.PatronID, address string) (bool, error)
}

// reach is how a patron can be told of something.
func (l *Ledger) reach(ctx context.Context, tx *db.Tx, p library.Patron) (r library.Reach, err error) {
	r.Phone = len(p.Phones) > 0
	if l.cfg.Mail != nil && p.Email != "" {
		r.Mail, err = l.cfg.Mail.Reaches(ctx, tx, p.ID, p.Email)
	}
	return r, err
}

// reachOf is reach of the patron of a hold.
func (l *Ledger) reachOf(ctx context.Context, tx *db.Tx, h library.Hold) (library.Patron, library.Reach, error) {
	p, err := l.PatronTx(ctx, tx, h.PatronID)
	if err != nil {
		return p, library.Reach{}, err
	}
	r, err := l.reach(ctx, tx, p)
	return p, r, err
}

// ready says of a hold that has just become ready how its patron is told, and queues the
// mail where it is one. The caller stores the hold.
func (l *Ledger) ready(ctx context.Context, tx *db.Tx, h *storedHold, title string, r *library.Returned) error {
	p, reach, err := l.reachOf(ctx, tx, h.Hold)
	if err != nil {
		return err
	}
	pickup, err := calendarOf(ctx, tx, h.Pickup)
	if err != nil {
		return err
	}
	h.callDue = false
	h.Hold = l.cfg.Policy().Settle(h.Hold, reach, pickup)
	r.HoldFor, r.Tell = p.Card, h.TellBy(reach)
	if r.Tell != library.ByMail {
		return nil
	}
	return l.write(ctx, tx, p, library.Mail{
		Kind: library.MailHoldReady, Hold: h.ID, Title: title, Branch: h.Pickup,
		Until: l.cfg.Policy().Told(h.Hold, l.Today(), pickup).ShelfUntil,
	})
}

// news has the patron of a hold that is not ready told what became of it, by mail or by
// telephone, or by neither. The caller stores the hold.
func (l *Ledger) news(ctx context.Context, tx *db.Tx, kind library.MailKind, h *storedHold, title string) error {
	p, reach, err := l.reachOf(ctx, tx, h.Hold)
	if err != nil {
		return err
	}
	switch h.TellBy(reach) {
	case library.ByMail:
		reason := h.EndReason
		if kind == library.MailHoldFellBack {
			var left int
			err := tx.QueryRowContext(ctx, `SELECT count(*) FROM item i WHERE i.bib_id = $1 AND `+servable, string(h.BibID)).Scan(&left)
			if err != nil {
				return err
			}
			if left == 0 {
				reason = library.EndNoCopies // and there will be none
			}
		}
		return l.write(ctx, tx, p, library.Mail{Kind: kind, Hold: h.ID, Title: title, Branch: h.Pickup, Reason: reason})
	case library.ByPhone:
		h.callDue = true
	}
	return nil
}

// tellExpired writes to the patron of a hold that has expired, where mails are wanted.
func (l *Ledger) tellExpired(ctx context.Context, tx *db.Tx, h library.Hold, title string) error {
	p, reach, err := l.reachOf(ctx, tx, h)
	if err != nil || h.TellBy(reach) != library.ByMail {
		return err
	}
	return l.write(ctx, tx, p, library.Mail{Kind: library.MailHoldExpired, Title: title, Branch: h.Pickup, Until: h.ShelfUntil})
}

func (l *Ledger) write(ctx context.Context, tx *db.Tx, p library.Patron, m library.Mail) error {
	m.Patron, m.To, m.At = p.ID, p.Email, l.cfg.Now()
	return l.cfg.Mail.Queue(ctx, tx, m)
}
