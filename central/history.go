package central

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"madoguchi/central/db"
)

// History is a server's own note, in its data folder and so apart from the database, of the
// newest change that it has seen. A database that does not have that change was put back
// from a copy: then terminals may have seen what is lost, and a new epoch has each compare
// all that it has. Each of several servers on one database has its note.
type History struct {
	path  string
	noted historyNote
}

type historyNote struct {
	Epoch  string `json:"epoch"`
	Number int64  `json:"number"`
	Mark   string `json:"mark"`
}

// NewHistory is the note in a data folder.
func NewHistory(dir string) *History { return &History{path: filepath.Join(dir, "history.json")} }

// Check compares the database with the note, and reports whether it began a new epoch since
// the database was put back. A note of another epoch says nothing: that one was begun on
// purpose, perhaps by another server.
func (h *History) Check(ctx context.Context, d *db.DB) (renewed bool, err error) {
	text, err := os.ReadFile(h.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	var n historyNote
	if err == nil {
		err = json.Unmarshal(text, &n)
	}
	if err != nil {
		return false, fmt.Errorf("the note of the newest change, %s, cannot be read; delete it if the database was not put back: %w", h.path, err)
	}
	var log db.Log
	same := false
	err = d.View(ctx, func(tx *db.Tx) error {
		if log, err = tx.Log(ctx); err != nil {
			return err
		}
		same = n.Epoch != log.Epoch
		if !same {
			same, err = tx.HasMark(ctx, log, n.Number, n.Mark)
		}
		return err
	})
	if err != nil || same {
		return false, err
	}
	return true, d.Renew(ctx, log.Epoch)
}

// Note notes the newest change, where it is another than before.
func (h *History) Note(log db.Log) error {
	n := historyNote{log.Epoch, log.Number, log.Mark}
	if n == h.noted {
		return nil
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if err := replaceFile(h.path, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("note the newest change: %w", err)
	}
	h.noted = n
	return nil
}
