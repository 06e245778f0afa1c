package auth

import (
	"net/http"
	"strings"
)

// policy is the pages' content security policy: nothing inline, nothing from other sites, no frames.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Wrap is the outermost middleware. It sets the headers that belong on every response and keeps other sites' pages from
// changing anything (with or without a session: another site must not log anybody in, either). If no login is required,
// it only serves requests that address this machine by a loopback name: otherwise a web page could reach us through a
// name that it points at 127.0.0.1.
func (g *Guard) Wrap(h http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.deny(r, Caller{}, "request from another site", "")
		g.answer(w, r, http.StatusForbidden, "a page of another site cannot do this")
	}))
	protected := crossOrigin.Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		if !isMachines(r.URL.Path) {
			header.Set("Content-Security-Policy", policy)
			header.Set("X-Frame-Options", "DENY") // For browsers that do not support frame-ancestors.
			header.Set("Referrer-Policy", "same-origin")
			header.Set("Cross-Origin-Opener-Policy", "same-origin")
			header.Set("Cache-Control", "no-store") // Static files override this.
			if g.Secure(r) {
				header.Set("Strict-Transport-Security", "max-age=31536000")
			}
		}
		if g.open() && !isLoopbackHost(r.Host) {
			g.answer(w, r, http.StatusForbidden,
				"no login and no token is configured, so Docket only answers requests to a loopback address such as 127.0.0.1 or localhost")
			return
		}
		protected.ServeHTTP(w, r)
	})
}

// isMachines reports whether a path is for programs. There the headers of pages would only cost time, and receiving
// alerts is a hot path.
func isMachines(path string) bool {
	for _, prefix := range []string{"/hooks/", "/api/", "/v2/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}
