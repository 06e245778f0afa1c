package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"docket/internal/app"
	"docket/internal/audit"
	"docket/internal/config"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/store"
	"docket/internal/web"
)

// client returns a client for the server given on the command line, or else for the configured one.
func (s *session) client(cfg config.Config) *web.Client {
	base := s.server
	if base == "" {
		base = cfg.Client.URL
	}
	if base == "" {
		base = "http://" + dialAddress(cfg.Listen)
	}
	return web.NewClient(base, cfg.Client.Token)
}

// dialAddress returns the address at which a server with this listen address can be reached from this machine.
func dialAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err != nil || (host != "" && !ip.IsUnspecified()) {
		return listen
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// read queries the running server. If no server is running, it reads the database directly.
func read[T any](s *session, ask func(*web.Client) (T, error), own func(context.Context, query.Reader) (T, error)) (T, error) {
	return reach(s, ask, "read", store.Options{}, func(cfg config.Config, st *store.Store) (v T, err error) {
		reader, err := app.Reader(s.ctx, cfg, st)
		if err != nil {
			return v, err
		}
		v, err = own(s.ctx, reader)
		if err != nil && !errors.Is(err, query.ErrNoSuch) && !errors.Is(err, controls.ErrInvalid) {
			err = fmt.Errorf("%s: %w", st.Explain(err), err)
		}
		return v, err
	})
}

// write sends a change to the running server. If no server is running, it makes the change in the database directly, as
// the user who is logged in to this machine.
func write[T any](s *session, ask func(*web.Client) (T, error),
	own func(context.Context, *controls.Board, audit.Actor) (T, error),
) (T, error) {
	return reach(s, ask, "change", store.Options{Exclusive: true}, func(cfg config.Config, st *store.Store) (v T, err error) {
		board, err := app.Board(s.ctx, cfg, st)
		if err != nil {
			return v, fmt.Errorf("%s: %w", st.Explain(err), err)
		}
		v, err = own(s.ctx, board, s.person())
		if st.Away(err) {
			err = fmt.Errorf("%s: %w", st.Explain(err), err)
		}
		return v, err
	})
}

// reach queries the running server. If none is running and none was given explicitly, it opens the database.
func reach[T any](s *session, ask func(*web.Client) (T, error), verb string, how store.Options,
	own func(config.Config, *store.Store) (T, error),
) (T, error) {
	var none T
	cfg, err := s.load()
	if err != nil {
		return none, err
	}
	v, err := ask(s.client(cfg))
	if !errors.Is(err, web.ErrNoServer) {
		return v, err
	}
	if s.named(cfg) {
		return none, fmt.Errorf("%w: start it, or omit the address to %s the database directly", err, verb)
	}
	st, err := s.open(cfg, how)
	if err != nil {
		return none, err
	}
	defer st.Close() //nolint:errcheck // Only read from, or what was changed is kept by now.
	return own(cfg, st)
}

// named reports whether the user named a server explicitly.
func (s *session) named(cfg config.Config) bool { return s.server != "" || cfg.Client.URL != "" }

// open opens the configured database, whose schema must match this version. If how allows creating the database, it
// also allows migrating it.
func (s *session) open(cfg config.Config, how store.Options) (*store.Store, error) {
	st, err := store.Open(s.ctx, cfg.Database.Reveal(), how)
	if err != nil {
		return nil, err
	}
	err = st.Current(s.ctx)
	if how.Create && errors.Is(err, store.ErrBehind) {
		err = st.Migrate(s.ctx)
	}
	if err == nil {
		return st, nil
	}
	if !errors.Is(err, store.ErrNewer) && !errors.Is(err, store.ErrBehind) {
		err = errors.New(st.Explain(err))
	}
	_ = st.Close() // The earlier error is the one to return.
	return nil, err
}

// person returns the command-line user for the audit log, or the machine if nobody is logged in.
func (s *session) person() audit.Actor {
	name, _ := s.env("USER")
	return audit.Person(cmp.Or(audit.Clean(name), "local"))
}

// viaGet returns a function that gets path from a server.
func viaGet[T any](s *session, path string, q url.Values) func(*web.Client) (T, error) {
	return func(c *web.Client) (v T, err error) { return v, c.Get(s.ctx, path, q, &v) }
}

// viaPost returns a function that posts in to path on a server and returns the response.
func viaPost[T any](s *session, path string, in any) func(*web.Client) (T, error) {
	return func(c *web.Client) (v T, err error) { return v, c.Post(s.ctx, path, in, &v) }
}

// onlyServer asks the running server for something only a server can do. If none is running, the error says why, using
// because.
func onlyServer[T any](s *session, path string, in any, because string) (v T, err error) {
	cfg, err := s.load()
	if err != nil {
		return v, err
	}
	v, err = viaPost[T](s, path, in)(s.client(cfg))
	if errors.Is(err, web.ErrNoServer) {
		err = fmt.Errorf("%w: %s; start it with docket serve", err, because)
	}
	return v, err
}

// segment escapes text for use as a single path segment. "." and ".." are escaped too, because they would otherwise be
// lost on the way.
func segment(text string) string {
	if strings.Trim(text, ".") == "" {
		return "-"
	}
	return url.PathEscape(text)
}

// migrate opens the database and migrates it.
func migrate(s *session, cfg config.Config) error {
	st, err := store.Open(s.ctx, cfg.Database.Reveal(), store.Options{Exclusive: true, Create: true})
	if err != nil {
		return err
	}
	defer st.Close() //nolint:errcheck // Migrate reports failed writes.
	if err := st.Migrate(s.ctx); err != nil {
		if errors.Is(err, store.ErrNewer) {
			return err
		}
		return fmt.Errorf("%s: %w", st.Explain(err), err)
	}
	_, err = fmt.Fprintln(s.out, "the database has this version's schema")
	return err
}
