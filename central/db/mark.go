package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// A database that was put back from a copy numbers on, and gives numbers that terminals
// know to other changes. So each number has a mark that no other history has.

// markAfter makes the mark of a number.
func markAfter(before string, number int64) string {
	h := sha256.New()
	h.Write([]byte(before))
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(number)))
	random := make([]byte, 16)
	rand.Read(random)
	h.Write(random)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Mark returns the mark of a number up to that of the log; "" where it has none, or is no
// longer kept.
func (tx *Tx) Mark(ctx context.Context, log Log, number int64) (mark string, err error) {
	if number == log.Number {
		return log.Mark, nil
	}
	err = tx.QueryRowContext(ctx, `SELECT mark FROM change WHERE number = $1`, number).Scan(&mark)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the mark of a change: %w", err)
	}
	return mark, nil
}

// HasMark reports whether the history of the log has a number with a mark. Where that
// cannot be told, since one of the marks is "", it has.
func (tx *Tx) HasMark(ctx context.Context, log Log, number int64, mark string) (bool, error) {
	if number > log.Number {
		return false, nil
	}
	known, err := tx.Mark(ctx, log, number)
	return known == "" || mark == "" || known == mark, err
}

// Renew begins a new epoch in place of one, so that all followers compare all that they
// have. It does nothing where another process has done that.
func (db *DB) Renew(ctx context.Context, epoch string) error {
	return db.Tx(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE change_log SET epoch = $1 WHERE one = 1 AND epoch = $2`, uuid.NewString(), epoch)
		return err
	})
}
