package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"docket/internal/audit"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/silence"
	"docket/internal/web"
)

type maintenanceCmd struct {
	List maintenanceListCmd `cmd:"" default:"withargs" help:"List maintenance windows, newest first."`
	Add  maintenanceAddCmd  `cmd:"" help:"Mute alerts at the same time of day on some weekdays, or once."`
	End  maintenanceEndCmd  `cmd:"" help:"Remove a window."`
}

type maintenanceListCmd struct {
	All  bool `help:"Include those that are over."`
	JSON bool `name:"json" help:"Print one JSON array of all rows."`
}

// Run lists maintenance windows.
func (c *maintenanceListCmd) Run(s *session) error {
	return list[query.WindowRow]{
		path: "/api/v1/maintenance", query: url.Values{"all": {strconv.FormatBool(c.All)}},
		own: func(ctx context.Context, r query.Reader) ([]query.WindowRow, error) { return r.Windows(ctx, c.All) },
		look: look[query.WindowRow]{
			[]string{"WINDOW", "STATE", "NAME", "WHEN", "MATCHES", "BY", "COMMENT"},
			func(r query.WindowRow) []string {
				return []string{r.ID, r.State, r.Name, when(r.Plan), strings.Join(r.Matchers, ", "), r.CreatedBy, r.Comment}
			},
			"No maintenance windows.",
		},
	}.run(s, c.JSON)
}

// when describes when a window recurs.
func when(p silence.Plan) string {
	if len(p.Weekdays) == 0 {
		return local(p.StartsAt) + " until " + local(p.EndsAt)
	}
	days := make([]string, len(p.Weekdays))
	for i, d := range p.Weekdays {
		days[i] = d[:3]
	}
	return fmt.Sprintf("%s %s-%s %s", strings.Join(days, ","), p.From, p.Until, p.Zone)
}

type maintenanceAddCmd struct {
	Name     string    `arg:"" help:"The name of the window."`
	Matchers []string  `arg:"" help:"What to mute, in Alertmanager's syntax; all must match."`
	On       []string  `placeholder:"DAYS" help:"The weekdays on which it starts, for example mon,tue."`
	From     string    `placeholder:"15:04" help:"The time of day at which it starts."`
	Until    string    `placeholder:"15:04" help:"The time of day at which it ends; if that is not after --from, it ends on the next day."`
	Zone     string    `default:"UTC" placeholder:"PLACE" help:"The time zone, for example Europe/Berlin."`
	Starts   time.Time `format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME" help:"When a one-time window starts."`
	Ends     time.Time `format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME" help:"When a one-time window ends."`
	Comment  string    `short:"m" placeholder:"TEXT" help:"A comment: what it is for."`
	JSON     bool      `name:"json" help:"Print JSON."`
}

// Run creates a maintenance window.
func (c *maintenanceAddCmd) Run(s *session) error {
	plan := silence.Plan{Name: c.Name, Matchers: c.Matchers, StartsAt: c.Starts, EndsAt: c.Ends, Weekdays: c.On, From: c.From,
		Until: c.Until, Zone: c.Zone}
	row, err := write(s, viaPost[query.WindowRow](s, "/api/v1/maintenance", web.WindowDraft{Plan: plan, Comment: c.Comment}),
		func(ctx context.Context, b *controls.Board, me audit.Actor) (query.WindowRow, error) {
			made, err := b.AddWindow(ctx, plan, c.Comment, me)
			if err != nil {
				return query.WindowRow{}, err
			}
			return query.WindowRowOf(made, time.Now()), nil
		})
	return printOne(s, c.JSON, row, err, windowText)
}

// windowText formats a maintenance window for people.
func windowText(r query.WindowRow) string {
	return fmt.Sprintf("maintenance window %s (%s) is %s: %s\n", r.ID, oneLine(r.Name), r.State, when(r.Plan))
}

type maintenanceEndCmd struct {
	ID   string `arg:"" help:"The id of the window."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run ends a maintenance window permanently.
func (c *maintenanceEndCmd) Run(s *session) error {
	row, err := write(s, viaPost[query.WindowRow](s, "/api/v1/maintenance/"+segment(c.ID)+"/end", nil),
		func(ctx context.Context, b *controls.Board, me audit.Actor) (query.WindowRow, error) {
			ended, err := b.EndWindow(ctx, c.ID, me)
			if err != nil {
				return query.WindowRow{}, err
			}
			return query.WindowRowOf(ended, time.Now()), nil
		})
	return printOne(s, c.JSON, row, err, windowText)
}
