package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/audit"
)

// Session is a login session.
type Session struct {
	// IDHash is the hash of the browser's session id: whoever reads the table cannot log in with it.
	IDHash string
	// Kind is how the user logged in: password or oidc.
	Kind string
	Name string
	// Role is, for a password session, always the account's current role.
	Role string
	// Epoch is the account's at the login, or identifies the roles as they were configured then.
	Epoch     int64
	CreatedAt time.Time
	// SeenAt is when it was last used, to the minute.
	SeenAt time.Time
}

// StartSession stores a new session. The entry records the login.
func (s *Store) StartSession(ctx context.Context, n Session, entry audit.Entry) error {
	const q = `INSERT INTO session (id_hash, kind, name, role, epoch, created_at_us, seen_at_us) VALUES (?, ?, ?, ?, ?, ?, ?)`
	err := s.writeAudited(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, q, n.IDHash, n.Kind, n.Name, n.Role, n.Epoch, micros(n.CreatedAt), micros(n.SeenAt))
		return err
	}, entry)
	if err != nil {
		return fmt.Errorf("start a session: %w", err)
	}
	return nil
}

// LoadSession loads a session that was used after idle and began after oldest. ErrNotFound: there is none, or
// its account is gone or has a new password.
func (s *Store) LoadSession(ctx context.Context, idHash string, idle, oldest time.Time) (Session, error) {
	const q = `SELECT s.id_hash, s.kind, s.name, COALESCE(a.role, s.role), s.epoch, s.created_at_us, s.seen_at_us
		FROM session s LEFT JOIN account a ON s.kind = 'password' AND a.name = s.name
		WHERE s.id_hash = ? AND s.seen_at_us > ? AND s.created_at_us > ? AND (s.kind <> 'password' OR a.epoch = s.epoch)`
	rs, err := s.engine.reader().query(ctx, q, idHash, micros(idle), micros(oldest))
	all, err := collect(rs, err, func(rs rows) (Session, error) {
		var n Session
		var created, seen int64
		err := rs.Scan(&n.IDHash, &n.Kind, &n.Name, &n.Role, &n.Epoch, &created, &seen)
		n.CreatedAt, n.SeenAt = fromMicros(created), fromMicros(seen)
		return n, err
	})
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Session{}, fmt.Errorf("load a session: %w", err)
	}
	return all[0], nil
}

// TouchSession records that a session is in use.
func (s *Store) TouchSession(ctx context.Context, idHash string, now time.Time) error {
	const q = `UPDATE session SET seen_at_us = ? WHERE id_hash = ? AND seen_at_us < ?`
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, q, micros(now), idHash, micros(now))
		return err
	})
}

// EndSession deletes a session. The entry records the logout.
func (s *Store) EndSession(ctx context.Context, idHash string, entry audit.Entry) error {
	const q = `DELETE FROM session WHERE id_hash = ?`
	err := s.writeAudited(ctx, func(t *Tx) error { return mustAffect(t.exec(ctx, q, idHash)) }, entry)
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// DropSessions deletes sessions that were last used before idle or began before oldest, and login attempts
// that no longer count.
func (s *Store) DropSessions(ctx context.Context, idle, oldest, tries time.Time) error {
	const sessions = `DELETE FROM session WHERE seen_at_us <= ? OR created_at_us <= ?`
	const logins = `DELETE FROM login_try WHERE since_us <= ?`
	return s.Write(ctx, func(t *Tx) error {
		if _, err := t.exec(ctx, sessions, micros(idle), micros(oldest)); err != nil {
			return err
		}
		_, err := t.exec(ctx, logins, micros(tries))
		return err
	})
}

// CountTry counts one more login attempt for a subject, and returns how many there were since its window
// began. A window that began before since is over, and a new one begins now.
func (s *Store) CountTry(ctx context.Context, subject string, since, now time.Time) (int64, error) {
	const q = `INSERT INTO login_try (subject, tries, since_us) VALUES (?, 1, ?)
		ON CONFLICT (subject) DO UPDATE SET
			tries = CASE WHEN login_try.since_us <= ? THEN 1 ELSE login_try.tries + 1 END,
			since_us = CASE WHEN login_try.since_us <= ? THEN excluded.since_us ELSE login_try.since_us END
		RETURNING tries`
	var tries int64
	err := s.Write(ctx, func(t *Tx) (err error) {
		tries, err = one[int64](ctx, t, q, subject, micros(now), micros(since), micros(since))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count a login attempt: %w", err)
	}
	return tries, nil
}

// ForgetTries forgets the login attempts of a subject that has logged in.
func (s *Store) ForgetTries(ctx context.Context, subject string) error {
	const q = `DELETE FROM login_try WHERE subject = ?`
	return s.Write(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, q, subject)
		return err
	})
}
