package mail

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Folder is a folder that mails are written to instead of being sent, each as a file
// that mail programs open: for development.
type Folder string

// Send writes the mail into its file, which a second time is the same.
func (f Folder) Send(_ context.Context, id, _ string, message []byte) error {
	if err := f.write(id, message); err != nil {
		return &Failure{Step: "write", err: fmt.Errorf("a mail cannot be written into the folder of mails: %w", err)}
	}
	return nil
}

func (f Folder) write(id string, message []byte) (err error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(string(f), ".mail-")
	if err != nil {
		return err
	}
	_, err = part.Write(message)
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Rename(part.Name(), filepath.Join(string(f), id+".eml"))
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}

// Check tries whether the folder can be written.
func (f Folder) Check(context.Context) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(string(f), ".mail-")
	if err != nil {
		return err
	}
	return errors.Join(part.Close(), os.Remove(part.Name()))
}

// Close does nothing.
func (Folder) Close() error { return nil }
