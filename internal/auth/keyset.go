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
	// keysAge is how long fetched keys are used without asking again; keysPace how long
	// after a fetch a key that is not known makes another: strangers choose the key's name.
	keysAge  = time.Hour
	keysPace = 10 * time.Second
	// maxKeys bounds the answer.
	maxKeys = 1 << 20
)

// errNoKeys: the keys could not be fetched, so nobody can say who calls.
var errNoKeys = errors.New("the keys cannot be fetched")

// keySet is a team's public keys, fetched when needed and kept. Keys that are old are used
// on while newer ones cannot be had.
type keySet struct {
	url    string
	client *http.Client

	mu      sync.Mutex // guards the rest; held while fetching, so that one fetch serves all
	keys    jose.JSONWebKeySet
	fetched time.Time
	tried   time.Time
}

func newKeySet(url string, client *http.Client) *keySet { return &keySet{url: url, client: client} }

// algorithms are those that Access and its like sign with. None, and those with a shared
// secret, are not among them.
func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.RS256, jose.ES256}
}

// VerifySignature checks a token's signature and returns what it signs.
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

// tellingKeys keeps why a signature was not good: go-oidc makes a text of it.
type tellingKeys struct {
	*keySet

	err error
}

// VerifySignature checks a token's signature for go-oidc.
func (k *tellingKeys) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	payload, err := k.keySet.VerifySignature(ctx, raw)
	k.err = err
	return payload, err
}

// find returns the key of a name.
func (k *keySet) find(ctx context.Context, id string, now time.Time) (*jose.JSONWebKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := k.keys.Key(id)
	stale := now.Sub(k.fetched) > keysAge
	if (len(found) == 0 || stale) && now.Sub(k.tried) > keysPace {
		k.tried = now
		if err := k.fetch(ctx); err != nil && len(found) == 0 {
			if k.fetched.IsZero() {
				k.tried = time.Time{} // Nobody can be told without: the next one may try at once.
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

// fetch asks for the keys.
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
