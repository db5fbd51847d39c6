package central

import (
	"context"
	"net/http"

	"madoguchi/central/db"
	"madoguchi/library"
)

func (s *Service) me(w http.ResponseWriter, r *http.Request) error {
	return own(s, w, r, s.account)
}

// own answers a patron's question about the patron's own things.
func own[T any](s *Service, w http.ResponseWriter, r *http.Request, read func(context.Context, *db.Tx, library.PatronID) (T, error)) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	var found T
	err = s.cfg.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		found, err = read(r.Context(), tx, who.patron)
		return err
	})
	if err != nil {
		return err
	}
	return reply(w, r, found)
}

// account is what circulation says of a patron, what is known of the address, and what
// became of requests that were left.
func (s *Service) account(ctx context.Context, tx *db.Tx, patron library.PatronID) (library.Account, error) {
	a, err := s.cfg.Circulation.AccountTx(ctx, tx, patron)
	if err != nil {
		return library.Account{}, err
	}
	e, err := s.readEmail(ctx, tx, patron)
	if err != nil {
		return library.Account{}, err
	}
	if m := e.state().Message(); m != "" {
		a.Messages = append(a.Messages, m)
	}
	a.Requests, err = s.requestsOf(ctx, tx, patron)
	return a, err
}

func (s *Service) loans(w http.ResponseWriter, r *http.Request) error {
	return own(s, w, r, s.cfg.Circulation.LoansTx)
}

func (s *Service) renew(w http.ResponseWriter, r *http.Request) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if len(body) > 0 {
		return badRequest("a renewal takes no body")
	}
	return s.once(w, r, asking{who: who}, func(ctx context.Context, tx *db.Tx) (any, error) {
		return s.cfg.Circulation.RenewTx(ctx, tx, who.patron, library.LoanID(r.PathValue("id")))
	})
}
