package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"docket/internal/audit"
	"docket/internal/silence"
)

// Silence is a stored silence.
type Silence struct {
	silence.Silence
	CreatedAt time.Time
	// ExpiredBy is who ended it early, "" for nobody.
	ExpiredBy string
}

const silenceColumns = `silence_id, matchers, starts_at_us, ends_at_us, comment, created_by, created_at_us, expired_by`

func scanSilence(rs rows) (Silence, error) {
	var s Silence
	var matchers string
	var starts, ends, created int64
	if err := rs.Scan(&s.ID, &matchers, &starts, &ends, &s.Comment, &s.CreatedBy, &created, &s.ExpiredBy); err != nil {
		return s, fmt.Errorf("read a silence: %w", err)
	}
	s.StartsAt, s.EndsAt, s.CreatedAt = fromMicros(starts), fromMicros(ends), fromMicros(created)
	var texts []string
	err := json.Unmarshal([]byte(matchers), &texts)
	if err == nil {
		s.Matchers, err = silence.ParseMatchers(texts...)
	}
	if err != nil {
		return s, fmt.Errorf("read the matchers of silence %s: %w", s.ID, err)
	}
	return s, nil
}

// SilenceFilter narrows a listing; zero fields have no effect.
type SilenceFilter struct {
	// ID selects one.
	ID string
	// NotOver leaves out what has ended.
	NotOver bool
	// Limit is the maximum number; 0 means all.
	Limit int
}

// Silences loads silences, latest end first.
func (s *Store) Silences(ctx context.Context, f SilenceFilter) ([]Silence, error) {
	return silences(ctx, s.engine.reader(), f, time.Now())
}

func silences(ctx context.Context, q querier, f SilenceFilter, now time.Time) ([]Silence, error) {
	since := int64(-1)
	if f.NotOver {
		since = micros(now)
	}
	where, args := `ends_at_us > ?`, []any{since}
	if f.ID != "" {
		where, args = where+` AND silence_id = ?`, append(args, f.ID)
	}
	rs, err := q.query(ctx, `SELECT `+silenceColumns+` FROM silence WHERE `+where+` ORDER BY ends_at_us DESC, silence_id LIMIT ?`,
		append(args, allOr(f.Limit))...)
	all, err := collect(rs, err, scanSilence)
	if err != nil {
		return nil, fmt.Errorf("load silences: %w", err)
	}
	return all, nil
}

// AddSilence stores a new silence; most limits how many may exist that are not over.
func (s *Store) AddSilence(ctx context.Context, n Silence, most int, entry audit.Entry) error {
	const q = `INSERT INTO silence (` + silenceColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	texts, err := json.Marshal(n.Matchers.Texts())
	if err != nil {
		return fmt.Errorf("write the matchers of silence %s: %w", n.ID, err)
	}
	err = s.switchOver(ctx, func(t *Tx) ([]audit.Entry, error) {
		standing, err := one[int64](ctx, t, `SELECT COUNT(*) FROM silence WHERE ends_at_us > ?`, micros(n.CreatedAt))
		if err != nil {
			return nil, err
		}
		if standing >= int64(most) {
			return nil, ErrFull
		}
		return []audit.Entry{entry}, t.later(ctx, q, n.ID, string(texts), micros(n.StartsAt), micros(n.EndsAt), n.Comment, n.CreatedBy,
			micros(n.CreatedAt), n.ExpiredBy)
	})
	if err != nil {
		return fmt.Errorf("add silence %s: %w", n.ID, err)
	}
	return nil
}

// ChangeSilence replaces a silence that is not over, by its id; one already in force keeps its start.
// ErrNotFound: there is none with this id, or it is over.
func (s *Store) ChangeSilence(ctx context.Context, n Silence, now time.Time,
	entry func(before, after Silence) audit.Entry) (Silence, error) {
	const q = `UPDATE silence SET matchers = ?, starts_at_us = ?, ends_at_us = ?, comment = ?, created_by = ? WHERE silence_id = ?`
	err := s.switchOver(ctx, func(t *Tx) ([]audit.Entry, error) {
		found, err := silences(ctx, t, SilenceFilter{ID: n.ID}, now)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 || found[0].State(now) == silence.Expired {
			return nil, ErrNotFound
		}
		before := found[0]
		n.CreatedAt, n.ExpiredBy = before.CreatedAt, ""
		if before.State(now) == silence.Active {
			n.StartsAt = before.StartsAt
		}
		texts, err := json.Marshal(n.Matchers.Texts())
		if err != nil {
			return nil, fmt.Errorf("write its matchers: %w", err)
		}
		return []audit.Entry{entry(before, n)}, t.laterOne(ctx, q, string(texts), micros(n.StartsAt), micros(n.EndsAt),
			n.Comment, n.CreatedBy, n.ID)
	})
	if err != nil {
		return n, fmt.Errorf("change silence %s: %w", n.ID, err)
	}
	return n, nil
}

// ExpireSilence ends a silence now. ErrNotFound: there is none with this id, or it is over. A silence that
// has not begun never takes effect: its end is set to its start.
func (s *Store) ExpireSilence(ctx context.Context, id, by string, now time.Time, entry func(Silence) audit.Entry) (Silence, error) {
	const q = `UPDATE silence SET starts_at_us = ?, ends_at_us = ?, expired_by = ? WHERE silence_id = ?`
	var ended Silence
	err := s.switchOver(ctx, func(t *Tx) ([]audit.Entry, error) {
		found, err := silences(ctx, t, SilenceFilter{ID: id}, now)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 || found[0].State(now) == silence.Expired {
			return nil, ErrNotFound
		}
		ended = found[0]
		e := entry(ended)
		ended.EndsAt, ended.ExpiredBy = now, by
		if ended.StartsAt.After(now) {
			ended.StartsAt = now
		}
		return []audit.Entry{e}, t.later(ctx, q, micros(ended.StartsAt), micros(ended.EndsAt), by, id)
	})
	if err != nil {
		return ended, fmt.Errorf("expire silence %s: %w", id, err)
	}
	return ended, nil
}

// Window is a stored maintenance window.
type Window struct {
	silence.Maintenance
	ID        string
	Comment   string
	CreatedBy string
	CreatedAt time.Time
	// EndedAt is when it was ended for good, and EndedBy who did it; zero if it was not.
	EndedAt time.Time
	EndedBy string
}

const windowColumns = `maintenance_id, plan, comment, created_by, created_at_us, ended_at_us, ended_by`

func scanWindow(rs rows) (Window, error) {
	var w Window
	var text string
	var created, ended int64
	if err := rs.Scan(&w.ID, &text, &w.Comment, &w.CreatedBy, &created, &ended, &w.EndedBy); err != nil {
		return w, fmt.Errorf("read a maintenance window: %w", err)
	}
	w.CreatedAt, w.EndedAt = fromMicros(created), fromMicros(ended)
	var plan silence.Plan
	err := json.Unmarshal([]byte(text), &plan)
	if err == nil {
		w.Maintenance, err = plan.Maintenance()
	}
	if err != nil {
		return w, fmt.Errorf("read maintenance window %s: %w", w.ID, err)
	}
	return w, nil
}

// Windows loads maintenance windows, latest created first; standing leaves out those that were ended or will
// never be in force again.
func (s *Store) Windows(ctx context.Context, standing bool) ([]Window, error) {
	all, err := windows(ctx, s.engine.reader(), standing)
	if err != nil || !standing {
		return all, err
	}
	return thatCome(all, time.Now()), nil
}

// thatCome leaves out the windows that will never be in force again.
func thatCome(all []Window, now time.Time) []Window {
	return slices.DeleteFunc(all, func(w Window) bool { return w.Over(now) })
}

// ForgetSwitches deletes silences and maintenance windows that were over before a given time; the audit log
// keeps who created and ended them.
func (s *Store) ForgetSwitches(ctx context.Context, before time.Time) error {
	all, err := windows(ctx, s.engine.reader(), false)
	if err != nil {
		return err
	}
	err = s.Write(ctx, func(t *Tx) error {
		if _, err := t.exec(ctx, `DELETE FROM silence WHERE ends_at_us < ?`, micros(before)); err != nil {
			return err
		}
		for _, w := range all {
			ended := !w.EndedAt.IsZero() && w.EndedAt.Before(before)
			if !ended && !w.Over(before) {
				continue
			}
			if _, err := t.exec(ctx, `DELETE FROM maintenance WHERE maintenance_id = ?`, w.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete old silences and windows: %w", err)
	}
	return nil
}

func windows(ctx context.Context, q querier, standing bool) ([]Window, error) {
	query := `SELECT ` + windowColumns + ` FROM maintenance`
	if standing {
		query += ` WHERE ended_at_us = 0`
	}
	rs, err := q.query(ctx, query+` ORDER BY created_at_us DESC, maintenance_id`)
	all, err := collect(rs, err, scanWindow)
	if err != nil {
		return nil, fmt.Errorf("load maintenance windows: %w", err)
	}
	return all, nil
}

// AddWindow stores a new maintenance window; most limits how many may exist.
func (s *Store) AddWindow(ctx context.Context, w Window, most int, entry audit.Entry) error {
	const q = `INSERT INTO maintenance (` + windowColumns + `) VALUES (?, ?, ?, ?, ?, 0, '')`
	plan, err := json.Marshal(w.Plan())
	if err != nil {
		return fmt.Errorf("write maintenance window %s: %w", w.ID, err)
	}
	err = s.switchOver(ctx, func(t *Tx) ([]audit.Entry, error) {
		standing, err := windows(ctx, t, true)
		if err != nil {
			return nil, err
		}
		if len(thatCome(standing, time.Now())) >= most {
			return nil, ErrFull
		}
		return []audit.Entry{entry}, t.later(ctx, q, w.ID, string(plan), w.Comment, w.CreatedBy, micros(w.CreatedAt))
	})
	if err != nil {
		return fmt.Errorf("add maintenance window %s: %w", w.ID, err)
	}
	return nil
}

// EndWindow ends a maintenance window for good. ErrNotFound: there is none with this id, or it was already
// ended.
func (s *Store) EndWindow(ctx context.Context, id, by string, now time.Time, entry func(Window) audit.Entry) (Window, error) {
	var ended Window
	err := s.switchOver(ctx, func(t *Tx) ([]audit.Entry, error) {
		standing, err := windows(ctx, t, true)
		if err != nil {
			return nil, err
		}
		for _, w := range standing {
			if w.ID == id {
				ended = w
			}
		}
		if ended.ID == "" {
			return nil, ErrNotFound
		}
		e := entry(ended)
		ended.EndedAt, ended.EndedBy = now, by
		return []audit.Entry{e}, t.laterOne(ctx,
			`UPDATE maintenance SET ended_at_us = ?, ended_by = ? WHERE maintenance_id = ?`, micros(now), by, id)
	})
	if err != nil {
		return ended, fmt.Errorf("end maintenance window %s: %w", id, err)
	}
	return ended, nil
}
