package main

import (
	"context"
	"fmt"

	"docket/internal/audit"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/web"
)

type flagsCmd struct {
	List flagsListCmd `cmd:"" default:"withargs" help:"List the flags."`
	Set  flagsSetCmd  `cmd:"" help:"Turn a flag on or off."`
}

type flagsListCmd struct {
	JSON bool `name:"json" help:"Print one JSON array of all rows."`
}

// Run lists the flags.
func (c *flagsListCmd) Run(s *session) error {
	rows, err := read(s,
		func(cl *web.Client) (rows []query.FlagRow, err error) {
			return rows, cl.Get(s.ctx, "/api/v1/flags", nil, &rows)
		},
		func(_ context.Context, r query.Reader) ([]query.FlagRow, error) { return r.Flags(), nil })
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, rows)
	}
	var lines [][]string
	for _, r := range rows {
		by := flagReasons[r.Reason]
		if r.Reason == "set_by_operator" && r.ChangedAt != nil {
			by = fmt.Sprintf("%s at %s", r.ChangedBy, local(*r.ChangedAt))
			if r.Because != "" {
				by += ": " + r.Because
			}
		}
		lines = append(lines, []string{r.Name, query.OnOff(r.On), by, r.Why})
	}
	return table(s.out, []string{"FLAG", "IS", "BY", "IT"}, lines, "There are no flags.")
}

var flagReasons = map[string]string{
	"pinned_by_environment": "pinned by the environment", "default_by_environment": "default of the environment", "default": "default",
}

type flagsSetCmd struct {
	Name string `arg:"" help:"The flag, for example alerts.auto_ticket."`
	To   string `arg:"" enum:"on,off" help:"on or off."`
	Why  string `placeholder:"TEXT" help:"What for; it is kept in the audit log."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run flips one flag; one that is pinned is exit code 2.
func (c *flagsSetCmd) Run(s *session) error {
	on := c.To == "on"
	row, err := write(s,
		func(cl *web.Client) (row query.FlagRow, err error) {
			return row, cl.Post(s.ctx, "/api/v1/flags/"+segment(c.Name), map[string]any{"on": on, "why": c.Why}, &row)
		},
		func(ctx context.Context, b *controls.Board, me audit.Actor) (query.FlagRow, error) {
			f, err := b.SetFlag(ctx, c.Name, on, c.Why, me)
			return query.FlagRowOf(f), err
		})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, row)
	}
	_, err = fmt.Fprintf(s.out, "%s is %s\n", row.Name, query.OnOff(row.On))
	return err
}
