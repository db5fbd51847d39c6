// Package audit keeps the log of what staff, patrons and commands did: numbered
// entries of which each carries a hash over itself and the entry before, so that
// none can be changed, taken out or moved without breaking the chain.
//
// What the chain cannot show by itself: whoever may write to the database can cut
// the newest entries off, or rewrite all of them from one on, when the row that
// names the newest is rewritten with them. That shows against a Mark which was kept
// outside of the database (see Verify): "central audit verify" prints one.
//
// Entries name patrons by their ID, never by card or name, and no entry names both
// a patron and an item: what a patron has read is not to be found here either. A
// loan is named by its ID, which leads nowhere after the return.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"madoguchi/central/db"
)

// Entry is what happened, for Append.
type Entry struct {
	At      time.Time         // stored in milliseconds
	Actor   string            // who did it: "staff:sato", "patron:<ID>", "command:root"
	Action  string            // what was done: "password.temporary"
	Subject string            // to what or whom: "patron:<ID>"
	Detail  map[string]string // what else matters: terminal, kind of document
}

// Append writes an entry in the caller's transaction: it is there when what it
// tells of is. Transactions that append wait for each other from this on, so it
// belongs at their end.
func Append(ctx context.Context, tx *db.Tx, e Entry) error {
	if e.Actor == "" || e.Action == "" {
		return fmt.Errorf("audit: an entry needs an actor and an action, %q by %q", e.Action, e.Actor)
	}
	for _, text := range []string{e.Actor, e.Action, e.Subject} {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return fmt.Errorf("audit: the entry %q has a text that cannot be stored", e.Action)
		}
	}
	detail := "{}"
	if len(e.Detail) > 0 {
		text, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		detail = string(text)
	}
	r := row{at: e.At.UnixMilli(), actor: e.Actor, action: e.Action, subject: e.Subject, detail: detail}
	// Of several processes at this row all but one wait, and then begin anew.
	err := tx.QueryRowContext(ctx, `UPDATE audit_head SET number = number + 1 WHERE one = 1 RETURNING number, hash`).Scan(&r.number, &r.previous)
	if err != nil {
		return fmt.Errorf("audit: number an entry: %w", err)
	}
	r.hash = r.sum()
	_, err = tx.ExecContext(ctx, `INSERT INTO audit (number, at, actor, action, subject, detail, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.number, r.at, r.actor, r.action, r.subject, r.detail, r.previous, r.hash)
	if err != nil {
		return fmt.Errorf("audit: store an entry: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET hash = $1 WHERE one = 1`, r.hash); err != nil {
		return fmt.Errorf("audit: store an entry: %w", err)
	}
	return nil
}

// row is an entry as it is stored.
type row struct {
	number                         int64
	at                             int64 // Unix milliseconds
	actor, action, subject, detail string
	previous, hash                 string
}

// sum is the hash that the row must have: over each field with its length before
// it, so that no two rows are hashed as the same bytes.
func (r row) sum() string {
	h := sha256.New()
	for _, field := range []string{
		r.previous, strconv.FormatInt(r.number, 10), strconv.FormatInt(r.at, 10), r.actor, r.action, r.subject, r.detail,
	} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		h.Write([]byte(field))
	}
	return hex.EncodeToString(h.Sum(nil))
}
