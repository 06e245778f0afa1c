package app

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
)

// gate stands before the real handler while there is none yet: the process is alive and
// listens, but its database is still away. Senders are told to come again.
type gate struct {
	handler atomic.Pointer[http.Handler]
	reason  atomic.Pointer[string]
}

// open lets requests through to h from now on.
func (g *gate) open(h http.Handler) { g.handler.Store(&h) }

// wait sets the sentence that says what is waited for.
func (g *gate) wait(sentence string) { g.reason.Store(&sentence) }

// ServeHTTP passes to the real handler, or says what is missing.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := g.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/healthz" {
		_, _ = w.Write([]byte("{\"status\":\"starting\"}\n")) // The caller is gone if this fails.
		return
	}
	sentence := "docket is starting"
	if s := g.reason.Load(); s != nil {
		sentence = *s
	}
	w.Header().Set("Retry-After", "5")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": false, "error": sentence}) // As above.
}
