package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"docket/internal/desk"
)

// Token is one API token.
type Token struct {
	Name   string
	Secret desk.Secret
	// Scopes are of ingest, read, operate, admin; each also grants what is weaker: admin
	// grants all, operate grants read.
	Scopes []string
}

// The scopes.
const (
	ScopeIngest  = "ingest"
	ScopeRead    = "read"
	ScopeOperate = "operate"
	ScopeAdmin   = "admin"
)

func (t Token) grants(scope string) bool {
	if slices.Contains(t.Scopes, scope) || slices.Contains(t.Scopes, ScopeAdmin) {
		return true
	}
	return scope == ScopeRead && slices.Contains(t.Scopes, ScopeOperate)
}

// guard stands before every route: headers that belong on every answer, foreign pages kept
// out, and, where no token is configured, only those who address this machine by a loopback
// name: a page on the web could otherwise reach us by a name that it points at 127.0.0.1.
func (s *server) guard(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusForbidden, "a page of another site may not do this")
	}))
	protected := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if len(s.Tokens) == 0 && !isLoopbackHost(r.Host) {
			fail(w, http.StatusForbidden, "no token is configured, so docket answers only to a loopback address such as 127.0.0.1 or localhost")
			return
		}
		protected.ServeHTTP(w, r)
	})
}

func isLoopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// caller returns the token that a request carries, as bearer token or basic password, and
// its name. Where none is configured, everybody is "local" and may do everything.
func (s *server) caller(r *http.Request, scope string) (name string, ok bool) {
	if len(s.Tokens) == 0 {
		return "local", true
	}
	given := credential(r)
	for _, t := range s.Tokens {
		if same(given, t.Secret) && t.grants(scope) {
			return t.Name, true
		}
	}
	return "", false
}

// maySend reports whether a request may send alerts of a source: by the source's own token
// where it has one, else by a token of scope ingest.
func (s *server) maySend(r *http.Request, name string) bool {
	if own, has := s.SourceTokens[name]; has && same(credential(r), own) {
		return true
	} else if has && len(s.Tokens) == 0 {
		return false
	}
	_, ok := s.caller(r, ScopeIngest)
	return ok
}

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

// same compares in a time that tells nothing, lengths included.
func same(given string, want desk.Secret) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want.Reveal()))
	return want.Set() && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// deny answers a request without the right token.
func deny(w http.ResponseWriter, scope string) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="docket"`)
	fail(w, http.StatusUnauthorized, fmt.Sprintf("a token with the scope %s is needed: send it as Authorization: Bearer", scope))
}

// fail answers with one sentence.
func fail(w http.ResponseWriter, status int, sentence string) {
	writeJSON(w, status, map[string]any{"error": sentence})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body) // The caller is gone if this fails.
}
