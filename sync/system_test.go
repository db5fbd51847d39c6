package sync_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"madoguchi/central"
	"madoguchi/library"
)

// elsewhere is the circulation of a system that cannot be reached now and then.
type elsewhere struct {
	central.Circulation
	away atomic.Bool
}

func (e *elsewhere) PatronByCard(ctx context.Context, card string) (library.Patron, error) {
	if e.away.Load() {
		return library.Patron{}, library.ErrSystemUnavailable
	}
	return e.Circulation.PatronByCard(ctx, card)
}

// TestTheLibrarysSystemIsAway while the server answers: patrons are told what they are
// told without a server, the terminal knows it at once, and learns from the server that
// it is over.
func TestTheLibrarysSystemIsAway(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.patron()
	s.build()
	system := &elsewhere{Circulation: s.ledger.Circulation()}
	s.service = central.New(central.Config{
		DB: s.db, Catalogue: s.catalogue, Circulation: system, Editions: s.editions, Terminals: s.terminals, Passwords: s.passwords,
		Site: library.Site{Policy: library.DefaultPolicy()},
	})
	dir := t.TempDir()
	s.enrol(dir)
	x := start(t, dir)
	x.until("the terminal is in step", func(st library.TerminalState) bool { return st.Searchable && st.Serves() })
	system.away.Store(true)
	for range 2 {
		if _, _, err := x.LogIn(t.Context(), card, password); !errors.Is(err, library.ErrUnreachable) || !errors.Is(err, library.ErrSystemUnavailable) {
			t.Fatal(err)
		}
	}
	x.until("the terminal knows", func(st library.TerminalState) bool { return st.Connected && st.SystemAway && !st.Serves() })
	system.away.Store(false)
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error)
	go func() { ran <- s.service.Run(ctx) }() // which looks for the system
	x.until("the terminal knows better", library.TerminalState.Serves)
	stop()
	if err := <-ran; err != nil {
		t.Error(err)
	}
	logIn(t, x.Client)
}
