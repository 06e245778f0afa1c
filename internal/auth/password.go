package auth

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"docket/internal/fault"
)

// The length limits of a password, in bytes. The minimum is NIST's for a password used as the only factor
// (https://pages.nist.gov/800-63-4/sp800-63b.html, read 2026-11-23, requires 15, or 8 with a second factor); the
// maximum limits the work of hashing.
const (
	ShortestPassword = 12
	longestPassword  = 1000
)

// ErrPassword means that a password is too short, too long, or not valid text.
var ErrPassword = fmt.Errorf("a password must have %d to %d characters", ShortestPassword, longestPassword)

// HashPassword returns the hash to store for a password: argon2id in the PHC format, with the first parameters that
// OWASP recommends (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html, read 2026-11-23):
// 19 MiB, two passes, one lane.
func HashPassword(password fault.Secret) (string, error) {
	text := password.Reveal()
	if len(text) < ShortestPassword || len(text) > longestPassword || !utf8.ValidString(text) {
		return "", ErrPassword
	}
	hash, err := argon2id.CreateHash(text, &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// errBusy means that more people are logging in at once than there is memory for.
var errBusy = errors.New("too many logins at once")

// matches compares a password with a hash. Only a few comparisons run at once.
func (g *Guard) matches(ctx context.Context, password, hash string) (bool, error) {
	select {
	case g.hashing <- struct{}{}:
	case <-ctx.Done():
		return false, errBusy
	}
	defer func() { <-g.hashing }()
	good, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare with a password's hash: %w", err)
	}
	return good, nil
}
