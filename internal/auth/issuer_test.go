package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	clientID     = "docket"
	clientSecret = "client-secret-0123456789"
)

// issuer is an OpenID Connect issuer, and a Cloudflare Access team, with keys of its own.
type issuer struct {
	t   *testing.T
	srv *httptest.Server
	key *rsa.PrivateKey
	// away makes it answer nothing but 503; fetches counts how often its keys were asked for.
	away    atomic.Bool
	fetches atomic.Int64

	mu sync.Mutex // guards grants
	// grants are the codes that are not redeemed yet.
	grants map[string]grant
}

// grant is what a code stands for.
type grant struct{ challenge, idToken string }

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t, key: newKey(t), grants: map[string]grant{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.say(w, map[string]any{
			"issuer": i.srv.URL, "authorization_endpoint": i.srv.URL + "/authorize", "token_endpoint": i.srv.URL + "/token",
			"jwks_uri":                              i.srv.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	keys := func(w http.ResponseWriter, _ *http.Request) {
		i.fetches.Add(1)
		i.say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: i.key.Public(), KeyID: "k1", Algorithm: "RS256", Use: "sig"}}})
	}
	mux.HandleFunc("GET /keys", keys)
	mux.HandleFunc("GET /cdn-cgi/access/certs", keys)
	mux.HandleFunc("POST /token", i.redeem)
	i.srv = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.srv.Close)
	return i
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (i *issuer) say(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

// redeem gives an id token for a code, once, to the client that knows its secret and what
// the code's challenge was made of.
func (i *issuer) redeem(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	i.mu.Lock()
	g, ok := i.grants[r.FormValue("code")]
	delete(i.grants, r.FormValue("code"))
	i.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || id != clientID || secret != clientSecret || base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		w.WriteHeader(http.StatusBadRequest)
		i.say(w, map[string]any{"error": "invalid_grant"})
		return
	}
	i.say(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": g.idToken})
}

// grant keeps what a code stands for.
func (i *issuer) grant(code string, g grant) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.grants[code] = g
}

// claims are those of a good token, and what a test adds or replaces; nil takes one away.
func (i *issuer) claims(audience string, more map[string]any) map[string]any {
	now := time.Now()
	all := map[string]any{"iss": i.srv.URL, "sub": "subject-1", "aud": []string{audience}, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	maps.Copy(all, more)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// signer makes a token of claims.
type signer func(claims map[string]any) string

// signed signs with a key under a name.
func (i *issuer) signed(alg jose.SignatureAlgorithm, key any, id string) signer {
	return func(claims map[string]any) string {
		by, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
		if err != nil {
			i.t.Fatal(err)
		}
		text, err := json.Marshal(claims)
		if err != nil {
			i.t.Fatal(err)
		}
		token, err := by.Sign(text)
		if err != nil {
			i.t.Fatal(err)
		}
		raw, err := token.CompactSerialize()
		if err != nil {
			i.t.Fatal(err)
		}
		return raw
	}
}

// own signs as the issuer does.
func (i *issuer) own() signer { return i.signed(jose.RS256, i.key, "k1") }

// unsigned bears no signature, and says so.
func (i *issuer) unsigned(claims map[string]any) string {
	text, err := json.Marshal(claims)
	if err != nil {
		i.t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"k1"}`)) + "." + base64.RawURLEncoding.EncodeToString(text) + "."
}

// byPublicKey signs with what everybody knows, as if it were a shared secret.
func (i *issuer) byPublicKey() signer {
	public, err := x509.MarshalPKIXPublicKey(i.key.Public())
	if err != nil {
		i.t.Fatal(err)
	}
	return i.signed(jose.HS256, public, "k1")
}

// forged are tokens that no mode may believe; audience is the right one.
func (i *issuer) forged(audience string) map[string]struct {
	sign   signer
	claims map[string]any
} {
	now := time.Now()
	ada := map[string]any{"email": "ada@example.org", "email_verified": true}
	with := func(key string, v any) map[string]any {
		all := maps.Clone(ada)
		all[key] = v
		return i.claims(audience, all)
	}
	return map[string]struct {
		sign   signer
		claims map[string]any
	}{
		"for another audience":            {i.own(), with("aud", []string{"another"})},
		"for no audience":                 {i.own(), with("aud", nil)},
		"expired two minutes ago":         {i.own(), with("exp", now.Add(-2*time.Minute).Unix())},
		"without an end":                  {i.own(), with("exp", nil)},
		"not good before tomorrow":        {i.own(), with("nbf", now.Add(24*time.Hour).Unix())},
		"of another issuer":               {i.own(), with("iss", "https://evil.example")},
		"by another key of the same name": {i.signed(jose.RS256, newKey(i.t), "k1"), i.claims(audience, ada)},
		"by a key of another name":        {i.signed(jose.RS256, newKey(i.t), "k2"), i.claims(audience, ada)},
		"unsigned":                        {i.unsigned, i.claims(audience, ada)},
		"signed with the public key":      {i.byPublicKey(), i.claims(audience, ada)},
		"no token at all":                 {func(map[string]any) string { return "a.b.c" }, nil},
	}
}

// query reads an address' query.
func query(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}
