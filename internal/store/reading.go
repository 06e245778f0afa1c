package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"docket/internal/surface"
)

// Span is the length of time that one surface.Sum covers.
type Span int64

// The spans, in seconds.
const (
	Minute Span = 60
	Hour   Span = 3600
	Day    Span = 86400
)

// Of returns the start of the span that contains at, in UTC.
func (p Span) Of(at time.Time) time.Time {
	return time.Unix(at.Unix()-at.Unix()%int64(p), 0).UTC()
}

// How long each kind of data is kept; the pages show a year.
const (
	keepRaw  = 48 * time.Hour
	keepFine = 8 * 24 * time.Hour
	keepYear = 366 * 24 * time.Hour
)

const sumWidth = 10

// addSums adds a batch to the hourly and daily sums.
func (t *Tx) addSums(ctx context.Context, batch []Observed) error {
	type key struct {
		span Span
		id   int64
		at   int64
	}
	sums := map[key]surface.Sum{}
	for _, o := range batch {
		for _, span := range [...]Span{Hour, Day} {
			k := key{span, o.ID, micros(span.Of(o.Reading.At))}
			sums[k] = sums[k].Add(o.Reading)
		}
	}
	order := slices.SortedFunc(maps.Keys(sums), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.span, b.span), cmp.Compare(a.id, b.id), cmp.Compare(a.at, b.at))
	})
	return inBatches(order, func(run []key) error {
		args := make([]any, 0, len(run)*sumWidth)
		for _, k := range run {
			s := sums[k]
			args = append(args, int64(k.span), k.id, k.at, int64(s.Operational), int64(s.Degraded), int64(s.Down), int64(s.Unknown),
				int64(s.Measured), s.Total.Microseconds(), s.Slowest.Microseconds())
		}
		return t.later(ctx, `INSERT INTO reading_sum (`+sumColumns+`) VALUES `+tuples(len(run), sumWidth)+addToSum, args...)
	})
}

const (
	sumColumns = `span, surface_id, at_us, operational, degraded, down, unknown, measured, total_us, slowest_us`
	addToSum   = ` ON CONFLICT (span, surface_id, at_us) DO UPDATE SET operational = reading_sum.operational + excluded.operational,
		degraded = reading_sum.degraded + excluded.degraded, down = reading_sum.down + excluded.down,
			unknown = reading_sum.unknown + excluded.unknown,
		measured = reading_sum.measured + excluded.measured, total_us = reading_sum.total_us + excluded.total_us,
		slowest_us = CASE WHEN reading_sum.slowest_us > excluded.slowest_us THEN reading_sum.slowest_us ELSE excluded.slowest_us END`
)

// Thin merges the raw readings of some surfaces that are older than two days into minutes, and deletes what
// is too old to be shown. The surfaces are those with ids from first to last.
func (s *Store) Thin(ctx context.Context, first, last int64, now time.Time) error {
	raw := micros(Minute.Of(now.Add(-keepRaw)))
	const fold = `INSERT INTO reading_sum (` + sumColumns + `)
		SELECT 60, surface_id, at_us / 60000000 * 60000000, SUM(CASE WHEN status = 'operational' THEN 1 ELSE 0 END),
			SUM(CASE WHEN status = 'degraded' THEN 1 ELSE 0 END),
			SUM(CASE WHEN status = 'down' THEN 1 ELSE 0 END), SUM(CASE WHEN status = 'unknown' THEN 1 ELSE 0 END),
			SUM(CASE WHEN latency_us > 0 THEN 1 ELSE 0 END), SUM(latency_us), MAX(latency_us)
		FROM reading WHERE surface_id BETWEEN ? AND ? AND at_us < ? GROUP BY surface_id, at_us / 60000000 * 60000000` + addToSum
	err := s.Write(ctx, func(t *Tx) error {
		if err := t.later(ctx, fold, first, last, raw); err != nil {
			return err
		}
		if err := t.later(ctx, `DELETE FROM reading WHERE surface_id BETWEEN ? AND ? AND at_us < ?`, first, last, raw); err != nil {
			return err
		}
		for _, old := range []struct {
			span Span
			keep time.Duration
		}{{Minute, keepFine}, {Hour, keepYear}, {Day, keepYear}} {
			const drop = `DELETE FROM reading_sum WHERE span = ? AND surface_id BETWEEN ? AND ? AND at_us < ?`
			if err := t.later(ctx, drop, int64(old.span), first, last, micros(now.Add(-old.keep))); err != nil {
				return err
			}
		}
		return t.later(ctx, `DELETE FROM turn WHERE surface_id BETWEEN ? AND ? AND at_us < ?`, first, last, micros(now.Add(-keepYear)))
	})
	if err != nil {
		return fmt.Errorf("thin out the readings: %w", err)
	}
	return nil
}

// Readings loads a surface's raw readings between from (inclusive) and to (exclusive), oldest first, at most
// limit of them: the newest ones.
func (s *Store) Readings(ctx context.Context, id int64, from, to time.Time, limit int) ([]surface.Reading, error) {
	const q = `SELECT at_us, status, latency_us, reason FROM reading WHERE surface_id = ? AND at_us >= ? AND at_us < ? ORDER BY at_us DESC ` +
		`LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, id, micros(from), micros(to), int64(limit))
	all, err := collect(rs, err, func(rs rows) (surface.Reading, error) {
		var at, latency int64
		var r surface.Reading
		err := rs.Scan(&at, (*string)(&r.Status), &latency, &r.Reason)
		r.At, r.Latency = fromMicros(at), time.Duration(latency)*time.Microsecond
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("load readings: %w", err)
	}
	slices.Reverse(all)
	return all, nil
}

// Sums loads the sums of some surfaces for one span, by id, between from (inclusive) and to (exclusive), oldest
// first. Spans without a reading are missing.
func (s *Store) Sums(ctx context.Context, span Span, ids []int64, from, to time.Time) (map[int64][]surface.Sum, error) {
	sums := make(map[int64][]surface.Sum, len(ids))
	for run := range slices.Chunk(ids, batches[0]) {
		args := make([]any, 0, len(run)+3)
		for _, id := range run {
			args = append(args, id)
		}
		args = append(args, int64(span), micros(from), micros(to))
		// Joined with a list, so that each surface is found by the index: with IN, PostgreSQL reads the whole
		// span as long as it has no statistics.
		q := `WITH wanted(id) AS (VALUES ` + strings.TrimSuffix(strings.Repeat(`(CAST(? AS BIGINT)), `, len(run)), `, `) + `) SELECT ` +
			sumColumns + ` FROM wanted CROSS JOIN reading_sum WHERE surface_id = wanted.id AND span = ? AND at_us >= ? AND at_us < ? ORDER BY ` +
			`surface_id, at_us`
		rs, err := s.engine.reader().query(ctx, q, args...)
		_, err = collect(rs, err, func(rs rows) (struct{}, error) {
			var spanned, id, at, operational, degraded, down, unknown, measured, total, slowest int64
			err := rs.Scan(&spanned, &id, &at, &operational, &degraded, &down, &unknown, &measured, &total, &slowest)
			sums[id] = append(sums[id], surface.Sum{
				At: fromMicros(at), Operational: int(operational), Degraded: int(degraded), Down: int(down), Unknown: int(unknown),
				Measured: int(measured), Total: time.Duration(total) * time.Microsecond, Slowest: time.Duration(slowest) * time.Microsecond,
			})
			return struct{}{}, err
		})
		if err != nil {
			return nil, fmt.Errorf("load sums of readings: %w", err)
		}
	}
	return sums, nil
}

// Turned is a change of a tile's status, and its reason.
type Turned struct {
	Surface string
	surface.Turn

	Reason string
}

// Turns loads the status changes of tiles, newest first, at most limit; of one surface if name is set,
// otherwise of all.
func (s *Store) Turns(ctx context.Context, name string, since time.Time, limit int) ([]Turned, error) {
	q, args := `SELECT name, at_us, from_status, to_status,
		reason FROM turn JOIN surface ON surface.id = turn.surface_id WHERE at_us >= ?`, []any{micros(since)}
	if name != "" {
		q, args = q+` AND name = ?`, append(args, name)
	}
	rs, err := s.engine.reader().query(ctx, q+` ORDER BY at_us DESC LIMIT ?`, append(args, int64(limit))...)
	all, err := collect(rs, err, func(rs rows) (Turned, error) {
		var t Turned
		var at int64
		err := rs.Scan(&t.Surface, &at, (*string)(&t.From), (*string)(&t.To), &t.Reason)
		t.At = fromMicros(at)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("load the status changes: %w", err)
	}
	return all, nil
}
