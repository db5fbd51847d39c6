package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// File is a kind of secret that lies in a file of its own, apart from the database.
type File struct {
	Name string // what it is, in a sentence: "pepper"
	Size int    // in bytes
	Make func() ([]byte, error)
}

// Read reads the secret from its file, and makes the file where there is none,
// readable by its owner only. Several processes may do so at once.
func (f File) Read(path string) ([]byte, error) {
	secret, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := f.make(path); err != nil {
			return nil, fmt.Errorf("make the %s file %s: %w", f.Name, path, err)
		}
		secret, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the %s file cannot be read; give it to the user that runs central: %w", f.Name, err)
	}
	if len(secret) != f.Size {
		return nil, fmt.Errorf("the %s file %s has %d bytes, not %d: put back the one from your backup", f.Name, path, len(secret), f.Size)
	}
	return secret, nil
}

// make puts a whole file into its place, or none: another process's stays.
func (f File) make(path string) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	secret, err := f.Make()
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(dir, ".secret-") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(temporary.Name())) }()
	_, err = temporary.Write(secret)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
