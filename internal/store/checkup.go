package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/audit"
)

// Checkup is one run of the doctor.
type Checkup struct {
	At      time.Time
	By      string
	Verdict string
	// Report is the full report, as JSON.
	Report []byte
}

// keepCheckups is how long runs are kept.
const keepCheckups = 90 * 24 * time.Hour

// AddCheckup stores a run together with its audit entry, and deletes very old ones.
func (s *Store) AddCheckup(ctx context.Context, c Checkup, entry audit.Entry) error {
	const q = `INSERT INTO checkup (at_us, by_name, verdict, report) VALUES (?, ?, ?, ?)`
	if err := s.writeOnce(ctx, entry, q, micros(c.At), c.By, c.Verdict, string(c.Report)); err != nil {
		return err
	}
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `DELETE FROM checkup WHERE at_us < ?`, micros(c.At.Add(-keepCheckups)))
		return err
	})
}

// LastCheckup is when by last had a run with this verdict (is true) or with any other (is false); zero for
// never.
func (s *Store) LastCheckup(ctx context.Context, by, verdict string, is bool) (time.Time, error) {
	query := `SELECT at_us FROM checkup WHERE by_name = ? AND verdict <> ? ORDER BY at_us DESC LIMIT 1`
	if is {
		query = `SELECT at_us FROM checkup WHERE by_name = ? AND verdict = ? ORDER BY at_us DESC LIMIT 1`
	}
	rs, err := s.engine.reader().query(ctx, query, by, verdict)
	all, err := collect(rs, err, func(rs rows) (int64, error) {
		var at int64
		err := rs.Scan(&at)
		return at, err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("look up when the doctor last found this: %w", err)
	}
	if len(all) == 0 {
		return time.Time{}, nil
	}
	return fromMicros(all[0]), nil
}

// Enter appends one entry to the audit log.
func (s *Store) Enter(ctx context.Context, e audit.Entry) error {
	err := s.Write(ctx, func(t *Tx) error {
		head, err := t.AuditHead(ctx)
		if err != nil {
			return err
		}
		return t.AppendAudit(ctx, head, []audit.Entry{e})
	})
	if err != nil {
		return fmt.Errorf("write %s to the audit log: %w", e.Action, err)
	}
	return nil
}

// Checkups loads the latest runs, newest first.
func (s *Store) Checkups(ctx context.Context, limit int) ([]Checkup, error) {
	rs, err := s.engine.reader().query(ctx, `SELECT at_us, by_name, verdict, report FROM checkup ORDER BY at_us DESC LIMIT ?`, int64(limit))
	all, err := collect(rs, err, func(rs rows) (Checkup, error) {
		var c Checkup
		var at int64
		var report string
		err := rs.Scan(&at, &c.By, &c.Verdict, &report)
		c.At, c.Report = fromMicros(at), []byte(report)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("load the doctor's report: %w", err)
	}
	return all, nil
}
