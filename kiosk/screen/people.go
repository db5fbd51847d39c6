package screen

import (
	"context"

	"madoguchi/library"
)

// Apply asks the central server for a new password, or returns why not.
type Apply func(ctx context.Context, a library.Application) error

// Secrets is what a patron who is logged in may do about password and e-mail; it is
// part of Account.
type Secrets interface {
	// MustChange reports that the password was a temporary one: before anything else a
	// permanent one is set, without naming the present one, by who agrees to the terms
	// of a version.
	MustChange() bool
	ChangePassword(ctx context.Context, present, password, terms string) error

	Email(ctx context.Context) (library.EmailStatus, error)
	SetEmail(ctx context.Context, address, language string) (library.EmailStatus, error)
	// DeleteEmail says too how the patron is told of holds of which mails were to tell.
	DeleteEmail(ctx context.Context, contact library.Contact) (library.EmailStatus, error)
	// ConfirmEmail enters the code of the confirmation mail; an empty one asks for
	// another mail.
	ConfirmEmail(ctx context.Context, code string) (library.EmailStatus, error)
}

// StaffLogIn asks the central server for a staff member's session. name may be the
// number of the staff card.
type StaffLogIn func(ctx context.Context, name, password string) (Staff, error)

// Staff is what a staff member who is logged in may ask of the central server.
type Staff interface {
	Name() string
	Admin() bool
	Patron(ctx context.Context, card string) (library.CounterPatron, error)
	IssueTemporary(ctx context.Context, card string, seen library.Document) (library.TemporaryPassword, error)
	Unlock(ctx context.Context, card string) error
	// Calls are those that the branch is to make; Called notes one.
	Calls(ctx context.Context) ([]library.Call, error)
	Called(ctx context.Context, card string, answered bool) ([]library.CallOutcome, error)
	Restarts(ctx context.Context) error // writes down that the terminal is about to be restarted
	Leaves(ctx context.Context) error   // and that the kiosk is about to be left
	End()
}

// Machine is the terminal itself, as staff look after it.
type Machine interface {
	Report(ctx context.Context) library.TerminalReport
	Restart() // ends the program in such a way that it is started again
	Leave()   // ends it for good, so that the desktop under it can be used
}
