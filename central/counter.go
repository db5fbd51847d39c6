package central

import (
	"context"
	"net/http"
	"slices"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// counterPatron shows staff a patron, and writes down that they looked.
func (s *Service) counterPatron(w http.ResponseWriter, r *http.Request) error {
	who, err := s.staff(r)
	if err != nil {
		return err
	}
	var body protocol.CardOf
	if err := decode(w, r, &body); err != nil {
		return err
	}
	var seen library.CounterPatron
	ctx := r.Context()
	patron, err := s.cfg.Circulation.PatronByCard(ctx, body.Card)
	if err != nil {
		return err
	}
	err = s.cfg.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		if seen, err = s.atCounter(ctx, tx, patron); err != nil {
			return err
		}
		return s.audit(ctx, tx, who, "patron.view", "patron:"+string(patron.ID))
	})
	if err != nil {
		return err
	}
	return reply(w, r, seen)
}

func (s *Service) atCounter(ctx context.Context, tx *db.Tx, patron library.Patron) (library.CounterPatron, error) {
	e, err := s.readEmail(ctx, tx, patron)
	if err != nil {
		return library.CounterPatron{}, err
	}
	stored, err := s.own().stored(ctx, tx, patron.ID)
	if err != nil {
		return library.CounterPatron{}, err
	}
	locked, err := s.locked(ctx, tx, patron.Card)
	if err != nil {
		return library.CounterPatron{}, err
	}
	seen := library.CounterPatron{
		Name: patron.Name, Reading: patron.Reading, BirthYear: patron.BornOn.Year, HasPhone: len(patron.Phones) > 0,
		Email: e.state(), HasPassword: stored.permanent != "", Temporary: stored.temporary != "", Locked: locked,
	}
	seen.Refusal = library.CodeOf(patron.MayUseTerminal(s.today()))
	return seen, nil
}

// issueTemporary gives a temporary password to a patron whose document staff have
// seen. The answer tells it this once.
func (s *Service) issueTemporary(w http.ResponseWriter, r *http.Request) error {
	who, err := s.staff(r)
	if err != nil {
		return err
	}
	var body protocol.TemporaryPassword
	text, err := readInto(w, r, &body)
	if err != nil {
		return err
	}
	if !slices.Contains(library.Documents, body.Document) {
		return badRequest("document must be one of %v", library.Documents)
	}
	var patron library.Patron
	var made Temporary
	return s.once(w, r, asking{
		who: who, body: text, secret: true,
		before: func(ctx context.Context) (err error) {
			if patron, err = s.cfg.Circulation.PatronByCard(ctx, body.Card); err != nil {
				return err
			}
			made, err = s.cfg.Passwords.NewTemporary(ctx)
			return err
		},
	}, func(ctx context.Context, tx *db.Tx) (any, error) {
		shown, err := s.cfg.Passwords.GiveTemporary(ctx, tx, made, patron, s.cfg.Site.Policy, s.today())
		if err != nil {
			return nil, err
		}
		return shown, s.audit(ctx, tx, who, "password.temporary", "patron:"+string(patron.ID), "document", string(body.Document))
	})
}

// unlock lets a card be tried again.
func (s *Service) unlock(w http.ResponseWriter, r *http.Request) error {
	who, err := s.staff(r)
	if err != nil {
		return err
	}
	var body protocol.CardOf
	text, err := readInto(w, r, &body)
	if err != nil {
		return err
	}
	var patron library.Patron
	return s.once(w, r, asking{
		who: who, body: text, locks: who.inTurn(),
		before: func(ctx context.Context) (err error) {
			patron, err = s.cfg.Circulation.PatronByCard(ctx, body.Card)
			return err
		},
	}, func(ctx context.Context, tx *db.Tx) (any, error) {
		if err := s.cfg.Passwords.LiftLock(ctx, tx, patron.Card); err != nil {
			return nil, err
		}
		return nil, s.audit(ctx, tx, who, "unlock", "patron:"+string(patron.ID))
	})
}

// machineAction writes down what staff are about to do with the terminal.
func (s *Service) machineAction(w http.ResponseWriter, r *http.Request) error {
	return desk(s, w, r, func(ctx context.Context, tx *db.Tx, who session, body protocol.MachineAction) (any, error) {
		switch {
		case body.Action == protocol.MachineLeave && who.role != RoleAdmin:
			return nil, library.ErrStaffOnly
		case body.Action != protocol.MachineLeave && body.Action != protocol.MachineRestart:
			return nil, badRequest("action must be %s or %s", protocol.MachineRestart, protocol.MachineLeave)
		}
		return nil, s.audit(ctx, tx, who, "machine."+body.Action, "terminal:"+who.terminal.ID)
	})
}
