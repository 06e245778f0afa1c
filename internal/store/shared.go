package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
	"docket/internal/storm"
)

// StormWindow loads how many incidents of a route want a ticket; an empty one if none have yet.
func (t *Tx) StormWindow(ctx context.Context, route string) (storm.Window, error) {
	c := storm.Window{Route: route}
	text, err := one[string](ctx, t, `SELECT state FROM crowd WHERE route = ?`, route)
	if errors.Is(err, ErrNotFound) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &c)
	}
	if err != nil {
		return c, fmt.Errorf("load the storm window of route %q: %w", route, err)
	}
	return c, nil
}

// SaveStormWindow replaces a route's window.
func (t *Tx) SaveStormWindow(ctx context.Context, c storm.Window) error {
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write the storm window of route %q: %w", c.Route, err)
	}
	const q = `INSERT INTO crowd (route, state) VALUES (?, ?) ON CONFLICT (route) DO UPDATE SET state = excluded.state`
	return t.later(ctx, q, c.Route, string(text))
}

// Entry is one incident that a gathering lists.
type Entry struct {
	Mark, Within alert.Mark
	AddedAt      time.Time
}

const entryWidth = 5

// AddListings adds incidents to their gatherings. The schema rejects one that is already in a gathering.
func (t *Tx) AddListings(ctx context.Context, all []Entry) error {
	err := inBatches(all, func(run []Entry) error {
		args := make([]any, 0, len(run)*entryWidth)
		for _, e := range run {
			args = append(args, int64(e.Mark.Key), int64(e.Mark.Generation), int64(e.Within.Key), int64(e.Within.Generation), micros(e.AddedAt))
		}
		return t.later(ctx, `INSERT INTO listing (alert_key, generation, within_key, within_generation, added_at_us) VALUES `+
			tuples(len(run), entryWidth), args...)
	})
	if err != nil {
		return fmt.Errorf("add to shared tickets: %w", err)
	}
	return nil
}

// MarkListed records that the effect's text lists the members.
func (t *Tx) MarkListed(ctx context.Context, effectID string, members []alert.Mark) error {
	err := inBatches(members, func(run []alert.Mark) error {
		for _, m := range run {
			if err := t.later(ctx, `UPDATE listing SET effect_id = ? WHERE alert_key = ? AND generation = ?`, effectID, int64(m.Key),
				int64(m.Generation)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record what %s lists: %w", effectID, err)
	}
	return nil
}

// WaitingMembers loads at most limit incidents that a gathering must list next, each with the text of one of
// its alerts, oldest first.
func (t *Tx) WaitingMembers(ctx context.Context, within alert.Mark, limit int) ([]incident.Member, error) {
	const q = `SELECT ` + incidentColumns + ` FROM incident JOIN (SELECT alert_key AS k, generation AS g, added_at_us FROM listing
		WHERE within_key = ? AND within_generation = ? AND effect_id = '' ORDER BY added_at_us, alert_key LIMIT ?) AS waiting
		ON alert_key = k AND generation = g ORDER BY waiting.added_at_us, alert_key`
	rs, err := t.query(ctx, q, int64(within.Key), int64(within.Generation), int64(limit))
	all, err := collect(rs, err, scanIncident)
	if err != nil {
		return nil, fmt.Errorf("load the incidents to list in %s: %w", within, err)
	}
	keys := make([]alert.Key, len(all))
	for n, i := range all {
		keys[n] = i.Key
	}
	words, err := t.alertsOfKeys(ctx, keys)
	if err != nil {
		return nil, err
	}
	members := make([]incident.Member, len(all))
	for n, i := range all {
		members[n] = incident.Member{Incident: i, Labels: words[i.Key].Labels, Summary: words[i.Key].Summary()}
	}
	return members, nil
}

// ListedIn returns the members that an effect's text lists.
func (t *Tx) ListedIn(ctx context.Context, effectID string) ([]alert.Mark, error) {
	rs, err := t.query(ctx, `SELECT alert_key, generation FROM listing WHERE effect_id = ?`, effectID)
	return collect(rs, err, scanMark)
}

// LiveMembers counts a gathering's members that are not over.
func (t *Tx) LiveMembers(ctx context.Context, within alert.Mark) (int, error) {
	n, err := one[int64](ctx, t, `SELECT COUNT(*) FROM incident WHERE within_key = ? AND within_generation = ? AND live = 1`,
		int64(within.Key), int64(within.Generation))
	return int(n), err
}

// Members loads the first incidents that a gathering lists.
func (s *Store) Members(ctx context.Context, within alert.Mark, limit int) ([]incident.Incident, error) {
	const q = `SELECT ` + incidentColumns + ` FROM incident JOIN (SELECT alert_key AS k, generation AS g, added_at_us FROM listing
		WHERE within_key = ? AND within_generation = ? ORDER BY added_at_us,
			alert_key LIMIT ?) AS listed ON alert_key = k AND generation = g ORDER BY listed.added_at_us, alert_key`
	rs, err := s.engine.reader().query(ctx, q, int64(within.Key), int64(within.Generation), int64(limit))
	all, err := collect(rs, err, scanIncident)
	if err != nil {
		return nil, fmt.Errorf("load the incidents listed in %s: %w", within, err)
	}
	return all, nil
}
