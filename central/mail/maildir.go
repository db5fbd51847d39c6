package mail

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ReadMaildir reads the new mails of a Maildir as ReadBounces does, and moves each to
// those that have been seen after take was told what it says.
func ReadMaildir(dir string, take func([]Bounce) error) error {
	fresh := filepath.Join(dir, "new")
	entries, err := os.ReadDir(fresh)
	if err != nil {
		return fmt.Errorf("%s is not a Maildir that can be read: %w", dir, err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		bounces, err := readFile(filepath.Join(fresh, e.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue // another reader took it
		}
		if err != nil {
			return err
		}
		if err := take(bounces); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(fresh, e.Name()), filepath.Join(dir, "cur", e.Name()+":2,S")); err != nil {
			return fmt.Errorf("a mail that was read cannot be moved to cur: %w", err)
		}
	}
	return nil
}

func readFile(path string) ([]Bounce, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadBounces(f)
}
