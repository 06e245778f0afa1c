package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
)

const incidentColumns = `alert_key, generation, version, recipe, state, live, severity, title, source, surface, link, route, ` +
	`opened_at_us, fired_at_us, recovered_at_us, closed_at_us, due_at_us, fires, fires_noted, flap_noted_at_us, recovery_noted_at_us, ` +
	`doubted, ticket_state, ticket_desk, ticket_id, ticket_number, ticket_url, ticket_known_at_us, ticket_merged, ticket_refiled, earlier, ` +
	`inquiry, gathers, within_key, within_generation, acknowledged, told, reason, timeline`

const incidentWidth = 39

func scanIncident(rs rows) (incident.Incident, error) {
	var i incident.Incident
	var key, generation, recipe, live, severity, opened, fired, recovered, closed, due, fires, noted, flapNoted, recoveryNoted, doubted,
		withinKey, withinGeneration, known, merged, refiled int64
	var state, ticketState, earlier, inquiry, gathers, acknowledged, reason, timeline string
	err := rs.Scan(&key, &generation, &i.Version, &recipe, &state, &live, &severity, &i.Title, &i.Source, &i.Surface, &i.Link, &i.Route,
		&opened, &fired, &recovered, &closed, &due, &fires, &noted, &flapNoted, &recoveryNoted, &doubted,
		&ticketState, &i.Ticket.Desk, &i.Ticket.ID, &i.Ticket.Number, &i.Ticket.URL, &known, &merged, &refiled, &earlier, &inquiry, &gathers,
		&withinKey, &withinGeneration, &acknowledged, &i.Notified, &reason, &timeline)
	if err != nil {
		return i, fmt.Errorf("read an incident: %w", err)
	}
	i.Mark = alert.Mark{Key: alert.Key(key), Generation: int(generation)}
	i.Recipe, i.State, i.Severity = int(recipe), incident.State(state), alert.Severity(severity)
	i.OpenedAt, i.FiredAt, i.RecoveredAt, i.ClosedAt, i.DueAt = fromMicros(opened), fromMicros(fired), fromMicros(recovered),
		fromMicros(closed), fromMicros(due)
	i.Fires, i.FiresNoted, i.FlapNotedAt, i.RecoveryNotedAt, i.MaybeStale = int(fires), int(noted), fromMicros(flapNoted),
		fromMicros(recoveryNoted), doubted == 1
	i.Shared, i.Within = storm.SharedTicket(gathers), alert.Mark{Key: alert.Key(withinKey), Generation: int(withinGeneration)}
	i.Ticket.KnownAt, i.Ticket.Merged, i.Ticket.Refiled = fromMicros(known), merged == 1, int(refiled)
	i.Ticket.State, i.Reason = filing.TicketState(ticketState), incident.Reason(reason)
	if earlier != "" {
		if err := json.Unmarshal([]byte(earlier), &i.Earlier); err != nil {
			return i, fmt.Errorf("read the earlier ticket of incident %s: %w", i.Mark, err)
		}
	}
	if inquiry != "" {
		if err := json.Unmarshal([]byte(inquiry), &i.Inquiry); err != nil {
			return i, fmt.Errorf("read who investigates incident %s: %w", i.Mark, err)
		}
	}
	if acknowledged != "" {
		if err := json.Unmarshal([]byte(acknowledged), &i.Acknowledged); err != nil {
			return i, fmt.Errorf("read who acknowledged incident %s: %w", i.Mark, err)
		}
	}
	if err := json.Unmarshal([]byte(timeline), &i.Timeline); err != nil {
		return i, fmt.Errorf("read the timeline of incident %s: %w", i.Mark, err)
	}
	return i, nil
}

func incidentArgs(i incident.Incident) ([]any, error) {
	timeline, err := json.Marshal(i.Timeline)
	if err != nil {
		return nil, fmt.Errorf("write the timeline of incident %s: %w", i.Mark, err)
	}
	earlier := ""
	if i.Earlier.ID != "" {
		text, err := json.Marshal(i.Earlier)
		if err != nil {
			return nil, fmt.Errorf("write the earlier ticket of incident %s: %w", i.Mark, err)
		}
		earlier = string(text)
	}
	inquiry := ""
	if i.Inquiry.Count > 0 {
		text, err := json.Marshal(i.Inquiry)
		if err != nil {
			return nil, fmt.Errorf("write who investigates incident %s: %w", i.Mark, err)
		}
		inquiry = string(text)
	}
	acknowledged := ""
	if i.Acknowledged.By != "" {
		text, err := json.Marshal(i.Acknowledged)
		if err != nil {
			return nil, fmt.Errorf("write who acknowledged incident %s: %w", i.Mark, err)
		}
		acknowledged = string(text)
	}
	return []any{
		int64(i.Key), int64(i.Generation), i.Version, int64(i.Recipe), string(i.State), bit(i.Live()), int64(i.Severity), i.Title, i.Source,
		i.Surface, i.Link, i.Route,
		micros(i.OpenedAt), micros(i.FiredAt), micros(i.RecoveredAt), micros(i.ClosedAt), micros(i.DueAt), int64(i.Fires), int64(i.FiresNoted),
		micros(i.FlapNotedAt), micros(i.RecoveryNotedAt), bit(i.MaybeStale), string(i.Ticket.State), i.Ticket.Desk, i.Ticket.ID,
		i.Ticket.Number, i.Ticket.URL,
		micros(i.Ticket.KnownAt), bit(i.Ticket.Merged), int64(i.Ticket.Refiled), earlier, inquiry, string(i.Shared), int64(i.Within.Key),
		int64(i.Within.Generation), acknowledged, i.Notified, string(i.Reason), string(timeline),
	}, nil
}

// LatestIncidents loads the latest incident of each key; keys without one are left out. If a key has a live
// incident, that is the latest.
func (t *Tx) LatestIncidents(ctx context.Context, keys []alert.Key) (map[alert.Key]incident.Incident, error) {
	found := make(map[alert.Key]incident.Incident, len(keys))
	err := inBatches(keys, func(run []alert.Key) error {
		rs, err := t.query(ctx, `SELECT `+incidentColumns+` FROM incident AS i WHERE alert_key IN (`+marks(len(run))+`)
			AND generation = (SELECT MAX(generation) FROM incident WHERE alert_key = i.alert_key)`, keyArgs(run)...)
		all, err := collect(rs, err, scanIncident)
		for _, i := range all {
			found[i.Key] = i
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load incidents: %w", err)
	}
	return found, nil
}

// Incident loads one incident; ErrNotFound if there is none.
func (s *Store) Incident(ctx context.Context, m alert.Mark) (incident.Incident, error) {
	return incidentByMark(ctx, s.engine.reader(), m)
}

// Incident loads one incident; ErrNotFound if there is none.
func (t *Tx) Incident(ctx context.Context, m alert.Mark) (incident.Incident, error) {
	return incidentByMark(ctx, t, m)
}

// LatestIncident loads a key's latest incident; ErrNotFound if there is none.
func (s *Store) LatestIncident(ctx context.Context, key alert.Key) (incident.Incident, error) {
	const q = `SELECT ` + incidentColumns + ` FROM incident WHERE alert_key = ? ORDER BY generation DESC LIMIT 1`
	rs, err := s.engine.reader().query(ctx, q, int64(key))
	all, err := collect(rs, err, scanIncident)
	if err != nil {
		return incident.Incident{}, fmt.Errorf("load the latest incident of %s: %w", key, err)
	}
	if len(all) == 0 {
		return incident.Incident{}, fmt.Errorf("incident of %s: %w", key, ErrNotFound)
	}
	return all[0], nil
}

func incidentByMark(ctx context.Context, q querier, m alert.Mark) (incident.Incident, error) {
	rs, err := q.query(ctx, `SELECT `+incidentColumns+` FROM incident WHERE alert_key = ? AND generation = ?`,
		int64(m.Key), int64(m.Generation))
	all, err := collect(rs, err, scanIncident)
	if err != nil {
		return incident.Incident{}, fmt.Errorf("load incident %s: %w", m, err)
	}
	if len(all) == 0 {
		return incident.Incident{}, fmt.Errorf("incident %s: %w", m, ErrNotFound)
	}
	return all[0], nil
}

// AddIncidents inserts new incidents. The schema rejects a second live one for a key.
func (t *Tx) AddIncidents(ctx context.Context, all []incident.Incident) error {
	err := inBatches(all, func(run []incident.Incident) error {
		args := make([]any, 0, len(run)*incidentWidth)
		for _, i := range run {
			some, err := incidentArgs(i)
			if err != nil {
				return err
			}
			args = append(args, some...)
		}
		return t.later(ctx, `INSERT INTO incident (`+incidentColumns+`) VALUES `+tuples(len(run), incidentWidth), args...)
	})
	if err != nil {
		return fmt.Errorf("add incidents: %w", err)
	}
	return nil
}

// SaveIncident replaces an incident whose stored version is i.Version-1; ErrConflict otherwise.
func (t *Tx) SaveIncident(ctx context.Context, i incident.Incident) error {
	const q = `UPDATE incident SET version = ?, recipe = ?, state = ?, live = ?, severity = ?, title = ?, source = ?, surface = ?,
		link = ?, route = ?,
		opened_at_us = ?, fired_at_us = ?, recovered_at_us = ?, closed_at_us = ?, due_at_us = ?, fires = ?, fires_noted = ?,
			flap_noted_at_us = ?, recovery_noted_at_us = ?, doubted = ?,
		ticket_state = ?, ticket_desk = ?, ticket_id = ?, ticket_number = ?, ticket_url = ?, ticket_known_at_us = ?, ticket_merged = ?,
			ticket_refiled = ?, earlier = ?, inquiry = ?, gathers = ?, within_key = ?, within_generation = ?, acknowledged = ?, told = ?,
				reason = ?, timeline = ?
		WHERE alert_key = ? AND generation = ? AND version = ?`
	args, err := incidentArgs(i)
	if err != nil {
		return err
	}
	if err := t.laterOne(ctx, q, append(args[2:], args[0], args[1], i.Version-1)...); err != nil {
		return fmt.Errorf("save incident %s: %w", i.Mark, err)
	}
	return nil
}

// DueIncidents returns at most limit marks whose DueAt is not after now, earliest first.
func (s *Store) DueIncidents(ctx context.Context, now time.Time, limit int) ([]alert.Mark, error) {
	const q = `SELECT alert_key, generation FROM incident WHERE due_at_us > 0 AND due_at_us <= ? ORDER BY due_at_us LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, micros(now), int64(limit))
	return collect(rs, err, scanMark)
}

func scanMark(rs rows) (alert.Mark, error) {
	var key, generation int64
	err := rs.Scan(&key, &generation)
	return alert.Mark{Key: alert.Key(key), Generation: int(generation)}, err
}

// Place is the position of a walk over the incidents that WantingIncidents returns.
type Place struct {
	severity, openedAt, key int64
}

// WantingIncidents returns at most limit open incidents that have no ticket, or have something to add to it,
// worst first, and where to continue.
func (s *Store) WantingIncidents(ctx context.Context, after Place, limit int) ([]alert.Mark, Place, error) {
	const q = `SELECT severity, opened_at_us, alert_key, generation FROM incident
		WHERE state = 'open' AND (ticket_state = 'none' OR (ticket_state = 'filed' AND fires > fires_noted))
		AND (severity > ? OR (severity = ? AND (opened_at_us > ? OR (opened_at_us = ? AND alert_key > ?))))
		ORDER BY severity, opened_at_us, alert_key LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, after.severity, after.severity, after.openedAt, after.openedAt, after.key, int64(limit))
	all, err := collect(rs, err, func(rs rows) (alert.Mark, error) {
		var generation int64
		err := rs.Scan(&after.severity, &after.openedAt, &after.key, &generation)
		return alert.Mark{Key: alert.Key(after.key), Generation: int(generation)}, err
	})
	if err != nil {
		return nil, after, fmt.Errorf("load the incidents that need a ticket: %w", err)
	}
	return all, after, nil
}

// IncidentFilter narrows a listing; zero fields have no effect.
type IncidentFilter struct {
	// Live selects only incidents that are not over.
	Live bool
	// Key selects one alert_key.
	Key *alert.Key
	// TicketID selects the incidents in one ticket.
	TicketID string
	// Surface selects one surface's incidents; States those in one of these states.
	Surface string
	States  []incident.State
	// Unfiled selects incidents whose ticket was requested and does not exist yet.
	Unfiled bool
	// Text selects incidents with this text in their title, ignoring the case of ASCII letters.
	Text string
	// Behind leaves out this one and all that come before it in the listing.
	Behind alert.Mark
	// Limit is the maximum number; 0 means all.
	Limit int
}

// ListIncidents loads incidents, latest opened first.
func (s *Store) ListIncidents(ctx context.Context, f IncidentFilter) ([]incident.Incident, error) {
	var where []string
	var args []any
	if f.Live {
		where = append(where, "live = 1")
	}
	if f.Key != nil {
		where, args = append(where, "alert_key = ?"), append(args, int64(*f.Key))
	}
	if f.TicketID != "" {
		where, args = append(where, "ticket_id = ?"), append(args, f.TicketID)
	}
	if f.Surface != "" {
		where, args = append(where, "surface = ?"), append(args, f.Surface)
	}
	if len(f.States) > 0 {
		where = append(where, "state IN ("+marks(len(f.States))+")")
		for _, state := range f.States {
			args = append(args, string(state))
		}
	}
	if f.Unfiled {
		where = append(where, "live = 1 AND ticket_state = 'asked'")
	}
	if f.Text != "" {
		where, args = append(where, `LOWER(title) LIKE ? ESCAPE '\'`), append(args, contains(f.Text))
	}
	if f.Behind != (alert.Mark{}) {
		const opened = `(SELECT opened_at_us FROM incident WHERE alert_key = ? AND generation = ?)`
		key, generation := int64(f.Behind.Key), int64(f.Behind.Generation)
		where = append(where, `opened_at_us <= `+opened+` AND (opened_at_us < `+opened+` OR alert_key > ? OR (alert_key = ? AND generation < ?))`)
		args = append(args, key, generation, key, generation, key, key, generation)
	}
	q := `SELECT ` + incidentColumns + ` FROM incident`
	if len(where) > 0 {
		q += ` WHERE ` + strings.Join(where, " AND ")
	}
	rs, err := s.engine.reader().query(ctx, q+` ORDER BY opened_at_us DESC, alert_key, generation DESC LIMIT ?`,
		append(args, allOr(f.Limit))...)
	return collect(rs, err, scanIncident)
}

// LiveOn loads the live incidents of some surfaces.
func (s *Store) LiveOn(ctx context.Context, surfaces []string) ([]incident.Incident, error) {
	var found []incident.Incident
	for run := range slices.Chunk(surfaces, batches[0]) {
		args := make([]any, len(run))
		for n, name := range run {
			args[n] = name
		}
		rs, err := s.engine.reader().query(ctx, `SELECT `+incidentColumns+` FROM incident WHERE live = 1 AND surface IN (`+
			marks(len(run))+`)`, args...)
		all, err := collect(rs, err, scanIncident)
		if err != nil {
			return nil, fmt.Errorf("load the incidents of %d surfaces: %w", len(surfaces), err)
		}
		found = append(found, all...)
	}
	return found, nil
}

// contains is the pattern for anything that contains a text, for LOWER(...) LIKE.
func contains(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
}

// CountIncidents counts live incidents by state.
func (s *Store) CountIncidents(ctx context.Context) (map[incident.State]int64, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT state, COUNT(*) FROM incident WHERE live = 1 GROUP BY state`)
	counts := map[incident.State]int64{}
	_, err = collect(rs, err, func(rs rows) (struct{}, error) {
		var state string
		var n int64
		err := rs.Scan(&state, &n)
		counts[incident.State(state)] = n
		return struct{}{}, err
	})
	return counts, err
}
