package main

import (
	"context"
	"net/url"
	"strconv"

	"docket/internal/query"
	"docket/internal/web"
)

type alertsCmd struct{ listing }

// Run lists alerts.
func (c *alertsCmd) Run(s *session) error {
	rows, err := read(s,
		func(cl *web.Client) (rows []query.AlertRow, err error) {
			return rows, cl.Get(s.ctx, "/api/v1/alerts", limit(c.rows()), &rows)
		},
		func(ctx context.Context, r query.Reader) ([]query.AlertRow, error) { return r.Alerts(ctx, c.rows()) })
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, rows)
	}
	var lines [][]string
	for _, r := range rows {
		lines = append(lines, []string{r.AlertKey, r.Severity, r.Status, local(r.StartsAt), r.Source, r.Title})
	}
	return table(s.out, []string{"ALERT_KEY", "SEVERITY", "STATUS", "SINCE", "SOURCE", "TITLE"}, lines, "No alerts yet. Point Prometheus or Alertmanager at docket, or try: docket send")
}

func limit(n int) url.Values {
	if n <= 0 {
		return nil
	}
	return url.Values{"limit": {strconv.Itoa(n)}}
}
