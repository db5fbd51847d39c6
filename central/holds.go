package central

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// maxLines is how many bibs one request for holds may name: more than a patron may
// hold, so that each line too many gets its own answer.
const maxLines = 100

func (s *Service) holds(w http.ResponseWriter, r *http.Request) error {
	return own(s, w, r, s.cfg.Circulation.Holds)
}

func (s *Service) placeHolds(w http.ResponseWriter, r *http.Request) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	var req library.HoldRequest
	text, err := readInto(w, r, &req)
	if err != nil {
		return err
	}
	if err := checkBibs(req.Bibs); err != nil {
		return err
	}
	if err := checkContact(req.Contact); err != nil {
		return err
	}
	return giveOrder(s, w, r, asking{who: who, body: text},
		func(lines []library.HoldAnswer) any { return protocol.HoldAnswers{Lines: lines} },
		func(ctx context.Context, o circulation.Order[[]library.HoldAnswer]) ([]library.HoldAnswer, error) {
			return s.cfg.Circulation.PlaceHolds(ctx, o, req)
		})
}

func (s *Service) changeHold(w http.ResponseWriter, r *http.Request) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	var body protocol.HoldChange
	text, err := readInto(w, r, &body)
	if err != nil {
		return err
	}
	if err := checkContact(body.Contact); err != nil {
		return err
	}
	return giveOrder(s, w, r, asking{who: who, body: text}, asItIs, func(ctx context.Context, o circulation.Order[library.PatronHold]) (library.PatronHold, error) {
		return s.cfg.Circulation.ChangeHold(ctx, o, holdOf(r), body.Pickup, body.Contact)
	})
}

func (s *Service) cancelHold(w http.ResponseWriter, r *http.Request) error {
	who, err := s.patron(r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if len(body) > 0 {
		return badRequest("a cancellation takes no body")
	}
	return giveOrder(s, w, r, asking{who: who}, asItIs, func(ctx context.Context, o circulation.Order[library.PatronHold]) (library.PatronHold, error) {
		return s.cfg.Circulation.CancelHold(ctx, o, holdOf(r))
	})
}

func holdOf(r *http.Request) library.HoldID { return library.HoldID(r.PathValue("id")) }

// paperHolds enters a form that was filled in on paper: it queues from when it was
// received.
func (s *Service) paperHolds(w http.ResponseWriter, r *http.Request) error {
	return desk(s, w, r, func(ctx context.Context, tx *db.Tx, who session, body protocol.PaperHolds) (any, error) {
		if err := checkContact(body.Contact); err != nil {
			return nil, err
		}
		if body.ReceivedAt.IsZero() {
			return nil, badRequest("received_at says when the form was received")
		}
		if err := checkBibs(body.Bibs); err != nil {
			return nil, err
		}
		req := library.HoldRequest{Bibs: body.Bibs, Pickup: body.Pickup, Contact: body.Contact}
		lines, patron, err := s.cfg.Desk.PaperHoldsTx(ctx, tx, body.Card, req, body.ReceivedAt)
		if err != nil {
			return nil, err
		}
		return protocol.HoldAnswers{Lines: lines}, s.audit(ctx, tx, who, "paper-hold", "patron:"+string(patron),
			"holds", strconv.Itoa(len(lines)), "received_at", body.ReceivedAt.UTC().Format(time.RFC3339))
	})
}

func checkBibs(bibs []library.BibID) error {
	if len(bibs) == 0 || len(bibs) > maxLines {
		return badRequest("a request for holds names 1 to %d bibs", maxLines)
	}
	return nil
}

func checkContact(c library.Contact) error {
	if !slices.Contains(library.Contacts, c) {
		return badRequest("contact is one of %v", library.Contacts)
	}
	return nil
}

// AuditExpiry writes into the audit log that a hold ended since nobody came for it, as it
// was before.
func AuditExpiry(ctx context.Context, tx *db.Tx, actor string, now time.Time, h library.Hold) error {
	return audit.Append(ctx, tx, audit.Entry{
		At: now, Actor: actor, Action: "hold.expired", Subject: "hold:" + string(h.ID),
		Detail: map[string]string{"reason": "shelf_time", "pickup": string(h.Pickup), "last_day": h.ShelfUntil.String(), "told_on": h.ContactedOn.String()},
	})
}

// expireHolds lets holds expire once in a morning, from the policy's hour on, and moves
// due dates off days that are closed by now. Every process does it, one after the other:
// the later ones find nothing left, unless an earlier one died on the way. After a
// failure it is due again.
func (s *Service) expireHolds(ctx context.Context) error {
	now := s.cfg.Now().In(s.cfg.Site.Location())
	today := library.DateOf(now)
	if s.cfg.Expiry == nil || s.expired == today || now.Hour() < s.cfg.Site.Policy.ExpireHour {
		return nil
	}
	err := s.cfg.DB.Exclusive(ctx, "expire-holds", func(ctx context.Context) error {
		moved, notMoved := s.cfg.Expiry.MoveDueDates(ctx)
		if moved > 0 {
			s.cfg.Log.Info("due dates moved to open days", "count", moved)
		}
		n, err := s.cfg.Expiry.ExpireHolds(ctx, func(ctx context.Context, tx *db.Tx, h library.Hold) error {
			return AuditExpiry(ctx, tx, "central", now, h)
		})
		if n > 0 {
			s.cfg.Log.Info("holds expired", "count", n)
		}
		return errors.Join(notMoved, err)
	})
	switch {
	case errors.Is(err, db.ErrTaken):
		return nil // another process is at it; we look after it the next time
	case err != nil:
		return err
	}
	s.expired = today
	return nil
}
