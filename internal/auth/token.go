package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"docket/internal/fault"
	"docket/internal/store"
)

// Token is one API token in the configuration.
type Token struct {
	Name   string
	Secret fault.Secret
	// Scopes are any of ingest, read, operate and admin. Each includes the weaker ones: admin grants all, operate
	// grants read.
	Scopes []string
}

// tokenPrefix starts every token that docket auth token creates, so that secret scanners can recognize one. Only tokens
// with the prefix are looked up in the database.
const tokenPrefix = "docket_"

// NewToken returns a new token and the hash to store for it.
func NewToken() (token fault.Secret, hash string) {
	text := tokenPrefix + random()
	return fault.Secret(text), hashOf(text)
}

// random returns 256 random bits as text.
func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // It never fails: the program would crash first.
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashOf returns the hash to store for 256 random bits, which need neither salt nor stretching.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// credential is the token in a request, sent as a bearer token or as the basic auth password.
func credential(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

// same compares in constant time, including the lengths.
func same(given string, want fault.Secret) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want.Reveal()))
	return want.Set() && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// tokens knows the configured tokens and those in the database.
type tokens struct {
	configured []Token
	store      *store.Store

	mu     sync.Mutex // guards recent
	recent map[string]recentToken
}

// recentToken is a database token that was valid a moment ago.
type recentToken struct {
	caller Caller
	until  time.Time
}

const (
	// tokenMemory is how long a removed token may still be accepted by a replica.
	tokenMemory = 5 * time.Second
	// maxRecent limits the size of the cache.
	maxRecent = 1000
)

// find returns the caller to whom a token belongs. An error means that this cannot be checked now.
func (t *tokens) find(ctx context.Context, given string, now time.Time) (Caller, bool, error) {
	var found *Token
	for i := range t.configured { // Compare with all of them, so that the time does not reveal which one matched.
		if same(given, t.configured[i].Secret) {
			found = &t.configured[i]
		}
	}
	if found != nil {
		return callerOf(found.Name, found.Scopes), true, nil
	}
	if !strings.HasPrefix(given, tokenPrefix) || len(given) > 100 {
		return Caller{}, false, nil
	}
	hash := hashOf(given)
	t.mu.Lock()
	known, ok := t.recent[hash]
	t.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.caller, true, nil
	}
	kept, err := t.store.APITokenOf(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Caller{}, false, nil
	}
	if err != nil {
		return Caller{}, false, err
	}
	c := callerOf(kept.Name, kept.Scopes)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.recent) >= maxRecent {
		clear(t.recent)
	}
	t.recent[hash] = recentToken{c, now.Add(tokenMemory)}
	return c, true, nil
}
