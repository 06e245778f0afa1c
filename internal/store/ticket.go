package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/incident"
)

// TicketRef names a ticket in a desk.
type TicketRef struct{ Desk, ID string }

// TicketFilter narrows a listing of filed tickets; zero fields do not narrow.
type TicketFilter struct {
	// StaleSince keeps those whose incidents have recovered before then and wait for a close.
	StaleSince time.Time
	// Limit bounds the number, 0 is all; Offset leaves the first ones out.
	Limit, Offset int
}

// FiledTickets names the tickets that incidents have, the latest opened first.
func (s *Store) FiledTickets(ctx context.Context, f TicketFilter) ([]TicketRef, error) {
	where, args := "ticket_id <> ''", []any{}
	if !f.StaleSince.IsZero() {
		where, args = where+" AND "+staleIncident, append(args, micros(f.StaleSince))
	}
	q := `SELECT ticket_desk, ticket_id FROM incident WHERE ` + where + ` GROUP BY ticket_desk, ticket_id ORDER BY MAX(opened_at_us) DESC, ticket_desk, ticket_id LIMIT ? OFFSET ?`
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

// staleIncident is an incident that recovered before a moment and whose ticket is still open.
const staleIncident = `live = 1 AND state = 'recovered' AND ticket_state = 'filed' AND recovered_at_us < ?`

// CountStale counts the open tickets of incidents that recovered before the given moment.
func (s *Store) CountStale(ctx context.Context, before time.Time) (int64, error) {
	n, err := one[int64](ctx, s.engine.reader(), `SELECT COUNT(DISTINCT ticket_desk || ' ' || ticket_id) FROM incident WHERE `+staleIncident, micros(before))
	if err != nil {
		return 0, fmt.Errorf("count stale tickets: %w", err)
	}
	return n, nil
}

// KnownOtherwise loads live incidents in the given tickets of a desk that are believed to be
// closed where the ticket is open, or open where it is closed: at most limit of them, as a
// storm's ticket may stand for very many. In a ticket that Anyhow names, all live ones are.
func (s *Store) KnownOtherwise(ctx context.Context, desk string, t TicketsShown, limit int) ([]incident.Incident, error) {
	var found []incident.Incident
	for _, c := range []struct {
		ids    []string
		states string
	}{{t.Open, "'closed'"}, {t.Closed, "'filed'"}, {t.Anyhow, "'closed', 'filed'"}} {
		err := inBatches(c.ids, func(run []string) error {
			args := make([]any, 0, len(run)+2)
			for _, id := range run {
				args = append(args, id)
			}
			rs, err := s.engine.reader().query(ctx, `SELECT `+incidentColumns+` FROM incident WHERE ticket_id IN (`+marks(len(run))+`) AND ticket_desk = ?
				AND live = 1 AND ticket_state IN (`+c.states+`) LIMIT ?`, append(args, desk, int64(limit-len(found)))...)
			all, err := collect(rs, err, scanIncident)
			found = append(found, all...)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look which incidents are in tickets that are otherwise: %w", err)
		}
	}
	return found, nil
}

// TicketsShown are the ids of tickets by what the desk shows of them.
type TicketsShown struct{ Open, Closed, Anyhow []string }

// AnyLiveIn reports whether a live incident has the ticket.
func (s *Store) AnyLiveIn(ctx context.Context, desk, id string) (bool, error) {
	n, err := one[int64](ctx, s.engine.reader(), `SELECT COUNT(*) FROM (SELECT 1 FROM incident WHERE ticket_id = ? AND ticket_desk = ? AND live = 1 LIMIT 1) AS live_one`, id, desk)
	if err != nil {
		return false, fmt.Errorf("look whether ticket %s is ours: %w", id, err)
	}
	return n > 0, nil
}

// IncidentsIn loads the incidents in the given tickets of a desk, the latest opened first.
func (s *Store) IncidentsIn(ctx context.Context, desk string, ids []string) ([]incident.Incident, error) {
	var found []incident.Incident
	err := inBatches(ids, func(run []string) error {
		args := make([]any, 0, len(run)+1)
		for _, id := range run {
			args = append(args, id)
		}
		rs, err := s.engine.reader().query(ctx, `SELECT `+incidentColumns+` FROM incident WHERE ticket_id IN (`+marks(len(run))+`) AND ticket_desk = ?
			ORDER BY opened_at_us DESC, alert_key, generation DESC`, append(args, desk)...)
		all, err := collect(rs, err, scanIncident)
		found = append(found, all...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load the incidents of %d tickets: %w", len(ids), err)
	}
	return found, nil
}
