package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"docket/internal/config"
	"docket/internal/intake"
	"docket/internal/store"
)

const (
	// httpDrain is how long requests may finish at a stop.
	httpDrain = 3 * time.Second
	// swapDrain is how long requests may finish before the configuration changes under them: a
	// click on Investigate may wait for 5 s.
	swapDrain = 6 * time.Second
)

// Options are what Serve needs beside the configuration.
type Options struct {
	Log *slog.Logger
	// Level is the log's level, set again with each configuration; nil where it is fixed.
	Level   *slog.LevelVar
	Version string
	// Ready gets the address once alerts are taken; nil where nobody asks.
	Ready func(addr string)
	// Reload says where a changed configuration comes from; its zero value is nowhere.
	Reload Reload
}

// Serve runs Docket until ctx ends, then stops it: nothing new is taken, calls in flight
// finish or become unknown, and what was learnt is kept. A changed configuration is taken up by
// the same stop and start behind a listener that goes on: requests wait at the gate meanwhile.
func Serve(ctx context.Context, cfg config.Config, o Options) error {
	log, started := o.Log, time.Now().UTC()
	a := &App{config: cfg, log: log, version: o.Version, started: started, gate: newGate(), heard: intake.NewHeard(),
		follow: newFollower(o.Reload, cfg, log)}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", cfg.Listen, err)
	}
	// The listener comes first: a platform sees a live process while the database is awaited.
	outer := newGroup(ctx, log)
	server := &http.Server{
		Handler: a.gate, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	outer.run("http", func(ctx context.Context) error { return serveHTTP(ctx, server, listener) })
	if a.follow != nil {
		outer.every("configuration", followEvery, a.follow.turn)
		outer.run("configuration reload requested", a.follow.asked)
	}
	first := true
	err = a.serve(outer, func() {
		if o.Level != nil {
			o.Level.Set(a.config.Log.Slog())
		}
		if !first {
			return
		}
		first = false
		log.InfoContext(ctx, "ready", "address", "http://"+listener.Addr().String(), "database", databaseKind(a.config), "version", a.version)
		if o.Ready != nil {
			o.Ready(listener.Addr().String())
		}
	})
	return errors.Join(err, outer.stop())
}

// serve runs with one configuration after the other. One that turns out not to start is given up
// for the one before.
func (a *App) serve(outer *group, begun func()) error {
	good, trial := a.config, false
	for {
		began := false
		a.booted = time.Now().UTC()
		err := a.run(outer.ctx, outer, func() {
			began, trial, good = true, false, a.config
			a.follow.took(outer.ctx, a.config)
			begun()
		})
		next, offered := a.follow.next()
		switch {
		case outer.ctx.Err() != nil:
			return err
		case began && offered:
			if err != nil {
				a.log.WarnContext(outer.ctx, "could not stop everything that ran with the previous configuration", "err", err)
			}
			a.config, trial = next, true
		case trial && err != nil:
			a.follow.failed(outer.ctx, err)
			a.config, trial = good, false
		default:
			return err
		}
	}
}

func databaseKind(cfg config.Config) string {
	if store.IsPostgres(cfg.Database.Reveal()) {
		return "postgres"
	}
	return cfg.Database.Reveal()
}

// serveHTTP serves until ctx ends, then lets requests finish for a moment.
func serveHTTP(ctx context.Context, server *http.Server, listener net.Listener) error {
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), httpDrain)
		defer cancel()
		stopped <- server.Shutdown(drain)
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return err
	}
	if err := <-stopped; err != nil {
		return server.Close()
	}
	return nil
}
