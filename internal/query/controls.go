package query

import (
	"context"
	"time"

	"docket/internal/controls"
	"docket/internal/silence"
	"docket/internal/store"
)

// FlagRow is one flag in a listing.
type FlagRow struct {
	Name      string     `json:"name"`
	On        bool       `json:"on"`
	Pinned    bool       `json:"pinned" doc:"Pinned off by the environment (0): nobody can turn it on."`
	ChangedAt *time.Time `json:"changed_at" doc:"When an operator last set it; null for never."`
	ChangedBy string     `json:"changed_by"`
	Because   string     `json:"because" doc:"The reason the operator gave."`
	Reason    string     `json:"reason" enum:"pinned_by_environment,set_by_operator,default_by_environment,default"`
	Variable  string     `json:"variable" doc:"The environment variable: 0 pins it off, 1 makes it on by default."`
	Why       string     `json:"why" doc:"What the flag is for."`
	Owner     string     `json:"owner"`
}

// FlagRowOf returns a flag's row in a listing.
func FlagRowOf(f controls.Flag) FlagRow {
	return FlagRow{f.Name, f.On, f.Pinned, orNull(f.ChangedAt), f.ChangedBy, f.Because, string(f.Reason), f.EnvVar, f.Why, f.Owner}
}

// SilenceRow is one silence in a listing.
type SilenceRow struct {
	ID        string    `json:"id"`
	State     string    `json:"state" enum:"pending,active,expired"`
	Matchers  []string  `json:"matchers"`
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	Comment   string    `json:"comment"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	ExpiredBy string    `json:"expired_by" doc:"Who ended it early; empty if nobody did."`
}

// SilenceRowOf returns a silence's row in a listing.
func SilenceRowOf(s store.Silence, now time.Time) SilenceRow {
	return SilenceRow{s.ID, string(s.State(now)), s.Matchers.Texts(), s.StartsAt, s.EndsAt, s.Comment, s.CreatedBy, s.CreatedAt, s.ExpiredBy}
}

// WindowRow is one maintenance window in a listing.
type WindowRow struct {
	ID    string `json:"id"`
	State string `json:"state" enum:"standing,active,over"`
	// ActiveUntil is when the window ends, if it is active now.
	ActiveUntil *time.Time `json:"active_until" doc:"When the current occurrence ends, while the window is active."`
	silence.Plan
	Comment   string    `json:"comment"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	EndedBy   string    `json:"ended_by" doc:"Who removed it; empty if nobody did."`
}

// WindowRowOf returns a maintenance window's row in a listing.
func WindowRowOf(w store.Window, now time.Time) WindowRow {
	row := WindowRow{
		ID: w.ID, State: "standing", Plan: w.Plan(), Comment: w.Comment,
		CreatedBy: w.CreatedBy, CreatedAt: w.CreatedAt, EndedBy: w.EndedBy,
	}
	until, holds := w.Holds(now)
	switch {
	case !w.EndedAt.IsZero() || w.Over(now):
		row.State = "over"
	case holds:
		row.State, row.ActiveUntil = "active", &until
	}
	return row
}

// PreviewRow is what matchers would mute now.
type PreviewRow struct {
	Alerts    []AlertRow    `json:"alerts" doc:"Firing alerts that match."`
	Incidents []IncidentRow `json:"incidents" doc:"Open incidents whose firing alerts all match."`
	Cut       bool          `json:"cut" doc:"Not all firing alerts were checked."`
}

// Flags lists the flags.
func (r Reader) Flags() []FlagRow {
	all := r.Board.Flags()
	rows := make([]FlagRow, len(all))
	for i, f := range all {
		rows[i] = FlagRowOf(f)
	}
	return rows
}

// Silences lists silences, latest end first. A state of "" means all.
func (r Reader) Silences(ctx context.Context, state string, limit int) ([]SilenceRow, error) {
	ask := limit
	if state != "" {
		ask = 0 // Their state is only known once all of them are read.
	}
	all, err := r.Board.Silences(ctx, ask)
	if err != nil {
		return nil, err
	}
	rows, now := []SilenceRow{}, time.Now()
	for _, s := range all {
		row := SilenceRowOf(s, now)
		if state != "" && row.State != state {
			continue
		}
		if rows = append(rows, row); len(rows) == limit {
			break
		}
	}
	return rows, nil
}

// Windows lists maintenance windows, latest first. Ended ones are only included with all.
func (r Reader) Windows(ctx context.Context, all bool) ([]WindowRow, error) {
	found, err := r.Board.Windows(ctx, all)
	if err != nil {
		return nil, err
	}
	rows, now := make([]WindowRow, len(found)), time.Now()
	for i, w := range found {
		rows[i] = WindowRowOf(w, now)
	}
	return rows, nil
}

// Preview returns what matchers would mute now.
func (r Reader) Preview(ctx context.Context, matchers []string) (PreviewRow, error) {
	p, err := r.Board.Preview(ctx, matchers)
	if err != nil {
		return PreviewRow{}, err
	}
	row := PreviewRow{Alerts: make([]AlertRow, len(p.Alerts)), Incidents: make([]IncidentRow, len(p.Incidents)), Cut: p.Cut}
	for i, a := range p.Alerts {
		row.Alerts[i] = AlertRowOf(a)
	}
	for i, inc := range p.Incidents {
		row.Incidents[i] = incidentRow(inc)
	}
	return row, nil
}
