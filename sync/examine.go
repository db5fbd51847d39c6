package sync

import (
	"context"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
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
