package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keysAge is how long fetched keys are used before fetching them again. keysPace is the minimum time between
	// fetches caused by an unknown key, because strangers choose the key's name.
	keysAge  = time.Hour
	keysPace = 10 * time.Second
	// maxKeys limits the size of the response.
	maxKeys = 1 << 20
)

// errNoKeys means that the keys could not be fetched, so the caller cannot be identified now.
var errNoKeys = errors.New("keys could not be fetched")

// keySet is a team's public keys, fetched on demand and cached. Old keys stay in use while newer ones cannot be
// fetched.
type keySet struct {
	url    string
	client *http.Client

	mu      sync.Mutex // guards the rest; held while fetching, so that one fetch serves all
	keys    jose.JSONWebKeySet
	fetched time.Time
	tried   time.Time
}

func newKeySet(url string, client *http.Client) *keySet { return &keySet{url: url, client: client} }

// algorithms are the algorithms that Access and similar services sign with. "none" and those with a shared secret are
// excluded.
func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.RS256, jose.ES256}
}

// VerifySignature verifies a token's signature and returns the signed content.
func (k *keySet) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	token, err := jose.ParseSigned(raw, algorithms())
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	if len(token.Signatures) != 1 {
		return nil, errors.New("parse: one signature is wanted")
	}
	key, err := k.find(ctx, token.Signatures[0].Header.KeyID, time.Now())
	if err != nil {
		return nil, err
	}
	return token.Verify(key)
}

// tellingKeys remembers why a signature was invalid, because go-oidc only keeps the text of the error.
type tellingKeys struct {
	*keySet

	err error
}

// VerifySignature verifies a token's signature for go-oidc.
func (k *tellingKeys) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	payload, err := k.keySet.VerifySignature(ctx, raw)
	k.err = err
	return payload, err
}

// find returns the key with this name.
func (k *keySet) find(ctx context.Context, id string, now time.Time) (*jose.JSONWebKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := k.keys.Key(id)
	stale := now.Sub(k.fetched) > keysAge
	if (len(found) == 0 || stale) && now.Sub(k.tried) > keysPace {
		k.tried = now
		if err := k.fetch(ctx); err != nil && len(found) == 0 {
			if k.fetched.IsZero() {
				k.tried = time.Time{} // Without keys nobody can be identified, so the next caller may try at once.
			}
			return nil, errors.Join(errNoKeys, err)
		}
		found = k.keys.Key(id)
	}
	if len(found) == 0 {
		if k.fetched.IsZero() {
			return nil, errNoKeys
		}
		return nil, errors.New("it is signed by a key that is not the team's")
	}
	return &found[0], nil
}

// fetch fetches the keys.
func (k *keySet) fetch(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, nil)
	if err != nil {
		return fmt.Errorf("ask for the keys: %w", err)
	}
	resp, err := k.client.Do(req)
	if err != nil {
		return fmt.Errorf("ask for the keys: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask for the keys: %d", resp.StatusCode)
	}
	var keys jose.JSONWebKeySet
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxKeys)).Decode(&keys); err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	k.keys, k.fetched = keys, time.Now()
	return nil
}
