package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
)

const effectColumns = `effect_id, version, kind, alert_key, generation, state, attempt, fails, sent_at_us, not_before_us, ticket_id, ` +
	`text, tags, fault, detail, created_at_us, done_at_us`

const effectWidth = 17

func scanEffect(rs rows) (filing.Effect, error) {
	var e filing.Effect
	var kind, state, tags string
	var key, generation, attempt, fails, sent, notBefore, created, done int64
	err := rs.Scan(&e.ID, &e.Version, &kind, &key, &generation, &state, &attempt, &fails, &sent, &notBefore, &e.TicketID, &e.Text, &tags,
		&e.Fault, &e.Detail, &created, &done)
	if err != nil {
		return e, fmt.Errorf("read an effect: %w", err)
	}
	e.Kind, e.State, e.Mark = filing.Kind(kind), filing.State(state), alert.Mark{Key: alert.Key(key), Generation: int(generation)}
	e.Attempt, e.Fails = int(attempt), int(fails)
	e.SentAt, e.NotBefore, e.CreatedAt, e.DoneAt = fromMicros(sent), fromMicros(notBefore), fromMicros(created), fromMicros(done)
	if err := json.Unmarshal([]byte(tags), &e.Tags); err != nil {
		return e, fmt.Errorf("read the tags of effect %s: %w", e.ID, err)
	}
	return e, nil
}

func effectArgs(e filing.Effect) ([]any, error) {
	tags, err := json.Marshal(e.Tags)
	if err != nil {
		return nil, fmt.Errorf("write the tags of effect %s: %w", e.ID, err)
	}
	return []any{
		e.ID, e.Version, string(e.Kind), int64(e.Mark.Key), int64(e.Mark.Generation), string(e.State), int64(e.Attempt), int64(e.Fails),
		micros(e.SentAt), micros(e.NotBefore),
		e.TicketID, e.Text, string(tags), e.Fault, e.Detail, micros(e.CreatedAt), micros(e.DoneAt),
	}, nil
}

// AddEffects inserts new effects. An existing one stays as it is: an effect requested twice is one effect.
func (t *Tx) AddEffects(ctx context.Context, all []filing.Effect) error {
	err := inBatches(all, func(run []filing.Effect) error {
		args := make([]any, 0, len(run)*effectWidth)
		for _, e := range run {
			some, err := effectArgs(e)
			if err != nil {
				return err
			}
			args = append(args, some...)
		}
		return t.later(ctx, `INSERT INTO effect (`+effectColumns+`) VALUES `+tuples(len(run), effectWidth)+
			` ON CONFLICT (effect_id) DO NOTHING`, args...)
	})
	if err != nil {
		return fmt.Errorf("add effects: %w", err)
	}
	return nil
}

// SaveEffect replaces an effect whose stored version is e.Version-1; ErrConflict otherwise.
func (t *Tx) SaveEffect(ctx context.Context, e filing.Effect) error {
	const q = `UPDATE effect SET version = ?, kind = ?, alert_key = ?, generation = ?, state = ?, attempt = ?, fails = ?, sent_at_us = ?,
		not_before_us = ?, ticket_id = ?,
		text = ?, tags = ?, fault = ?, detail = ?, created_at_us = ?, done_at_us = ? WHERE effect_id = ? AND version = ?`
	args, err := effectArgs(e)
	if err != nil {
		return err
	}
	if err := t.laterOne(ctx, q, append(args[1:], e.ID, e.Version-1)...); err != nil {
		return fmt.Errorf("save effect %s: %w", e.ID, err)
	}
	return nil
}

// Effect loads one effect; ErrNotFound if there is none.
func (s *Store) Effect(ctx context.Context, id string) (filing.Effect, error) {
	return effectByID(ctx, s.engine.reader(), id)
}

// Effect loads one effect; ErrNotFound if there is none.
func (t *Tx) Effect(ctx context.Context, id string) (filing.Effect, error) {
	return effectByID(ctx, t, id)
}

func effectByID(ctx context.Context, q querier, id string) (filing.Effect, error) {
	rs, err := q.query(ctx, `SELECT `+effectColumns+` FROM effect WHERE effect_id = ?`, id)
	all, err := collect(rs, err, scanEffect)
	if err != nil {
		return filing.Effect{}, fmt.Errorf("load effect %s: %w", id, err)
	}
	if len(all) == 0 {
		return filing.Effect{}, fmt.Errorf("effect %s: %w", id, ErrNotFound)
	}
	return all[0], nil
}

// EffectsOf loads an incident's effects in the order in which they were requested.
func (s *Store) EffectsOf(ctx context.Context, m alert.Mark) ([]filing.Effect, error) {
	const q = `SELECT ` + effectColumns + ` FROM effect WHERE alert_key = ? AND generation = ? ORDER BY created_at_us, effect_id`
	rs, err := s.engine.reader().query(ctx, q, int64(m.Key), int64(m.Generation))
	return collect(rs, err, scanEffect)
}

// OverdueEffects returns the ids of at most limit unfinished effects of some desks ("" for incidents without
// one; no names: of all) whose next step was due before the given time, longest overdue first: their jobs may
// be lost.
func (s *Store) OverdueEffects(ctx context.Context, desks []string, before time.Time, limit int) ([]string, error) {
	args := []any{micros(before), micros(before), micros(before)}
	at := ""
	if len(desks) > 0 {
		at, args = ` AND `+atDesks(desks), append(args, names(desks)...)
	}
	q := `SELECT effect_id FROM effect WHERE done_at_us = 0 AND not_before_us < ? AND created_at_us < ? AND sent_at_us < ?` + at +
		` ORDER BY not_before_us LIMIT ?`
	return s.effectIDs(ctx, q, append(args, int64(limit))...)
}

// UnfinishedEffects returns the ids of all unfinished effects of some desks ("" for incidents without one).
func (s *Store) UnfinishedEffects(ctx context.Context, desks []string) ([]string, error) {
	return s.effectIDs(ctx, `SELECT effect_id FROM effect WHERE done_at_us = 0 AND `+atDesks(desks), names(desks)...)
}

// atDesks matches effects of incidents whose tickets are at one of the desks.
func atDesks(desks []string) string {
	return `EXISTS (SELECT 1 FROM incident WHERE incident.alert_key = effect.alert_key AND incident.generation = effect.generation` +
		` AND incident.ticket_desk IN (` + marks(len(desks)) + `))`
}

func names(all []string) []any {
	args := make([]any, len(all))
	for i, name := range all {
		args[i] = name
	}
	return args
}

func (s *Store) effectIDs(ctx context.Context, q string, args ...any) ([]string, error) {
	rs, err := s.engine.reader().query(ctx, q, args...)
	return collect(rs, err, func(rs rows) (string, error) {
		var id string
		err := rs.Scan(&id)
		return id, err
	})
}

// Backlog counts unfinished effects by kind and state.
func (s *Store) Backlog(ctx context.Context) (map[[2]string]int64, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT kind, state, COUNT(*) FROM effect WHERE done_at_us = 0 GROUP BY kind, state`)
	counts := map[[2]string]int64{}
	_, err = collect(rs, err, func(rs rows) (struct{}, error) {
		var kind, state string
		var n int64
		err := rs.Scan(&kind, &state, &n)
		counts[[2]string{kind, state}] = n
		return struct{}{}, err
	})
	return counts, err
}
