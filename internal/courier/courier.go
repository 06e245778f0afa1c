package courier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/desk"
	"docket/internal/failpoint"
	"docket/internal/filing"
	"docket/internal/health"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/outbox"
	"docket/internal/queue"
	"docket/internal/store"
	"docket/internal/storm"
	"docket/internal/template"
)

// Courier performs effects at one desk, and hands on those of the couriers beside it.
type Courier struct {
	// names are the desks whose effects are its own: its desk and, for the courier that leads, ""
	// for incidents whose desk is not known.
	names []string
	// beside are the couriers of the other desks, by their names; room bounds how many effects are
	// performed here at once, nil for no bound: a slow desk takes no other one's turn.
	beside map[string]*Courier
	room   chan struct{}
	store  Records
	ledger outbox.Ledger
	desk   desk.Desk
	rules  Rules
	health *health.Health
	log    *slog.Logger
}

// Records is what is kept, for reading: *store.Store, or a simulation's.
type Records interface {
	Effect(ctx context.Context, id string) (filing.Effect, error)
	Incident(ctx context.Context, m alert.Mark) (incident.Incident, error)
	EffectsOf(ctx context.Context, m alert.Mark) ([]filing.Effect, error)
	AlertsOf(ctx context.Context, key alert.Key) ([]alert.Alert, error)
	OverdueEffects(ctx context.Context, desks []string, before time.Time, limit int) ([]string, error)
	UnfinishedEffects(ctx context.Context, desks []string) ([]string, error)
	Explain(err error) string
	Outages
}

// Rules are the configuration's part of what is sent.
type Rules struct {
	// Policy is the policy of a route at a moment.
	Policy incident.Policies
	// Place is where in its desk a route's tickets go, "" for the desk's own place; without the
	// function that is so for all routes.
	Place func(route string) string
	// Words are a route's own words for its tickets, nil for the built-in ones; without the
	// function all routes have those.
	Words func(route string) *template.Words
}

// New makes a courier.
func New(st Records, l outbox.Ledger, d desk.Desk, rules Rules, health *health.Health, log *slog.Logger) *Courier {
	return &Courier{names: []string{d.Name()}, store: st, ledger: l, desk: d, rules: rules, health: health, log: log}
}

// Perform moves an effect as far as it will go now. It returns when to come again, or the
// zero time once the effect is finished. An error means that the database failed.
func (c *Courier) Perform(ctx context.Context, id string) (time.Time, error) {
	failpoint.Hit("courier-job-taken")
	eff, err := c.store.Effect(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil // Its incident was never kept, or a backup was restored.
	}
	if err != nil {
		return time.Time{}, err
	}
	inc, err := c.store.Incident(ctx, eff.Mark)
	if err != nil {
		return time.Time{}, err
	}
	own, known := c.at(inc)
	if !known {
		return time.Now().Add(strandedWait), nil // Its desk is not configured any more: the doctor says so.
	}
	if !own.enter() {
		return time.Now().Add(crowdedWait), nil
	}
	defer own.leave()
	return own.work().Perform(ctx, id)
}

// Sweep puts the desk's effects whose job was lost back into the queue. While the desk is away all
// of them are overdue, so that this waits, too.
func (c *Courier) Sweep(ctx context.Context, q *queue.Queue, now time.Time) error {
	if _, away := c.health.Away(); away {
		return nil
	}
	return c.work().Sweep(ctx, q, now)
}

// Hasten makes the jobs of the desk's effects due now, those of no other desk.
func (c *Courier) Hasten(ctx context.Context, q *queue.Queue, now time.Time) error {
	ids, err := c.store.UnfinishedEffects(ctx, c.names)
	if err != nil {
		return fmt.Errorf("look for what waits for %s: %w", c.desk.Name(), err)
	}
	return q.Hasten(ctx, ids, now)
}

// work is how effects are performed. One needs four moves at most (send, confirm and a spare).
func (c *Courier) work() outbox.Work[filing.Effect] {
	return outbox.Work[filing.Effect]{
		Load: c.store.Effect, Move: c.next, Most: 8,
		Overdue: func(ctx context.Context, before time.Time, limit int) ([]string, error) {
			return c.store.OverdueEffects(ctx, c.names, before, limit)
		},
		LostAfter: time.Minute, Job: func(id string) queue.Job { return queue.Job{Do: queue.Effect{ID: id}} },
	}
}

// next makes the move that the filing rule allows now.
func (c *Courier) next(ctx context.Context, eff filing.Effect) (again time.Time, more bool, err error) {
	inc, err := c.store.Incident(ctx, eff.Mark)
	if err != nil {
		return time.Time{}, false, err
	}
	now := time.Now().UTC()
	policy := c.rules.Policy(inc, now)
	move := eff.Next(policy.Timing, now)
	switch move.Do {
	case filing.DoNothing:
		return time.Time{}, false, nil
	case filing.DoWait:
		return move.At, false, nil
	case filing.DoSend, filing.DoLook, filing.DoConfirm:
	}
	if again, ok := c.health.Admit(now); !ok {
		return again, false, nil
	}
	if move.Do == filing.DoSend {
		if missed, err := c.missed(ctx, inc, eff); missed || err != nil {
			return time.Time{}, true, err
		}
	}
	return time.Time{}, true, c.move(ctx, inc, eff, move.Do)
}

// missed asks the ledger first where an alert fired and recovered while the desk was unreachable.
func (c *Courier) missed(ctx context.Context, inc incident.Incident, eff filing.Effect) (bool, error) {
	if !inc.CameAndWent(eff, c.rules.Policy(inc, time.Now().UTC())) {
		return false, nil
	}
	failpoint.Hit("courier-missed")
	if _, err := c.ledger.Apply(ctx, ledger.EffectMissed{EffectID: eff.ID}); err != nil {
		return true, fmt.Errorf("bring %s into the digest: %w", eff.ID, err)
	}
	return true, nil
}

// move makes one move and records its answer.
func (c *Courier) move(ctx context.Context, inc incident.Incident, eff filing.Effect, do filing.Do) error {
	var answer filing.Answer
	switch do {
	case filing.DoLook:
		answer = c.look(ctx, eff)
	case filing.DoConfirm:
		answer = c.confirm(ctx, eff)
	case filing.DoSend:
		var err error
		if answer, err = c.send(ctx, inc, &eff); err != nil {
			return err
		}
	case filing.DoNothing, filing.DoWait:
	}
	if answer.Outcome == "" {
		return nil // The ledger did not let it start; the next look at the effect says why.
	}
	answer.Attempt = eff.Attempt
	failpoint.HitOf("courier-answered", string(answer.Outcome))
	_, _, err := c.record(ctx, eff.ID, answer)
	return err
}

// record brings an answer to the ledger.
func (c *Courier) record(ctx context.Context, id string, a filing.Answer) (ledger.AboutEffect, incident.Reason, error) {
	return outbox.Record[ledger.AboutEffect](ctx, c.ledger, id, string(a.Outcome), ledger.EffectAnswered{EffectID: id, Answer: a})
}

// send does what the effect is for. What must not be done twice is looked for first, and
// written down as begun right before it leaves.
func (c *Courier) send(ctx context.Context, inc incident.Incident, eff *filing.Effect) (filing.Answer, error) {
	if eff.Kind == filing.KindFile {
		failpoint.Hit("courier-before-find")
		found, err := c.desk.Find(ctx, eff.Mark.String())
		failpoint.Hit("courier-after-find")
		c.health.Observe(ctx, err)
		if err != nil {
			return failure(err, filing.OutcomeNotSent), nil
		}
		if len(found) > 0 {
			return filing.Answer{Outcome: filing.OutcomeFound, Ticket: filing.Ticket{ID: found[0].ID}}, nil
		}
		// The search may have waited for its turn until the desk was back, and the alert may have recovered since.
		if inc, err = c.store.Incident(ctx, eff.Mark); err != nil {
			return filing.Answer{}, err
		}
		if missed, err := c.missed(ctx, inc, *eff); missed || err != nil {
			return filing.Answer{}, err
		}
		if answer, done := c.takeUp(ctx, inc); done {
			return answer, nil
		}
	}
	if eff.Kind != filing.KindCheck && eff.Kind != filing.KindTag {
		started, reason, err := c.record(ctx, eff.ID, filing.Answer{Outcome: filing.OutcomeStarted, Attempt: eff.Attempt})
		if err != nil || reason != incident.ReasonSending {
			return filing.Answer{}, err
		}
		*eff = started.Effect
		failpoint.HitOf("courier-started", string(eff.Kind))
	}
	return c.deliver(ctx, inc, *eff)
}

func (c *Courier) deliver(ctx context.Context, inc incident.Incident, eff filing.Effect) (filing.Answer, error) {
	failpoint.HitOf("courier-before", string(eff.Kind))
	began := time.Now()
	var err error
	answer := filing.Answer{Outcome: filing.OutcomeSent}
	switch eff.Kind {
	case filing.KindFile:
		var draft desk.Draft
		if draft, err = c.draft(ctx, inc, eff); err != nil {
			// The database failed after the start was written down, but certainly nothing was sent.
			return filing.Answer{Outcome: filing.OutcomeNotSent, Fault: "database", Detail: c.store.Explain(err)}, nil
		}
		answer.Ticket.ID, err = c.desk.Create(ctx, draft)
	case filing.KindNote:
		err = c.desk.Note(ctx, eff.TicketID, eff.Text)
	case filing.KindTag:
		err = c.desk.Tag(ctx, eff.TicketID, eff.Tags)
	case filing.KindClose:
		err = c.desk.SetStatus(ctx, eff.TicketID, desk.StatusClosed)
	case filing.KindCheck:
		var t desk.Ticket
		if t, err = c.desk.Get(ctx, eff.TicketID); err == nil {
			answer = shown(c.desk.Name(), eff.TicketID, t, filing.OutcomeSent)
		}
	}
	failpoint.HitOf("courier-after", string(eff.Kind))
	c.health.Observe(ctx, err)
	c.log.DebugContext(ctx, "performed", "job", eff.ID, "attempt", eff.Attempt, "took", time.Since(began), "err", err)
	if err != nil {
		return failure(err, filing.OutcomeUnknown), nil
	}
	return answer, nil
}

// draft composes the ticket from what is known now.
func (c *Courier) draft(ctx context.Context, inc incident.Incident, eff filing.Effect) (desk.Draft, error) {
	subject, body := brief.Shared(inc, eff.Text)
	if inc.Shared == storm.NotShared {
		alerts, err := c.store.AlertsOf(ctx, inc.Key)
		if err != nil {
			return desk.Draft{}, err
		}
		var failed error
		if subject, body, failed = c.words(inc.Route).Ticket(inc, alerts, c.rules.Policy(inc, time.Now()).MaxText); failed != nil {
			c.log.WarnContext(ctx, "template failed, using the built-in text", "incident", inc.Mark, "alert_key", inc.Key, "err", failed)
		}
	}
	draft := desk.Draft{Mark: inc.Mark.String(), Subject: subject, Body: body}
	if c.rules.Place != nil {
		draft.Place = c.rules.Place(inc.Route)
	}
	return draft, nil
}

// words are a route's own words, nil for the built-in ones.
func (c *Courier) words(route string) *template.Words {
	if c.rules.Words == nil {
		return nil
	}
	return c.rules.Words(route)
}
