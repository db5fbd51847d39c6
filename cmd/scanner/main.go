// Command scanner is a pretend barcode scanner for development: a pseudo terminal
// that a kiosk reads as its serial scanner, into which every typed line goes as a
// scan.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scanner:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	Path       string   `default:"build/scanner" help:"Where to put the link to the scanner's device."`
	AIM        string   `name:"aim" placeholder:"]F0" help:"AIM identifier sent before each scan: ]F0 for NW-7, ]E0 for EAN."`
	Terminator string   `default:"cr" enum:"cr,lf,crlf,etx" help:"What ends a scan: ${enum}. With etx, an STX begins it."`
	Split      bool     `help:"Send each scan in pieces, as slow lines do."`
	Codes      []string `arg:"" optional:"" help:"Scans to make at once. NW-7 start and stop letters are typed like the rest: A12345675A."`
}

// run makes the scanner and sends what is asked for and typed, until ctx is done.
func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	var o options
	help := false
	parser, err := kong.New(&o, kong.Name("scanner"), kong.Writers(stdout, stdout), kong.Exit(func(int) { help = true }),
		kong.Description("A pretend serial scanner. Every typed line is a scan."))
	if err != nil {
		return err
	}
	if _, err := parser.Parse(args); help || err != nil {
		return err
	}
	scanner, err := plugIn(o.Path)
	if err != nil {
		return err
	}
	defer scanner.unplug()

	fmt.Fprintf(stdout, "The scanner is at %s. Set it as the kiosk's scanner; then each line typed here\nis a scan. Ctrl-C unplugs it.\n", o.Path)
	err = o.scanAll(ctx, scanner, stdin, stdout)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// scanAll scans the codes of the command line, then the lines of stdin, and stays.
func (o options) scanAll(ctx context.Context, scanner *scanner, stdin io.Reader, stdout io.Writer) error {
	scan := func(code string) error {
		if !scanner.heard() {
			fmt.Fprintln(stdout, "Waiting for a kiosk to open the scanner.")
		}
		if err := scanner.send(ctx, o.pieces(code)); err != nil {
			return err
		}
		fmt.Fprintln(stdout, "Sent:", code)
		return nil
	}
	for _, code := range o.Codes {
		if err := scan(code); err != nil {
			return err
		}
	}
	lines := make(chan string)
	go func() {
		for in := bufio.NewScanner(stdin); in.Scan(); {
			select {
			case lines <- in.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line := <-lines:
			if line == "" {
				continue
			}
			if err := scan(line); err != nil {
				return err
			}
		}
	}
}

// pieces frames a code and parts it as it is to be sent.
func (o options) pieces(code string) []string {
	framed := o.AIM + code
	switch o.Terminator {
	case "lf":
		framed += "\n"
	case "crlf":
		framed += "\r\n"
	case "etx":
		framed = "\x02" + framed + "\x03"
	default:
		framed += "\r"
	}
	if !o.Split {
		return []string{framed}
	}
	const size = 3
	var pieces []string
	for ; len(framed) > size; framed = framed[size:] {
		pieces = append(pieces, framed[:size])
	}
	return append(pieces, framed)
}
