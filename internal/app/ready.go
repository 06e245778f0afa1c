package app

import (
	"context"
	"sync"
	"time"

	"docket/internal/health"
	"docket/internal/intake"
	"docket/internal/store"
	"docket/internal/web"
)

// readiness answers /readyz: can an alert be taken and kept right now?
type readiness struct {
	store  *store.Store
	desks  func() []health.State
	intake *intake.Intake

	mu sync.Mutex // guards the two below
	// last is the last beat's sentence, "" for well, and when it was.
	last string
	at   time.Time
}

const (
	// beatEvery bounds how often a probe writes: platforms ask every few seconds, many at once.
	beatEvery   = time.Second
	beatTimeout = 3 * time.Second
)

// check proves that the database takes a write. The desk's state is shown and does not
// make Docket unready: a platform would restart a healthy program.
func (r *readiness) check(ctx context.Context) web.Readiness {
	sentence := r.beat(ctx)
	out := web.Readiness{Ready: sentence == "", Error: sentence, Database: r.store.Engine(), Sources: r.intake.Heard()}
	for _, state := range r.desks() {
		out.Desks = append(out.Desks, web.DeskHealthOf(state))
	}
	out.Desk = out.Desks[0]
	backlog, err := r.store.Backlog(ctx)
	if err != nil {
		return out
	}
	for key, n := range backlog {
		out.Waiting += n
		if key[1] == "unknown" || key[1] == "sending" {
			out.Unknown += n
		}
	}
	return out
}

func (r *readiness) beat(ctx context.Context) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now().UTC()
	if now.Sub(r.at) < beatEvery {
		return r.last
	}
	ctx, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	r.last, r.at = "", now
	if err := r.store.Beat(ctx, now); err != nil {
		r.last = "alerts cannot be stored: " + r.store.Explain(err)
	} else if err := r.store.Current(ctx); err != nil {
		r.last = "alerts cannot be stored: " + err.Error()
	}
	return r.last
}
