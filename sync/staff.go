package sync

import (
	"context"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// StaffSession is a staff member's session at the central server. Its token lives as
// a patron's does.
type StaffSession struct {
	session Session
	name    string
	role    string
}

// StaffLogIn opens a session for a staff member; name may be the number of the staff
// card. It refuses as LogIn does.
func (c *Client) StaffLogIn(ctx context.Context, name, password string) (*StaffSession, error) {
	in, cancel := context.WithTimeout(ctx, accountWithin)
	defer cancel()
	l, err := c.wire.StaffLogIn(in, name, password)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	return &StaffSession{session: Session{client: c, token: l.Token}, name: l.Name, role: l.Role}, nil
}

// Name is the staff member's.
func (s *StaffSession) Name() string { return s.name }

// Admin reports whether the staff member may look after the machine.
func (s *StaffSession) Admin() bool { return s.role == protocol.RoleAdmin }

// Patron returns what staff see of the patron with a card, or
// library.ErrUnknownPatron. The server writes down that it was looked at.
func (s *StaffSession) Patron(ctx context.Context, card string) (library.CounterPatron, error) {
	return ask(ctx, &s.session, accountWithin, func(ctx context.Context, token string) (library.CounterPatron, error) {
		return s.session.client.wire.CounterPatron(ctx, token, card)
	})
}

// IssueTemporary issues a temporary password once, as Session.Renew does, after the
// staff member has seen an identity document. It lifts a lock. It refuses with
// library.ErrUnknownPatron and as library.Patron.MayUseTerminal does.
func (s *StaffSession) IssueTemporary(ctx context.Context, card string, seen library.Document) (library.TemporaryPassword, error) {
	return changeIn(ctx, &s.session, hashedWithin, func(ctx context.Context, token, key string) (library.TemporaryPassword, error) {
		return s.session.client.wire.IssueTemporary(ctx, token, key, protocol.TemporaryPassword{Card: card, Document: seen})
	})
}

// Unlock lets a card be tried again that is locked after too many failed logins.
func (s *StaffSession) Unlock(ctx context.Context, card string) error {
	_, err := change(ctx, &s.session, func(ctx context.Context, token, key string) (none struct{}, err error) {
		return none, s.session.client.wire.Unlock(ctx, token, key, card)
	})
	return err
}

// Calls are those that the terminal's branch is to make. The server writes down that they
// were looked at.
func (s *StaffSession) Calls(ctx context.Context) ([]library.Call, error) {
	all, err := ask(ctx, &s.session, accountWithin, func(ctx context.Context, token string) (protocol.Calls, error) {
		return s.session.client.wire.Calls(ctx, token, protocol.CallsOf{})
	})
	return all.Calls, err
}

// Called notes once, as Session.Renew does, that the patron with a card was told by
// telephone of what the branch has to tell, or did not answer. It refuses with
// library.ErrHoldNotToTell where another has noted it meanwhile.
func (s *StaffSession) Called(ctx context.Context, card string, answered bool) ([]library.CallOutcome, error) {
	noted, err := change(ctx, &s.session, func(ctx context.Context, token, key string) (protocol.CallOutcomes, error) {
		return s.session.client.wire.Told(ctx, token, key, protocol.Told{Card: card, NoAnswer: !answered})
	})
	return noted.Lines, err
}

// Restarts has the server write down that the terminal is about to be restarted.
func (s *StaffSession) Restarts(ctx context.Context) error {
	return s.machineAction(ctx, protocol.MachineRestart)
}

// Leaves has the server write down that the kiosk is about to be left. Who is no admin
// is refused with library.ErrStaffOnly.
func (s *StaffSession) Leaves(ctx context.Context) error {
	return s.machineAction(ctx, protocol.MachineLeave)
}

func (s *StaffSession) machineAction(ctx context.Context, action string) error {
	_, err := change(ctx, &s.session, func(ctx context.Context, token, key string) (none struct{}, err error) {
		return none, s.session.client.wire.MachineAction(ctx, token, key, action)
	})
	return err
}

// End forgets the session at once and tells the server in the background.
func (s *StaffSession) End() { s.session.End() }
