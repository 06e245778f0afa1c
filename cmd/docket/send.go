package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/query"
	"docket/internal/web"
)

type sendCmd struct {
	Title    string            `default:"DocketTest" help:"The alert's name."`
	Severity string            `default:"P2" help:"P1 to P5, or critical, error, warning, info."`
	Summary  string            `default:"A test alert sent by docket send." help:"The problem in one sentence."`
	Label    map[string]string `short:"l" mapsep:"none" placeholder:"NAME=VALUE" help:"An additional label; can be repeated."`
	Resolve  bool              `help:"Send the alert as resolved."`
}

// Run posts one alert the way Prometheus would, and prints its alert_key and its incident.
func (c *sendCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	severity, err := alert.ParseSeverity(c.Severity)
	if err != nil {
		return err
	}
	labels := map[string]string{"alertname": c.Title, "severity": severity.String()}
	for name, value := range c.Label {
		if strings.TrimSpace(name) == "" {
			return errors.New("a label needs a name: --label NAME=VALUE")
		}
		labels[name] = value
	}
	now := time.Now().UTC()
	one := map[string]any{"labels": labels, "annotations": map[string]string{"summary": c.Summary}}
	if c.Resolve {
		one["endsAt"] = now.Format(time.RFC3339Nano)
	} else {
		one["startsAt"] = now.Format(time.RFC3339Nano)
	}
	server := s.client(cfg)
	var answer struct {
		Repeated int    `json:"repeated"`
		AlertKey string `json:"alert_key"`
	}
	err = server.Post(s.ctx, "/api/v2/alerts", []any{one}, &answer)
	if errors.Is(err, web.ErrNoServer) {
		return fmt.Errorf("%w: start it with docket serve", err)
	}
	if err != nil {
		return err
	}
	word := "sent"
	switch {
	case c.Resolve:
		word = "resolved"
	case answer.Repeated > 0:
		word = "already firing"
	}
	// A token that may only send alerts cannot look up the incident. Then only the alert_key is printed.
	incident := ""
	var rows []query.IncidentRow
	if err := server.Get(s.ctx, "/api/v1/incidents", url.Values{"alert_key": {answer.AlertKey}, "limit": {"1"}}, &rows); err == nil &&
		len(rows) > 0 {
		incident = ", incident " + rows[0].ID
	}
	_, err = fmt.Fprintf(s.out, "%s: alert_key %s%s (docket incidents explain %s)\n", word, answer.AlertKey, incident, answer.AlertKey)
	return err
}
