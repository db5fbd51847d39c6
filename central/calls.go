package central

import (
	"cmp"
	"context"
	"net/http"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// calls shows staff whom they are to telephone, and writes down that they looked.
func (s *Service) calls(w http.ResponseWriter, r *http.Request) error {
	who, err := s.staff(r)
	if err != nil {
		return err
	}
	var body protocol.CallsOf
	if err := decode(w, r, &body); err != nil {
		return err
	}
	branch := cmp.Or(body.Branch, who.terminal.Branch)
	var all []library.Call
	ctx := r.Context()
	err = s.cfg.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		if all, err = s.cfg.Desk.CallsTx(ctx, tx, branch); err != nil {
			return err
		}
		return s.audit(ctx, tx, who, "calls.view", "branch:"+string(branch))
	})
	if err != nil {
		return err
	}
	return reply(w, r, protocol.Calls{Today: s.today(), Calls: all})
}

// told notes that a patron was telephoned.
func (s *Service) told(w http.ResponseWriter, r *http.Request) error {
	return desk(s, w, r, func(ctx context.Context, tx *db.Tx, who session, body protocol.Told) (any, error) {
		if body.NoAnswer && !body.On.IsZero() {
			return nil, badRequest("on is the day on which the patron was told; nobody was who did not answer")
		}
		branch, action := cmp.Or(body.Branch, who.terminal.Branch), "told"
		var lines []library.CallOutcome
		var patron library.PatronID
		var err error
		if body.NoAnswer {
			action = "no-answer"
			lines, patron, err = s.cfg.Desk.NoAnswerTx(ctx, tx, body.Card, branch, body.Bibs)
		} else {
			lines, patron, err = s.cfg.Desk.ToldTx(ctx, tx, body.Card, branch, body.Bibs, body.On)
		}
		if err != nil {
			return nil, err
		}
		return protocol.CallOutcomes{Lines: lines}, s.audit(ctx, tx, who, action, "patron:"+string(patron), "branch", string(branch))
	})
}
