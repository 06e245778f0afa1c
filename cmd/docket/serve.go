package main

import (
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"docket/internal/app"
	"docket/internal/config"
)

type serveCmd struct {
	Listen string `placeholder:"ADDRESS" help:"The address to listen on (or DOCKET_LISTEN; default: 127.0.0.1:8080)."`
}

// Run serves until the process is asked to stop.
func (c *serveCmd) Run(s *session) error {
	env := s.env
	s.env = func(name string) (string, bool) {
		if name == "DOCKET_LISTEN" && c.Listen != "" {
			return c.Listen, true
		}
		return env(name)
	}
	cfg, err := s.load()
	if err != nil {
		return err
	}
	level := new(slog.LevelVar)
	level.Set(cfg.Log.Slog())
	log := newLoggerIn(cfg.Log.Format, s.out, level)
	for _, key := range cfg.Dormant() {
		log.Warn("configured, but not used by this version", "key", key)
	}
	for _, warning := range config.UnknownVariables(s.environ) {
		log.Warn("unknown variable", "warning", warning)
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP)
	defer signal.Stop(asked)
	path, _ := config.Path(s.config, s.env)
	return app.Serve(s.ctx, cfg,
		app.Options{Log: log, Level: level, Version: version, Reload: app.Reload{Path: path, Load: s.load, Asked: asked}})
}

// newLogger writes logfmt lines with the words that the operators' runbook greps for.
func newLogger(w io.Writer, level slog.Leveler) *slog.Logger { return newLoggerIn("logfmt", w, level) }

// newLoggerIn writes the same lines in the given format, one of those of log.format.
func newLoggerIn(format string, w io.Writer, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.LevelKey && a.Value.Any() == slog.LevelWarn {
			return slog.String(slog.LevelKey, "WARNING")
		}
		return a
	}}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

type migrateCmd struct{}

// Run migrates the database.
func (c *migrateCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	return migrate(s, cfg)
}
