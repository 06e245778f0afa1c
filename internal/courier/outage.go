package courier

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"docket/internal/audit"
	"docket/internal/desk"
	"docket/internal/failpoint"
	"docket/internal/health"
	"docket/internal/store"
)

// tellAfter is how long the desk may be away before the operators are notified.
const tellAfter = 30 * time.Minute

// Outages are where the desk's outages are kept.
type Outages interface {
	Outage(ctx context.Context, desk string) (store.Outage, error)
	BeginOutage(ctx context.Context, desk string, began time.Time, fault, sentence string, entry audit.Entry) error
	EndOutage(ctx context.Context, desk string, now time.Time, entry audit.Entry) error
	ToldOutage(ctx context.Context, desk string, now time.Time) (first bool, err error)
}

// Teller tells the operator something that is not about one incident. key names it for
// good, so that it is sent once.
type Teller func(ctx context.Context, key, text string) error

// NewHealth makes the health of a desk, of which nothing is known yet. A desk whose operators
// search the log for words of their own brings them.
func NewHealth(d desk.Desk, log *slog.Logger) *health.Health {
	words := health.Words{
		Failing: "ticket filing failed, trying again", Back: "desk is back", Auth: "desk refuses our credentials",
		Long: "desk unreachable for long, notifying the operators",
	}
	if worded, ok := d.(interface{ LogWords() health.Words }); ok {
		words = worded.LogWords()
	}
	return health.New("desk", d.Name(), words, health.Breaker{
		Fails: failsToOpen, First: 5 * time.Second, Longest: longestTry, Flapping: time.Minute, Hold: holdFor, Ignored: []string{desk.OwnLimit},
	}, log)
}

const (
	// failsToOpen is how many failures in a row make a desk count as away.
	failsToOpen = 3
	// longestTry bounds the pauses between two checks of a desk that is away.
	longestTry = 30 * time.Second
	// holdFor is how long the job of an effect waits while the desk is away. It is hastened when
	// the desk is back (Resumer), so that this is only how often it looks whether it was forgotten.
	holdFor = 5 * time.Minute
)

// WatchDesk is one turn of the outage's loop: it checks a desk that is away, keeps the
// outage in the database, so that every replica and the next process know of it, and has
// the operators notified of a long one, once, and again when it ends.
func (c *Courier) WatchDesk(ctx context.Context, tell Teller, now time.Time) error {
	if c.health.DueForCheck(now) {
		checking, cancel := context.WithTimeout(ctx, checkTimeout)
		failpoint.Hit("outage-before-check")
		err := c.desk.Check(checking)
		failpoint.Hit("outage-after-check")
		cancel()
		c.health.Observe(ctx, err)
	}
	stored, err := c.store.Outage(ctx, c.desk.Name())
	if err != nil {
		return err
	}
	c.health.Learn(health.Outage{Began: stored.Began, Ended: stored.Ended})
	state, mine := c.health.State(), c.health.Outage()
	lasting := !stored.Began.IsZero() && stored.Ended.IsZero()
	switch {
	case state.Away && !lasting:
		payload := map[string]any{"desk": state.Name, "fault": state.Fault, "sentence": state.Sentence}
		failpoint.Hit("outage-before-begin")
		if err := c.store.BeginOutage(ctx, state.Name, mine.Began, state.Fault, state.Sentence,
			note(now, audit.ActionDeskAway, payload)); err != nil {
			return err
		}
	case !state.Away && lasting && state.OK && state.LastSuccess.After(stored.Began):
		took := now.Sub(stored.Began).Round(time.Second)
		payload := map[string]any{"desk": state.Name, "fault": stored.Fault, "took": took.String()}
		// Sent first: its key makes it one message, and one that could not be sent is sent again.
		if !stored.ToldAt.IsZero() {
			if err := tell(ctx, outageKey(stored.Began, "over"),
				fmt.Sprintf("The help desk %s is back after %s. Waiting tickets are being filed, most severe first.", state.Name, took)); err != nil {
				return err
			}
		}
		failpoint.Hit("outage-before-end")
		return c.store.EndOutage(ctx, state.Name, now, note(now, audit.ActionDeskBack, payload))
	case lasting && stored.ToldAt.IsZero() && now.Sub(stored.Began) >= tellAfter:
		text := fmt.Sprintf(
			"The help desk %s has been unreachable since %s (%s). Tickets are filed once it is back; nothing is lost. Next: docket doctor",
			state.Name, stored.Began.UTC().Format(time.RFC3339), stored.Sentence)
		if err := tell(ctx, outageKey(stored.Began, "long"), text); err != nil {
			return err
		}
		first, err := c.store.ToldOutage(ctx, state.Name, now)
		if first {
			//nolint:sloglint // The desk's own constant.
			c.log.WarnContext(ctx, c.health.Words().Long, "desk", state.Name, "fault", stored.Fault, "since", stored.Began)
		}
		return err
	}
	return nil
}

// Resumer brings the jobs that waited for the desk back to work, together, so that the worst
// go first. It belongs to one loop.
type Resumer struct {
	health *health.Health
	hasten func(ctx context.Context, now time.Time) error
	// done is the outage's end that was acted upon; asked is false before the first turn.
	done  time.Time
	asked bool
}

// Resumer returns what resumes the jobs of the queue whose jobs hasten makes due.
func (c *Courier) Resumer(hasten func(ctx context.Context, now time.Time) error) *Resumer {
	return &Resumer{health: c.health, hasten: hasten}
}

// resumeFor is how long after a return waiting jobs are hastened: one that ran in the very
// moment of the return may have been held after the first time.
const resumeFor = 3 * time.Second

// Turn acts after an outage's end, and once after the start: the process before may have
// ended right after it saw the desk's return.
func (r *Resumer) Turn(ctx context.Context, now time.Time) error {
	if _, away := r.health.Away(); away {
		return nil
	}
	ended := r.health.Outage().Ended
	if r.asked && ended.Equal(r.done) && now.Sub(ended) > resumeFor {
		return nil
	}
	if err := r.hasten(ctx, now); err != nil {
		return err
	}
	r.asked, r.done = true, ended
	return nil
}

// checkTimeout bounds one check of a desk that is away.
const checkTimeout = 10 * time.Second

func outageKey(began time.Time, what string) string {
	return fmt.Sprintf("outage/%d/%s", began.UnixMicro(), what)
}

// note is an audit entry of Docket's own.
func note(now time.Time, action string, payload map[string]any) audit.Entry {
	return audit.Entry{CreatedAt: now, Actor: audit.System(), Action: action, Payload: payload}
}
