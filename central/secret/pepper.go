package secret

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Pepper reads the pepper from its file, and makes the file where there is none,
// readable by its owner only. Several processes may do so at once.
func Pepper(path string) ([]byte, error) {
	pepper, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := makePepper(path); err != nil {
			return nil, fmt.Errorf("make the pepper file %s: %w", path, err)
		}
		pepper, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the pepper file cannot be read; give it to the user that runs central: %w", err)
	}
	if len(pepper) != PepperSize {
		return nil, fmt.Errorf("the pepper file %s has %d bytes, not %d: put back the one from your backup", path, len(pepper), PepperSize)
	}
	return pepper, nil
}

// makePepper puts a whole file into its place, or none: another process's stays.
func makePepper(path string) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".pepper-") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	pepper := make([]byte, PepperSize)
	rand.Read(pepper)
	_, err = f.Write(pepper)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
