package store

import (
	"context"
	"fmt"
	"time"
)

// HeardExpected records that an expected alert was received. An older report never replaces a newer one.
func (s *Store) HeardExpected(ctx context.Context, source, title string, at time.Time) error {
	const q = `INSERT INTO expected (source, title, heard_at_us) VALUES (?, ?, ?)
		ON CONFLICT (source, title) DO UPDATE SET heard_at_us = excluded.heard_at_us WHERE expected.heard_at_us < excluded.heard_at_us`
	err := s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, q, source, title, micros(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("record that %s of %s was received: %w", title, source, err)
	}
	return nil
}

// LastExpected is when an expected alert was last received, zero for never.
func (s *Store) LastExpected(ctx context.Context, source, title string) (time.Time, error) {
	const q = `SELECT heard_at_us FROM expected WHERE source = ? AND title = ?`
	rs, err := s.engine.reader().query(ctx, q, source, title)
	all, err := collect(rs, err, func(rs rows) (time.Time, error) {
		var at int64
		err := rs.Scan(&at)
		return fromMicros(at), err
	})
	if err != nil || len(all) == 0 {
		return time.Time{}, err
	}
	return all[0], nil
}
