package courier

import (
	"context"
	"errors"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
)

// takeUp looks at the ticket of the episode before, right before a fresh one is filed: where
// the rule says so, the incident goes on there. done says that nothing is to be created now.
func (c *Courier) takeUp(ctx context.Context, inc incident.Incident) (answer filing.Answer, done bool) {
	if inc.Earlier.ID == "" || inc.Earlier.Desk != c.desk.Name() || inc.Shared != storm.NotShared {
		return filing.Answer{}, false
	}
	now := time.Now().UTC()
	policy := c.rules.Policy(inc, now)
	if inc.Generation > 1 {
		before, err := c.store.EffectsOf(ctx, alert.Mark{Key: inc.Key, Generation: inc.Generation - 1})
		if err != nil {
			return filing.Answer{Outcome: filing.OutcomeNotSent, Fault: "database", Detail: c.store.Explain(err)}, true
		}
		if slices.ContainsFunc(before, func(e filing.Effect) bool { return e.MayStillClose(policy.Timing, now) }) {
			return filing.Answer{Outcome: filing.OutcomeHeldBack}, true
		}
	}
	t, err := c.desk.Get(ctx, inc.Earlier.ID)
	c.health.Observe(ctx, err)
	switch {
	case errors.Is(err, fault.ErrMissing):
		return filing.Answer{}, false
	case err != nil:
		return failure(err, filing.OutcomeNotSent), true
	}
	seen := shown(c.desk.Name(), inc.Earlier.ID, t, filing.OutcomeFound)
	take, reopen := inc.TakesUp(seen, t.Subject, policy)
	if !take {
		return filing.Answer{}, false
	}
	if reopen {
		// Harmless twice: whatever becomes of the call, the ticket is looked at again.
		err := c.desk.SetStatus(ctx, t.ID, desk.StatusOpen)
		c.health.Observe(ctx, err)
		if errors.Is(err, fault.ErrMissing) {
			return filing.Answer{}, false
		}
		if err != nil {
			return failure(err, filing.OutcomeNotSent), true
		}
	}
	return filing.Answer{Outcome: filing.OutcomeFound, Ticket: filing.Ticket{ID: t.ID}, Reopened: reopen}, true
}
