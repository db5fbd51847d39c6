package central

import (
	"context"
	"net/http"
	"strings"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// place is where tries are counted: a terminal, or one visitor of the home page.
type place struct {
	terminal string
	visitor  string // the visitor's mark, made unreadable; "" at a kiosk
}

// The length of a visitor's mark, in characters.
const (
	minMark = 16
	maxMark = 128
)

// placeOf is where a request's try is counted. The home page must mark its visitors:
// otherwise one who guesses would be in the way of all. What a kiosk says of visitors is
// not looked at, since it has but one at a time.
func (s *Service) placeOf(r *http.Request) (place, error) {
	at := place{terminal: terminalOf(r).ID}
	if terminalOf(r).Kind != KindWeb {
		return at, nil
	}
	mark := r.Header.Get(protocol.VisitorHeader)
	if len(mark) < minMark || len(mark) > maxMark || strings.ContainsFunc(mark, notOfAMark) {
		return place{}, badRequest("the home page sends a mark of its visitor as %s: %d to %d letters, digits, hyphens and underscores", protocol.VisitorHeader, minMark, maxMark)
	}
	at.visitor = s.cfg.Passwords.hasher.Name("visitor", mark)
	return at, nil
}

func notOfAMark(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
}

// mayTry refuses another try in a place where too many cards failed, or are being tried.
func (at place) mayTry(ctx context.Context, tx *db.Tx, p library.Policy, now time.Time) error {
	var here, all int
	err := tx.QueryRowContext(ctx, `SELECT count(CASE WHEN visitor = $2 THEN 1 END), count(DISTINCT name) FROM (
			SELECT visitor, name FROM terminal_failure WHERE terminal_id = $1 AND at > $3
			UNION SELECT visitor, name FROM login_try WHERE terminal_id = $1 AND at > $3 AND taken_back_at = 0) AS failing`,
		at.terminal, at.visitor, now.Add(-p.TerminalWindow.Duration()).UnixMilli()).Scan(&here, &all)
	switch {
	case err != nil:
		return err
	case at.visitor == "":
		return p.TerminalMayTry(here)
	}
	return p.WebMayTry(here, all)
}
