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
func (s *server) guard(mux *http.ServeMux) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusForbidden, "a page of another site may not do this")
	}))
	protected := crossOrigin.Handler(wordMisses(mux))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if len(s.Tokens) == 0 && !isLoopbackHost(r.Host) {
			fail(w, http.StatusForbidden, "no token is configured, so docket answers only to a loopback address such as 127.0.0.1 or localhost")
			return
		}
		protected.ServeHTTP(w, r)
	})
}

// wordMisses words the mux' answers about what no route takes.
func wordMisses(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		miss, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		seen := &statusOnly{header: w.Header()}
		miss.ServeHTTP(seen, r)
		if seen.status == http.StatusMethodNotAllowed {
			fail(w, seen.status, fmt.Sprintf("%s is not allowed on %.100q: use %s", r.Method, r.URL.Path, w.Header().Get("Allow")))
			return
		}
		fail(w, http.StatusNotFound, fmt.Sprintf("there is nothing at %.100q; GET / lists what there is", r.URL.Path))
	})
}

// statusOnly takes the status and the headers of an answer and drops its text.
type statusOnly struct {
	header http.Header
	status int
}

// Header returns the real answer's headers.
func (s *statusOnly) Header() http.Header { return s.header }

// WriteHeader takes note of the status.
func (s *statusOnly) WriteHeader(status int) { s.status = status }

// Write drops the text.
func (s *statusOnly) Write(p []byte) (int, error) { return len(p), nil }

func isLoopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// caller returns the name of the token that a request carries, as bearer token or basic
// password, and 0; or the status to refuse it with: 401 for a token that is not known, 403
// for one that lacks the scope. Where none is configured, everybody is "local" and may do
// everything.
func (s *server) caller(r *http.Request, scope string) (name string, refusal int) {
	if len(s.Tokens) == 0 {
		return "local", 0
	}
	given, refusal := credential(r), http.StatusUnauthorized
	for _, t := range s.Tokens {
		if !same(given, t.Secret) {
			continue
		}
		if t.grants(scope) {
			return t.Name, 0
		}
		refusal = http.StatusForbidden
	}
	return "", refusal
}

// sender returns 0 if a request may send alerts of a source, else the status to refuse it
// with: it needs the source's own token, where that has one, or a token of scope ingest.
func (s *server) sender(r *http.Request, name string) (refusal int) {
	own, has := s.SourceTokens[name]
	if has && same(credential(r), own) {
		return 0
	}
	if has && len(s.Tokens) == 0 {
		return http.StatusUnauthorized
	}
	_, refusal = s.caller(r, ScopeIngest)
	return refusal
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
func deny(w http.ResponseWriter, status int, scope string) {
	if status == http.StatusForbidden {
		fail(w, status, fmt.Sprintf("this token lacks the scope %s: use another one, or add the scope to auth.tokens", scope))
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="docket"`)
	fail(w, status, fmt.Sprintf("a token with the scope %s is needed: send it as Authorization: Bearer", scope))
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
