package courier

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"docket/internal/desk"
)

// Health is what is known of the way to the desk. It says a change once, not every try.
type Health struct {
	desk string
	log  *slog.Logger

	mu sync.Mutex // guards all below
	// fault is the last answer's fault, "" while well; since is when that began.
	fault, sentence, fix string
	since                time.Time
	lastSuccess          time.Time
	heard                bool
}

// NewHealth makes the health of the named desk; nothing is known yet.
func NewHealth(name string, log *slog.Logger) *Health { return &Health{desk: name, log: log} }

// State is a copy of what is known.
type State struct {
	Desk string `json:"desk"`
	// Heard is false until the desk has answered or failed once.
	Heard bool `json:"heard"`
	Well  bool `json:"well"`
	// Fault names what is wrong, Sentence and Fix say it; all "" while well.
	Fault       string    `json:"fault,omitempty"`
	Sentence    string    `json:"sentence,omitempty"`
	Fix         string    `json:"fix,omitempty"`
	Since       time.Time `json:"since,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
}

// State returns what is known now.
func (h *Health) State() State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return State{h.desk, h.heard, h.heard && h.fault == "", h.fault, h.sentence, h.fix, h.since, h.lastSuccess}
}

// Heard takes note of one call's outcome. A ticket that is not there is an answer, too.
func (h *Health) Heard(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return // We stopped; that says nothing of the desk.
	}
	if desk.NameOf(err) == desk.OwnLimit {
		return // We held ourselves back; nor does that.
	}
	now := time.Now().UTC()
	h.mu.Lock()
	defer h.mu.Unlock()
	before, first := h.fault, !h.heard
	h.heard = true
	if err == nil || errors.Is(err, desk.ErrMissing) {
		h.fault, h.sentence, h.fix, h.lastSuccess = "", "", "", now
		if before != "" {
			h.log.InfoContext(ctx, "desk is back", "desk", h.desk, "was", before, "took", now.Sub(h.since))
		}
		if before != "" || first {
			h.since = now
		}
		return
	}
	h.fault = desk.NameOf(err)
	if e, ok := errors.AsType[*desk.Error](err); ok {
		h.sentence, h.fix = e.Sentence, e.Fix
	}
	if before == h.fault {
		return
	}
	if before == "" {
		h.since = now
	}
	if desk.ClassOf(err) == desk.Refused && isAuth(h.fault) {
		h.log.WarnContext(ctx, "freescout_auth_error", "desk", h.desk, "gate", h.fault, "fix", h.fix, "err", err)
		return
	}
	if h.desk == "freescout" {
		h.log.WarnContext(ctx, "freescout degraded: ticket filing failed, it is tried again", "desk", h.desk, "fault", h.fault, "fix", h.fix, "err", err)
		return
	}
	h.log.WarnContext(ctx, "ticket filing failed, it is tried again", "desk", h.desk, "fault", h.fault, "fix", h.fix, "err", err)
}

// isAuth reports whether a fault is about who we are: the runbook greps for those by name.
func isAuth(fault string) bool {
	return fault == "access_refused" || fault == "key_refused" || fault == "mailbox_forbidden"
}
