package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
)

const auditWidth = 8

// auditTimeLayout is the text form of created_at on both engines.
const auditTimeLayout = "2006-01-02 15:04:05.000000"

// AuditHead returns the end of the chain and locks it until the transaction ends: across all replicas, only
// one transaction that has called it runs at a time.
func (t *Tx) AuditHead(ctx context.Context) (audit.Head, error) {
	h, err := auditHead(ctx, t, t.words.lockHead)
	t.switched = h.switched
	return h.Head, err
}

// Switched is how often a flag, a silence or a window had been changed when AuditHead was called; it stays
// the same until the transaction ends.
func (t *Tx) Switched() int64 { return t.switched }

// lockedHead is the row that every deciding transaction locks.
type lockedHead struct {
	audit.Head
	switched int64
}

func auditHead(ctx context.Context, q querier, lock string) (lockedHead, error) {
	rs, err := q.query(ctx, `SELECT last_id, hash, switched FROM audit_head WHERE one = 1`+lock)
	all, err := collect(rs, err, func(rs rows) (lockedHead, error) {
		var h lockedHead
		err := rs.Scan(&h.ID, &h.Hash, &h.switched)
		return h, err
	})
	if err != nil {
		return lockedHead{}, fmt.Errorf("read the audit head: %w", err)
	}
	if len(all) != 1 {
		return lockedHead{}, fmt.Errorf("read the audit head: %w", ErrNotFound)
	}
	return all[0], nil
}

// AppendAudit chains entries after head, which AuditHead returned in this transaction.
func (t *Tx) AppendAudit(ctx context.Context, head audit.Head, entries []audit.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	chained, next, err := audit.Append(head, entries)
	if err != nil {
		return err
	}
	err = inBatches(chained, func(run []audit.Entry) error {
		args := make([]any, 0, len(run)*auditWidth)
		for _, e := range run {
			payload, err := audit.CanonicalJSON(e.Payload)
			if err != nil {
				return err
			}
			args = append(args, e.ID, t.words.encodeTime(e.CreatedAt), e.Actor.Kind, e.Actor.Name, e.Action, string(payload), e.Prev, e.Hash)
		}
		return t.later(ctx, `INSERT INTO audit_log (id, created_at, actor_kind, actor, action, payload, prev, hash) VALUES `+
			tuples(len(run), auditWidth), args...)
	})
	if err != nil {
		return fmt.Errorf("append to the audit log: %w", err)
	}
	if err := t.laterOne(ctx, `UPDATE audit_head SET last_id = ?, hash = ? WHERE one = 1 AND last_id = ?`, next.ID,
		next.Hash, head.ID); err != nil {
		return fmt.Errorf("move the audit head: %w", err)
	}
	return nil
}

// AuditFilter narrows a listing; zero fields have no effect.
type AuditFilter struct {
	// Action selects one action.
	Action string
	// After selects ids above it; Before, if not 0, ids below it.
	After, Before int64
	// Actor selects what one actor did.
	Actor string
	// From and To select what was written at From or later, and before To.
	From, To time.Time
	// Text selects entries with this text in their payload, ignoring the case of ASCII letters.
	Text string
	// OldestFirst reverses the order.
	OldestFirst bool
	// Limit is the maximum number; 0 means all.
	Limit int
}

// ListAudit loads audit entries, latest first unless the filter says otherwise.
func (s *Store) ListAudit(ctx context.Context, f AuditFilter) ([]audit.Entry, error) {
	where := []string{"id > ?"}
	args := []any{f.After}
	if f.Action != "" {
		where, args = append(where, "action = ?"), append(args, f.Action)
	}
	if f.Before > 0 {
		where, args = append(where, "id < ?"), append(args, f.Before)
	}
	if f.Actor != "" {
		where, args = append(where, "actor = ?"), append(args, f.Actor)
	}
	if !f.From.IsZero() {
		where, args = append(where, "created_at >= ?"), append(args, s.words.encodeTime(f.From))
	}
	if !f.To.IsZero() {
		where, args = append(where, "created_at < ?"), append(args, s.words.encodeTime(f.To))
	}
	if f.Text != "" {
		where, args = append(where, `LOWER(`+s.words.auditPayload+`) LIKE ? ESCAPE '\'`), append(args, contains(f.Text))
	}
	order := "DESC"
	if f.OldestFirst {
		order = "ASC"
	}
	q := `SELECT id, ` + s.words.auditTime + `, actor_kind, actor, action, ` + s.words.auditPayload + `, prev, hash FROM audit_log WHERE ` +
		strings.Join(where, " AND ") + ` ORDER BY id ` + order + ` LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, append(args, allOr(f.Limit))...)
	return collect(rs, err, scanAudit)
}

// AuditOf loads the log's entries about an alert_key, latest first.
func (s *Store) AuditOf(ctx context.Context, key alert.Key, limit int) ([]audit.Entry, error) {
	q := `SELECT id, ` + s.words.auditTime + `, actor_kind, actor, action, ` + s.words.auditPayload + `, prev, hash FROM audit_log
		WHERE (payload ->> 'alert_key') = ? ORDER BY id DESC LIMIT ?`
	rs, err := s.engine.reader().query(ctx, q, key.String(), int64(limit))
	all, err := collect(rs, err, scanAudit)
	if err != nil {
		return nil, fmt.Errorf("load the audit entries of %s: %w", key, err)
	}
	return all, nil
}

// LastAuditID is the newest entry's id, 0 if there is none.
func (s *Store) LastAuditID(ctx context.Context) (int64, error) {
	head, err := auditHead(ctx, s.engine.reader(), "")
	return head.ID, err
}

// AuditActions lists all actions that were ever written.
func (s *Store) AuditActions(ctx context.Context) ([]string, error) {
	// Each step uses the index to skip all rows of one action, however many there are.
	const q = `WITH RECURSIVE seen(action) AS (SELECT MIN(action) FROM audit_log UNION ALL
		SELECT (SELECT MIN(action) FROM audit_log WHERE action > seen.action) FROM seen WHERE seen.action IS NOT NULL)
		SELECT action FROM seen WHERE action IS NOT NULL`
	rs, err := s.engine.reader().query(ctx, q)
	all, err := collect(rs, err, func(rs rows) (string, error) {
		var action string
		err := rs.Scan(&action)
		return action, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the audit log's actions: %w", err)
	}
	return all, nil
}

func scanAudit(rs rows) (audit.Entry, error) {
	var e audit.Entry
	var created, payload string
	if err := rs.Scan(&e.ID, &created, &e.Actor.Kind, &e.Actor.Name, &e.Action, &payload, &e.Prev, &e.Hash); err != nil {
		return e, fmt.Errorf("read an audit row: %w", err)
	}
	// A row that was tampered with must still be read, so that its fault can be named: an unreadable time or
	// payload is left empty, and then the hash does not match.
	e.CreatedAt, _ = time.Parse(auditTimeLayout, created)
	e.Payload, _ = audit.Decode(payload)
	return e, nil
}

// verifyRun is how many audit rows are read at a time.
const verifyRun = 2000

// VerifyAudit checks the whole chain. It returns how many rows it checked, and an *audit.Fault that names the
// first row that was flipped, deleted, swapped or cut off.
func (s *Store) VerifyAudit(ctx context.Context) (checked int64, err error) {
	// The head is read first: rows appended in the meantime come after it.
	locked, err := auditHead(ctx, s.engine.reader(), "")
	if err != nil {
		return 0, err
	}
	stored := locked.Head
	v := audit.NewVerifier(audit.Head{})
	for {
		entries, err := s.ListAudit(ctx, AuditFilter{After: v.Head().ID, OldestFirst: true, Limit: verifyRun})
		if err != nil {
			return checked, err
		}
		for _, e := range entries {
			if e.ID > stored.ID && v.Head().ID >= stored.ID {
				return checked, s.closeAudit(ctx, v, stored)
			}
			if err := v.Next(e); err != nil {
				return checked, err
			}
			checked++
		}
		if len(entries) < verifyRun {
			return checked, s.closeAudit(ctx, v, stored)
		}
	}
}

// closeAudit compares the end with the head. Rows after the head are a fault only if the head has not moved
// on since.
func (s *Store) closeAudit(ctx context.Context, v *audit.Verifier, stored audit.Head) error {
	if err := v.Close(stored); err != nil {
		return err
	}
	extra, err := s.ListAudit(ctx, AuditFilter{After: stored.ID, OldestFirst: true, Limit: 1})
	if err != nil || len(extra) == 0 {
		return err
	}
	now, err := auditHead(ctx, s.engine.reader(), "")
	if err != nil {
		return err
	}
	if now.ID <= stored.ID {
		return &audit.Fault{ID: extra[0].ID, Kind: audit.Added,
			Sentence: fmt.Sprintf("audit row %d comes after the end of the chain", extra[0].ID)}
	}
	return nil
}
