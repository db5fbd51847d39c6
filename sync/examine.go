package sync

import (
	"context"
	"path/filepath"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
	"madoguchi/store/outbox"
)

// Enrolment tells at which server a data folder is enrolled and where the terminal
// stands, or ErrNotEnrolled.
func Enrolment(dir string) (server string, branch library.BranchCode, err error) {
	t, err := readTerminal(dir)
	return t.Server, t.Branch, err
}

// Examine asks the server once, as this terminal, for the head of the catalogue.
// server may be empty for the one enrolled at. It is for a doctor: a Client asks by
// itself.
func Examine(ctx context.Context, dir, server string) (protocol.Head, error) {
	t, err := readTerminal(dir)
	if err != nil {
		return protocol.Head{}, err
	}
	if server == "" {
		server = t.Server
	}
	hc, err := t.client()
	if err != nil {
		return protocol.Head{}, err
	}
	defer hc.CloseIdleConnections()
	wire, err := protocol.NewClient(server, t.Secret, hc)
	if err != nil {
		return protocol.Head{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	return wire.Head(ctx)
}

// Requests is how what patrons left at a terminal stands.
type Requests struct {
	outbox.State
	HasKey bool     // the server has told the key to which requests are sealed
	Aside  []string // damaged files that were set aside, with what may be in them
}

// ExamineRequests looks at the requests in a data folder, also while a Client has it. The
// error is that of outbox.Examine; Aside is set in any case.
func ExamineRequests(ctx context.Context, dir string) (r Requests, err error) {
	if r.Aside, err = filepath.Glob(outboxPath(dir) + ".damaged-*Z"); err != nil {
		return r, err
	}
	if site, err := readSiteFile(dir); err == nil && site != nil { // what cannot be read is asked for again
		r.HasKey = site.Site.RequestKey != ""
	}
	r.State, err = outbox.Examine(ctx, outboxPath(dir))
	return r, err
}
