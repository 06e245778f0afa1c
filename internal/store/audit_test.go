package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"docket/internal/audit"
	"docket/internal/store/storetest"
)

// chain writes n audit rows in transactions of three.
func chain(t *testing.T, s *Store, n int) {
	t.Helper()
	for from := 0; from < n; from += 3 {
		write(t, s, func(ctx context.Context, tx *Tx) error {
			head, err := tx.AuditHead(ctx)
			var entries []audit.Entry
			for i := from; i < min(from+3, n); i++ {
				entries = append(entries, audit.Entry{
					CreatedAt: noon.Add(time.Duration(i) * time.Second), Actor: audit.System(), Action: audit.ActionTicketFiled,
					Payload: map[string]any{"alert_key": fmt.Sprintf("%016x", i), "severity": "P1", "ticket_id": fmt.Sprint(i), "z": 1,
						"a": []any{"<&>\u2028", true, nil, map[string]any{"b": 2, "a": "nul \x00"}}},
				})
			}
			return errors.Join(err, tx.AppendAudit(ctx, head, entries))
		})
	}
}

func TestWholeAuditLogVerifies(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, n := range []int{0, 1, 10} {
			chain(t, s, n)
		}
		checked, err := s.VerifyAudit(t.Context())
		if err != nil || checked != 11 {
			t.Errorf("%v after %d rows, want 11 whole ones", err, checked)
		}
	})
}

func TestVerifyNamesTheFirstRowThatWasTouched(t *testing.T) {
	for _, c := range []struct {
		name string
		sql  []string
		id   int64
		kind audit.FaultKind
	}{
		{"action flipped", []string{`UPDATE audit_log SET action = 'x' WHERE id = 7`}, 7, audit.Flipped},
		{"time flipped", []string{`UPDATE audit_log SET created_at = '2026-11-23 13:00:00.000000' WHERE id = 7`}, 7, audit.Flipped},
		{"payload flipped", []string{`UPDATE audit_log SET payload = '{"severity": "P2"}' WHERE id = 7`}, 7, audit.Flipped},
		{"actor flipped", []string{`UPDATE audit_log SET actor = 'x' WHERE id = 1`}, 1, audit.Flipped},
		{"hash flipped", []string{`UPDATE audit_log SET hash = 'x' WHERE id = 12`}, 12, audit.Flipped},
		{"first deleted", []string{`DELETE FROM audit_log WHERE id = 1`}, 1, audit.Deleted},
		{"one deleted", []string{`DELETE FROM audit_log WHERE id = 7`}, 7, audit.Deleted},
		{"two swapped", []string{`UPDATE audit_log SET id = 99 WHERE id = 7`, `UPDATE audit_log SET id = 7 WHERE id = 8`,
			`UPDATE audit_log SET id = 8 WHERE id = 99`}, 7, audit.Swapped},
		{"cut off", []string{`DELETE FROM audit_log WHERE id > 9`}, 10, audit.CutOff},
		{"all deleted", []string{`DELETE FROM audit_log`}, 1, audit.CutOff},
		{"one added", []string{`INSERT INTO audit_log (id, created_at, actor_kind, actor, action, payload, prev, hash) VALUES (13, ` +
			`'2026-11-23 13:00:00.000000', '', '', '', '{}', '', '')`}, 13, audit.Added},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *Store) {
				chain(t, s, 12)
				for _, sql := range c.sql {
					write(t, s, func(ctx context.Context, tx *Tx) error {
						_, err := tx.exec(ctx, sql)
						return err
					})
				}
				_, err := s.VerifyAudit(t.Context())
				var fault *audit.Fault
				if !errors.As(err, &fault) {
					t.Fatalf("%v, want a fault", err)
				}
				if fault.ID != c.id || fault.Kind != c.kind {
					t.Errorf("row %d was %s, want row %d %s", fault.ID, fault.Kind, c.id, c.kind)
				}
			})
		})
	}
}

func TestRunbooksQueryRunsVerbatimOnPostgres(t *testing.T) {
	s, err := Open(t.Context(), storetest.URL(t, "postgres"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, s, func(ctx context.Context, tx *Tx) error {
		head, err := tx.AuditHead(ctx)
		return errors.Join(err,
			tx.AppendAudit(ctx, head,
				[]audit.Entry{{CreatedAt: time.Now(), Action: audit.ActionTicketFiled,
					Payload: map[string]any{"alert_key": "6c9133dcd1da0dbd", "severity": "P1"}}}))
	})
	rs, err := s.Postgres().Query(t.Context(), `SELECT created_at, payload->>'alert_key' AS alert_key, payload->>'severity' AS severity
FROM audit_log
WHERE action = 'console.alerts.ticket_filed'
AND created_at > NOW() - INTERVAL '2 hours'
ORDER BY created_at DESC
LIMIT 20;`)
	if err != nil {
		t.Fatal(err)
	}
	defer rs.Close()
	rows := 0
	for rs.Next() {
		var at time.Time
		var key, severity string
		if err := rs.Scan(&at, &key, &severity); err != nil || key != "6c9133dcd1da0dbd" || severity != "P1" {
			t.Error(err, key, severity)
		}
		rows++
	}
	if rows != 1 {
		t.Errorf("%d rows, want 1", rows)
	}
}
