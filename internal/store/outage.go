package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/audit"
)

// Outage is a desk's latest outage, the zero value for none. Ended is zero while it lasts; ToldAt is when the
// operator was notified, zero if that has not happened.
type Outage struct {
	Began, Ended, ToldAt time.Time
	Fault, Sentence      string
}

// Outage loads a desk's latest outage.
func (s *Store) Outage(ctx context.Context, desk string) (Outage, error) {
	const q = `SELECT began_at_us, ended_at_us, told_at_us, fault, sentence FROM outage WHERE desk = ?`
	rs, err := s.engine.reader().query(ctx, q, desk)
	all, err := collect(rs, err, func(rs rows) (Outage, error) {
		var o Outage
		var began, ended, told int64
		err := rs.Scan(&began, &ended, &told, &o.Fault, &o.Sentence)
		o.Began, o.Ended, o.ToldAt = fromMicros(began), fromMicros(ended), fromMicros(told)
		return o, err
	})
	if err != nil || len(all) == 0 {
		return Outage{}, err
	}
	return all[0], nil
}

// BeginOutage records that a desk has been unreachable since began, unless that is known. The entry is
// written together with it.
func (s *Store) BeginOutage(ctx context.Context, desk string, began time.Time, fault, sentence string, entry audit.Entry) error {
	const q = `INSERT INTO outage (desk, began_at_us, ended_at_us, told_at_us, fault, sentence) VALUES (?, ?, 0, 0, ?, ?)
		ON CONFLICT (desk) DO UPDATE SET began_at_us = excluded.began_at_us, ended_at_us = 0, told_at_us = 0, fault = excluded.fault,
			sentence = excluded.sentence
		WHERE outage.ended_at_us > 0`
	return s.writeOnce(ctx, entry, q, desk, micros(began), fault, sentence)
}

// EndOutage records that a desk answers again after an outage.
func (s *Store) EndOutage(ctx context.Context, desk string, now time.Time, entry audit.Entry) error {
	return s.writeOnce(ctx, entry, `UPDATE outage SET ended_at_us = ? WHERE desk = ? AND ended_at_us = 0`, micros(now), desk)
}

// ToldOutage records that the operator is being notified of the outage; false if somebody else already did.
func (s *Store) ToldOutage(ctx context.Context, desk string, now time.Time) (first bool, err error) {
	err = s.Write(ctx, func(t *Tx) error {
		n, err := t.exec(ctx, `UPDATE outage SET told_at_us = ? WHERE desk = ? AND told_at_us = 0`, micros(now), desk)
		first = n == 1
		return err
	})
	return first, err
}

// writeOnce runs a statement and, only if it changed something, adds the audit entry, all in one transaction.
func (s *Store) writeOnce(ctx context.Context, entry audit.Entry, q string, args ...any) error {
	err := s.Write(ctx, func(t *Tx) error {
		// The end of the chain first, as in the ledger: whoever holds it is the only writer.
		head, err := t.AuditHead(ctx)
		if err != nil {
			return err
		}
		changed, err := t.exec(ctx, q, args...)
		if err != nil || changed == 0 {
			return err
		}
		return t.AppendAudit(ctx, head, []audit.Entry{entry})
	})
	if err != nil {
		return fmt.Errorf("write with its audit entry %s: %w", entry.Action, err)
	}
	return nil
}
