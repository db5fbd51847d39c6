package sync_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/library"
)

// letterbox keeps the mails that were queued.
type letterbox struct{ mails []library.Mail }

func (b *letterbox) Queue(_ context.Context, _ *db.Tx, m library.Mail) error {
	b.mails = append(b.mails, m)
	return nil
}

// withMail lets the server send mails into a box, and have terms.
func (s *server) withMail() *letterbox {
	box := &letterbox{}
	s.service = central.New(central.Config{
		DB: s.db, Catalogue: s.catalogue, Circulation: s.ledger.Circulation(), Desk: s.ledger, Expiry: s.ledger, Register: s.ledger, Editions: s.editions, Terminals: s.terminals, Passwords: s.passwords, Mail: box,
		Site: library.Site{TimeZone: "Asia/Tokyo", Policy: library.DefaultPolicy(), Terms: library.Terms{Version: "1"}, MailFrom: "library@example.jp"},
	})
	return box
}

// applicant puts the patron of card, with what an application asks for.
func (s *server) applicant() library.Application {
	s.t.Helper()
	s.patron()
	p := library.Patron{ID: "p1", Card: card, Name: fullName, Email: email, BornOn: library.Date{Year: 2012, Month: 7, Day: 3}, Phones: []string{"0312345678"}}
	if err := s.ledger.PutPatrons(s.t.Context(), p); err != nil {
		s.t.Fatal(err)
	}
	return library.Application{Card: card, BornOn: p.BornOn, Phone: "03-1234-5678", Password: "New7pass", Terms: "1"}
}

func TestApplying(t *testing.T) {
	t.Parallel()
	for lost := range 2 {
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			s := newServer(t)
			box := s.withMail()
			right := s.applicant()
			ctx := t.Context()
			way := &lossy{}
			c := s.client(way)
			for name, change := range map[error]func(*library.Application){
				library.ErrApplication:             func(a *library.Application) { a.Phone = "0312345679" },
				library.ErrTerms:                   func(a *library.Application) { a.Terms = "0" },
				library.RuleRun.RefusalOf():        func(a *library.Application) { a.Password = "123456" },
				library.RuleKana.RefusalOf():       func(a *library.Application) { a.Password = "ﾄｼｮｶﾝ77" },
				library.RuleCharacters.RefusalOf(): func(a *library.Application) { a.Password = "no-hyphen" },
			} {
				a := right
				change(&a)
				if err := c.Apply(ctx, a); !errors.Is(err, name) {
					t.Errorf("%v, want %v", err, name)
				}
			}
			way.lose = lost
			if err := c.Apply(ctx, right); err != nil {
				t.Fatal(err)
			}
			if len(box.mails) != 1 {
				t.Errorf("%d mails of one application, %d answers lost", len(box.mails), lost)
			}
			if _, _, err := c.LogIn(ctx, card, "New7pass"); err != nil {
				t.Error(err)
			}
			s.http.Close()
			if err := c.Apply(ctx, right); !errors.Is(err, library.ErrUnreachable) {
				t.Errorf("nothing answers: %v", err)
			}
		})
	}
}

func TestChangingAPassword(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.applicant()
	ctx := t.Context()
	way := &lossy{}
	session := logIn(t, s.client(way))
	if session.MustChange() {
		t.Error("must change a permanent one")
	}
	if err := session.ChangePassword(ctx, "wrong", "New7pass", ""); !errors.Is(err, library.ErrPresent) {
		t.Error(err)
	}
	way.lose = 2
	if err := session.ChangePassword(ctx, password, "New7pass", ""); err != nil {
		t.Error(err)
	}
	if err := session.ChangePassword(ctx, "New7pass", "New7pass", ""); !errors.Is(err, library.ErrSamePassword) {
		t.Error(err)
	}
	session.End()
	if err := session.ChangePassword(ctx, "New7pass", "Third7pass", ""); !errors.Is(err, library.ErrSessionEnded) {
		t.Error(err)
	}
}

func TestEmailOfASession(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	box := s.withMail()
	s.applicant()
	ctx, session := t.Context(), logIn(t, s.client(nil))
	if e, err := session.Email(ctx); err != nil || e.Address != email || e.State != library.EmailRegistered {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := session.SetEmail(ctx, "hanako.@docomo.ne.jp", "ja"); !errors.Is(err, library.ErrEmailDotAt) {
		t.Error(err)
	}
	e, err := session.SetEmail(ctx, "hanako@docomo.ne.jp", "ja")
	if err != nil || e.State != library.EmailUnconfirmed || !e.CodeSent || len(box.mails) != 2 {
		t.Fatalf("%+v, %v, mails %+v", e, err, box.mails)
	}
	if _, err := session.ConfirmEmail(ctx, ""); !errors.Is(err, library.ErrEmailSoon) {
		t.Error(err)
	}
	if _, err := session.ConfirmEmail(ctx, "x"); !errors.Is(err, library.ErrEmailCode) {
		t.Error(err)
	}
	if e, err := session.ConfirmEmail(ctx, box.mails[1].Code); err != nil || e.State != library.EmailConfirmed {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err := session.DeleteEmail(ctx, ""); err != nil || e.State != library.NoEmail {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestStaffSession(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.withMail()
	s.applicant()
	ctx := t.Context()
	way := &lossy{}
	c := s.client(way)
	const secret = "a long password"
	if err := central.NewStaff(s.passwords).Add(ctx, "command:test", central.Staff{Name: "sato", Role: central.RoleAdmin, Card: "S001"}, secret); err != nil {
		t.Fatal(err)
	}
	if _, err := c.StaffLogIn(ctx, "S001", "wrong"); !errors.Is(err, library.ErrLogin) {
		t.Error(err)
	}
	staff, err := c.StaffLogIn(ctx, "S001", secret)
	if err != nil || staff.Name() != "sato" || !staff.Admin() {
		t.Fatalf("%+v, %v", staff, err)
	}
	if p, err := staff.Patron(ctx, card); err != nil || p.Name != fullName || p.BirthYear != 2012 || !p.HasPhone || !p.HasPassword {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := staff.Patron(ctx, "9999"); !errors.Is(err, library.ErrUnknownPatron) {
		t.Error(err)
	}
	if err := staff.Unlock(ctx, card); err != nil {
		t.Error(err)
	}
	way.lose = 1
	shown, err := staff.IssueTemporary(ctx, card, library.Passport)
	if err != nil || !library.IsTemporary(shown.Password) || s.number(`SELECT count(*) FROM audit WHERE action = 'password.temporary'`) != 1 {
		t.Fatalf("%+v, %v", shown, err)
	}

	session, account, err := c.LogIn(ctx, card, shown.Password)
	if err != nil || !session.MustChange() || account.Name != fullName {
		t.Fatalf("%+v, %v", account, err)
	}
	if _, err := session.Loans(ctx); !errors.Is(err, library.ErrMustChange) {
		t.Error(err)
	}
	if err := session.ChangePassword(ctx, "", "New7pass", "0"); !errors.Is(err, library.ErrTerms) || !session.MustChange() {
		t.Error(err)
	}
	if err := session.ChangePassword(ctx, "", shown.Password, "1"); !errors.Is(err, library.ErrSamePassword) || !session.MustChange() {
		t.Error(err)
	}
	if err := session.ChangePassword(ctx, "", "New7pass", "1"); err != nil || session.MustChange() {
		t.Error(err)
	}
	if _, err := session.Loans(ctx); err != nil {
		t.Error(err)
	}

	staff.End()
	if _, err := staff.Patron(ctx, card); !errors.Is(err, library.ErrSessionEnded) {
		t.Error(err)
	}
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT detail FROM audit`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var detail string
			if err := rows.Scan(&detail); err != nil {
				return err
			}
			if strings.Contains(detail, card) || strings.Contains(detail, shown.Password) {
				t.Errorf("the audit log has %s", detail)
			}
		}
		return rows.Err()
	}); err != nil {
		t.Fatal(err)
	}
}
