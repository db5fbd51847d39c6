package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// ErrNotEnrolled says that the terminal has no secret yet.
var ErrNotEnrolled = errors.New("this terminal is not enrolled: get a code with \"central terminal add\" and run \"kiosk enrol CODE\"")

// terminalFile is who this terminal is. It holds its secret.
type terminalFile struct {
	Server   string             `json:"server"`
	Terminal string             `json:"terminal"`
	Secret   string             `json:"secret"`
	Branch   library.BranchCode `json:"branch"`
}

func terminalPath(dir string) string { return filepath.Join(dir, "terminal.json") }

// Enrol trades a one-time code for this terminal's secret and keeps that in the
// data folder, readable by its owner only. A code that will not do is
// library.ErrEnrolmentCode; then nothing changes.
func Enrol(ctx context.Context, dir, server, code string) error {
	wire, err := protocol.NewClient(server, "", httpClient())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	// The code works once, so the folder must be fit to keep what it gives.
	if err := writeFile(terminalPath(dir)+".try", nil); err != nil {
		return fmt.Errorf("the data folder cannot be written: %w", err)
	}
	if err := os.Remove(terminalPath(dir) + ".try"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	e, err := wire.Enrol(ctx, code)
	if err != nil {
		return fmt.Errorf("enrol at %s: %w", server, err)
	}
	text, err := json.MarshalIndent(terminalFile{Server: server, Terminal: e.Terminal, Secret: e.Secret, Branch: e.Branch}, "", "\t")
	if err != nil {
		return err
	}
	return writeFile(terminalPath(dir), text)
}

func readTerminal(dir string) (terminalFile, error) {
	var t terminalFile
	text, err := os.ReadFile(terminalPath(dir))
	if errors.Is(err, os.ErrNotExist) {
		return t, ErrNotEnrolled
	}
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(text, &t); err != nil || t.Secret == "" || t.Server == "" {
		return t, fmt.Errorf("%s cannot be read; enrol this terminal again with \"kiosk enrol CODE\"", terminalPath(dir))
	}
	return t, nil
}
