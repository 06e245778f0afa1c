package auth

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"docket/internal/fault"
)

// The lengths of a password, in bytes: the shortest is NIST's for one that stands alone
// (https://pages.nist.gov/800-63-4/sp800-63b.html, read 2026-11-23, asks for 15, and 8
// beside a second factor), the longest bounds the work.
const (
	ShortestPassword = 12
	longestPassword  = 1000
)

// ErrPassword is a password that is too short, too long, or no text.
var ErrPassword = fmt.Errorf("a password has %d to %d characters", ShortestPassword, longestPassword)

// HashPassword makes what is kept of a password: argon2id in the PHC format, with the
// parameters that OWASP names first
// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html, read
// 2026-11-23): 19 MiB, two passes, one lane.
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

// errBusy: more people log in at once than there is memory for.
var errBusy = errors.New("too many logins at once")

// matches compares a password with a hash. At most a few do so at once.
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
