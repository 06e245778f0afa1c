package main

import (
	"context"

	"docket/internal/query"
)

type alertsCmd struct{ listing }

// Run lists alerts.
func (c *alertsCmd) Run(s *session) error {
	return list[query.AlertRow]{
		path: "/api/v1/alerts", query: c.query(),
		own: func(ctx context.Context, r query.Reader) ([]query.AlertRow, error) { return r.Alerts(ctx, c.rows()) },
		look: look[query.AlertRow]{
			[]string{"ALERT_KEY", "SEVERITY", "STATUS", "SINCE", "SOURCE", "TITLE"},
			func(r query.AlertRow) []string {
				return []string{r.AlertKey, r.Severity, r.Status, local(r.StartsAt), r.Source, r.Title}
			},
			"No alerts yet. Point Prometheus or Alertmanager at Docket, or try: docket send",
		},
	}.run(s, c.JSON)
}
