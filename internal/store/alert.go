package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"docket/internal/alert"
)

const alertColumns = `fingerprint, alert_key, source, alert_id, poll, severity, status, inferred, starts_at_us, ends_at_us, ` +
	`expires_at_us, said_at_us, title, link, labels, annotations`

const alertWidth = 16

func scanAlert(rs rows) (alert.Alert, error) {
	var a alert.Alert
	var fingerprint, key, severity, status, inferred, starts, ends, expires, said int64
	var labels, annotations string
	if err := rs.Scan(&fingerprint, &key, &a.Source, &a.ID, &a.Poll, &severity, &status, &inferred, &starts, &ends, &expires, &said, &a.Title,
		&a.Link, &labels, &annotations); err != nil {
		return a, fmt.Errorf("read an alert: %w", err)
	}
	a.Fingerprint, a.Key = alert.Key(fingerprint), alert.Key(key)
	a.Severity, a.Status, a.Inferred = alert.Severity(severity), alert.Status(status), inferred == 1
	a.StartsAt, a.EndsAt, a.ExpiresAt, a.SaidAt = fromMicros(starts), fromMicros(ends), fromMicros(expires), fromMicros(said)
	if err := json.Unmarshal([]byte(labels), &a.Labels); err != nil {
		return a, fmt.Errorf("read labels of alert %s: %w", a.Fingerprint, err)
	}
	if err := json.Unmarshal([]byte(annotations), &a.Annotations); err != nil {
		return a, fmt.Errorf("read annotations of alert %s: %w", a.Fingerprint, err)
	}
	return a, nil
}

// Alerts loads the alerts with these fingerprints; missing ones are left out.
func (t *Tx) Alerts(ctx context.Context, fingerprints []alert.Key) (map[alert.Key]alert.Alert, error) {
	return alertsByFingerprint(ctx, t, fingerprints)
}

// Alerts loads the alerts with these fingerprints; missing ones are left out.
func (s *Store) Alerts(ctx context.Context, fingerprints []alert.Key) (map[alert.Key]alert.Alert, error) {
	return alertsByFingerprint(ctx, s.engine.reader(), fingerprints)
}

func alertsByFingerprint(ctx context.Context, q querier, fingerprints []alert.Key) (map[alert.Key]alert.Alert, error) {
	found := make(map[alert.Key]alert.Alert, len(fingerprints))
	err := inBatches(fingerprints, func(run []alert.Key) error {
		rs, err := q.query(ctx, `SELECT `+alertColumns+` FROM alert WHERE fingerprint IN (`+marks(len(run))+`)`, keyArgs(run)...)
		all, err := collect(rs, err, scanAlert)
		for _, a := range all {
			found[a.Fingerprint] = a
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load alerts: %w", err)
	}
	return found, nil
}

func keyArgs(keys []alert.Key) []any {
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = int64(k)
	}
	return args
}

// Standing is the minimum needed to decide whether a report about an alert is a mere repeat.
type Standing struct {
	Fingerprint alert.Key
	Status      alert.Status
	Severity    alert.Severity
	Poll        string
	ExpiresAt   time.Time
}

// Standings loads the standing of the alerts with these fingerprints.
func (s *Store) Standings(ctx context.Context, fingerprints []alert.Key) ([]Standing, error) {
	all := make([]Standing, 0, len(fingerprints))
	q := s.engine.reader()
	err := inBatches(fingerprints, func(run []alert.Key) error {
		rs, err := q.query(ctx, `SELECT fingerprint, status, severity, poll, expires_at_us FROM alert WHERE fingerprint IN (`+
			marks(len(run))+`)`, keyArgs(run)...)
		some, err := collect(rs, err, func(rs rows) (Standing, error) {
			var st Standing
			var fingerprint, status, severity, expires int64
			err := rs.Scan(&fingerprint, &status, &severity, &st.Poll, &expires)
			st.Fingerprint, st.Status, st.Severity, st.ExpiresAt = alert.Key(fingerprint), alert.Status(status), alert.Severity(severity),
				fromMicros(expires)
			return st, err
		})
		all = append(all, some...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load the state of alerts: %w", err)
	}
	return all, nil
}

// AlertsOf loads the alerts of an alert_key, firing ones first, then by start.
func (s *Store) AlertsOf(ctx context.Context, key alert.Key) ([]alert.Alert, error) {
	const q = `SELECT ` + alertColumns + ` FROM alert WHERE fingerprint = ? AND alert_key = ?
		UNION ALL SELECT ` + alertColumns + ` FROM alert WHERE alert_key = ? AND alert_key <> fingerprint
		ORDER BY status, starts_at_us, fingerprint`
	rs, err := s.engine.reader().query(ctx, q, int64(key), int64(key), int64(key))
	return collect(rs, err, scanAlert)
}

// alertsOfKeys loads one alert of each key, a firing one if possible.
func (t *Tx) alertsOfKeys(ctx context.Context, keys []alert.Key) (map[alert.Key]alert.Alert, error) {
	found := make(map[alert.Key]alert.Alert, len(keys))
	err := inBatches(keys, func(run []alert.Key) error {
		q := `SELECT ` + alertColumns + ` FROM alert WHERE fingerprint IN (` + marks(len(run)) + `) AND alert_key = fingerprint
			UNION ALL SELECT ` + alertColumns + ` FROM alert WHERE alert_key IN (` + marks(len(run)) + `) AND alert_key <> fingerprint
			ORDER BY status DESC, starts_at_us DESC, fingerprint DESC`
		rs, err := t.query(ctx, q, append(keyArgs(run), keyArgs(run)...)...)
		all, err := collect(rs, err, scanAlert)
		for _, a := range all {
			found[a.Key] = a // The last one wins: firing, and the earliest.
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load alerts by key: %w", err)
	}
	return found, nil
}

// FiringOf loads the firing alerts of a key, as stored in the database.
func (t *Tx) FiringOf(ctx context.Context, key alert.Key) ([]alert.Alert, error) {
	const q = `SELECT ` + alertColumns + ` FROM alert WHERE fingerprint = ? AND alert_key = ? AND status = 1
		UNION ALL SELECT ` + alertColumns + ` FROM alert WHERE alert_key = ? AND alert_key <> fingerprint AND status = 1`
	rs, err := t.query(ctx, q, int64(key), int64(key), int64(key))
	all, err := collect(rs, err, scanAlert)
	if err != nil {
		return nil, fmt.Errorf("load the firing alerts of %s: %w", key, err)
	}
	return all, nil
}

// LastEndedOf loads the alert of a key that ended last; none is not an error.
func (t *Tx) LastEndedOf(ctx context.Context, key alert.Key) ([]alert.Alert, error) {
	const q = `SELECT ` + alertColumns + ` FROM (
		SELECT ` + alertColumns + ` FROM alert WHERE fingerprint = ? AND alert_key = ? AND status <> 1
		UNION ALL SELECT ` + alertColumns + ` FROM alert WHERE alert_key = ? AND alert_key <> fingerprint AND status <> 1
	) AS ended ORDER BY ends_at_us DESC, fingerprint LIMIT 1`
	rs, err := t.query(ctx, q, int64(key), int64(key), int64(key))
	all, err := collect(rs, err, scanAlert)
	if err != nil {
		return nil, fmt.Errorf("load the alert of %s that ended last: %w", key, err)
	}
	return all, nil
}

// OthersFiring counts the firing alerts of a key other than the one with this fingerprint.
func (t *Tx) OthersFiring(ctx context.Context, key, but alert.Key) (int, error) {
	const q = `SELECT COUNT(*) FROM (
		SELECT fingerprint FROM alert WHERE fingerprint = ? AND alert_key = ? AND status = 1
		UNION ALL SELECT fingerprint FROM alert WHERE alert_key = ? AND alert_key <> fingerprint AND status = 1
	) AS firing WHERE fingerprint <> ?`
	n, err := one[int64](ctx, t, q, int64(key), int64(key), int64(key), int64(but))
	return int(n), err
}

// SaveAlerts inserts or replaces alerts. No fingerprint may occur twice in all.
func (t *Tx) SaveAlerts(ctx context.Context, all []alert.Alert) error {
	err := inBatches(all, func(run []alert.Alert) error {
		args := make([]any, 0, len(run)*alertWidth)
		for _, a := range run {
			args = append(args, int64(a.Fingerprint), int64(a.Key), a.Source, a.ID, a.Poll, int64(a.Severity), int64(a.Status), bit(a.Inferred),
				micros(a.StartsAt), micros(a.EndsAt), micros(a.ExpiresAt), micros(a.SaidAt), a.Title, a.Link, string(a.Labels.AppendJSON(nil)),
				string(a.Annotations.AppendJSON(nil)))
		}
		return t.later(ctx, `INSERT INTO alert (`+alertColumns+`) VALUES `+tuples(len(run), alertWidth)+`
			ON CONFLICT (fingerprint) DO UPDATE SET alert_key = excluded.alert_key, source = excluded.source, alert_id = excluded.alert_id,
				poll = excluded.poll,
			severity = excluded.severity, status = excluded.status, inferred = excluded.inferred, starts_at_us = excluded.starts_at_us,
				ends_at_us = excluded.ends_at_us,
			expires_at_us = excluded.expires_at_us, said_at_us = excluded.said_at_us, title = excluded.title, link = excluded.link,
				labels = excluded.labels, annotations = excluded.annotations`, args...)
	})
	if err != nil {
		return fmt.Errorf("save alerts: %w", err)
	}
	return nil
}

// tuples returns n groups of width placeholders: "(?, ?), (?, ?)".
func tuples(n, width int) string {
	return strings.TrimSuffix(strings.Repeat("("+marks(width)+"), ", n), ", ")
}

// Expiry is a firing alert's new expiry.
type Expiry struct {
	Fingerprint alert.Key
	ExpiresAt   time.Time
}

// SaveExpiries extends the expiry of firing alerts, never to an earlier time.
func (t *Tx) SaveExpiries(ctx context.Context, all []Expiry) error {
	const q = `UPDATE alert SET expires_at_us = ? WHERE fingerprint = ? AND status = 1 AND expires_at_us > 0 AND expires_at_us < ?`
	for _, x := range all {
		if _, err := t.exec(ctx, q, micros(x.ExpiresAt), int64(x.Fingerprint), micros(x.ExpiresAt)); err != nil {
			return fmt.Errorf("save the expiry of alert %s: %w", x.Fingerprint, err)
		}
	}
	return nil
}

// ExpiredAlerts loads at most limit firing alerts whose expiry is not after now and which were last reported
// at or after saidSince, oldest expiry first.
func (s *Store) ExpiredAlerts(ctx context.Context, now, saidSince time.Time, limit int) ([]alert.Alert, error) {
	const q = `SELECT ` + alertColumns +
		` FROM alert WHERE status = 1 AND expires_at_us > 0 AND expires_at_us <= ? AND said_at_us >= ? ORDER BY expires_at_us LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, micros(now), micros(saidSince), int64(limit))
	return collect(rs, err, scanAlert)
}

// PolledAlerts loads the firing alerts that this polling source listed last.
func (s *Store) PolledAlerts(ctx context.Context, poll string) ([]alert.Alert, error) {
	const q = `SELECT ` + alertColumns + ` FROM alert WHERE status = 1 AND poll <> '' AND poll = ?`
	rs, err := s.engine.reader().query(ctx, q, poll)
	return collect(rs, err, scanAlert)
}

// ListAlerts loads alerts, firing ones first, latest start first; limit 0 means all.
func (s *Store) ListAlerts(ctx context.Context, limit int) ([]alert.Alert, error) {
	const q = `SELECT ` + alertColumns + ` FROM alert ORDER BY status, starts_at_us DESC, fingerprint LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, allOr(limit))
	return collect(rs, err, scanAlert)
}

// FiringAlerts loads the firing alerts, by fingerprint; limit 0 means all.
func (s *Store) FiringAlerts(ctx context.Context, limit int) ([]alert.Alert, error) {
	const q = `SELECT ` + alertColumns + ` FROM alert WHERE status = 1 ORDER BY fingerprint LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, allOr(limit))
	return collect(rs, err, scanAlert)
}

// CountAlerts counts alerts by status.
func (s *Store) CountAlerts(ctx context.Context) (firing int64, err error) {
	return one[int64](ctx, s.engine.reader(), `SELECT COUNT(*) FROM alert WHERE status = 1`)
}

// allOr turns the limit 0, "all", into a number that both engines accept.
func allOr(limit int) int64 {
	if limit <= 0 {
		return 1 << 40
	}
	return int64(limit)
}
