package courier

import (
	"context"
	"errors"
	"slices"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/incident"
)

// takeUp looks at the ticket of the episode before, right before a fresh one is filed: where
// the rule says so, the incident goes on there. done says that nothing is to be created now.
func (c *Courier) takeUp(ctx context.Context, inc incident.Incident) (answer incident.Answer, done bool) {
	if inc.Earlier.ID == "" || inc.Earlier.Desk != c.desk.Name() || inc.Gathers != incident.NoGathering {
		return incident.Answer{}, false
	}
	now := time.Now().UTC()
	policy := c.rules.Policy(inc, now)
	if inc.Generation > 1 {
		before, err := c.store.EffectsOf(ctx, incident.Mark{Key: inc.Key, Generation: inc.Generation - 1})
		if err != nil {
			return incident.Answer{Outcome: incident.OutcomeNotSent, Fault: "database", Detail: c.store.Explain(err)}, true
		}
		if slices.ContainsFunc(before, func(e incident.Effect) bool { return e.MayStillClose(policy, now) }) {
			return incident.Answer{Outcome: incident.OutcomeHeldBack}, true
		}
	}
	t, err := c.desk.Get(ctx, inc.Earlier.ID)
	c.health.Heard(ctx, err)
	switch {
	case errors.Is(err, fault.ErrMissing):
		return incident.Answer{}, false
	case err != nil:
		return failure(err, incident.OutcomeNotSent), true
	}
	seen := shown(c.desk.Name(), inc.Earlier.ID, t, incident.OutcomeFound)
	take, reopen := inc.TakeUp(seen, t.Subject, policy)
	if !take {
		return incident.Answer{}, false
	}
	if reopen {
		// Harmless twice: whatever becomes of the call, the ticket is looked at again.
		err := c.desk.SetStatus(ctx, t.ID, desk.StatusOpen)
		c.health.Heard(ctx, err)
		if errors.Is(err, fault.ErrMissing) {
			return incident.Answer{}, false
		}
		if err != nil {
			return failure(err, incident.OutcomeNotSent), true
		}
	}
	return incident.Answer{Outcome: incident.OutcomeFound, Ticket: incident.Ticket{ID: t.ID}, Reopened: reopen}, true
}
