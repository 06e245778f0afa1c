package main

import (
	"context"
	"docket/internal/line"
	"docket/internal/query"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// listing holds the flags that all listing commands share.
type listing struct {
	JSON  bool `name:"json" help:"Print one JSON array of all rows."`
	Limit int  `short:"n" placeholder:"N" help:"Print at most N rows (default: 50, or all with --json)."`
}

// rows returns the limit to request: everything for scripts, a screenful for people.
func (l listing) rows() int {
	const screenful = 50
	if l.Limit > 0 || l.JSON {
		return l.Limit
	}
	return screenful
}

// query builds the API's query parameters: the limit, and those name-value pairs whose value is not empty.
func (l listing) query(pairs ...string) url.Values {
	q := url.Values{}
	if n := l.rows(); n > 0 {
		q.Set("limit", strconv.Itoa(n))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// list describes a listing: where its rows come from and how they look to people.
type list[T any] struct {
	path  string // path in the API
	query url.Values
	own   func(context.Context, query.Reader) ([]T, error) // used if no server is running
	look[T]
}

// look describes how rows are shown to people.
type look[T any] struct {
	heading []string
	cells   func(T) []string
	none    string // printed if there are no rows
}

// run prints the listing.
func (l list[T]) run(s *session, asJSON bool) error {
	rows, err := l.rows(s)
	if err != nil {
		return err
	}
	return l.show(s, asJSON, rows)
}

func (l list[T]) rows(s *session) ([]T, error) {
	return read(s, viaGet[[]T](s, l.path, l.query), l.own)
}

// show prints rows: as a JSON array for scripts, as a table for people.
func (l look[T]) show(s *session, asJSON bool, rows []T) error {
	if asJSON {
		return printJSON(s.out, rows)
	}
	cells := make([][]string, len(rows))
	for n, row := range rows {
		cells[n] = l.cells(row)
	}
	return table(s.out, l.heading, cells, l.none)
}

// printOne prints one item: as JSON for scripts, as text for people.
func printOne[T any](s *session, asJSON bool, v T, err error, text func(T) string) error {
	switch {
	case err != nil:
		return err
	case asJSON:
		return printJSON(s.out, v)
	}
	_, err = io.WriteString(s.out, text(v))
	return err
}

// printJSON prints any value as JSON for scripts.
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
	_, _ = fmt.Fprintln(tw, strings.Join(heading, "\t")) // Flush reports the error.
	for _, row := range rows {
		for i := range row {
			row[i] = oneLine(row[i])
		}
		_, _ = fmt.Fprintln(tw, strings.Join(row, "\t")) // Flush reports the error.
	}
	return tw.Flush()
}

// oneLine makes text safe for a terminal: one line of limited length.
func oneLine(s string) string { return line.Clip(strings.Map(harmless, s), 80) }

// lines makes multi-line text safe for a terminal.
func lines(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return harmless(r)
	}, text)
}

// harmless replaces characters that control the terminal or change the reading direction, because alerts can come from
// anywhere.
func harmless(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
		return ' '
	}
	return r
}

// count formats a number of things: "1 note", "2 mismatches".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if strings.HasSuffix(thing, "ch") {
		thing += "e"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// local prints a time in the user's own time zone.
func local(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
