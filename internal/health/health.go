package health

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"docket/internal/fault"
)

// Words are the log messages about one thing outside. Operators search for them.
type Words struct {
	// Failing is logged when calls begin to fail or fail in another way, Back when they succeed again.
	Failing, Back string
	// Auth is logged instead of Failing for the AuthFaults: the names of the faults that say that
	// the other side, or a gate before it, does not accept who we are.
	Auth       string
	AuthFaults []string
	// Long is logged once an outage has lasted so long that a person is notified.
	Long string
}

// IsAuth reports whether a fault of this name is about who we are.
func (w Words) IsAuth(name string) bool { return slices.Contains(w.AuthFaults, name) }

// Breaker says when nothing is sent any more, and how often it is tried again.
type Breaker struct {
	// Fails is how many failures in a row open the breaker.
	Fails int
	// First is the pause before the first try; it doubles up to Longest with each try that fails.
	First, Longest time.Duration
	// Flapping is how soon after its end an outage that begins anew counts as the old one going on.
	Flapping time.Duration
	// Trial is how long a trial call may take, where ordinary calls are the trials: an open
	// breaker then admits one of them at a time. Where it is 0, an open breaker admits none, and
	// a check has to succeed first; see DueForCheck.
	Trial time.Duration
	// Hold is how long a call that is not admitted waits before it asks again, where Trial is 0.
	Hold time.Duration
	// Ignored names the faults that say nothing of the other side, such as a limit of our own.
	Ignored []string
}

// Health is what is known of one thing outside. Its methods may be called by many goroutines.
type Health struct {
	label, name string
	words       Words
	breaker     Breaker
	log         *slog.Logger

	mu    sync.Mutex // guards all below
	state State
	// fails counts the failures in a row that say that the way does not work.
	fails int
	// nextTry is when an open breaker lets the next try through; tries counts those that failed.
	nextTry time.Time
	tries   int
	// until is when calls go on after the other side asked for a pause; pauses counts these in a row.
	until  time.Time
	pauses int
	// outage is the last one that this replica noticed or learned of.
	outage Outage
}

// Outage is one span without success. Ended is zero while it lasts, Began while there was none.
type Outage struct{ Began, Ended time.Time }

// New makes the health of the named thing, of which nothing is known yet. label is the key of
// its name in log lines: "desk", "notifier".
func New(label, name string, words Words, breaker Breaker, log *slog.Logger) *Health {
	return &Health{label: label, name: name, words: words, breaker: breaker, log: log, state: State{Name: name}}
}

// State is a copy of what is known.
type State struct {
	// Name is the name of what this is about.
	Name string `json:"-"`
	// Asked is false until a call has succeeded or failed once.
	Asked bool `json:"asked"`
	// OK says that the last call found the way open.
	OK bool `json:"ok"`
	// Away says that the breaker is open: so many calls failed in a row that none is sent until a try succeeds.
	Away bool `json:"away"`
	// Fault names what is wrong, Sentence and Fix say it; all "" while OK.
	Fault    string `json:"fault,omitempty"`
	Sentence string `json:"sentence,omitempty"`
	Fix      string `json:"fix,omitempty"`
	// Since is when it began to be OK, or to fail.
	Since       time.Time `json:"since,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
}

// State returns what is known now.
func (h *Health) State() State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

// Words returns the log messages.
func (h *Health) Words() Words { return h.words }

// Outage returns the last outage as far as this replica knows.
func (h *Health) Outage() Outage {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.outage
}

// Away says whether the breaker is open, and why, for people.
func (h *Health) Away() (sentence string, away bool) {
	s := h.State()
	return s.Sentence, s.Away
}

// Refuses reports whether the last fault is about who we are.
func (h *Health) Refuses() bool { return h.words.IsAuth(h.State().Fault) }

// Admit reports whether something may be sent now, and if not, when to ask again.
func (h *Health) Admit(now time.Time) (again time.Time, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case now.Before(h.until):
		return h.until, false
	case !h.state.Away:
		return time.Time{}, true
	case h.breaker.Trial == 0:
		return now.Add(h.breaker.Hold), false
	case now.Before(h.nextTry):
		return h.nextTry, false
	}
	h.nextTry = now.Add(h.breaker.Trial) // The others wait for the outcome of this one.
	return time.Time{}, true
}

// DueForCheck reports whether the breaker is open and a check is to be made now.
func (h *Health) DueForCheck(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state.Away && !now.Before(h.nextTry)
}

// Observe takes note of the outcome of a call. That something asked for is not there is an
// answer, too; that we stopped says nothing of the other side.
func (h *Health) Observe(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil || slices.Contains(h.breaker.Ignored, fault.NameOf(err)) {
		return
	}
	now := time.Now().UTC()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil || errors.Is(err, fault.ErrMissing) {
		h.succeed(ctx, now)
		return
	}
	h.fail(ctx, now, err)
}

// Pause takes note that the other side works and asks for fewer calls: for at least this long
// nothing is sent.
func (h *Health) Pause(now time.Time, atLeast time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state.Asked, h.state.OK = true, h.state.Fault == ""
	h.until = now.Add(max(atLeast, h.breaker.pause(h.pauses)))
	h.pauses++
}

// Answered takes note of an answer that says nothing of the way itself, such as the refusal of
// one message: the next call need not wait for it any more.
func (h *Health) Answered() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state.Asked, h.state.OK = true, h.state.Fault == ""
	h.until, h.nextTry = time.Time{}, time.Time{}
}

// succeed takes note of a success. The caller holds mu.
func (h *Health) succeed(ctx context.Context, now time.Time) {
	before := h.state
	since := before.Since
	if before.Fault != "" || !before.Asked {
		since = now
	}
	if before.Fault != "" {
		//nolint:sloglint // Its owner's constant.
		h.log.InfoContext(ctx, h.words.Back, h.label, h.name, "was", before.Fault, "took", now.Sub(before.Since))
	}
	if before.Away {
		h.outage.Ended = now
	}
	h.fails, h.pauses, h.until = 0, 0, time.Time{}
	h.state = State{Name: h.name, Asked: true, OK: true, Since: since, LastSuccess: now}
}

// fail takes note of a failure. The caller holds mu.
func (h *Health) fail(ctx context.Context, now time.Time, err error) {
	f, before := fault.As(err), h.state
	s := &h.state
	s.Asked, s.OK, s.Fault, s.Sentence, s.Fix = true, false, f.Name, f.Sentence, f.Fix
	if before.Fault == "" {
		s.Since = now
	}
	if f.Class != fault.Refused || h.words.IsAuth(f.Name) {
		h.fails++
	}
	switch {
	case s.Away:
		h.tries++
		h.nextTry = now.Add(h.pauseAfter(f))
	case h.breaker.Fails > 0 && h.fails >= h.breaker.Fails:
		if h.outage.Ended.IsZero() || now.Sub(h.outage.Ended) > h.breaker.Flapping {
			h.tries = 0
		}
		h.outage = Outage{Began: s.Since}
		s.Away, h.nextTry = true, now.Add(h.pauseAfter(f))
	}
	if before.Fault != f.Name {
		h.logFault(ctx, f, err)
	}
}

// pauseAfter is how long after a failure the next try follows. Where ordinary calls are the
// trials, the other side may ask for a longer pause. The caller holds mu.
func (h *Health) pauseAfter(f *fault.Fault) time.Duration {
	pause := h.breaker.pause(h.tries)
	if h.breaker.Trial > 0 {
		pause = max(pause, f.RetryAfter)
	}
	return pause
}

// pause is how long to wait after so many tries.
func (b Breaker) pause(tries int) time.Duration { return min(b.Longest, b.First<<min(tries, 8)) }

// logFault logs a fault that is new. The caller holds mu.
func (h *Health) logFault(ctx context.Context, f *fault.Fault, err error) {
	message, key := h.words.Failing, "fault"
	if f.Class == fault.Refused && h.words.IsAuth(f.Name) {
		message, key = h.words.Auth, "gate"
	}
	attributes := []any{h.label, h.name, key, f.Name, "fix", f.Fix}
	if f.HTTPStatus != 0 {
		attributes = append(attributes, "http_status", f.HTTPStatus)
	}
	if f.Kind != "" {
		attributes = append(attributes, "kind", f.Kind)
	}
	h.log.WarnContext(ctx, message, append(attributes, "err", err)...) //nolint:sloglint // Its owner's constant.
}

// Learn takes over what is kept of the last outage: another replica, or the process before,
// may have noticed it first.
func (h *Health) Learn(kept Outage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case kept.Began.IsZero():
	case h.state.Away:
		if kept.Ended.IsZero() && kept.Began.Before(h.outage.Began) {
			h.outage.Began = kept.Began
		}
	case !kept.Began.Before(h.outage.Began):
		h.outage = kept
		if kept.Ended.IsZero() && !h.state.Asked {
			// The process before saw it begin: check before anything is sent.
			h.state.Away, h.nextTry = true, time.Time{}
		}
	}
}
