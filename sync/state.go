package sync

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// State is how this terminal stands now.
func (c *Client) State() library.TerminalState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// report changes the state, or what it depends on, and tells OnState. change is called
// with c.mu held.
func (c *Client) report(change func(*library.TerminalState)) {
	c.mu.Lock()
	before := c.state
	change(&c.state)
	c.state.TakesRequests = c.room && c.site != nil && c.site.RequestKey != ""
	after := c.state
	c.mu.Unlock()
	if before != after && c.cfg.OnState != nil {
		c.cfg.OnState(after)
	}
}

// codedError is an error with the code that the state shows.
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
	code := library.ProblemDisk
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		code = library.ProblemDiskFull
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
		return coded.code, true
	case errors.Is(err, library.ErrTerminalUnknown):
		return library.ErrTerminalUnknown.Code, false
	case errors.As(err, &refusal):
		return refusal.Code, true
	case errors.As(err, &problem):
		return problem.Code, problem.Status < 500
	case errors.Is(err, context.Canceled):
		return "", false
	}
	return library.ProblemUnreachable, false
}
