package main

import (
	"context"
	"fmt"
	"time"

	"docket/internal/config"
	"docket/internal/query"
)

type statusCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the surfaces, worst first. Exit codes: 1 if a surface is degraded or unknown, 2 if one is down.
func (c *statusCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	l := list[query.SurfaceRow]{
		path: "/api/v1/surfaces",
		own: func(ctx context.Context, r query.Reader) ([]query.SurfaceRow, error) {
			return r.Surfaces(ctx, config.Surfaces(cfg), time.Now().UTC())
		},
		look: look[query.SurfaceRow]{
			[]string{"STATUS", "SURFACE", "GROUP", "SINCE", "REASON"},
			func(r query.SurfaceRow) []string {
				since := ""
				if r.Since != nil {
					since = r.Since.Format(time.RFC3339)
				}
				return []string{r.Status, r.Name, r.Group, since, r.Reason}
			},
			"No surfaces are configured. Add some under surfaces: in docket.yaml",
		},
	}
	rows, err := l.rows(s)
	if err != nil {
		return err
	}
	if err := l.show(s, c.JSON, rows); err != nil {
		return err
	}
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Status]++
	}
	switch {
	case counts["down"] > 0:
		return &exitError{exitErrors, fmt.Sprintf("%s down", count(counts["down"], "surface"))}
	case counts["degraded"]+counts["unknown"] > 0:
		return &exitError{exitWarnings, fmt.Sprintf("%d degraded, %d unknown", counts["degraded"], counts["unknown"])}
	}
	return nil
}
