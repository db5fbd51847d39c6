package central

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// requestsKept is how long it is known which requests were handed over: a terminal that
// stood in a cupboard for a year must not make one happen again.
const requestsKept = 400 * 24 * time.Hour

// The outcomes of requests, beside the codes of refusals.
const (
	outcomeGranted = "granted"
	outcomePartly  = "partly"  // some of several holds
	outcomeRefused = "refused" // all of several holds
	outcomeAgain   = "again"   // it was judged before
)

// takeRequest takes a request that was left at a terminal while this server was away,
// and judges it as of when it was received. Whatever became of it, the terminal learns
// only that it is done with: what a card and a password are worth is for the patron
// alone.
func (s *Service) takeRequest(w http.ResponseWriter, r *http.Request) error {
	key, err := keyOf(r)
	if err != nil {
		return err
	}
	var body protocol.SealedRequest
	if err := decode(w, r, &body); err != nil {
		return err
	}
	q := &leftRequest{
		service: s, id: key, again: body.Again, terminal: terminalOf(r), now: s.cfg.Now(),
		fingerprint: s.cfg.Passwords.hasher.Name("sealed request", body.Key+"\x00"+string(body.Sealed)),
	}
	// To its end, also where the terminal gives up waiting: what was counted as a try is
	// then settled, and when it asks again it is answered at once.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), short)
	defer cancel()
	outcome, err := q.take(ctx, body)
	var refusal *library.Refusal
	switch {
	case errors.As(err, &refusal):
		outcome = refusal.Code
	case err != nil:
		outcome = "" // trouble of our own is none
	}
	if outcome != "" {
		s.metrics.left.WithLabelValues(outcome).Inc()
		s.cfg.Log.Info("a request that was left", "terminal", q.terminal.ID, "outcome", outcome)
	}
	if errors.Is(err, library.ErrTerminalThrottled) {
		return &protocol.Problem{Status: http.StatusTooManyRequests, Code: library.ErrTerminalThrottled.Code, RetryAfter: throttledAgain}
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// throttledAgain is after how many seconds a terminal asks again at which too many
// cards failed.
const throttledAgain = 60

// find reports whether the request was judged before. Another one with its id is
// library.ErrKeyReused. Which terminal hands it over does not matter: the disk of one
// that broke may have come into another.
func (q *leftRequest) find(ctx context.Context, tx *db.Tx) (bool, error) {
	var fingerprint string
	err := tx.QueryRowContext(ctx, `SELECT fingerprint FROM request WHERE id = $1`, q.id.String()).Scan(&fingerprint)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case fingerprint != q.fingerprint:
		return false, library.ErrKeyReused
	}
	return true, nil
}

// store writes down what became of the request, for a patron, "" for nobody.
func (q *leftRequest) store(ctx context.Context, tx *db.Tx, patron library.PatronID, result library.RequestResult) error {
	text, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("store a request: %w", err)
	}
	if patron != "" {
		if err := refer(ctx, tx, patron); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO request (id, terminal_id, fingerprint, receipt, received_at, delivered_at, patron_id, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, q.id.String(), q.terminal.ID, q.fingerprint, result.Receipt, result.ReceivedAt.UnixMilli(),
		q.now.UnixMilli(), nullString(string(patron)), q.service.cfg.Passwords.hasher.Seal(text))
	if err != nil {
		return fmt.Errorf("store a request: %w", err)
	}
	return audit.Append(ctx, tx, audit.Entry{
		At: q.now, Actor: "terminal:" + q.terminal.ID, Action: "request", Subject: "request:" + q.id.String(),
		Detail: map[string]string{"outcome": outcomeOf(result)},
	})
}

// outcomeOf is what became of a request in a word that says nothing of whose it is.
func outcomeOf(r library.RequestResult) string {
	if r.Refusal != "" {
		return r.Refusal
	}
	refused := 0
	for _, line := range r.Lines {
		if line.Refusal != "" {
			refused++
		}
	}
	switch {
	case refused == 0:
		return outcomeGranted
	case len(r.Lines) == 1:
		return r.Lines[0].Refusal
	case refused == len(r.Lines):
		return outcomeRefused
	}
	return outcomePartly
}

// requestsShownFrom is since when requests were handed over whose results patrons are
// shown: for as many days as holds that have ended.
func (s *Service) requestsShownFrom() time.Time {
	day, zone := s.today().Add(-s.cfg.Site.Policy.HoldShownDays), s.cfg.Site.Location()
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, zone)
}

// requestsOf returns what became of a patron's requests, the newest first.
func (s *Service) requestsOf(ctx context.Context, tx *db.Tx, patron library.PatronID) ([]library.RequestResult, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, result FROM request WHERE patron_id = $1 AND delivered_at >= $2
		ORDER BY received_at DESC, id DESC`, string(patron), s.requestsShownFrom().UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []library.RequestResult
	for rows.Next() {
		var id, sealed string
		if err := rows.Scan(&id, &sealed); err != nil {
			return nil, err
		}
		result, err := s.cfg.Passwords.openResult(sealed)
		if err != nil { // no reason to keep the patron from the rest of the menu
			s.cfg.Log.Error("what became of a request cannot be read", "request", id, "err", err)
			continue
		}
		all = append(all, result)
	}
	return all, rows.Err()
}

// openResult opens what store sealed.
func (p *Passwords) openResult(sealed string) (r library.RequestResult, err error) {
	text, err := p.hasher.Open(sealed)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(text, &r)
}
