package library

import (
	"errors"
	"time"
)

// ErrUnreachable is wrapped by every error that is no answer of the central server: it
// could not be reached, did not answer in time, or was in trouble itself.
var ErrUnreachable = errors.New("the central server does not answer")

// TerminalState is how a terminal stands: its catalogue, its connection to the central
// server, and the requests that wait in it. It holds nothing of a patron.
type TerminalState struct {
	Phase       CataloguePhase
	Searchable  bool  // there is a catalogue, in whatever phase
	Done, Total int64 // bytes, while it is fetched or built
	Edition     int64 // of the catalogue that is searched, 0: none
	Change      int64 // the last one in it
	Bibs, Items int   // in it

	Untried     bool      // the server was not asked yet since the program started: nobody can tell whether it answers
	Connected   bool      // the server answered this terminal the last time it was asked
	LastContact time.Time // zero: never
	SystemAway  bool      // the library's own system, which the server asks, could not be reached
	Problem     string    // why things do not go on: one of the codes below, of a refusal or of the wire; "" when all is well

	TakesRequests bool      // requests can be left here while the server is away
	Requests      int       // that were left here and wait to be handed over
	RequestsSince time.Time // when the oldest of them was left
	Unreadable    int       // of them: the server could not read, see ErrRequestUnreadable
}

// Fetching reports whether an edition is on its way, or being put together.
func (s TerminalState) Fetching() bool {
	return s.Phase == CatalogueFetching || s.Phase == CatalogueBuilding
}

// Serves reports whether patrons can be served now: the server answers, and so does what
// it asks.
func (s TerminalState) Serves() bool { return s.Connected && !s.SystemAway }

// Away reports whether it was tried, and patrons cannot be served now.
func (s TerminalState) Away() bool { return !s.Untried && !s.Serves() }

// CataloguePhase is what a terminal does about its catalogue.
type CataloguePhase string

// The phases.
const (
	CatalogueStarting CataloguePhase = "starting" // there is none yet and none is being fetched
	CatalogueFetching CataloguePhase = "fetching" // an edition is on its way: Done of Total bytes
	CatalogueBuilding CataloguePhase = "building" // its parts are being put together: Done of Total bytes
	CatalogueReady    CataloguePhase = "ready"    // there is one and nothing big is under way
)

// The codes of TerminalState.Problem that are a terminal's own.
const (
	ProblemUnreachable  = "unreachable"     // ErrUnreachable, or an answer that makes no sense
	ProblemNoEdition    = "edition_missing" // the server has none that this program can use
	ProblemDiskFull     = "disk_full"
	ProblemChunkDamaged = "chunk_damaged" // what arrives is not what the server announced
	ProblemDisk         = "disk"          // the disk cannot be read or written
)

// TerminalReport is a TerminalState and the machine around it, as staff look after it.
type TerminalReport struct {
	TerminalState
	Terminal   string // its id
	Version    string // of the program
	StartedAt  time.Time
	Server     string // address
	Scanner    DeviceState
	Printer    DeviceState
	DiskFree   int64    // bytes
	LastErrors []string // as they stand in the log, the newest first
}

// DeviceState is how a scanner or printer stands.
type DeviceState string

// The states of devices.
const (
	DeviceOK       DeviceState = "ok"
	DeviceNone     DeviceState = "none"      // the terminal has none
	DeviceMissing  DeviceState = "missing"   // it is set up, and does not answer
	DevicePaperOut DeviceState = "paper_out" // a printer
	DeviceWedge    DeviceState = "wedge"     // a scanner that poses as a keyboard: nobody can tell
)
