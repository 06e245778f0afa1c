package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"docket/internal/app"
	"docket/internal/audit"
	"docket/internal/config"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/store"
	"docket/internal/web"
)

// listing is what every listing command has.
type listing struct {
	JSON  bool `name:"json" help:"Print one JSON array of all rows."`
	Limit int  `short:"n" placeholder:"N" help:"At most N rows (all with --json, else 50)."`
}

// rows is the limit to ask for: all for scripts, a screenful for people.
func (l listing) rows() int {
	const screenful = 50
	if l.Limit > 0 || l.JSON {
		return l.Limit
	}
	return screenful
}

// client talks to the server that is named, or to the configured one.
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

// dialAddress is where a server that listens there is reached from here.
func dialAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err != nil || (host != "" && !ip.IsUnspecified()) {
		return listen
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// read asks the running server; where none runs, it reads the database itself.
func read[T any](s *session, ask func(*web.Client) (T, error), own func(context.Context, query.Reader) (T, error)) (T, error) {
	var none T
	cfg, err := s.load()
	if err != nil {
		return none, err
	}
	v, err := ask(s.client(cfg))
	if !errors.Is(err, web.ErrNoServer) {
		return v, err
	}
	if s.server != "" || cfg.Client.URL != "" {
		return none, fmt.Errorf("%w: start it, or leave the address out to read the database", err)
	}
	st, err := store.Open(s.ctx, cfg.Database.Reveal(), store.Options{})
	if err != nil {
		return none, err
	}
	defer st.Close() //nolint:errcheck // Only read from.
	if err := st.Current(s.ctx); err != nil {
		if errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrBehind) {
			return none, err
		}
		return none, errors.New(st.Explain(err))
	}
	reader, err := app.Reader(s.ctx, cfg, st)
	if err != nil {
		return none, err
	}
	v, err = own(s.ctx, reader)
	if err != nil && !errors.Is(err, query.ErrNoSuch) && !errors.Is(err, controls.ErrInvalid) {
		err = fmt.Errorf("%s: %w", st.Explain(err), err)
	}
	return v, err
}

// write asks the running server for a change; where none runs, it makes the change in the
// database itself, in the name of whoever is logged in here.
func write[T any](s *session, ask func(*web.Client) (T, error), own func(context.Context, *controls.Board, audit.Actor) (T, error)) (T, error) {
	var none T
	cfg, err := s.load()
	if err != nil {
		return none, err
	}
	v, err := ask(s.client(cfg))
	if !errors.Is(err, web.ErrNoServer) {
		return v, err
	}
	if s.server != "" || cfg.Client.URL != "" {
		return none, fmt.Errorf("%w: start it, or leave the address out to change the database", err)
	}
	st, err := store.Open(s.ctx, cfg.Database.Reveal(), store.Options{Exclusive: true})
	if err != nil {
		return none, err
	}
	defer st.Close() //nolint:errcheck // What was changed is kept by now.
	if err := st.Current(s.ctx); err != nil {
		if errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrBehind) {
			return none, err
		}
		return none, errors.New(st.Explain(err))
	}
	board, err := app.Board(s.ctx, cfg, st)
	if err != nil {
		return none, fmt.Errorf("%s: %w", st.Explain(err), err)
	}
	name, _ := s.env("USER") // Where nobody is logged in it is the machine.
	v, err = own(s.ctx, board, audit.Person(cmp.Or(audit.Clean(name), "local")))
	if st.Away(err) {
		err = fmt.Errorf("%s: %w", st.Explain(err), err)
	}
	return v, err
}

// segment is a text as one segment of a path; "." and ".." would not arrive as they are.
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
	defer st.Close() //nolint:errcheck // Migrate has told.
	if err := st.Migrate(s.ctx); err != nil {
		if errors.Is(err, store.ErrNewer) {
			return err
		}
		return fmt.Errorf("%s: %w", st.Explain(err), err)
	}
	_, err = fmt.Fprintln(s.out, "the database is at this version's schema")
	return err
}

// printJSON prints any value as scripts want it.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// table prints rows under a heading.
func table(w io.Writer, heading []string, rows [][]string, none string) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, none)
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(tw, strings.Join(heading, "\t")) // Flush tells.
	for _, row := range rows {
		for i := range row {
			row[i] = oneLine(row[i])
		}
		_, _ = fmt.Fprintln(tw, strings.Join(row, "\t")) // Flush tells.
	}
	return tw.Flush()
}

// oneLine makes a text safe for a terminal: one line, not too long.
func oneLine(s string) string {
	const longest = 80
	clean := []rune(strings.Map(harmless, s))
	if len(clean) > longest {
		clean = append(clean[:longest-1], '…')
	}
	return string(clean)
}

// lines makes a text of several lines safe for a terminal.
func lines(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return harmless(r)
	}, text)
}

// harmless takes the power from what steers a terminal, or turns the order of what is
// read: alerts come from anywhere.
func harmless(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
		return ' '
	}
	return r
}

// count says how many of a thing there are: "1 note", "2 notes".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// local prints a time in the operator's own zone.
func local(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
