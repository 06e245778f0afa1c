package courier

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/storm"
)

// Health is what is known of the way to the desk, and the circuit breaker on it: after some
// failures in a row nothing is sent any more until a check has gone through. It says a
// change once, not every try.
type Health struct {
	desk string
	log  *slog.Logger

	mu sync.Mutex // guards all below
	// fault is the last answer's fault, "" while well; since is when that began.
	fault, sentence, fix string
	since                time.Time
	lastSuccess          time.Time
	heard                bool
	// fails counts the failures in a row that say something of the way to the desk.
	fails int
	// away says that the breaker is open; nextTry is when the desk is checked next.
	away    bool
	nextTry time.Time
	tries   int
	// outage is the last one that this replica noticed or was told of.
	outage storm.Outage
}

// The breaker's pace: a desk that is away is checked soon, then less often.
const (
	failsToOpen = 3
	firstTry    = 5 * time.Second
	longestTry  = 30 * time.Second
	// flapping is how soon after a return a new outage counts as the old one going on.
	flapping = time.Minute
	// holdFor is how long the job of an effect waits while the desk is away. It is hastened when
	// the desk is back (Resume), so that this is only how often it looks whether it was forgotten.
	holdFor = 5 * time.Minute
)

// NewHealth makes the health of the named desk; nothing is known yet.
func NewHealth(name string, log *slog.Logger) *Health { return &Health{desk: name, log: log} }

// State is a copy of what is known.
type State struct {
	Desk string `json:"desk"`
	// Heard is false until the desk has answered or failed once.
	Heard bool `json:"heard"`
	Well  bool `json:"well"`
	// Away says that so many calls failed in a row that none is sent until a check goes through.
	Away bool `json:"away"`
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
	return State{h.desk, h.heard, h.heard && h.fault == "", h.away, h.fault, h.sentence, h.fix, h.since, h.lastSuccess}
}

// Outage returns the desk's last outage as far as this replica knows.
func (h *Health) Outage() storm.Outage {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.outage
}

// Away says whether the desk is known to be away, and why, for people.
func (h *Health) Away() (sentence string, away bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sentence, h.away
}

// admit reports whether something may be sent now, and if not, when to come again.
func (h *Health) admit(now time.Time) (again time.Time, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return now.Add(holdFor), !h.away
}

// dueForCheck reports whether the desk is away and is to be checked now.
func (h *Health) dueForCheck(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.away && !now.Before(h.nextTry)
}

// Heard takes note of one call's outcome. A ticket that is not there is an answer, too.
func (h *Health) Heard(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return // We stopped; that says nothing of the desk.
	}
	if fault.NameOf(err) == desk.OwnLimit {
		return // We held ourselves back; nor does that.
	}
	now := time.Now().UTC()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil || errors.Is(err, fault.ErrMissing) {
		h.well(ctx, now)
		return
	}
	h.ill(ctx, now, err)
}

// well takes note that the desk answered. The caller holds mu.
func (h *Health) well(ctx context.Context, now time.Time) {
	before, first := h.fault, !h.heard
	h.heard, h.fails = true, 0
	h.fault, h.sentence, h.fix, h.lastSuccess = "", "", "", now
	if before != "" {
		h.log.InfoContext(ctx, "desk is back", "desk", h.desk, "was", before, "took", now.Sub(h.since))
	}
	if before != "" || first {
		h.since = now
	}
	if h.away {
		h.away, h.outage.Ended = false, now
	}
}

// ill takes note of a failure. The caller holds mu.
func (h *Health) ill(ctx context.Context, now time.Time, err error) {
	before := h.fault
	h.heard = true
	h.fault = fault.NameOf(err)
	if e, ok := errors.AsType[*fault.Fault](err); ok {
		h.sentence, h.fix = e.Sentence, e.Fix
	}
	if before == "" {
		h.since = now
	}
	if fault.ClassOf(err) != fault.Refused || IsAuth(h.fault) {
		h.fails++
	}
	switch {
	case h.away:
		h.tries++
		h.nextTry = now.Add(min(longestTry, firstTry<<min(h.tries, 8)))
	case h.fails >= failsToOpen:
		h.open(now)
	}
	if before != h.fault {
		h.say(ctx, err)
	}
}

// open opens the breaker. The caller holds mu.
func (h *Health) open(now time.Time) {
	if h.outage.Ended.IsZero() || now.Sub(h.outage.Ended) > flapping {
		h.tries = 0
	}
	h.outage = storm.Outage{Began: h.since}
	h.away, h.nextTry = true, now.Add(min(longestTry, firstTry<<min(h.tries, 8)))
}

// say logs a fault that is new. The caller holds mu.
func (h *Health) say(ctx context.Context, err error) {
	if fault.ClassOf(err) == fault.Refused && IsAuth(h.fault) {
		h.log.WarnContext(ctx, "freescout_auth_error", "desk", h.desk, "gate", h.fault, "fix", h.fix, "err", err)
		return
	}
	if h.desk == "freescout" {
		h.log.WarnContext(ctx, "freescout degraded: ticket filing failed, it is tried again", "desk", h.desk, "fault", h.fault, "fix", h.fix, "err", err)
		return
	}
	h.log.WarnContext(ctx, "ticket filing failed, it is tried again", "desk", h.desk, "fault", h.fault, "fix", h.fix, "err", err)
}

// learn takes over what the database knows of the desk's last outage: another replica, or
// the process before, may have noticed it first.
func (h *Health) learn(stored storm.Outage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case stored.Began.IsZero():
	case h.away:
		if stored.Ended.IsZero() && stored.Began.Before(h.outage.Began) {
			h.outage.Began = stored.Began
		}
	case stored.Began.After(h.outage.Began) || h.outage.Began.Equal(stored.Began):
		h.outage = stored
		if stored.Ended.IsZero() && !h.heard {
			// The process before left it away: check before anything is sent.
			h.away, h.nextTry = true, time.Time{}
		}
	}
}

// IsAuth reports whether a fault is about who we are: the runbook greps for those by name.
func IsAuth(fault string) bool {
	switch fault {
	case "access_refused", "access_token_missing", "key_refused", "mailbox_forbidden":
		return true
	}
	return false
}
