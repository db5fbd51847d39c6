package central

import (
	"context"
	"net/http"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/library"
)

func (s *Service) me(w http.ResponseWriter, r *http.Request) error {
	return own(s, w, r, s.account)
}

// own answers a patron's question about the patron's own things.
func own[T any](s *Service, w http.ResponseWriter, r *http.Request, read func(context.Context, circulation.Who) (T, error)) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	found, err := read(r.Context(), who.whose())
	if err != nil {
		return err
	}
	return reply(w, r, found)
}

// account is what circulation says of a patron, what is known of the address, and what
// became of requests that were left.
func (s *Service) account(ctx context.Context, who circulation.Who) (library.Account, error) {
	a, err := s.cfg.Circulation.Account(ctx, who)
	if err != nil {
		return library.Account{}, err
	}
	var e email
	err = s.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		if e, err = s.readEmail(ctx, tx, library.Patron{ID: who.Patron}); err != nil {
			return err
		}
		a.Requests, err = s.requestsOf(ctx, tx, who.Patron)
		return err
	})
	if m := e.state().Message(); m != "" {
		a.Messages = append(a.Messages, m)
	}
	return a, err
}

func (s *Service) loans(w http.ResponseWriter, r *http.Request) error {
	return own(s, w, r, s.cfg.Circulation.Loans)
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
	return giveOrder(s, w, r, asking{who: who}, asItIs, func(ctx context.Context, o circulation.Order[library.PatronLoan]) (library.PatronLoan, error) {
		return s.cfg.Circulation.RenewLoan(ctx, o, library.LoanID(r.PathValue("id")))
	})
}
