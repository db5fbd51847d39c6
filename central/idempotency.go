package central

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// How long the answers to changes are kept for those who did not get them: those in
// which a secret was asked or told, for as long as a terminal asks again.
const (
	answersKept = 7 * 24 * time.Hour
	secretsKept = 10 * time.Minute
)

// change is what a request changes: the answer, nil for nothing but that it was done,
// or a refusal. It runs in a transaction, perhaps more than once.
type change func(ctx context.Context, tx *db.Tx) (answer any, err error)

// asking is a request for a change.
type asking struct {
	who    session
	body   []byte
	secret bool // the request or its answer has a password or an address

	// before comes before the transaction of the change and leaves traces even where
	// the change is refused: slow work, and tries that are counted. nil: nothing.
	before func(ctx context.Context) error
	// locks are the names under which the change is made, see db.DB.Locked; none: the
	// change is serializable instead.
	locks []string
}

// answered is an answer as it was sent, or would have been.
type answered struct {
	status int
	body   []byte
}

// once makes a change once, however often it is asked for with the same key, and
// answers the same to each asking, byte for byte. The key, a fingerprint of the
// request and the answer are stored in the transaction of the change. A rule's
// refusal is an answer too; trouble of our own, and the order to wait, is not, and
// can be asked again.
func (s *Service) once(w http.ResponseWriter, r *http.Request, q asking, do change) error {
	k, err := s.answerKey(r, q)
	if err != nil {
		return err
	}
	return s.answerOnce(r.Context(), w, k, func() (answered, error) { return s.makeChange(r.Context(), k, q, do) })
}

// answerOnce answers with what was made, with a refusal that it stores, or with what was
// stored of an asking with the same key that was faster.
func (s *Service) answerOnce(ctx context.Context, w http.ResponseWriter, k answerKey, do func() (answered, error)) error {
	a, err := do()
	if isAnswer(err) {
		if a, err = refused(err); err == nil {
			a, err = s.keep(ctx, k, a)
		}
	}
	if errors.Is(err, circulation.ErrRecorded) {
		var found bool
		if a, found, err = s.findAnswer(ctx, k); err == nil && !found {
			err = circulation.ErrRecorded
		}
	}
	if err != nil {
		return err
	}
	write(w, a.status, a.body)
	return nil
}

// answerKey is under what the answer to a request is stored.
func (s *Service) answerKey(r *http.Request, q asking) (answerKey, error) {
	key, err := keyOf(r)
	if err != nil {
		return answerKey{}, err
	}
	return answerKey{
		terminal: q.who.terminal.ID, key: key.String(),
		fingerprint: s.cfg.Passwords.hasher.Name("request", strings.Join([]string{r.Method, r.URL.Path, q.who.asker(), string(q.body)}, "\x00")),
		secret:      q.secret,
		patron:      q.who.patron,
		hasher:      s.cfg.Passwords.hasher,
		now:         s.cfg.Now(),
	}, nil
}

// keyOf returns the key of a request for a change.
func keyOf(r *http.Request) (uuid.UUID, error) {
	key, err := uuid.Parse(r.Header.Get(protocol.IdempotencyHeader))
	if err != nil || len(r.Header.Get(protocol.IdempotencyHeader)) != 36 {
		return uuid.UUID{}, badRequest("a change needs a UUID of its own as %s", protocol.IdempotencyHeader)
	}
	return key, nil
}

// isAnswer reports whether an error is a refusal that holds for each asking with the
// same key.
func isAnswer(err error) bool {
	var refusal *library.Refusal
	return errors.As(err, &refusal) && !errors.Is(err, library.ErrKeyReused) &&
		!errors.Is(err, library.ErrTryLater) && !errors.Is(err, library.ErrTerminalThrottled) &&
		!errors.Is(err, library.ErrSystemUnavailable)
}

// makeChange makes the change and stores its answer, or finds the answer.
func (s *Service) makeChange(ctx context.Context, k answerKey, q asking, do change) (a answered, err error) {
	var found bool
	if q.before != nil {
		if a, found, err = s.findAnswer(ctx, k); err != nil || found {
			return a, err
		}
		if err := q.before(ctx); err != nil {
			return answered{}, err
		}
	}
	run := s.cfg.DB.Tx
	if len(q.locks) > 0 {
		run = func(ctx context.Context, fn func(*db.Tx) error) error { return s.cfg.DB.Locked(ctx, q.locks, fn) }
	}
	err = run(ctx, func(tx *db.Tx) (err error) {
		if a, found, err = k.find(ctx, tx); err != nil || found {
			return err
		}
		answer, err := do(ctx, tx)
		if err != nil {
			return err
		}
		if a, err = answerWith(answer); err != nil {
			return err
		}
		return k.store(ctx, tx, a)
	})
	if err != nil || found {
		return a, err
	}
	s.number(ctx)
	return a, nil
}

// number numbers what a change that was made has changed of the catalogue. Where that
// fails, terminals that follow it get their numbers from whoever does it next.
func (s *Service) number(ctx context.Context) {
	if err := s.cfg.DB.Assign(context.WithoutCancel(ctx)); err != nil {
		s.cfg.Log.Warn("a change is not numbered yet", "err", err)
	}
}

// answerWith is the answer with a value, nil for none.
func answerWith(value any) (answered, error) {
	if value == nil {
		return answered{status: http.StatusNoContent}, nil
	}
	body, err := json.Marshal(value)
	if err != nil {
		return answered{}, fmt.Errorf("write the answer: %w", err)
	}
	return answered{http.StatusOK, body}, nil
}

func (s *Service) findAnswer(ctx context.Context, k answerKey) (a answered, found bool, err error) {
	err = s.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		a, found, err = k.find(ctx, tx)
		return err
	})
	return a, found, err
}

// keep stores a refusal, unless another asking with the same key was faster: then it
// returns that one's answer.
func (s *Service) keep(ctx context.Context, k answerKey, a answered) (kept answered, err error) {
	err = s.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
		earlier, found, err := k.find(ctx, tx)
		if err != nil {
			return err
		}
		if found {
			kept = earlier
			return nil
		}
		kept = a
		return k.store(ctx, tx, a)
	})
	return kept, err
}

func refused(err error) (answered, error) {
	p := problemOf(err)
	body, err := json.Marshal(completed(*p))
	return answered{p.Status, body}, err
}

// answerKey is under what an answer is stored. A terminal finds only its own. The
// answer lies there sealed, since it may name a title that somebody has on loan.
type answerKey struct {
	terminal, key string
	fingerprint   string
	secret        bool             // see asking
	patron        library.PatronID // whose answer it is, "" of staff's and nobody's
	hasher        *secret.Hasher
	now           time.Time
}

// find returns the stored answer, or library.ErrKeyReused when it is one to another
// request.
func (k answerKey) find(ctx context.Context, tx *db.Tx) (a answered, found bool, err error) {
	var fingerprint, sealed string
	err = tx.QueryRowContext(ctx, `SELECT fingerprint, status, body FROM answer WHERE terminal_id = $1 AND key = $2`, k.terminal, k.key).
		Scan(&fingerprint, &a.status, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return answered{}, false, nil
	}
	if err != nil {
		return answered{}, false, err
	}
	if fingerprint != k.fingerprint {
		return answered{}, false, library.ErrKeyReused
	}
	a.body, err = k.hasher.Open(sealed)
	return a, err == nil, err
}

// store stores an answer, or returns circulation.ErrRecorded where there is one.
func (k answerKey) store(ctx context.Context, tx *db.Tx, a answered) error {
	done, err := tx.ExecContext(ctx, `INSERT INTO answer (terminal_id, key, fingerprint, status, body, at, secret, patron_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT id FROM patron_ref WHERE id = $8))
		ON CONFLICT (terminal_id, key) DO NOTHING`, k.terminal, k.key, k.fingerprint, a.status, k.hasher.Seal(a.body), k.now.UnixMilli(), k.secret, string(k.patron))
	if err := oneRow(done, err, circulation.ErrRecorded); err != nil {
		return fmt.Errorf("store an answer: %w", err)
	}
	return nil
}
