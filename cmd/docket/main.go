// Docket turns alerts into help-desk tickets: every incident gets exactly one.
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

	"docket/internal/app"
)

// version is set by the build.
var version = "dev"

// The exit codes.
const (
	exitWell   = 0
	exitWarned = 1
	exitIll    = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)) //nolint:gocritic // The deferred stop only resets signals.
}

// cli is the whole command line.
type cli struct {
	Config string `short:"c" placeholder:"FILE" help:"The configuration file (or DOCKET_CONFIG; docket.yaml where there is one)."`
	Server string `placeholder:"URL" help:"The running docket to talk to (or DOCKET_URL; the configured listen address otherwise)."`

	Serve     serveCmd     `cmd:"" help:"Take alerts in and file tickets, until stopped."`
	Send      sendCmd      `cmd:"" help:"Send a test alert to a running docket."`
	Alerts    alertsCmd    `cmd:"" help:"List alerts."`
	Incidents incidentsCmd `cmd:"" help:"List incidents, show one, or explain why its ticket was filed, or not."`
	Tickets   ticketsCmd   `cmd:"" help:"List tickets; show, note, close or reopen one of the local desk."`
	Audit     auditCmd     `cmd:"" help:"List the audit log, or verify that it is as it was written."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the database to this version's schema."`
	Conf      configCmd    `cmd:"" name:"config" help:"Check the configuration."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

// session is what a command works with.
type session struct {
	ctx    context.Context //nolint:containedctx // The process' own.
	env    app.Environ
	out    io.Writer
	config string
	server string
}

// exitError is an error with an exit code of its own; its text is printed.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// helped is how kong's exit after --help comes back through its callback.
type helped struct{ code int }

// run is the program: arguments and environment in, exit code out.
func run(ctx context.Context, args []string, env app.Environ, stdout, stderr io.Writer) (code int) {
	defer func() {
		if h, ok := recover().(helped); ok {
			code = h.code
		}
	}()
	var c cli
	parser, err := kong.New(&c, kong.Name("docket"), kong.Description("Docket turns alerts into help-desk tickets: every incident gets exactly one."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { panic(helped{code}) }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return say(stderr, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return say(stderr, fmt.Errorf("%w (docket --help lists the commands)", err))
	}
	return say(stderr, command.Run(&session{ctx, env, stdout, c.Config, c.Server}))
}

// say prints an error, and returns its exit code.
func say(w io.Writer, err error) int {
	if err == nil {
		return exitWell
	}
	code := exitIll
	var e *exitError
	if errors.As(err, &e) {
		code = e.code
	}
	_, _ = fmt.Fprintf(w, "docket: %v\n", err) // Nowhere to say that this failed.
	return code
}

// load reads the configuration.
func (s *session) load() (app.Config, error) { return app.Load(s.config, s.env) }
