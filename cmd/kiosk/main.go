// Command kiosk is the terminal: a fullscreen window on the city's catalogue.
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
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if errors.Is(err, errRestart) {
		os.Exit(restartStatus)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kiosk:", err)
		os.Exit(1)
	}
}

// commands is the command line.
type commands struct {
	Config string `default:"/etc/madoguchi/kiosk.toml" env:"MADOGUCHI_KIOSK_CONFIG" help:"The terminal's settings." placeholder:"FILE"`
	Data   string `help:"The data folder, instead of the one in the settings." placeholder:"DIR"`

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
		kong.Description("The terminal that stands in a library."),
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
	config, err := readConfig(cli.Config)
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
