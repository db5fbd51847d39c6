package sync_test

import (
	"errors"
	"fmt"
	"testing"

	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

// wanted puts two bibs, b00002 and b00003, whose only copies somebody else has.
func (s *server) wanted() {
	s.t.Helper()
	ctx := s.t.Context()
	if err := s.ledger.PutPatrons(ctx, library.Patron{ID: "p2", Card: "7009009009", Name: "もう一人"}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.catalogue.PutBranch(ctx, library.Branch{Code: "kita", Name: "北図書館"}); err != nil {
		s.t.Fatal(err)
	}
	s.put(2, 4, nil)
	for _, item := range []string{"ib00002", "ib00003"} {
		if _, _, err := s.ledger.Checkout(ctx, "7009009009", item, ""); err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestHoldsOfASession(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.patron()
	s.wanted()
	ctx := t.Context()
	session := logIn(t, s.client(nil))
	if account, err := session.Account(ctx); err != nil || len(account.Contacts) != 2 || account.Contacts[0] != library.ByMail {
		t.Errorf("account %+v, %v", account, err)
	}
	lines, err := session.PlaceHolds(ctx, library.HoldRequest{
		Bibs: []library.BibID{"b00003", "b00001", "b00002"}, Pickup: "chuo", Contact: library.ByMail, Sequence: true,
	})
	if err != nil || len(lines) != 3 || lines[0].Hold == nil || lines[1].Refusal != library.ErrHasOnLoan.Code || lines[2].Hold == nil {
		t.Fatalf("placed %+v, %v", lines, err)
	}
	first, next := lines[0].Hold, lines[2].Hold
	if first.SequenceID == "" || first.SequenceID != next.SequenceID || first.Place >= next.Place || first.BibID != "b00003" {
		t.Errorf("a sequence %+v, %+v", first, next)
	}
	all, err := session.Holds(ctx)
	if err != nil || len(all.Holds) != 2 || all.Today.IsZero() {
		t.Errorf("holds %+v, %v", all, err)
	}
	changed, err := session.ChangeHold(ctx, first.ID, "kita", library.NoNews)
	if err != nil || changed.ID != first.ID || changed.Pickup != "kita" || changed.Contact != library.NoNews {
		t.Errorf("changed %+v, %v", changed, err)
	}
	cancelled, err := session.CancelHold(ctx, next.ID)
	if err != nil || cancelled.ID != next.ID || cancelled.State != library.Cancelled {
		t.Errorf("cancelled %+v, %v", cancelled, err)
	}
	request := func(pickup library.BranchCode, contact library.Contact) error {
		_, err := session.PlaceHolds(ctx, library.HoldRequest{Bibs: []library.BibID{"b00002"}, Pickup: pickup, Contact: contact})
		return err
	}
	if err := s.ledger.PutPatrons(ctx, library.Patron{ID: "p1", Card: card, Name: fullName}); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ got, want error }{
		"cancel again":         {second(session.CancelHold(ctx, next.ID)), library.ErrHoldNotWaiting},
		"cancel what is none":  {second(session.CancelHold(ctx, "x/../../y")), library.ErrUnknownHold},
		"change what is none":  {second(session.ChangeHold(ctx, "none", "kita", library.NoNews)), library.ErrUnknownHold},
		"change to nowhere":    {second(session.ChangeHold(ctx, first.ID, "nowhere", library.NoNews)), library.ErrUnknownBranch},
		"place nowhere":        {request("nowhere", library.NoNews), library.ErrUnknownBranch},
		"mail without address": {request("chuo", library.ByMail), library.ErrNoEmail},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
}

// TestALostAnswerAboutHolds: whatever gets lost, nothing happens twice, and every try
// bears the key of the first.
func TestALostAnswerAboutHolds(t *testing.T) {
	t.Parallel()
	type done struct {
		state  library.HoldState
		pickup library.BranchCode
	}
	for name, test := range map[string]struct {
		want   done
		change func(*testing.T, *kiosksync.Session, library.HoldID) error
	}{
		"place": {done{library.Waiting, "chuo"}, func(t *testing.T, s *kiosksync.Session, _ library.HoldID) error {
			lines, err := s.PlaceHolds(t.Context(), library.HoldRequest{Bibs: []library.BibID{"b00003"}, Pickup: "chuo", Contact: library.NoNews})
			if err == nil && (len(lines) != 1 || lines[0].Hold == nil) {
				err = fmt.Errorf("placed %+v", lines)
			}
			return err
		}},
		"change": {done{library.Waiting, "kita"}, func(t *testing.T, s *kiosksync.Session, hold library.HoldID) error {
			return second(s.ChangeHold(t.Context(), hold, "kita", library.NoNews))
		}},
		"cancel": {done{library.Cancelled, "chuo"}, func(t *testing.T, s *kiosksync.Session, hold library.HoldID) error {
			return second(s.CancelHold(t.Context(), hold))
		}},
	} {
		for _, lost := range []int{1, 3} {
			t.Run(fmt.Sprint(name, lost), func(t *testing.T) {
				s := newServer(t)
				s.patron()
				s.wanted()
				way := &lossy{}
				session := logIn(t, s.client(way))
				var hold library.HoldID
				if name != "place" {
					lines, err := session.PlaceHolds(t.Context(), library.HoldRequest{Bibs: []library.BibID{"b00003"}, Pickup: "chuo", Contact: library.NoNews})
					if err != nil || len(lines) != 1 || lines[0].Hold == nil {
						t.Fatal(lines, err)
					}
					hold = lines[0].Hold.ID
				}
				way.lose, way.keys = lost, nil
				err := test.change(t, session, hold)
				if lost == 3 && !errors.Is(err, library.ErrUnreachable) || lost < 3 && err != nil {
					t.Error(err)
				}
				if len(way.keys) != min(lost+1, 3) {
					t.Errorf("%d tries", len(way.keys))
				}
				for _, key := range way.keys {
					if key != way.keys[0] {
						t.Errorf("keys %q", way.keys)
					}
				}
				all, err := session.Holds(t.Context())
				if err != nil || len(all.Holds) != 1 || (done{all.Holds[0].State, all.Holds[0].Pickup}) != test.want {
					t.Errorf("holds %+v, %v", all, err)
				}
			})
		}
	}
}

// TestARefusedHoldIsNotAskedForAgain: a "no" is an answer.
func TestARefusedHoldIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.patron()
	way := &lossy{}
	session := logIn(t, s.client(way))
	if _, err := session.CancelHold(t.Context(), "none"); !errors.Is(err, library.ErrUnknownHold) || len(way.keys) != 1 {
		t.Errorf("asked %d times: %v", len(way.keys), err)
	}
}
