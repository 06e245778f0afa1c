package store

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
)

// TicketRef identifies a ticket in a desk.
type TicketRef struct{ Desk, ID string }

// TicketFilter narrows a listing of filed tickets; zero fields have no effect.
type TicketFilter struct {
	// StaleSince selects tickets whose incidents recovered before then and wait for a close.
	StaleSince time.Time
	// Limit is the maximum number, 0 means all; Offset skips the first ones.
	Limit, Offset int
}

// FiledTickets returns the tickets of incidents, latest opened first.
func (s *Store) FiledTickets(ctx context.Context, f TicketFilter) ([]TicketRef, error) {
	where, args := "ticket_id <> ''", []any{}
	if !f.StaleSince.IsZero() {
		where, args = where+" AND "+staleIncident, append(args, micros(f.StaleSince))
	}
	q := `SELECT ticket_desk, ticket_id FROM incident WHERE ` + where +
		` GROUP BY ticket_desk, ticket_id ORDER BY MAX(opened_at_us) DESC, ticket_desk, ticket_id LIMIT ? OFFSET ?`
	rs, err := s.engine.reader().query(ctx, q, append(args, allOr(f.Limit), int64(f.Offset))...)
	all, err := collect(rs, err, func(rs rows) (TicketRef, error) {
		var r TicketRef
		err := rs.Scan(&r.Desk, &r.ID)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("list filed tickets: %w", err)
	}
	return all, nil
}

// staleIncident matches an incident that recovered before a given time and whose ticket is still open.
const staleIncident = `live = 1 AND state = 'recovered' AND ticket_state = 'filed' AND recovered_at_us < ?`

// CountStale counts the open tickets of incidents that recovered before the given time.
func (s *Store) CountStale(ctx context.Context, before time.Time) (int64, error) {
	n, err := one[int64](ctx, s.engine.reader(), `SELECT COUNT(DISTINCT ticket_desk || ' ' || ticket_id) FROM incident WHERE `+
		staleIncident, micros(before))
	if err != nil {
		return 0, fmt.Errorf("count stale tickets: %w", err)
	}
	return n, nil
}

// EachKnownOtherwise calls do with the live incidents whose ticket in a desk is recorded as closed but is
// open, or recorded as open but is closed: each one once, in batches, because a storm's ticket may cover very
// many. In a ticket that t.Anyhow names, all live ones are included.
func (s *Store) EachKnownOtherwise(ctx context.Context, desk string, t TicketsShown, do func([]incident.Incident) error) error {
	const atOnce = 1000
	return t.each(func(ids []string, states string) error {
		var after alert.Mark
		for {
			some, err := s.believed(ctx, desk, ids, states, after, atOnce)
			if err != nil || len(some) == 0 {
				return err
			}
			after = some[len(some)-1].Mark
			if err := do(some); err != nil {
				return err
			}
		}
	})
}

// AnyKnownOtherwise reports whether EachKnownOtherwise would pass on any.
func (s *Store) AnyKnownOtherwise(ctx context.Context, desk string, t TicketsShown) (found bool, err error) {
	err = t.each(func(ids []string, states string) error {
		some, err := s.believed(ctx, desk, ids, states, alert.Mark{}, 1)
		found = found || len(some) > 0
		return err
	})
	return found, err
}

// believed loads the live incidents in some tickets that are recorded in one of the states, by mark.
func (s *Store) believed(ctx context.Context, desk string, ids []string, states string, after alert.Mark,
	limit int) ([]incident.Incident, error) {
	args := make([]any, 0, len(ids)+4)
	for _, id := range ids {
		args = append(args, id)
	}
	first := int64(math.MinInt64)
	if after != (alert.Mark{}) {
		first = int64(after.Key)
	}
	rs, err := s.engine.reader().query(ctx, `SELECT `+incidentColumns+` FROM incident WHERE ticket_id IN (`+
		marks(len(ids))+`) AND ticket_desk = ?
		AND live = 1 AND ticket_state IN (`+states+`) AND (alert_key, generation) > (?, ?) ORDER BY alert_key, generation LIMIT ?`,
		append(args, desk, first, int64(after.Generation), int64(limit))...)
	all, err := collect(rs, err, scanIncident)
	if err != nil {
		return nil, fmt.Errorf("find the incidents whose tickets differ: %w", err)
	}
	return all, nil
}

// TicketsShown are the ids of tickets, by the state that the desk shows for them.
type TicketsShown struct{ Open, Closed, Anyhow []string }

// each calls do with the ids and the ticket states that differ from what the desk shows.
func (t TicketsShown) each(do func(ids []string, states string) error) error {
	for _, c := range []struct {
		ids    []string
		states string
	}{{t.Open, "'closed'"}, {t.Closed, "'filed'"}, {t.Anyhow, "'closed', 'filed'"}} {
		if err := inBatches(c.ids, func(run []string) error { return do(run, c.states) }); err != nil {
			return err
		}
	}
	return nil
}

// LiveDesks are the desks that live incidents name.
func (s *Store) LiveDesks(ctx context.Context) ([]string, error) {
	counts, err := s.CountLiveDesks(ctx)
	return slices.Sorted(maps.Keys(counts)), err
}

// CountLiveDesks counts the live incidents of each desk that one of them names.
func (s *Store) CountLiveDesks(ctx context.Context) (map[string]int64, error) {
	const q = `SELECT ticket_desk, COUNT(*) FROM incident WHERE live = 1 AND ticket_desk <> '' GROUP BY ticket_desk`
	rs, err := s.engine.reader().query(ctx, q)
	counts := map[string]int64{}
	_, err = collect(rs, err, func(rs rows) (struct{}, error) {
		var name string
		var n int64
		err := rs.Scan(&name, &n)
		counts[name] = n
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("count live incidents by desk: %w", err)
	}
	return counts, nil
}

// AnyLiveIn reports whether a live incident has the ticket.
func (s *Store) AnyLiveIn(ctx context.Context, desk, id string) (bool, error) {
	n, err := one[int64](ctx, s.engine.reader(),
		`SELECT COUNT(*) FROM (SELECT 1 FROM incident WHERE ticket_id = ? AND ticket_desk = ? AND live = 1 LIMIT 1) AS live_one`, id, desk)
	if err != nil {
		return false, fmt.Errorf("check whether ticket %s is ours: %w", id, err)
	}
	return n > 0, nil
}

// IncidentsIn loads the incidents in a ticket of a desk, latest opened first, at most limit; one that gathers
// the others comes before all.
func (s *Store) IncidentsIn(ctx context.Context, desk, id string, limit int) ([]incident.Incident, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT `+incidentColumns+` FROM incident WHERE ticket_id = ? AND ticket_desk = ?
		ORDER BY CASE WHEN gathers = '' THEN 1 ELSE 0 END, opened_at_us DESC, alert_key, generation DESC LIMIT ?`, id, desk, int64(limit))
	all, err := collect(rs, err, scanIncident)
	if err != nil {
		return nil, fmt.Errorf("load the incidents of ticket %s: %w", id, err)
	}
	return all, nil
}
