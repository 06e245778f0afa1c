package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"docket/internal/audit"
)

// ErrTaken means that the name is already in use.
var ErrTaken = errors.New("the name is taken")

// APIToken is a token created by docket auth token.
type APIToken struct {
	Name string
	// Hash is the token's SHA-256 in hex; the token itself is not stored anywhere.
	Hash string
	// Scopes are any of ingest, read, operate, admin.
	Scopes    []string
	CreatedAt time.Time
}

// AddAPIToken stores a new token; the entry records it. ErrTaken: there is a token with this name.
func (s *Store) AddAPIToken(ctx context.Context, n APIToken, entry audit.Entry) error {
	const q = `INSERT INTO api_token (name, hash, scopes, created_at_us) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`
	err := s.writeAudited(ctx, func(t *Tx) error {
		err := mustAffect(t.exec(ctx, q, n.Name, n.Hash, strings.Join(n.Scopes, " "), micros(n.CreatedAt)))
		if errors.Is(err, ErrNotFound) {
			return ErrTaken
		}
		return err
	}, entry)
	if err != nil {
		return fmt.Errorf("save the token %s: %w", n.Name, err)
	}
	return nil
}

// RemoveAPIToken deletes a token; the entry records it. ErrNotFound: there is none.
func (s *Store) RemoveAPIToken(ctx context.Context, name string, entry audit.Entry) error {
	const q = `DELETE FROM api_token WHERE name = ?`
	err := s.writeAudited(ctx, func(t *Tx) error { return mustAffect(t.exec(ctx, q, name)) }, entry)
	if err != nil {
		return fmt.Errorf("remove the token %s: %w", name, err)
	}
	return nil
}

// APITokens lists the tokens by name.
func (s *Store) APITokens(ctx context.Context) ([]APIToken, error) {
	const q = `SELECT name, hash, scopes, created_at_us FROM api_token ORDER BY name`
	rs, err := s.engine.reader().query(ctx, q)
	all, err := collect(rs, err, scanAPIToken)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return all, nil
}

// APITokenOf finds a token by its hash. ErrNotFound: there is none.
func (s *Store) APITokenOf(ctx context.Context, hash string) (APIToken, error) {
	const q = `SELECT name, hash, scopes, created_at_us FROM api_token WHERE hash = ?`
	rs, err := s.engine.reader().query(ctx, q, hash)
	all, err := collect(rs, err, scanAPIToken)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return APIToken{}, fmt.Errorf("find a token: %w", err)
	}
	return all[0], nil
}

func scanAPIToken(rs rows) (APIToken, error) {
	var n APIToken
	var scopes string
	var created int64
	err := rs.Scan(&n.Name, &n.Hash, &scopes, &created)
	n.Scopes, n.CreatedAt = strings.Fields(scopes), fromMicros(created)
	return n, err
}
