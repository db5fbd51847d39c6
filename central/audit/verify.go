package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"madoguchi/central/db"
)

// Mark names an entry and all before it. The zero value is that of an empty log.
type Mark struct {
	Number int64
	Hash   string
}

// String writes "12:9f86d0…", with the whole hash.
func (m Mark) String() string { return strconv.FormatInt(m.Number, 10) + ":" + m.Hash }

// ParseMark reads what String writes.
func ParseMark(s string) (Mark, error) {
	number, hash, ok := strings.Cut(strings.TrimSpace(s), ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || n < 0 || (n == 0) != (hash == "") {
		return Mark{}, fmt.Errorf("%q is not a mark of the audit log: write it as \"central audit verify\" printed it, number:hash", s)
	}
	return Mark{Number: n, Hash: hash}, nil
}

// Broken says where the log is not what was written.
type Broken struct {
	Number int64 // of the first entry that is not right
	Reason string
}

func (b *Broken) Error() string { return fmt.Sprintf("audit entry %d %s", b.Number, b.Reason) }

// Newest is the mark of the newest entry, which is best kept outside of the database too.
func Newest(ctx context.Context, d *db.DB) (m Mark, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT number, hash FROM audit_head WHERE one = 1`).Scan(&m.Number, &m.Hash)
	})
	if err != nil {
		return m, fmt.Errorf("read the audit log's newest entry: %w", err)
	}
	return m, nil
}

// Has reports whether the log has the entry of a mark. It looks at no other: Verify does.
func Has(ctx context.Context, d *db.DB, kept Mark) (has bool, err error) {
	if kept.Number == 0 {
		return true, nil
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM audit WHERE number = $1 AND hash = $2`, kept.Number, kept.Hash).Scan(&has)
	})
	if err != nil {
		return false, fmt.Errorf("look for an entry of the audit log: %w", err)
	}
	return has, nil
}

// Verify walks the whole log and returns the newest entry's mark, or *Broken. kept
// is the mark of an earlier Verify that was kept elsewhere: the log must still have
// that entry; the zero Mark asks for nothing.
func Verify(ctx context.Context, d *db.DB, kept Mark) (newest Mark, err error) {
	err = d.View(ctx, func(tx *db.Tx) (err error) {
		newest, err = verify(ctx, tx, kept)
		return err
	})
	return newest, err
}

func verify(ctx context.Context, tx *db.Tx, kept Mark) (Mark, error) {
	last, err := walk(ctx, tx, kept)
	if err != nil {
		return Mark{}, err
	}
	var head Mark
	if err := tx.QueryRowContext(ctx, `SELECT number, hash FROM audit_head WHERE one = 1`).Scan(&head.Number, &head.Hash); err != nil {
		return Mark{}, fmt.Errorf("read the audit log's newest entry: %w", err)
	}
	switch {
	case head.Number > last.Number:
		return Mark{}, &Broken{last.Number + 1, "is missing, and so are all after it: they were deleted"}
	case head != last:
		return Mark{}, &Broken{last.Number, "is not the newest that was written"}
	case kept.Number > last.Number:
		return Mark{}, &Broken{last.Number + 1, "is missing, and so are all after it: the log was once longer"}
	}
	return last, nil
}

// walk follows the chain from the first entry to the last.
func walk(ctx context.Context, tx *db.Tx, kept Mark) (last Mark, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT number, at, actor, action, subject, detail, previous, hash FROM audit ORDER BY number`)
	if err != nil {
		return Mark{}, fmt.Errorf("read the audit log: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.number, &r.at, &r.actor, &r.action, &r.subject, &r.detail, &r.previous, &r.hash); err != nil {
			return Mark{}, fmt.Errorf("read the audit log after entry %d: %w", last.Number, err)
		}
		switch {
		case r.number != last.Number+1:
			return Mark{}, &Broken{last.Number + 1, "is missing"}
		case r.previous != last.Hash:
			return Mark{}, &Broken{r.number, "does not follow the one before it"}
		case r.hash != r.sum():
			return Mark{}, &Broken{r.number, "was changed"}
		case r.number == kept.Number && r.hash != kept.Hash:
			return Mark{}, &Broken{r.number, "is not the one that was kept: the log was written anew"}
		}
		last = Mark{r.number, r.hash}
	}
	return last, rows.Err()
}
