package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"docket/internal/surface"
)

// Observed is one reading and its effect on its surface's tile.
type Observed struct {
	// ID is the surface's id, as returned by EnsureSurfaces.
	ID      int64
	Reading surface.Reading
	// Turn is set if the tile's status changed.
	Turn *surface.Turn
	// State is the tile's state after the reading.
	State surface.State
}

// EnsureSurfaces creates a row for each name that has none, and returns the ids of all.
func (s *Store) EnsureSurfaces(ctx context.Context, names []string) (map[string]int64, error) {
	ids, err := s.surfaceIDs(ctx)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, name := range names {
		if ids[name] == 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ids, nil
	}
	err = s.Write(ctx, func(t *Tx) error {
		return inBatches(missing, func(run []string) error {
			args := make([]any, len(run))
			for n, name := range run {
				args[n] = name
			}
			return t.later(ctx, `INSERT INTO surface (name) VALUES `+tuples(len(run), 1)+` ON CONFLICT (name) DO NOTHING`, args...)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("add %d surfaces: %w", len(missing), err)
	}
	return s.surfaceIDs(ctx)
}

func (s *Store) surfaceIDs(ctx context.Context) (map[string]int64, error) {
	ids := map[string]int64{}
	rs, err := s.engine.reader().query(ctx, `SELECT id, name FROM surface`)
	_, err = collect(rs, err, func(rs rows) (struct{}, error) {
		var id int64
		var name string
		err := rs.Scan(&id, &name)
		ids[name] = id
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("load the surfaces' ids: %w", err)
	}
	return ids, nil
}

// Tile is a surface's row.
type Tile struct {
	ID    int64
	Name  string
	State surface.State
}

func scanTile(rs rows) (Tile, error) {
	var t Tile
	var text string
	if err := rs.Scan(&t.ID, &t.Name, &text); err != nil {
		return Tile{}, err
	}
	if err := json.Unmarshal([]byte(text), &t.State); err != nil {
		return Tile{}, fmt.Errorf("read the state of surface %s: %w", t.Name, err)
	}
	return t, nil
}

// Tiles loads every surface that was ever watched.
func (s *Store) Tiles(ctx context.Context) ([]Tile, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT id, name, state FROM surface`)
	all, err := collect(rs, err, scanTile)
	if err != nil {
		return nil, fmt.Errorf("load the tiles: %w", err)
	}
	return all, nil
}

// ChangeMark is a text that changes whenever something shown on the pages has changed: a decision was
// audited, a tile's status changed, an incident opened or was updated.
func (s *Store) ChangeMark(ctx context.Context) (string, error) {
	const q = `SELECT (SELECT last_id FROM audit_head WHERE one = 1), (SELECT COALESCE(MAX(changed_at_us), 0) FROM surface),
		(SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM incident WHERE live = 1),
		(SELECT COALESCE(MAX(opened_at_us), 0) FROM incident), (SELECT COUNT(*) FROM effect WHERE done_at_us = 0)`
	rs, err := s.engine.reader().query(ctx, q)
	all, err := collect(rs, err, func(rs rows) (string, error) {
		var parts [5]int64
		err := rs.Scan(&parts[0], &parts[1], &parts[2], &parts[3], &parts[4])
		return fmt.Sprint(parts), err
	})
	if err != nil {
		return "", fmt.Errorf("check for changes: %w", err)
	}
	return all[0], nil
}

// Head is the part of a tile that a list shows.
type Head struct {
	ID          int64
	Name        string
	Status      surface.Status
	Since, Read time.Time
}

// Heads loads the list entries of every surface that was ever watched.
func (s *Store) Heads(ctx context.Context) ([]Head, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT id, name, status, since_us, read_at_us FROM surface`)
	all, err := collect(rs, err, func(rs rows) (Head, error) {
		var h Head
		var since, read int64
		err := rs.Scan(&h.ID, &h.Name, (*string)(&h.Status), &since, &read)
		h.Since, h.Read = fromMicros(since), fromMicros(read)
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("load the tiles' heads: %w", err)
	}
	return all, nil
}

// TilesOf loads the rows of some surfaces, by id.
func (s *Store) TilesOf(ctx context.Context, ids []int64) (map[int64]Tile, error) {
	tiles := make(map[int64]Tile, len(ids))
	for run := range slices.Chunk(ids, batches[0]) {
		args := make([]any, len(run))
		for n, id := range run {
			args[n] = id
		}
		rs, err := s.engine.reader().query(ctx, `SELECT id, name, state FROM surface WHERE id IN (`+marks(len(run))+`)`, args...)
		all, err := collect(rs, err, scanTile)
		if err != nil {
			return nil, fmt.Errorf("load %d tiles: %w", len(ids), err)
		}
		for _, t := range all {
			tiles[t.ID] = t
		}
	}
	return tiles, nil
}

// Tile loads one surface's row; ErrNotFound if it was never watched.
func (s *Store) Tile(ctx context.Context, name string) (Tile, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT id, name, state FROM surface WHERE name = ?`, name)
	all, err := collect(rs, err, scanTile)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Tile{}, fmt.Errorf("load the tile of %s: %w", name, err)
	}
	return all[0], nil
}

// The widths of the rows written for a batch of readings.
const (
	readingWidth = 5
	turnWidth    = 5
)

// SaveObserved stores a batch of readings, and the sums and tiles that they change. now is the time of the
// decision. A state older than the row's is not written: it would come from a watcher that was overtaken.
func (s *Store) SaveObserved(ctx context.Context, batch []Observed, now time.Time) error {
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.addReadings(ctx, batch); err != nil {
			return err
		}
		if err := t.addTurns(ctx, batch); err != nil {
			return err
		}
		if err := t.addSums(ctx, batch); err != nil {
			return err
		}
		return t.saveTiles(ctx, batch, now)
	})
	if err != nil {
		return fmt.Errorf("save %d readings: %w", len(batch), err)
	}
	return nil
}

func (t *Tx) addReadings(ctx context.Context, batch []Observed) error {
	return inBatches(batch, func(run []Observed) error {
		args := make([]any, 0, len(run)*readingWidth)
		for _, o := range run {
			args = append(args, o.ID, micros(o.Reading.At), string(o.Reading.Status), o.Reading.Latency.Microseconds(), o.Reading.Reason)
		}
		return t.later(ctx, `INSERT INTO reading (surface_id, at_us, status, latency_us, reason) VALUES `+tuples(len(run), readingWidth)+
			` ON CONFLICT (surface_id, at_us) DO NOTHING`, args...)
	})
}

func (t *Tx) addTurns(ctx context.Context, batch []Observed) error {
	for _, o := range batch {
		if o.Turn == nil {
			continue
		}
		const q = `INSERT INTO turn (surface_id, at_us, from_status, to_status, reason) VALUES (?, ?, ?, ?, ?) ON CONFLICT (surface_id, ` +
			`at_us) DO NOTHING`
		if err := t.later(ctx, q, o.ID, micros(o.Turn.At), string(o.Turn.From), string(o.Turn.To), o.Reading.Reason); err != nil {
			return err
		}
	}
	return nil
}

// saveTiles writes the newest state of each surface in the batch.
func (t *Tx) saveTiles(ctx context.Context, batch []Observed, now time.Time) error {
	newest, turned := map[int64]surface.State{}, map[int64]bool{}
	for _, o := range batch {
		newest[o.ID] = o.State
		turned[o.ID] = turned[o.ID] || o.Turn != nil
	}
	for _, id := range slices.Sorted(maps.Keys(newest)) {
		state := newest[id]
		text, err := json.Marshal(state)
		if err != nil {
			return fmt.Errorf("write a tile's state: %w", err)
		}
		const quiet = `UPDATE surface SET status = ?, since_us = ?, read_at_us = ?, state = ? WHERE id = ? AND read_at_us <= ?`
		const loud = `UPDATE surface SET status = ?, since_us = ?, read_at_us = ?, state = ?, changed_at_us = ? WHERE id = ? AND read_at_us <= ?`
		read := micros(state.Last.At)
		if turned[id] {
			err = t.later(ctx, loud, string(state.Status), micros(state.Since), read, string(text), micros(now), id, read)
		} else {
			err = t.later(ctx, quiet, string(state.Status), micros(state.Since), read, string(text), id, read)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Heartbeats of jobs.

// CheckIn records that the job behind a heartbeat surface checked in.
func (s *Store) CheckIn(ctx context.Context, name string, at time.Time) error {
	const q = `INSERT INTO heartbeat (surface, at_us) VALUES (?, ?) ON CONFLICT (surface) DO UPDATE SET at_us = excluded.at_us WHERE ` +
		`heartbeat.at_us < excluded.at_us`
	err := s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, q, name, micros(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("record the heartbeat of %s: %w", name, err)
	}
	return nil
}

// LastBeat is when a job last checked in, zero for never.
func (s *Store) LastBeat(ctx context.Context, name string) (time.Time, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT at_us FROM heartbeat WHERE surface = ?`, name)
	all, err := collect(rs, err, func(rs rows) (time.Time, error) {
		var at int64
		err := rs.Scan(&at)
		return fromMicros(at), err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("load the heartbeat of %s: %w", name, err)
	}
	if len(all) == 0 {
		return time.Time{}, nil
	}
	return all[0], nil
}
