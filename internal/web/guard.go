package web

import (
	"docket/internal/answer"
	"fmt"
	"net/http"
)

// wordMisses writes our own error for requests that match no route.
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
			answer.Error(w, seen.status, fmt.Sprintf("%s is not allowed on %.100q: use %s", r.Method, r.URL.Path, w.Header().Get("Allow")))
			return
		}
		answer.Error(w, http.StatusNotFound, fmt.Sprintf("there is nothing at %.100q; GET / lists the endpoints", r.URL.Path))
	})
}

// statusOnly records the status and headers of a response and discards its body.
type statusOnly struct {
	header http.Header
	status int
}

// Header returns the headers of the real response.
func (s *statusOnly) Header() http.Header { return s.header }

// WriteHeader records the status.
func (s *statusOnly) WriteHeader(status int) { s.status = status }

// Write discards the body.
func (s *statusOnly) Write(p []byte) (int, error) { return len(p), nil }
