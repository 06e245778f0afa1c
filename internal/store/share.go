package store

import (
	"context"
	"fmt"
	"time"
)

// Shares is the number of shares in which the surfaces are distributed among the replicas.
const Shares = 64

// Watcher is one process that watches surfaces.
type Watcher struct {
	Name string
	// Hold is how long a share stays its own without renewal; Seen is how long a silent watcher still counts
	// as alive when shares are distributed.
	Hold, Seen time.Duration
}

// DealShares extends the watcher's shares and takes or gives back some, so that all live watchers have
// equally many. It returns those that belong to it until now plus Hold. A share is free once it has expired
// by everybody's clock: margin is how far the clocks may differ.
func (s *Store) DealShares(ctx context.Context, w Watcher, now time.Time, margin time.Duration) ([]int, error) {
	var own []int
	err := s.Write(ctx, func(t *Tx) error {
		own = nil
		if err := t.seeWatcher(ctx, w.Name, now); err != nil {
			return err
		}
		alive, err := one[int64](ctx, t, `SELECT COUNT(*) FROM watcher WHERE seen_at_us >= ?`, micros(now.Add(-w.Seen)))
		if err != nil {
			return err
		}
		fair := (Shares + max(1, int(alive)) - 1) / max(1, int(alive))
		shares, err := t.shares(ctx)
		if err != nil {
			return err
		}
		for n, share := range shares {
			if share.watcher == w.Name && len(own) < fair {
				own = append(own, n)
			}
		}
		for n, share := range shares {
			if len(own) < fair && share.watcher != w.Name && now.After(share.until.Add(margin)) {
				own = append(own, n)
			}
		}
		return t.keepShares(ctx, w, own, now)
	})
	if err != nil {
		return nil, fmt.Errorf("assign the surfaces: %w", err)
	}
	return own, nil
}

type share struct {
	watcher string
	until   time.Time
}

func (t *Tx) seeWatcher(ctx context.Context, name string, now time.Time) error {
	const q = `INSERT INTO watcher (name, seen_at_us) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seen_at_us = excluded.seen_at_us`
	if _, err := t.exec(ctx, q, name, micros(now)); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM watcher WHERE seen_at_us < ?`, micros(now.Add(-24*time.Hour)))
	return err
}

// shares locks and loads the owners of all shares.
func (t *Tx) shares(ctx context.Context) ([Shares]share, error) {
	var all [Shares]share
	// Whoever writes this row first goes first: one at a time, on PostgreSQL as well.
	const lock = `INSERT INTO watch_share (share, watcher, until_us) VALUES (-1, '', 0) ON CONFLICT (share) DO UPDATE SET until_us = ` +
		`watch_share.until_us`
	if _, err := t.exec(ctx, lock); err != nil {
		return all, err
	}
	rs, err := t.query(ctx, `SELECT share, watcher, until_us FROM watch_share WHERE share >= 0`)
	_, err = collect(rs, err, func(rs rows) (struct{}, error) {
		var n, until int64
		var watcher string
		err := rs.Scan(&n, &watcher, &until)
		if n < Shares {
			all[n] = share{watcher, fromMicros(until)}
		}
		return struct{}{}, err
	})
	return all, err
}

// keepShares extends the watcher's shares. Those that it gives up simply expire: one of their probes may
// still be running.
func (t *Tx) keepShares(ctx context.Context, w Watcher, own []int, now time.Time) error {
	return inBatches(own, func(run []int) error {
		args := make([]any, 0, 3*len(run))
		for _, n := range run {
			args = append(args, int64(n), w.Name, micros(now.Add(w.Hold)))
		}
		return t.later(ctx, `INSERT INTO watch_share (share, watcher, until_us) VALUES `+tuples(len(run), 3)+
			` ON CONFLICT (share) DO UPDATE SET watcher = excluded.watcher, until_us = excluded.until_us`, args...)
	})
}

// FreeShares gives a watcher's shares back at once. With every set it frees everybody's, which only the
// single process of a SQLite file may do.
func (s *Store) FreeShares(ctx context.Context, watcher string, every bool) error {
	err := s.Write(ctx, func(t *Tx) error {
		for _, table := range [...]string{`watch_share WHERE watcher = ?`, `watcher WHERE name = ?`} {
			if _, err := t.exec(ctx, `DELETE FROM `+table+` OR ? = 1`, watcher, bit(every)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("release the surfaces: %w", err)
	}
	return nil
}

// WatchedBy returns the current owner of each share, by share number.
func (s *Store) WatchedBy(ctx context.Context) (map[int]string, error) {
	by := map[int]string{}
	rs, err := s.engine.reader().query(ctx, `SELECT share, watcher FROM watch_share WHERE share >= 0`)
	_, err = collect(rs, err, func(rs rows) (struct{}, error) {
		var n int64
		var watcher string
		err := rs.Scan(&n, &watcher)
		by[int(n)] = watcher
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("load the watchers: %w", err)
	}
	return by, nil
}
