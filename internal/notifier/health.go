package notifier

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"docket/internal/fault"
	"docket/internal/notify"
)

// Health is the way to people through one notifier: how it was last met, and until when it
// wants to be left alone. It logs a change once, not every attempt.
type Health struct {
	notifier string
	log      *slog.Logger

	mu sync.Mutex // guards all below
	// fault is the last answer's fault, "" while well; since is when that began.
	fault, sentence, fix string
	since, lastSuccess   time.Time
	heard                bool
	// until is when the next message may be tried, after the way asked us to wait or was away.
	until time.Time
	fails int
	// next is when each recipient may be told again.
	next map[string]time.Time
}

// The pace: Slack takes one message a second for each conversation
// (https://docs.slack.dev/apis/web-api/rate-limits, read 2026-11-23), and a way that is ill
// is tried with one message at a time.
const (
	perRecipient = time.Second
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

func newHealth(notifier string, log *slog.Logger) *Health {
	return &Health{notifier: notifier, log: log, next: map[string]time.Time{}}
}

// State is what is known of one notifier.
type State struct {
	Notifier string `json:"notifier"`
	// Heard is false until it has answered or failed once.
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
	return State{h.notifier, h.heard, h.heard && h.fault == "", h.fault, h.sentence, h.fix, h.since, h.lastSuccess}
}

// admit takes the recipient's turn and reports true, or says when to come again.
func (h *Health) admit(recipient string, now time.Time) (again time.Time, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Before(h.until) {
		return h.until, false
	}
	if at := h.next[recipient]; now.Before(at) {
		return at, false
	}
	h.next[recipient] = now.Add(perRecipient)
	if h.fault != "" && h.fails > 0 {
		// One try at a time while it is ill: the others come after its answer.
		h.until = now.Add(callTimeout)
	}
	return time.Time{}, true
}

// hear takes note of one call's outcome. A refusal of one message is an answer, too.
func (h *Health) hear(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return // We stopped; that says nothing of the way.
	}
	now := time.Now().UTC()
	h.mu.Lock()
	defer h.mu.Unlock()
	first := !h.heard
	h.heard = true
	if err == nil {
		if h.fault != "" {
			h.log.InfoContext(ctx, "notifier works again", "notifier", h.notifier, "was", h.fault, "took", now.Sub(h.since))
		}
		if h.fault != "" || first {
			h.since = now
		}
		h.fault, h.sentence, h.fix, h.lastSuccess, h.fails, h.until = "", "", "", now, 0, time.Time{}
		return
	}
	e := fault.As(err)
	if e.Class == fault.Refused || e.Class == fault.Missing {
		h.until = time.Time{}
		h.log.WarnContext(ctx, "message refused", "notifier", h.notifier, "fault", e.Name, "fix", e.Fix, "err", err)
		return
	}
	h.fails++
	h.until = now.Add(max(e.RetryAfter, min(longestPause, firstPause<<min(h.fails-1, 8))))
	if e.Name == notify.RateLimited {
		return // It works, and wants to be asked less.
	}
	if h.fault == "" {
		h.since = now
	}
	if before := h.fault; before != e.Name {
		h.fault, h.sentence, h.fix = e.Name, e.Sentence, e.Fix
		h.log.WarnContext(ctx, "people cannot be told, it is tried again", "notifier", h.notifier, "fault", e.Name, "fix", e.Fix, "err", err)
	}
}
