package main

import (
	"context"
	"fmt"
	"time"

	"docket/internal/config"
	"docket/internal/query"
	"docket/internal/web"
)

type statusCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the surfaces, the worst first. The exit code is 1 where one is degraded or not
// known, 2 where one is down.
func (c *statusCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	rows, err := read(s, func(client *web.Client) (rows []query.SurfaceRow, err error) {
		return rows, client.Get(s.ctx, "/api/v1/surfaces", nil, &rows)
	}, func(ctx context.Context, r query.Reader) ([]query.SurfaceRow, error) {
		return r.Surfaces(ctx, config.Surfaces(cfg), time.Now().UTC())
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(s.out, rows)
	} else {
		err = printSurfaces(s, rows)
	}
	if err != nil {
		return err
	}
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Status]++
	}
	switch {
	case counts["down"] > 0:
		return &exitError{exitIll, fmt.Sprintf("%s down", count(counts["down"], "surface"))}
	case counts["degraded"]+counts["unknown"] > 0:
		return &exitError{exitWarned, fmt.Sprintf("%d degraded, %d unknown", counts["degraded"], counts["unknown"])}
	}
	return nil
}

func printSurfaces(s *session, rows []query.SurfaceRow) error {
	lines := make([][]string, len(rows))
	for n, r := range rows {
		since := ""
		if r.Since != nil {
			since = r.Since.Format(time.RFC3339)
		}
		lines[n] = []string{r.Status, r.Name, r.Group, since, r.Reason}
	}
	return table(s.out, []string{"STATUS", "SURFACE", "GROUP", "SINCE", "REASON"}, lines, "no surface is configured: name some under surfaces: in docket.yaml")
}
