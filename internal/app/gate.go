package app

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// gate is in front of the real handler. While there is none yet, senders are asked to retry:
// the process is alive and listens, but its database is still away. While one handler follows
// another, requests wait for it.
type gate struct {
	mu sync.Mutex // guards all below
	// handler is nil while the gate is shut.
	handler http.Handler
	// reason says what is waited for, "" for the start.
	reason string
	// swap is open while one handler follows another: it is closed when the next one is there.
	// Nil at the start.
	swap chan struct{}
	// inside counts the requests behind the gate; empty is notified when it becomes zero.
	inside int
	empty  chan struct{}
}

// gateWait is how long a request waits for the next handler.
const gateWait = 10 * time.Second

func newGate() *gate { return &gate{empty: make(chan struct{}, 1)} }

// open lets requests through to h from now on.
func (g *gate) open(h http.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.handler, g.reason = h, ""
	g.release()
}

// shut lets no further request through until open, and waits for those inside for a while.
func (g *gate) shut(patience time.Duration) {
	g.mu.Lock()
	g.handler, g.swap = nil, make(chan struct{})
	select {
	case <-g.empty: // Of an earlier time.
	default:
	}
	inside := g.inside
	g.mu.Unlock()
	if inside == 0 {
		return
	}
	select {
	case <-g.empty:
	case <-time.After(patience):
	}
}

// wait sets the sentence that says what is waited for. It may take long: those who wait for the
// next handler are asked to retry, too.
func (g *gate) wait(sentence string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reason = sentence
	g.release()
}

// release lets those go on who wait for a handler; the caller holds mu.
func (g *gate) release() {
	if g.swap != nil {
		close(g.swap)
		g.swap = nil
	}
}

// enter returns the handler, and counts the request in; nil where there is none in time.
func (g *gate) enter(ctx context.Context) http.Handler {
	late := time.NewTimer(gateWait)
	defer late.Stop()
	for {
		g.mu.Lock()
		h, swap := g.handler, g.swap
		if h != nil {
			g.inside++
		}
		g.mu.Unlock()
		if h != nil || swap == nil {
			return h
		}
		select {
		case <-swap:
		case <-late.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside--; g.inside > 0 || g.handler != nil {
		return
	}
	select {
	case g.empty <- struct{}{}:
	default:
	}
}

// ServeHTTP passes to the real handler, or says what is missing.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	alive := r.URL.Path == "/healthz"
	if !alive || g.ready() {
		if h := g.enter(r.Context()); h != nil {
			defer g.leave()
			h.ServeHTTP(w, r)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if alive {
		_, _ = w.Write([]byte("{\"status\":\"starting\"}\n")) // The caller is gone if this fails.
		return
	}
	w.Header().Set("Retry-After", "5")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": false, "error": g.sentence()}) // As above.
}

func (g *gate) ready() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.handler != nil
}

func (g *gate) sentence() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.reason == "" {
		return "Docket is starting"
	}
	return g.reason
}
