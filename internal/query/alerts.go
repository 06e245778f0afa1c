package query

import (
	"context"
	"docket/internal/alert"
	"time"
)

// AlertRow is one alert in a listing.
type AlertRow struct {
	AlertKey string            `json:"alert_key" doc:"Identifies the problem: 16 hex characters, like Alertmanager's fingerprint."`
	Source   string            `json:"source"`
	AlertID  string            `json:"alert_id" doc:"The source's own id, if any."`
	Severity string            `json:"severity" enum:"P1,P2,P3,P4,P5"`
	Status   string            `json:"status" enum:"firing,resolved"`
	Title    string            `json:"title"`
	Labels   map[string]string `json:"labels"`
	StartsAt time.Time         `json:"starts_at"`
	EndsAt   *time.Time        `json:"ends_at" doc:"Null while firing."`

	Annotations map[string]string `json:"annotations"`
	Link        string            `json:"link" doc:"Where the source shows the alert; empty if nowhere."`
	Fingerprint string            `json:"fingerprint" doc:"Identifies this one alert: 16 hex characters over all its labels."`
}

// Alerts lists alerts, firing ones first. A limit of 0 means all.
func (r Reader) Alerts(ctx context.Context, limit int) ([]AlertRow, error) {
	all, err := r.Store.ListAlerts(ctx, limit)
	if err != nil {
		return nil, err
	}
	rows := make([]AlertRow, len(all))
	for i, a := range all {
		rows[i] = AlertRowOf(a)
	}
	return rows, nil
}

// AlertRowOf returns an alert's row in a listing.
func AlertRowOf(a alert.Alert) AlertRow {
	return AlertRow{
		AlertKey: a.Key.String(), Source: a.Source, AlertID: a.ID, Severity: a.Severity.String(), Status: a.Status.String(),
		Title: a.Title, Labels: a.Labels.Map(), StartsAt: a.StartsAt, EndsAt: orNull(a.EndsAt),
		Annotations: a.Annotations.Map(), Link: a.Link, Fingerprint: a.Fingerprint.String(),
	}
}
