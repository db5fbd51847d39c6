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
}

// tell has the patron of a hold told what became of it, where the patron chose to be
// told by mail (guide: メールでの通知を希望するかどうかは、予約のつど指定できます).
func (l *Ledger) tell(ctx context.Context, tx *db.Tx, kind library.MailKind, h library.Hold, title string) error {
	if l.cfg.Mail == nil || h.Contact != library.ByMail {
		return nil
	}
	p, err := l.PatronTx(ctx, tx, h.PatronID)
	if err != nil || p.Email == "" { // deleted since
		return err
	}
	return l.cfg.Mail.Queue(ctx, tx, library.Mail{
		Kind: kind, Patron: p.ID, To: p.Email, At: l.cfg.Now(),
		Title: title, Branch: h.Pickup, Until: h.ShelfUntil,
	})
}
