// Command kiosk is the terminal: a fullscreen window on the city's catalogue.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"madoguchi/cmd/version"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if errors.Is(err, errRestart) {
		os.Exit(restartStatus)
	}
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		fmt.Fprintf(os.Stderr, "kiosk: %v\nTry: kiosk --help\n", err)
		os.Exit(usage)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kiosk:", err)
		os.Exit(failed)
	}
}

// The exit statuses, as central's.
const (
	failed = 1
	usage  = 2
)

const usualConfig = "/etc/madoguchi/kiosk.toml"

// commands is the command line.
type commands struct {
	Config  string           `env:"MADOGUCHI_KIOSK_CONFIG" help:"The terminal's settings. Default: /etc/madoguchi/kiosk.toml, where there is one." placeholder:"FILE"`
	Data    string           `help:"The data folder, instead of the one in the settings." placeholder:"DIR"`
	Version kong.VersionFlag `help:"Say which program this is."`

	Run    runCommand    `cmd:"" default:"withargs" help:"Show the terminal (this is what kiosk does without a command)."`
	Enrol  enrolCommand  `cmd:"" help:"Make this machine a terminal of a library, with a code from \"central terminal add\"."`
	Search searchCommand `cmd:"" help:"Search this terminal's catalogue and print the hits."`
	Doctor doctorCommand `cmd:"" help:"Say what is wrong with this terminal, and what to do."`
	Tour   tourCommand   `cmd:"" help:"Walk through all screens and leave a picture of each."`

	PrintTest printTestCommand `cmd:"" help:"Print a slip that shows whether the printer is set up well."`
}

// env is what every command gets.
type env struct {
	ctx            context.Context
	config         Config
	stdout, stderr io.Writer
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var cli commands
	parser, err := kong.New(&cli,
		kong.Name("kiosk"),
		kong.Description("The terminal that stands in a library. Exit status: 0 all is well, 1 it failed, 2 it was called in a wrong way, 75 it asks to be started again."),
		kong.Vars{"version": version.Line("kiosk")},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
	)
	if err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(exit); !ok {
				panic(r)
			}
		}
	}()
	command, err := parser.Parse(args)
	if err != nil {
		return err
	}
	config, err := readConfig(cmp.Or(cli.Config, usualConfig))
	if errors.Is(err, fs.ErrNotExist) && cli.Config == "" {
		err = nil
	}
	if err != nil {
		return err
	}
	if cli.Data != "" {
		config.Data = cli.Data
	}
	return command.Run(&env{ctx: ctx, config: config, stdout: stdout, stderr: stderr})
}

// exit is how kong ends after --help.
type exit int

// errFound says that a command found something wrong and has said what.
var errFound = errors.New("something is wrong, see above")
