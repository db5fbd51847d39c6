package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// startXvfb starts an X server that needs no screen, of a size such as "1280x1024", and
// returns the name of its display and what ends it. The server chooses the display and
// says which once it listens; xvfb-run waits for a signal instead, and forever where
// that comes too early.
func startXvfb(size string, options ...string) (display string, end func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", append([]string{"-displayfd", "3", "-screen", "0", size + "x24", "-nolisten", "tcp"}, options...)...)
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return "", nil, fmt.Errorf("start Xvfb (the Debian package xvfb): %w", err)
	}
	end = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		end()
		return "", nil, errors.New("the X server Xvfb ended before it listened")
	}
	return ":" + strings.TrimSpace(number), end, nil
}
