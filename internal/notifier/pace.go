package notifier

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"docket/internal/fault"
	"docket/internal/health"
	"docket/internal/notify"
)

// perRecipient is the pace: Slack takes one message a second for each conversation
// (https://docs.slack.dev/apis/web-api/rate-limits, read 2026-11-23).
const perRecipient = time.Second

// way is one notifier with its health and its pace.
type way struct {
	notifier notify.Notifier
	health   *health.Health
	log      *slog.Logger

	mu sync.Mutex // guards next
	// next is when each recipient may be notified again.
	next map[string]time.Time
}

func newWay(n notify.Notifier, log *slog.Logger) *way {
	words := health.Words{Failing: "people cannot be notified, it is tried again", Back: "notifier works again"}
	// Ordinary messages are the trials, one at a time: a check would prove less.
	breaker := health.Breaker{Fails: 1, First: time.Second, Longest: 30 * time.Second, Trial: callTimeout}
	return &way{notifier: n, health: health.New("notifier", n.Name(), words, breaker, log), log: log, next: map[string]time.Time{}}
}

// admit takes the recipient's turn and reports true, or says when to come again.
func (w *way) admit(recipient string, now time.Time) (again time.Time, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if at := w.next[recipient]; now.Before(at) {
		return at, false
	}
	if again, ok = w.health.Admit(now); ok {
		w.next[recipient] = now.Add(perRecipient)
	}
	return again, ok
}

// observe takes note of the outcome of a call. The refusal of one message says nothing of the
// way, and one that asks for a pause works.
func (w *way) observe(ctx context.Context, err error) {
	f := fault.As(err)
	switch {
	case f == nil:
		w.health.Observe(ctx, nil)
	case f.Class == fault.Refused, f.Class == fault.Missing:
		w.health.Answered()
		w.log.WarnContext(ctx, "message refused", "notifier", w.notifier.Name(), "fault", f.Name, "fix", f.Fix, "err", err)
	case f.Name == notify.RateLimited:
		w.health.Pause(time.Now().UTC(), f.RetryAfter)
	default:
		w.health.Observe(ctx, err)
	}
}
