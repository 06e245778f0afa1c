package courier

import (
	"context"
	"docket/internal/desk"
	"docket/internal/failpoint"
	"docket/internal/fault"
	"docket/internal/filing"
	"strings"
)

// look asks the desk whether an attempt with an unknown outcome did happen.
func (c *Courier) look(ctx context.Context, eff filing.Effect) filing.Answer {
	if eff.Kind == filing.KindNote {
		return c.lookForNote(ctx, eff)
	}
	failpoint.Hit("courier-before-look")
	found, err := c.desk.Find(ctx, eff.Mark.String())
	failpoint.Hit("courier-after-look")
	c.health.Observe(ctx, err)
	switch {
	case err != nil:
		return failure(err, filing.OutcomeLookFailed)
	case len(found) == 0:
		return filing.Answer{Outcome: filing.OutcomeNotFound}
	}
	return filing.Answer{Outcome: filing.OutcomeFound, Ticket: filing.Ticket{ID: found[0].ID}}
}

func (c *Courier) lookForNote(ctx context.Context, eff filing.Effect) filing.Answer {
	t, err := c.desk.Read(ctx, eff.TicketID)
	c.health.Observe(ctx, err)
	if err != nil {
		return failure(err, filing.OutcomeLookFailed)
	}
	for _, note := range t.Notes {
		if strings.Contains(note, eff.NoteMark()) {
			return filing.Answer{Outcome: filing.OutcomeFound}
		}
	}
	return filing.Answer{Outcome: filing.OutcomeNotFound}
}

// confirm reads a created ticket back by its id.
func (c *Courier) confirm(ctx context.Context, eff filing.Effect) filing.Answer {
	failpoint.Hit("courier-before-readback")
	t, err := c.desk.Get(ctx, eff.TicketID)
	failpoint.Hit("courier-after-readback")
	c.health.Observe(ctx, err)
	if err != nil {
		return failure(err, filing.OutcomeLookFailed)
	}
	return shown(c.desk.Name(), eff.TicketID, t, filing.OutcomeConfirmed)
}

// shown is an answer that carries a ticket as the desk shows it; asked is the id that it was
// asked for, and the ticket another where people merged it.
func shown(name, asked string, t desk.Ticket, o filing.Outcome) filing.Answer {
	return filing.Answer{
		Outcome:            o,
		Ticket:             filing.Ticket{Desk: name, ID: t.ID, Number: t.Number, URL: t.URL, Merged: t.ID != asked},
		TicketStatusClosed: t.Status == desk.StatusClosed || t.Status == desk.StatusDeleted,
		ClosedAt:           t.ClosedAt,
	}
}

// failure turns a desk's error into an answer. What the error does not say for sure is
// whenUnsure: unknown for a send, a failed look for a look.
func failure(err error, whenUnsure filing.Outcome) filing.Answer {
	f := fault.As(err)
	outcome := filing.OutcomeOf(f, desk.OwnLimit)
	looking := whenUnsure == filing.OutcomeLookFailed
	if outcome == filing.OutcomeUnknown || looking && outcome != filing.OutcomeVanished {
		outcome = whenUnsure
	}
	return filing.Answer{Outcome: outcome, Fault: f.Name, Detail: f.Sentence, RetryAfter: f.RetryAfter}
}
