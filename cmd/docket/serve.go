package main

import (
	"io"
	"log/slog"
	"strings"

	"docket/internal/app"
)

type serveCmd struct {
	Listen string `placeholder:"ADDRESS" help:"The loopback address to listen on (or DOCKET_LISTEN; 127.0.0.1:8080)."`
}

// Run serves until the process is told to stop.
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

type migrateCmd struct{}

// Run migrates the database.
func (c *migrateCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	return migrate(s, cfg)
}
