package store

import (
	"context"
	"fmt"
	"time"

	"docket/internal/audit"
)

// Account is somebody who can log in with a password.
type Account struct {
	Name string
	// Role is viewer, operator or admin.
	Role string
	// Password is its argon2id hash in the PHC format.
	Password string
	// Epoch is the number of the current password, starting at 1: sessions from an earlier one are over.
	Epoch     int64
	CreatedAt time.Time
	// ChangedAt is when the role or the password was last set.
	ChangedAt time.Time
}

// PutAccount creates an account, or changes its role; a password that is not "" replaces the old one and ends
// the account's sessions. The entry records it. ErrNotFound: a new account needs a password.
func (s *Store) PutAccount(ctx context.Context, a Account, entry audit.Entry) error {
	const insert = `INSERT INTO account (name, role, password, epoch, created_at_us, changed_at_us) VALUES (?, ?, ?, 1, ?, ?)
		ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password, epoch = account.epoch + 1,
			changed_at_us = excluded.changed_at_us`
	const change = `UPDATE account SET role = ?, changed_at_us = ? WHERE name = ?`
	at := micros(entry.CreatedAt)
	err := s.writeAudited(ctx, func(t *Tx) error {
		if a.Password == "" {
			return mustAffect(t.exec(ctx, change, a.Role, at, a.Name))
		}
		if _, err := t.exec(ctx, insert, a.Name, a.Role, a.Password, at, at); err != nil {
			return err
		}
		return t.endSessions(ctx, a.Name)
	}, entry)
	if err != nil {
		return fmt.Errorf("save the account %s: %w", a.Name, err)
	}
	return nil
}

// RemoveAccount deletes an account and ends its sessions. ErrNotFound: there is none.
func (s *Store) RemoveAccount(ctx context.Context, name string, entry audit.Entry) error {
	const q = `DELETE FROM account WHERE name = ?`
	err := s.writeAudited(ctx, func(t *Tx) error {
		if err := mustAffect(t.exec(ctx, q, name)); err != nil {
			return err
		}
		return t.endSessions(ctx, name)
	}, entry)
	if err != nil {
		return fmt.Errorf("remove the account %s: %w", name, err)
	}
	return nil
}

func (t *Tx) endSessions(ctx context.Context, name string) error {
	const q = `DELETE FROM session WHERE kind = 'password' AND name = ?`
	_, err := t.exec(ctx, q, name)
	return err
}

// Accounts lists the accounts by name.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	const q = `SELECT name, role, password, epoch, created_at_us, changed_at_us FROM account ORDER BY name`
	rs, err := s.engine.reader().query(ctx, q)
	all, err := collect(rs, err, scanAccount)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return all, nil
}

// Account loads one. ErrNotFound: there is none with that name.
func (s *Store) Account(ctx context.Context, name string) (Account, error) {
	const q = `SELECT name, role, password, epoch, created_at_us, changed_at_us FROM account WHERE name = ?`
	rs, err := s.engine.reader().query(ctx, q, name)
	all, err := collect(rs, err, scanAccount)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Account{}, fmt.Errorf("load an account: %w", err)
	}
	return all[0], nil
}

func scanAccount(rs rows) (Account, error) {
	var a Account
	var created, changed int64
	err := rs.Scan(&a.Name, &a.Role, &a.Password, &a.Epoch, &created, &changed)
	a.CreatedAt, a.ChangedAt = fromMicros(created), fromMicros(changed)
	return a, err
}

// AppendEntries writes audit entries that belong to no other change.
func (s *Store) AppendEntries(ctx context.Context, entries ...audit.Entry) error {
	return s.writeAudited(ctx, func(*Tx) error { return nil }, entries...)
}

// writeAudited makes a change together with the audit entries that record it.
func (s *Store) writeAudited(ctx context.Context, do func(*Tx) error, entries ...audit.Entry) error {
	return s.Write(ctx, func(t *Tx) error {
		// The head is locked first, as every ledger transaction does.
		head, err := t.AuditHead(ctx)
		if err != nil {
			return err
		}
		if err := do(t); err != nil {
			return err
		}
		return t.AppendAudit(ctx, head, entries)
	})
}

// mustAffect returns ErrNotFound if a statement changed no row.
func mustAffect(affected int64, err error) error {
	if err == nil && affected == 0 {
		return ErrNotFound
	}
	return err
}
