package query

import (
	"context"
	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/store"
	"errors"
	"time"
)

// IncidentRow is one incident in a listing.
type IncidentRow struct {
	ID          string      `json:"id" doc:"The mark: <alert_key>.<generation>."`
	AlertKey    string      `json:"alert_key"`
	Generation  int         `json:"generation"`
	State       string      `json:"state" enum:"held,open,settling,recovered,closed"`
	Severity    string      `json:"severity" enum:"P1,P2,P3,P4,P5"`
	Title       string      `json:"title"`
	Source      string      `json:"source"`
	Surface     string      `json:"surface"`
	OpenedAt    time.Time   `json:"opened_at"`
	RecoveredAt *time.Time  `json:"recovered_at"`
	Reason      string      `json:"reason" doc:"The reason for the latest decision."`
	Ticket      *TicketLink `json:"ticket" doc:"Null until one is filed."`
}

// TicketLink is the ticket of an incident.
type TicketLink struct {
	State  string `json:"state"`
	Desk   string `json:"desk"`
	ID     string `json:"id"`
	Number string `json:"number"`
	URL    string `json:"url"`
}

// IncidentDetail is one incident with its history.
type IncidentDetail struct {
	IncidentRow
	Route    string      `json:"route"`
	Fires    int         `json:"fires" doc:"How often it fired again after a recovery."`
	DueAt    *time.Time  `json:"due_at" doc:"When Docket decides again even if nothing else happens."`
	ClosedAt *time.Time  `json:"closed_at"`
	Timeline []MomentRow `json:"timeline"`
	Effects  []EffectRow `json:"effects"`
	Alerts   []AlertRow  `json:"alerts"`
	Earlier  *TicketLink `json:"earlier" doc:"The ticket of the previous episode."`
}

// MomentRow is one step of that history.
type MomentRow struct {
	At       time.Time `json:"at"`
	Event    string    `json:"event"`
	To       string    `json:"to"`
	Reason   string    `json:"reason"`
	Sentence string    `json:"sentence"`
	Detail   string    `json:"detail"`
}

// EffectRow is one help desk operation, done or pending.
type EffectRow struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	State     string     `json:"state"`
	Attempt   int        `json:"attempt" doc:"How often it was tried."`
	Fails     int        `json:"fails" doc:"Consecutive failed attempts."`
	NotBefore *time.Time `json:"not_before" doc:"The earliest time of the next attempt."`
	Fault     string     `json:"fault"`
	Detail    string     `json:"detail"`
	DoneAt    *time.Time `json:"done_at"`
}

// Incidents lists incidents, latest first.
func (r Reader) Incidents(ctx context.Context, f store.IncidentFilter) ([]IncidentRow, error) {
	all, err := r.Store.ListIncidents(ctx, f)
	if err != nil {
		return nil, err
	}
	rows := make([]IncidentRow, len(all))
	for i, inc := range all {
		rows[i] = incidentRow(inc)
	}
	return rows, nil
}

func incidentRow(i incident.Incident) IncidentRow {
	row := IncidentRow{
		ID: i.Mark.String(), AlertKey: i.Key.String(), Generation: i.Generation, State: string(i.State), Severity: i.Severity.String(),
		Title: i.Title, Source: i.Source, Surface: i.Surface, OpenedAt: i.OpenedAt, RecoveredAt: orNull(i.RecoveredAt), Reason: string(i.Reason),
	}
	if i.Ticket.ID != "" {
		row.Ticket = &TicketLink{string(i.Ticket.State), i.Ticket.Desk, i.Ticket.ID, i.Ticket.Number, i.Ticket.URL}
	}
	return row
}

// find returns the incident with this mark, or the latest one with this alert_key.
func (r Reader) find(ctx context.Context, id string) (incident.Incident, error) {
	if key, err := alert.ParseKey(id); err == nil {
		all, err := r.Store.ListIncidents(ctx, store.IncidentFilter{Key: &key, Limit: 1})
		if err != nil {
			return incident.Incident{}, err
		}
		if len(all) == 0 {
			return incident.Incident{}, noSuch("no incident has the alert_key %s", id)
		}
		return all[0], nil
	}
	mark, err := alert.ParseMark(id)
	if err != nil {
		return incident.Incident{}, noSuch("%.60q does not name an incident: use <alert_key>.<generation> or an alert_key", id)
	}
	inc, err := r.Store.Incident(ctx, mark)
	if errors.Is(err, store.ErrNotFound) {
		return inc, noSuch("there is no incident %s", id)
	}
	return inc, err
}

// Incident returns one incident with its history.
func (r Reader) Incident(ctx context.Context, id string) (IncidentDetail, error) {
	inc, err := r.find(ctx, id)
	if err != nil {
		return IncidentDetail{}, err
	}
	effects, err := r.Store.EffectsOf(ctx, inc.Mark)
	if err != nil {
		return IncidentDetail{}, err
	}
	alerts, err := r.Store.AlertsOf(ctx, inc.Key)
	if err != nil {
		return IncidentDetail{}, err
	}
	d := IncidentDetail{
		IncidentRow: incidentRow(inc), Route: inc.Route, Fires: inc.Fires, DueAt: orNull(inc.DueAt), ClosedAt: orNull(inc.ClosedAt),
		Timeline: make([]MomentRow, len(inc.Timeline)), Effects: effectRows(effects), Alerts: make([]AlertRow, len(alerts)),
	}
	if inc.Earlier.ID != "" {
		d.Earlier = &TicketLink{string(inc.Earlier.State), inc.Earlier.Desk, inc.Earlier.ID, inc.Earlier.Number, inc.Earlier.URL}
	}
	for i, m := range inc.Timeline {
		d.Timeline[i] = MomentRow{m.At.UTC(), string(m.Event), string(m.To), string(m.Reason), m.Reason.Sentence(), m.Detail}
	}
	for i, a := range alerts {
		d.Alerts[i] = AlertRowOf(a)
	}
	return d, nil
}

func effectRows(effects []filing.Effect) []EffectRow {
	rows := make([]EffectRow, len(effects))
	for i, e := range effects {
		rows[i] = EffectRow{e.ID, string(e.Kind), string(e.State), e.Attempt, e.Fails, orNull(e.NotBefore), e.Fault, e.Detail, orNull(e.DoneAt)}
	}
	return rows
}
