// Command central is the central server of a city's library terminals, and all
// that staff do to it from a command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"madoguchi/cmd/version"
	"madoguchi/library"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit statuses. leftOut is an import's in which some records were bad.
const (
	failed  = 1
	usage   = 2
	leftOut = 3
)

// exitStatus is an error that has been told already and only sets the status.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// newParser returns the parser of the command line.
func newParser(c *cli, stdout, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("central"),
		kong.Description("The central server of a library's catalogue terminals. Exit status: 0 all is well, 1 it failed, 2 it was called in a wrong way, 3 an import left bad records out, a form had lines that were refused, or some of the items that were named could not be changed."),
		kong.Vars{"version": version.Line("central"), "languages": listed(languageCodes()), "mail_kinds": listed(library.MailKinds)},
		kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(code int) { panic(exitStatus(code)) }), // after --help
	)
}

// run does what the arguments ask and returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	var c cli
	parser, err := newParser(&c, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "central:", err)
		return failed
	}
	defer func() {
		if v := recover(); v != nil {
			status, ok := v.(exitStatus)
			if !ok {
				panic(v)
			}
			code = int(status)
		}
	}()
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "central: %v\nTry: central --help\n", err)
		return usage
	}
	s, err := c.settings()
	if err != nil {
		fmt.Fprintln(stderr, "central:", err)
		return failed
	}
	out := &output{to: stdout}
	_, onlyReads := command.Selected().Target.Interface().(interface{ onlyReads() })
	err = command.Run(&app{ctx: ctx, flags: c.settingsFlags, settings: s, onlyReads: onlyReads, stdin: stdin, stdout: out, stderr: stderr})
	if err == nil && out.err != nil {
		err = fmt.Errorf("not all of the answer could be written: %w", out.err)
	}
	var status exitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	}
	fmt.Fprintln(stderr, "central:", sentence(err))
	return failed
}

// output remembers that something could not be written: a list that a full disk has cut
// must not look whole to the program that called for it.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}
