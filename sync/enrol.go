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

	// Authority is the certificate, PEM, of the server's own authority: then only what
	// it signed is trusted. "": what this machine trusts.
	Authority string `json:"authority,omitempty"`
}

func terminalPath(dir string) string { return filepath.Join(dir, "terminal.json") }

// Enrol trades a one-time code for this terminal's secret and keeps that in the
// data folder, readable by its owner only. A code that will not do is
// library.ErrEnrolmentCode; then nothing changes. Where the code names the server's
// own authority, the server must prove that it is of it before it is told anything,
// or the error is ErrAuthority; from then on the terminal trusts that authority only.
func Enrol(ctx context.Context, dir, server, code string) error {
	code, mark := protocol.SplitEnrolmentCode(code)
	check, err := newPin(server, mark)
	if err != nil {
		return err
	}
	hc := httpClient(check.config())
	defer hc.CloseIdleConnections()
	wire, err := protocol.NewClient(server, "", hc)
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
	if e.Kind == protocol.KindWeb {
		return errors.New("this code was that of a home page, and is used up: get one for this terminal with \"central terminal add --branch CODE\"")
	}
	text, err := json.MarshalIndent(terminalFile{
		Server: server, Terminal: e.Terminal, Secret: e.Secret, Branch: e.Branch, Authority: check.found(),
	}, "", "\t")
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
	if _, err := t.trust(); err != nil {
		return t, err
	}
	return t, nil
}
