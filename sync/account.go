package sync

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// TryLater is library.ErrTryLater with the time to wait.
type TryLater = protocol.TryLater

// Session is a patron's session at the central server. Its token lives only here:
// in memory, until End. Its methods may be called from many goroutines.
type Session struct {
	client     *Client
	mu         sync.Mutex
	token      string // "": ended
	mustChange bool
}

// accountWithin bounds how long a person waits for one answer.
const accountWithin = 15 * time.Second

// LogIn opens a session for the patron of a card. It returns library.ErrLogin
// whatever of the two was wrong, a *TryLater while the card must pause, another
// *library.Refusal where the patron may not be served, and library.ErrUnreachable. After a
// temporary password MustChange holds, and of the account only the name is known.
func (c *Client) LogIn(ctx context.Context, card, password string) (*Session, library.Account, error) {
	in, cancel := context.WithTimeout(ctx, accountWithin)
	defer cancel()
	l, err := c.wire.LogIn(in, card, password)
	if err != nil {
		return nil, library.Account{}, c.unreachable(ctx, err)
	}
	return &Session{client: c, token: l.Token, mustChange: l.MustChange}, l.Account, nil
}

// Account returns what the patron's menu shows now. After End, and when the server
// ended the session, every method returns library.ErrSessionEnded.
func (s *Session) Account(ctx context.Context) (library.Account, error) {
	return ask(ctx, s, accountWithin, s.client.wire.Account)
}

// Loans returns the patron's loans.
func (s *Session) Loans(ctx context.Context) (library.PatronLoans, error) {
	return ask(ctx, s, accountWithin, s.client.wire.Loans)
}

// Renew renews a loan once, also when the server's answer is lost and it has to be
// asked again, and returns the loan as it stands then. The server's answer comes
// within 10 seconds, or library.ErrUnreachable: then the loan may be renewed or not, and
// Loans tells.
func (s *Session) Renew(ctx context.Context, loan library.LoanID) (library.PatronLoan, error) {
	return change(ctx, s, func(ctx context.Context, token, key string) (library.PatronLoan, error) {
		return s.client.wire.Renew(ctx, token, key, loan)
	})
}

// endWithin bounds how long the server is told of an end.
const endWithin = 5 * time.Second

// End forgets the session at once, and tells the server in the background, which
// would otherwise forget it in its own time.
func (s *Session) End() {
	s.mu.Lock()
	token := s.token
	s.token = ""
	s.mu.Unlock()
	if token == "" {
		return
	}
	s.client.beside(func() {
		ctx, cancel := context.WithTimeout(context.Background(), endWithin)
		defer cancel()
		if err := s.client.wire.LogOut(ctx, token); err != nil && !errors.Is(err, library.ErrSessionEnded) {
			s.client.cfg.Log.Info("the server was not told of a session's end; it ends it by itself", "err", err)
		}
	})
}

// ask asks one question as the session's patron.
func ask[T any](ctx context.Context, s *Session, within time.Duration, question func(ctx context.Context, token string) (T, error)) (T, error) {
	s.mu.Lock()
	token := s.token
	s.mu.Unlock()
	var none T
	if token == "" {
		return none, library.ErrSessionEnded
	}
	in, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	answer, err := question(in, token)
	if err != nil {
		return none, s.client.unreachable(ctx, err)
	}
	return answer, nil
}

// How often a change is asked for when no answer comes, how long each time, and the
// wait after the first try, doubled after the next.
const (
	changeTries   = 3
	changeWithin  = 3 * time.Second
	changeBackoff = 250 * time.Millisecond
)

// change asks for a change as the session's patron, again with the same key where no
// answer comes: it happens once at most.
func change[T any](ctx context.Context, s *Session, question func(ctx context.Context, token, key string) (T, error)) (T, error) {
	return changeIn(ctx, s, changeWithin, question)
}

// changeIn is change with so long for each try.
func changeIn[T any](ctx context.Context, s *Session, within time.Duration, question func(ctx context.Context, token, key string) (T, error)) (T, error) {
	return again(ctx, func(key string) (T, error) {
		return ask(ctx, s, within, func(ctx context.Context, token string) (T, error) {
			return question(ctx, token, key)
		})
	})
}

// again asks with one key as often as change does.
func again[T any](ctx context.Context, question func(key string) (T, error)) (T, error) {
	var none T
	key, err := uuid.NewV7()
	if err != nil {
		return none, fmt.Errorf("make an identifier: %w", err)
	}
	for try := range changeTries {
		var answer T
		answer, err = question(key.String())
		if !errors.Is(err, library.ErrUnreachable) {
			return answer, err
		}
		if try == changeTries-1 {
			break
		}
		select {
		case <-ctx.Done():
			return none, ctx.Err()
		case <-time.After(jitter(changeBackoff << try)):
		}
	}
	return none, err
}

// unreachable marks the errors that are no answer, and notes where the library's system
// is away before the server says so to everybody. ctx is the caller's.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if errors.Is(err, library.ErrSystemUnavailable) {
		c.report(func(s *library.TerminalState) { s.SystemAway = true })
	}
	return unreachable(ctx, err)
}

func unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refusal *library.Refusal
	var problem *protocol.Problem
	if errors.Is(err, library.ErrSystemUnavailable) { // for the patron it is the same which of the two is away
		return fmt.Errorf("%w: %w", library.ErrUnreachable, err)
	}
	if errors.As(err, &refusal) || errors.As(err, &problem) && problem.Status < 500 {
		return err
	}
	return fmt.Errorf("%w: %w", library.ErrUnreachable, err)
}
