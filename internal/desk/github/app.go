package github

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"docket/internal/desk/rest"
	"docket/internal/fault"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// held are two sets of keys: those of calls that begin now, and those of calls that may still be
// on their way, so that neither is ever shown.
type held struct{ now, before Keys }

// The times of an app's tokens
// (https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app,
// read 2026-11-27): "iat" a minute in the past, because clocks differ, "exp" at most ten minutes ahead.
const (
	issuedBefore = time.Minute
	expiresAfter = 9 * time.Minute
	// renewBefore is how long before its end an installation's token, which lasts an hour, is renewed.
	renewBefore = 10 * time.Minute
	// clocksDiffer is from when on a refusal of the app's token is put down to our clock.
	clocksDiffer = 30 * time.Second
)

// installation is the token of an app's installation.
type installation struct {
	// turn lets one caller at a time renew the token; the others wait for it.
	turn chan struct{}

	mutex sync.Mutex // guards what follows
	// token is the current one, last the one before, which calls on their way may still show.
	token, last fault.Secret
	renewAt     time.Time
	endsAt      time.Time
	// ahead is how far GitHub's clock is ahead of ours.
	ahead time.Duration
	// may is the app's permission for issues: "read", "write", "" where GitHub did not say.
	may string
}

func (i *installation) issues() string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.may
}

func (i *installation) tokens() (current, last fault.Secret) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.token, i.last
}

// valid returns the token if it may be used, and whether it is due for renewal.
func (i *installation) valid(now time.Time) (token fault.Secret, due bool) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if !now.Before(i.endsAt) {
		return "", true
	}
	return i.token, !now.Before(i.renewAt)
}

// forget drops a token that GitHub refused before its time: it was revoked.
func (i *installation) forget(token fault.Secret) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.token == token {
		i.endsAt, i.renewAt = time.Time{}, time.Time{}
	}
}

// keep takes a new token. lives is how long, by GitHub's clock.
func (i *installation) keep(token fault.Secret, may string, lives time.Duration, now time.Time) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.token, i.last, i.may = token, i.token, may
	i.endsAt, i.renewAt = now.Add(lives), now.Add(max(lives-renewBefore, lives/2))
}

// token returns what the next call shows: the personal token, or the installation's.
func (d *Desk) token(ctx context.Context) (fault.Secret, *fault.Fault) {
	keys := d.held.Load().now
	if !d.config.App.set() {
		if !keys.Token.Set() {
			return "", named("key_missing")
		}
		return keys.Token, nil
	}
	token, due := d.installation.valid(time.Now())
	if !due {
		return token, nil
	}
	select {
	case d.installation.turn <- struct{}{}:
		defer func() { <-d.installation.turn }()
	case <-ctx.Done():
		return "", product.Unanswered(rest.Exchange{Err: ctx.Err()})
	}
	if token, due = d.installation.valid(time.Now()); !due {
		return token, nil
	}
	fresh, f := d.renew(ctx, keys.PrivateKey)
	if f != nil && token.Set() {
		return token, nil // It still lasts a few minutes; the next call tries again.
	}
	return fresh, f
}

// renew asks for a token of the installation.
func (d *Desk) renew(ctx context.Context, pemKey fault.Secret) (fault.Secret, *fault.Fault) {
	if !pemKey.Set() {
		return "", named("key_missing")
	}
	key, err := parseKey(pemKey)
	if err != nil {
		f := named("key_refused")
		f.Err = err
		return "", f
	}
	x, f := d.askForToken(ctx, key)
	if f != nil {
		return "", f
	}
	var made struct {
		Token     fault.Secret `json:"token"`
		ExpiresAt time.Time    `json:"expires_at"`
		// Permissions are what the app may do there.
		Permissions *struct {
			Issues string `json:"issues"`
		} `json:"permissions"`
	}
	if err := json.Unmarshal(x.Body, &made); err != nil || !made.Token.Set() || !rest.HeaderSafe(made.Token.Reveal()) {
		return "", badAnswer(fmt.Errorf("read the installation's token: %w", errShape))
	}
	lives := made.ExpiresAt.Sub(theirClock(x))
	if lives <= 0 {
		lives = renewBefore
	}
	may := ""
	if made.Permissions != nil {
		may = orDefault(made.Permissions.Issues, "none")
	}
	d.installation.keep(made.Token, may, min(lives, time.Hour), x.Now)
	return made.Token, nil
}

// askForToken signs in as the app. Where GitHub refuses and its clock differs from ours, it is asked
// once more by its own clock.
func (d *Desk) askForToken(ctx context.Context, key *rsa.PrivateKey) (exchange, *fault.Fault) {
	c := call{
		action: rest.Setting, about: aToken, method: http.MethodPost,
		path: fmt.Sprintf("/app/installations/%d/access_tokens", d.config.App.InstallationID),
	}
	for again := false; ; again = true {
		d.installation.mutex.Lock()
		ahead := d.installation.ahead
		d.installation.mutex.Unlock()
		assertion, err := d.config.App.assertion(key, time.Now().Add(ahead))
		if err != nil {
			f := named("key_refused")
			f.Err = err
			return exchange{}, f
		}
		if f := d.paused(aToken); f != nil {
			return exchange{}, f
		}
		x := d.exchange(ctx, c, assertion)
		d.heed(x)
		if x.Status == http.StatusUnauthorized && !again {
			if apart := theirClock(x).Sub(x.Now); (apart - ahead).Abs() > clocksDiffer {
				d.installation.mutex.Lock()
				d.installation.ahead = apart
				d.installation.mutex.Unlock()
				continue
			}
		}
		return x, classify(x)
	}
}

// theirClock is the time by GitHub's clock when it answered; ours where it does not say.
func theirClock(x exchange) time.Time {
	at, err := http.ParseTime(x.Header.Get("Date"))
	if err != nil {
		return x.Now
	}
	return at
}

// assertion is the app's own token: it proves that we hold the key.
func (a App) assertion(key *rsa.PrivateKey, now time.Time) (fault.Secret, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("sign as the app: %w", err)
	}
	text, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: a.ID, IssuedAt: jwt.NewNumericDate(now.Add(-issuedBefore)), Expiry: jwt.NewNumericDate(now.Add(expiresAfter)),
	}).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign as the app: %w", err)
	}
	return fault.Secret(text), nil
}

// parseKey reads the app's key as GitHub gives it (PKCS #1), or as other programs keep it (PKCS #8).
// Its errors never show it.
func parseKey(text fault.Secret) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text.Reveal())))
	if block == nil {
		return nil, errors.New("the app's private key is not PEM: it begins with -----BEGIN RSA PRIVATE KEY-----")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if key, ok := parsed.(*rsa.PrivateKey); ok {
			return key, nil
		}
	}
	return nil, errors.New("the app's private key is not an RSA key in PEM")
}

// SetKeys changes what the calls that begin from now on show, without a restart. What cannot be right
// is an error, and changes nothing. changed is false where nothing is new.
func (d *Desk) SetKeys(keys Keys) (changed bool, err error) {
	have := d.held.Load()
	if keys == have.now {
		return false, nil
	}
	config := d.config
	config.KeyLater = false
	if err := config.validateKeys(keys); err != nil {
		return false, fmt.Errorf("change the github desk's keys: %w", err)
	}
	// Two callers at once: the other one's are as good.
	if !d.held.CompareAndSwap(have, &held{now: keys, before: have.now}) {
		return false, nil
	}
	current, _ := d.installation.tokens()
	d.installation.forget(current)
	return true, nil
}
