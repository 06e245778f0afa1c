package main

import (
	"context"
	"fmt"

	"docket/internal/audit"
	"docket/internal/controls"
	"docket/internal/query"
)

type flagsCmd struct {
	List flagsListCmd `cmd:"" default:"withargs" help:"List flags."`
	Set  flagsSetCmd  `cmd:"" help:"Turn a flag on or off."`
}

type flagsListCmd struct {
	JSON bool `name:"json" help:"Print one JSON array of all rows."`
}

// Run lists the flags.
func (c *flagsListCmd) Run(s *session) error {
	return list[query.FlagRow]{
		path: "/api/v1/flags",
		own:  func(_ context.Context, r query.Reader) ([]query.FlagRow, error) { return r.Flags(), nil },
		look: look[query.FlagRow]{
			[]string{"FLAG", "STATE", "SET BY", "WHEN ON"},
			func(r query.FlagRow) []string { return []string{r.Name, query.OnOff(r.On), flagBy(r), r.Why} },
			"There are no flags.",
		},
	}.run(s, c.JSON)
}

// flagBy says who or what set a flag to its current value.
func flagBy(r query.FlagRow) string {
	if r.Reason != "set_by_operator" || r.ChangedAt == nil {
		return flagReasons[r.Reason]
	}
	by := fmt.Sprintf("%s at %s", r.ChangedBy, local(*r.ChangedAt))
	if r.Because != "" {
		by += ": " + r.Because
	}
	return by
}

var flagReasons = map[string]string{
	"pinned_by_environment": "pinned by the environment", "default_by_environment": "default of the environment", "default": "default",
}

type flagsSetCmd struct {
	Name string `arg:"" help:"The flag, for example alerts.auto_ticket."`
	To   string `arg:"" enum:"on,off" help:"on or off."`
	Why  string `placeholder:"TEXT" help:"The reason, for the audit log."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run sets one flag. It exits with code 2 if the flag is pinned.
func (c *flagsSetCmd) Run(s *session) error {
	on := c.To == "on"
	row, err := write(s, viaPost[query.FlagRow](s, "/api/v1/flags/"+segment(c.Name), map[string]any{"on": on, "why": c.Why}),
		func(ctx context.Context, b *controls.Board, me audit.Actor) (query.FlagRow, error) {
			f, err := b.SetFlag(ctx, c.Name, on, c.Why, me)
			return query.FlagRowOf(f), err
		})
	return printOne(s, c.JSON, row, err, func(r query.FlagRow) string { return r.Name + " is " + query.OnOff(r.On) + "\n" })
}
