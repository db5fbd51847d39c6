package screen

import (
	"context"
	"time"

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
	DeleteEmail(ctx context.Context) (library.EmailStatus, error)
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
	Restarts(ctx context.Context) error // writes down that the terminal is about to be restarted
	Leaves(ctx context.Context) error   // and that the kiosk is about to be left
	End()
}

// Machine is the terminal itself, as staff look after it.
type Machine interface {
	Report(ctx context.Context) MachineReport
	Restart() // ends the program in such a way that it is started again
	Leave()   // ends it for good, so that the desktop under it can be used
}

// DeviceState says how a scanner or printer stands.
type DeviceState string

// The states of devices.
const (
	DeviceOK       DeviceState = "ok"
	DeviceNone     DeviceState = "none"      // the terminal has none
	DeviceMissing  DeviceState = "missing"   // it is set up, and does not answer
	DevicePaperOut DeviceState = "paper_out" // a printer
	DeviceWedge    DeviceState = "wedge"     // a scanner that poses as a keyboard: nobody can tell
)

// MachineReport is how the terminal stands. It holds nothing of a patron.
type MachineReport struct {
	Terminal    string // its id
	Version     string // of the program
	StartedAt   time.Time
	Server      string // address
	Connected   bool
	LastContact time.Time // zero: never
	Problem     string    // code of what keeps the catalogue from going on, "" for nothing
	Edition     int64     // of the catalogue in use, 0: none
	Change      int64     // the last one in it
	Bibs        int
	Scanner     DeviceState
	Printer     DeviceState
	DiskFree    int64 // bytes

	Requests      int       // that were left here and wait to be handed over
	RequestsSince time.Time // when the oldest of them was left
	Unreadable    int       // of them: the server could not read, see library.ErrRequestUnreadable
	TakesRequests bool

	LastErrors []string // as they stand in the log, the newest first
}
