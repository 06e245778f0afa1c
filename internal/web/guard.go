package web

import (
	"docket/internal/answer"
	"fmt"
	"net/http"
)

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
			answer.Error(w, seen.status, fmt.Sprintf("%s is not allowed on %.100q: use %s", r.Method, r.URL.Path, w.Header().Get("Allow")))
			return
		}
		answer.Error(w, http.StatusNotFound, fmt.Sprintf("there is nothing at %.100q; GET / lists what there is", r.URL.Path))
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
