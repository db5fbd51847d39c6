package central

import (
	"cmp"
	"context"
	"net/http"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// inTurn is the lock for changes at a desk: those of one terminal come one after the
// other, also two askings with the same key. The queues of the bibs are locked by Desk,
// for which many may wait; a serializable transaction would be sent back to try again
// each time until it is refused.
func (x session) inTurn() []string { return []string{"changes at " + x.terminal.ID} }

func (s *Service) checkout(w http.ResponseWriter, r *http.Request) error {
	return desk(s, w, r, func(ctx context.Context, tx *db.Tx, who session, body protocol.Checkout) (any, error) {
		loan, title, err := s.cfg.Desk.CheckoutTx(ctx, tx, body.Card, body.Item, cmp.Or(body.Branch, who.terminal.Branch))
		if err != nil {
			return nil, err
		}
		err = s.audit(ctx, tx, who, "checkout", "patron:"+string(loan.PatronID), "loan", string(loan.ID))
		return protocol.CheckedOut{DueOn: loan.DueOn, Title: title}, err
	})
}

func (s *Service) giveBack(w http.ResponseWriter, r *http.Request) error {
	return s.putDown(w, r, "return", s.cfg.Desk.ReturnTx)
}

func (s *Service) arrive(w http.ResponseWriter, r *http.Request) error {
	return s.putDown(w, r, "arrival", s.cfg.Desk.ArriveTx)
}

// putDown answers what to do with an item that lies at the desk.
func (s *Service) putDown(w http.ResponseWriter, r *http.Request, action string,
	do func(ctx context.Context, tx *db.Tx, item string, at library.BranchCode) (library.Returned, error)) error {
	return desk(s, w, r, func(ctx context.Context, tx *db.Tx, who session, body protocol.Return) (any, error) {
		done, err := do(ctx, tx, body.Item, cmp.Or(body.Branch, who.terminal.Branch))
		if err != nil {
			return nil, err
		}
		err = s.audit(ctx, tx, who, action, "item:"+body.Item)
		return protocol.Returned(done), err
	})
}

// desk makes a change that only staff may make.
func desk[T any](s *Service, w http.ResponseWriter, r *http.Request, do func(ctx context.Context, tx *db.Tx, who session, body T) (any, error)) error {
	who, err := s.staff(r)
	if err != nil {
		return err
	}
	var body T
	text, err := readInto(w, r, &body)
	if err != nil {
		return err
	}
	return s.once(w, r, asking{who: who, body: text, locks: who.inTurn()}, func(ctx context.Context, tx *db.Tx) (any, error) {
		return do(ctx, tx, who, body)
	})
}

// audit writes down what staff did; detail holds names and values in turn.
func (s *Service) audit(ctx context.Context, tx *db.Tx, who session, action, subject string, detail ...string) error {
	e := audit.Entry{At: s.cfg.Now(), Actor: who.asker(), Action: action, Subject: subject, Detail: map[string]string{"terminal": who.terminal.ID}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return audit.Append(ctx, tx, e)
}
