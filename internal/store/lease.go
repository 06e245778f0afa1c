package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
)

// Lease is the right to do something that only one replica does at a time.
type Lease struct {
	// Held reports whether the caller has it.
	Held bool
	// Cursor is how far its holders have come so far, zero at first.
	Cursor time.Time
}

// TakeLease takes a lease, or extends the caller's own, if nobody else holds it at that moment.
func (s *Store) TakeLease(ctx context.Context, name, holder string, now time.Time, hold time.Duration) (Lease, error) {
	const add = `INSERT INTO lease (name, holder, until_us, cursor_us) VALUES (?, '', 0, 0) ON CONFLICT (name) DO NOTHING`
	const take = `UPDATE lease SET holder = ?, until_us = ? WHERE name = ? AND (holder = ? OR until_us <= ?)`
	var l Lease
	err := s.Write(ctx, func(t *Tx) error {
		if _, err := t.exec(ctx, add, name); err != nil {
			return err
		}
		n, err := t.exec(ctx, take, holder, micros(now.Add(hold)), name, holder, micros(now))
		if err != nil {
			return err
		}
		cursor, err := one[int64](ctx, t, `SELECT cursor_us FROM lease WHERE name = ?`, name)
		l = Lease{n == 1, fromMicros(cursor)}
		return err
	})
	if err != nil {
		return Lease{}, fmt.Errorf("take the lease %s: %w", name, err)
	}
	return l, nil
}

// MoveLease records how far a lease's holder has come; for anybody else it does nothing.
func (s *Store) MoveLease(ctx context.Context, name, holder string, cursor time.Time) error {
	err := s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `UPDATE lease SET cursor_us = ? WHERE name = ? AND holder = ?`, micros(cursor), name, holder)
		return err
	})
	if err != nil {
		return fmt.Errorf("renew the lease %s: %w", name, err)
	}
	return nil
}

// EndLease returns a lease, so that nobody has to wait until it expires.
func (s *Store) EndLease(ctx context.Context, name, holder string) error {
	err := s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `UPDATE lease SET until_us = 0 WHERE name = ? AND holder = ?`, name, holder)
		return err
	})
	if err != nil {
		return fmt.Errorf("end the lease %s: %w", name, err)
	}
	return nil
}

// LiveTicketed loads the live incidents that have a ticket in a desk, page by page: those after the given
// key, at most limit.
func (s *Store) LiveTicketed(ctx context.Context, desk string, after alert.Key, first bool, limit int) ([]incident.Incident, error) {
	where, args := `live = 1 AND ticket_id <> '' AND ticket_desk = ?`, []any{desk}
	if !first {
		where, args = where+` AND alert_key > ?`, append(args, int64(after))
	}
	rs, err := s.engine.reader().query(ctx, `SELECT `+incidentColumns+` FROM incident WHERE `+where+` ORDER BY alert_key LIMIT ?`,
		append(args, int64(limit))...)
	all, err := collect(rs, err, scanIncident)
	if err != nil {
		return nil, fmt.Errorf("load live incidents with tickets: %w", err)
	}
	return all, nil
}

// Unfinished returns the marks of incidents with an unfinished effect.
func (s *Store) Unfinished(ctx context.Context) (map[alert.Mark]bool, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT DISTINCT alert_key, generation FROM effect WHERE done_at_us = 0`)
	marks := map[alert.Mark]bool{}
	_, err = collect(rs, err, func(rs rows) (struct{}, error) {
		var key, generation int64
		err := rs.Scan(&key, &generation)
		marks[alert.Mark{Key: alert.Key(key), Generation: int(generation)}] = true
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("load the pending effects: %w", err)
	}
	return marks, nil
}

// HasEffect reports whether an effect was ever requested.
func (s *Store) HasEffect(ctx context.Context, id string) (bool, error) {
	n, err := one[int64](ctx, s.engine.reader(), `SELECT COUNT(*) FROM effect WHERE effect_id = ?`, id)
	if err != nil {
		return false, fmt.Errorf("look up effect %s: %w", id, err)
	}
	return n > 0, nil
}

// EndDeadLeases ends the leases of earlier processes if they are known to be gone: on SQLite, where this
// process is the only one. On PostgreSQL it does nothing, and they expire.
func (s *Store) EndDeadLeases(ctx context.Context) error {
	if !s.Exclusive() {
		return nil
	}
	err := s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `UPDATE lease SET until_us = 0 WHERE until_us > 0`)
		return err
	})
	if err != nil {
		return fmt.Errorf("end the leases of the last run: %w", err)
	}
	return nil
}
