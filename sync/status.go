package sync

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// Phase is what a Client is doing.
type Phase string

// The phases.
const (
	Starting Phase = "starting" // there is no catalogue yet and none is being fetched
	Fetching Phase = "fetching" // an edition is on its way: Done of Total bytes
	Building Phase = "building" // its parts are being put together: Done of Total bytes
	Ready    Phase = "ready"    // there is a catalogue and nothing big is under way
)

// Status is how things stand, for a screen to word.
type Status struct {
	Phase       Phase
	Searchable  bool // there is a catalogue, in whatever phase
	Connected   bool // the server answered this terminal last time
	LastContact time.Time
	Done, Total int64  // bytes, while Fetching or Building
	Edition     int64  // of the catalogue that is searched
	Number      int64  // the last change in it
	Err         string // why things do not go on: one of the codes below or of a Problem; "" when all is well

	Requests      int       // that were left here and wait to be handed over, see Leave
	RequestsSince time.Time // when the oldest of them was left
	Unreadable    int       // of them: the server could not read, see library.ErrRequestUnreadable
}

// The codes of Status.Err beside those of the server's own answers, such as
// library.ErrTerminalUnknown's.
const (
	CodeUnreachable  = "unreachable"     // no answer, or none that makes sense
	CodeNoEdition    = "edition_missing" // the server has none that this program can use
	CodeDiskFull     = "disk_full"
	CodeChunkDamaged = "chunk_damaged" // what arrives is not what the server announced
	CodeDisk         = "disk"          // the disk cannot be read or written
)

// Status is the present status.
func (c *Client) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// report changes the status and tells OnStatus.
func (c *Client) report(change func(*Status)) {
	c.mu.Lock()
	before := c.status
	change(&c.status)
	after := c.status
	c.mu.Unlock()
	if before != after && c.cfg.OnStatus != nil {
		c.cfg.OnStatus(after)
	}
}

// codedError is an error with the code that Status shows.
type codedError struct {
	code string
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

// localError is trouble on this machine: it says nothing about the server.
func localError(err error) error {
	if err == nil {
		return nil
	}
	code := CodeDisk
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		code = CodeDiskFull
	}
	return &codedError{code, err}
}

// judge returns the code of an error and whether the server answered.
func judge(err error) (code string, connected bool) {
	var coded *codedError
	var refusal *library.Refusal
	var problem *protocol.Problem
	switch {
	case err == nil:
		return "", true
	case errors.As(err, &coded):
		return coded.code, coded.code != CodeUnreachable
	case errors.Is(err, library.ErrTerminalUnknown):
		return library.ErrTerminalUnknown.Code, false
	case errors.As(err, &refusal):
		return refusal.Code, true
	case errors.As(err, &problem):
		return problem.Code, problem.Status < 500
	case errors.Is(err, context.Canceled):
		return "", false
	}
	return CodeUnreachable, false
}
