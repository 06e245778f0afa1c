// Docket turns alerts into help-desk tickets: every incident gets exactly one ticket.
package main

import (
	"context"
	"docket/internal/config"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set at build time.
var version = "dev"

// The exit codes.
const (
	exitOK       = 0
	exitWarnings = 1
	exitErrors   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)) //nolint:gocritic // The deferred stop only resets signals.
}

// cli is the whole command line.
type cli struct {
	Config   string `short:"c" placeholder:"FILE" help:"The configuration file (or DOCKET_CONFIG; default: docket.yaml, if it exists)."`
	Database string `placeholder:"FILE|URL" help:"A SQLite file, or postgres://... (or DATABASE_URL; default: docket.db)."`
	Server   string `placeholder:"URL" help:"The running server to talk to (or DOCKET_URL; default: the configured listen address)."`

	Serve     serveCmd       `cmd:"" help:"Receive alerts and file tickets, until stopped."`
	Demo      demoCmd        `cmd:"" help:"Run a demo with made-up surfaces, alerts and a help desk; it needs nothing else."`
	Send      sendCmd        `cmd:"" help:"Send a test alert to the running server."`
	Alerts    alertsCmd      `cmd:"" help:"List alerts."`
	Incidents incidentsCmd   `cmd:"" help:"List incidents, show one, or explain why its ticket was filed or not."`
	Tickets   ticketsCmd     `cmd:"" help:"List tickets; show, annotate, close or reopen those of the local desk."`
	Silences  silencesCmd    `cmd:"" help:"List silences; create, preview or end one."`
	Maint     maintenanceCmd `cmd:"" name:"maintenance" help:"List maintenance windows; create or end one."`
	Flags     flagsCmd       `cmd:"" help:"List flags, or turn one on or off."`
	Replay    replayCmd      `cmd:"" help:"Send the alerts in this database to another Docket, or print them."`
	Reconcile reconcileCmd   `cmd:"" help:"Compare with the help desk now, and repair what is missing, duplicated, orphaned, closed or moved."`
	Status    statusCmd      `cmd:"" help:"Show surface status."`
	Health    healthCmd      `cmd:"" help:"Check whether the server is ready (exit code 0 or 1), for container health checks."`
	Doctor    doctorCmd      `cmd:"" help:"Check every step of filing a ticket, and name the first that fails."`
	Auth      authCmd        `cmd:"" help:"Manage accounts and API tokens."`
	Audit     auditCmd       `cmd:"" help:"List the audit log, or verify that nobody has tampered with it."`
	Migrate   migrateCmd     `cmd:"" help:"Upgrade the database to this version's schema."`
	Conf      configCmd      `cmd:"" name:"config" help:"Check or show the configuration, or print its JSON schema."`
	Version   versionCmd     `cmd:"" help:"Print the version."`
}

// session is what every command works with.
type session struct {
	ctx context.Context //nolint:containedctx // The process' own.
	env config.Environ
	// environ is the whole environment as NAME=value entries.
	environ []string
	in      io.Reader
	out     io.Writer
	// config, database and server are the global flags, "" if not given.
	config, database, server string
}

// exitError is an error with its own exit code. Its text is printed.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// run is the program: it takes arguments, environment and streams, and returns the exit code.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var c cli
	var helped bool
	var helpCode int
	parser, err := kong.New(&c, kong.Name("docket"),
		kong.Description("Docket turns alerts into help-desk tickets: every incident gets exactly one."),
		kong.Writers(stdout, stderr), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		// After --help, Kong calls Exit and then keeps parsing; what it reports after that does not matter.
		kong.Exit(func(code int) { helped, helpCode = true, code }))
	if err != nil {
		return say(stderr, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	switch {
	case helped:
		return helpCode
	case err != nil:
		return say(stderr, fmt.Errorf("%w (see docket --help)", err))
	}
	return say(stderr, command.Run(&session{
		ctx: ctx, env: config.Environment(environ), environ: environ, in: stdin, out: stdout, config: c.Config,
		database: c.Database, server: c.Server,
	}))
}

// say prints an error and returns its exit code.
func say(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	// A mistake starts with file:line:column so that editors can jump to it. Nothing may come before it.
	if mistakes, ok := errors.AsType[*config.Error](err); ok {
		_, _ = fmt.Fprintln(w, mistakes) // If this fails, there is nowhere left to report it.
		return exitErrors
	}
	code := exitErrors
	if e, ok := errors.AsType[*exitError](err); ok {
		code = e.code
	}
	_, _ = fmt.Fprintf(w, "docket: %v\n", err) // As above.
	return code
}

// load reads the configuration.
func (s *session) load() (config.Config, error) { return config.Load(s.config, s.lookup()) }

// lookup returns the environment. Command-line flags take precedence over it.
func (s *session) lookup() config.Environ {
	return func(name string) (string, bool) {
		switch {
		case s.database == "":
		case name == "DATABASE_URL":
			return s.database, true
		case name == "DATABASE_URL_FILE":
			return "", false
		}
		return s.env(name)
	}
}
