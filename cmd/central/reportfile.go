package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// reportMark is the first line of each file of --report, by which a later import knows that
// it may write it anew.
const reportMark = "# What an import left out or noted; the next one with this --report writes it anew.\n"

// openInput opens the file of an import, "-" for standard input. The caller calls done.
func (a *app) openInput(path string) (in io.Reader, done func(), err error) {
	if path == "-" {
		return a.stdin, func() {}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { f.Close() }, nil
}

// openReport begins the file of --report. It overwrites nothing but an earlier report or an
// empty file, and neither what is read from in nor the database, by whatever name.
func (a *app) openReport(path string, in io.Reader) (*os.File, error) {
	// Looked at before it is opened: closing a file of a SQLite database gives up the locks
	// that this process has on it.
	info, err := os.Stat(path)
	if err == nil {
		if f, ok := in.(*os.File); ok {
			if input, err := f.Stat(); err == nil && os.SameFile(info, input) && info.Mode().IsRegular() {
				return nil, fmt.Errorf("the report cannot be written to %s: it is the file that is imported; name another one with --report", path)
			}
		}
		database := strings.TrimPrefix(a.settings.DB, "sqlite:")
		for _, beside := range []string{"", "-wal", "-shm", "-journal"} {
			if db, err := os.Stat(database + beside); err == nil && os.SameFile(info, db) {
				return nil, fmt.Errorf("the report cannot be written to %s: it is a file of the database; name another one with --report", path)
			}
		}
	}
	if err == nil && !info.Mode().IsRegular() { // a pipe, or /dev/null
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("the report cannot be written: %w", err)
		}
		return f, nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the report cannot be written: %w", err)
	}
	if err := beginReport(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// beginReport empties an earlier report and marks the new one.
func beginReport(f *os.File) error {
	first, err := bufio.NewReader(io.LimitReader(f, int64(len(reportMark)))).ReadString('\n')
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return fmt.Errorf("the report cannot be written: %w", err)
	case first != "" && first != reportMark:
		return fmt.Errorf("the report cannot be written to %s: the file is there and is no earlier report; name another one with --report, or remove it", f.Name())
	}
	_, err = f.Seek(0, io.SeekStart)
	if err = errors.Join(err, f.Truncate(0)); err == nil {
		_, err = f.WriteString(reportMark)
	}
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return nil
}
