package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"docket/internal/audit"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/web"
)

type silencesCmd struct {
	List    silencesListCmd    `cmd:"" default:"withargs" help:"List silences, the last to end first."`
	Add     silencesAddCmd     `cmd:"" help:"Mute alerts for a while: no ticket and no message until it is over."`
	Expire  silencesExpireCmd  `cmd:"" help:"End a silence now; alerts that still fire get their tickets."`
	Preview silencesPreviewCmd `cmd:"" help:"Show what the given matchers would mute now."`
}

type silencesListCmd struct {
	listing
	State string `enum:"pending,active,expired," default:"" placeholder:"STATE" help:"Only pending, active or expired silences."`
}

// Run lists silences.
func (c *silencesListCmd) Run(s *session) error {
	return list[query.SilenceRow]{
		path: "/api/v1/silences", query: c.query("state", c.State),
		own: func(ctx context.Context, r query.Reader) ([]query.SilenceRow, error) {
			return r.Silences(ctx, c.State, c.rows())
		},
		look: look[query.SilenceRow]{
			[]string{"SILENCE", "STATE", "FROM", "UNTIL", "MATCHES", "BY", "COMMENT"},
			func(r query.SilenceRow) []string {
				return []string{r.ID, r.State, local(r.StartsAt), local(r.EndsAt), strings.Join(r.Matchers, ", "), r.CreatedBy, r.Comment}
			},
			"No silences.",
		},
	}.run(s, c.JSON)
}

type silencesAddCmd struct {
	Matchers []string      `arg:"" help:"What to mute, in Alertmanager's syntax, for example 'team=\"shop\"'; all must match."`
	For      time.Duration `placeholder:"DURATION" help:"The duration, for example 2h30m."`
	From     time.Time     `format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME" help:"The start, for example 2026-05-04T22:00:00Z."`
	Until    time.Time     `format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME" help:"The end, instead of --for."`
	Comment  string        `short:"m" placeholder:"TEXT" help:"A comment: what it is for."`
	By       string        `placeholder:"NAME" help:"Who creates it (default: you)."`
	JSON     bool          `name:"json" help:"Print JSON."`
}

// Run creates a silence.
func (c *silencesAddCmd) Run(s *session) error {
	ends := c.Until
	switch {
	case c.For != 0 && !c.Until.IsZero():
		return errors.New("--for and --until exclude each other: set one of them")
	case c.For < 0:
		return errors.New("--for must be more than 0")
	case c.For > 0 && c.From.IsZero():
		ends = time.Now().Add(c.For)
	case c.For > 0:
		ends = c.From.Add(c.For)
	case c.Until.IsZero():
		return errors.New("set the duration with --for 2h, or the end with --until")
	}
	draft := web.SilenceDraft{Matchers: c.Matchers, StartsAt: c.From, EndsAt: ends, Comment: c.Comment, CreatedBy: c.By}
	row, err := write(s, viaPost[query.SilenceRow](s, "/api/v1/silences", draft),
		func(ctx context.Context, b *controls.Board, me audit.Actor) (query.SilenceRow, error) {
			made, err := b.AddSilence(ctx, draft.Draft(), me)
			return query.SilenceRowOf(made, time.Now()), err
		})
	return printOne(s, c.JSON, row, err, silenceText)
}

// silenceText formats a silence for people.
func silenceText(r query.SilenceRow) string {
	if r.State == "expired" {
		return fmt.Sprintf("silence %s is over\n", r.ID)
	}
	return fmt.Sprintf("silence %s is %s, from %s until %s\n", r.ID, r.State, local(r.StartsAt), local(r.EndsAt))
}

type silencesExpireCmd struct {
	ID   string `arg:"" help:"The id of the silence."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run ends a silence.
func (c *silencesExpireCmd) Run(s *session) error {
	row, err := write(s, viaPost[query.SilenceRow](s, "/api/v1/silences/"+segment(c.ID)+"/expire", nil),
		func(ctx context.Context, b *controls.Board, me audit.Actor) (query.SilenceRow, error) {
			ended, err := b.ExpireSilence(ctx, c.ID, me)
			return query.SilenceRowOf(ended, time.Now()), err
		})
	return printOne(s, c.JSON, row, err, silenceText)
}

type silencesPreviewCmd struct {
	Matchers []string `arg:"" help:"In Alertmanager's syntax; all must match."`
	JSON     bool     `name:"json" help:"Print JSON."`
}

// Run shows what the matchers would mute now.
func (c *silencesPreviewCmd) Run(s *session) error {
	p, err := read(s, viaPost[query.PreviewRow](s, "/api/v1/silences/preview", web.Matched{Matchers: c.Matchers}),
		func(ctx context.Context, r query.Reader) (query.PreviewRow, error) { return r.Preview(ctx, c.Matchers) })
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, p)
	}
	if _, err := fmt.Fprintf(s.out, "%s would be muted.\n", count(len(p.Alerts), "firing alert")); err != nil {
		return err
	}
	return look[query.IncidentRow]{
		[]string{"INCIDENT", "SEVERITY", "STATE", "TICKET", "TITLE"},
		func(r query.IncidentRow) []string {
			ticket := "none"
			if r.Ticket != nil {
				ticket = "#" + r.Ticket.Number
			}
			return []string{r.ID, r.Severity, r.State, ticket, r.Title}
		},
		"No open incident would be muted completely.",
	}.show(s, false, p.Incidents)
}
