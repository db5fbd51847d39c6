package sync

import (
	"context"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// hashedWithin bounds one try at what the server hashes passwords for, which it does
// slowly and in turn.
const hashedWithin = 8 * time.Second

// Apply asks for a new password, also in the place of a forgotten one, once, as
// Session.Renew does. Whatever did not match is library.ErrApplication; the other
// refusals are library.ErrTerms, those of library.Policy.MayChoose, and those of
// LogIn.
func (c *Client) Apply(ctx context.Context, a library.Application) error {
	_, err := again(ctx, func(key string) (none struct{}, err error) {
		in, cancel := context.WithTimeout(ctx, hashedWithin)
		defer cancel()
		if err := c.wire.Apply(in, key, a); err != nil {
			return none, c.unreachable(ctx, err)
		}
		return none, nil
	})
	return err
}

// MustChange reports that the password was a temporary one: every method but
// ChangePassword and End returns library.ErrMustChange, until a permanent one is set.
func (s *Session) MustChange() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mustChange
}

// ChangePassword sets another password once, as Renew does, and ends the patron's
// other sessions. Where MustChange holds present is empty and terms is the version of
// the terms agreed to. It refuses with library.ErrPresent, library.ErrSamePassword, library.ErrTerms, as library.Policy.MayChoose does, and,
// since a wrong present one counts as a failed login, as LogIn does.
func (s *Session) ChangePassword(ctx context.Context, present, password, terms string) error {
	_, err := changeIn(ctx, s, hashedWithin, func(ctx context.Context, token, key string) (none struct{}, err error) {
		return none, s.client.wire.ChangePassword(ctx, token, key, protocol.PasswordChange{Present: present, New: password, Terms: terms})
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mustChange = false
	return nil
}

// Email returns what the patron may know of the own address.
func (s *Session) Email(ctx context.Context) (library.EmailStatus, error) {
	return ask(ctx, s, accountWithin, s.client.wire.Email)
}

// SetEmail registers an address once, as Renew does; a mail with a code is sent to it
// in the language. It refuses as library.ParseEmail does, and with
// library.ErrEmailTooMany and library.ErrEmailSoon.
func (s *Session) SetEmail(ctx context.Context, address, language string) (library.EmailStatus, error) {
	return change(ctx, s, func(ctx context.Context, token, key string) (library.EmailStatus, error) {
		return s.client.wire.SetEmail(ctx, token, key, protocol.EmailChange{Address: address, Language: language})
	})
}

// DeleteEmail takes the address out of the register once, as Renew does. Of holds of which
// mails were to tell the patron is told in another way, "" where the rules choose.
func (s *Session) DeleteEmail(ctx context.Context, contact library.Contact) (library.EmailStatus, error) {
	return change(ctx, s, func(ctx context.Context, token, key string) (library.EmailStatus, error) {
		return s.client.wire.DeleteEmail(ctx, token, key, contact)
	})
}

// ConfirmEmail enters the code of the confirmation mail once, as Renew does. It
// refuses with library.ErrEmailCode and library.ErrEmailCodeOver. An empty code asks
// for another mail, refused with library.ErrEmailSoon, library.ErrEmailTooMany and
// library.ErrNoEmail.
func (s *Session) ConfirmEmail(ctx context.Context, code string) (library.EmailStatus, error) {
	return change(ctx, s, func(ctx context.Context, token, key string) (library.EmailStatus, error) {
		return s.client.wire.ConfirmEmail(ctx, token, key, protocol.EmailCode{Code: code})
	})
}
