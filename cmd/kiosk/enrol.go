package main

import (
	"errors"
	"fmt"

	"madoguchi/library"
	kiosksync "madoguchi/sync"
)

type enrolCommand struct {
	Code   string `arg:"" help:"The code that \"central terminal add\" printed."`
	Server string `help:"Address of the central server, like https://library.example:8443." placeholder:"URL"`
}

// Run trades the code for this terminal's own secret.
func (c *enrolCommand) Run(e *env) error {
	server := c.Server
	if server == "" {
		server = e.config.Server
	}
	if server == "" {
		return errors.New("give the address of the central server: --server https://…, or server in kiosk.toml")
	}
	err := kiosksync.Enrol(e.ctx, e.config.Data, server, c.Code)
	if errors.Is(err, library.ErrEnrolmentCode) {
		return errors.New("this code is unknown, used, or older than 24 hours: make a new one with \"central terminal add\"")
	}
	if errors.Is(err, kiosksync.ErrAuthority) {
		return kiosksync.ErrAuthority
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "This machine is now a terminal of %s. Start it with: kiosk\n", server)
	return nil
}
