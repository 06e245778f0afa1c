package main

import (
	"io"
	"log/slog"
	"strings"

	"docket/internal/app"
	"docket/internal/desk"
)

type serveCmd struct {
	Listen   string `placeholder:"ADDRESS" help:"The loopback address to listen on (127.0.0.1:8080)."`
	Database string `placeholder:"FILE|URL" help:"A SQLite file, or postgres://... (docket.db)."`
}

// Run serves until the process is told to stop.
func (c *serveCmd) Run(s *session) error {
	env := func(name string) (string, bool) {
		// What is said on the command line goes before the environment.
		switch {
		case name == "DOCKET_LISTEN" && c.Listen != "":
			return c.Listen, true
		case name == "DATABASE_URL" && c.Database != "":
			return c.Database, true
		}
		return s.env(name)
	}
	cfg, err := app.Load(s.config, env)
	if err != nil {
		return err
	}
	log := newLogger(s.out, cfg.Log.Level)
	for _, key := range cfg.Dormant() {
		log.Warn("configured, but this version does nothing with it yet", "key", key)
	}
	return app.Serve(s.ctx, cfg, log, version, nil)
}

// newLogger logs logfmt lines in the words that the operators' runbook greps for.
func newLogger(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if strings.EqualFold(level, "warning") {
		level = "warn"
	}
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.LevelKey && a.Value.Any() == slog.LevelWarn {
			return slog.String(slog.LevelKey, "WARNING")
		}
		return a
	}}))
}

type migrateCmd struct {
	Database string `placeholder:"FILE|URL" help:"A SQLite file, or postgres://... (docket.db)."`
}

// Run migrates the database.
func (c *migrateCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if c.Database != "" {
		cfg.Database = desk.Secret(c.Database)
	}
	return migrate(s, cfg)
}
