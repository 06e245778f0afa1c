package ledger

import (
	"context"
	"fmt"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/incident"
	"docket/internal/rule"
)

// passage is one event on its way through the transaction.
type passage struct {
	*work
	// target is the incident that the event happens to, actor who is behind it; the zero Actor is Docket itself.
	target *incidentEntry
	event  incident.Event
	actor  audit.Actor
	// from is the incident's state before, policy what holds for it, and decision what the rule makes of it.
	from     incident.State
	policy   incident.Policy
	decision rule.Decision
}

// station is one thing that is done with an event.
type station struct {
	name string
	pass func(*passage, context.Context) error
}

// way is the way of every event through the ledger, be it about an alert, a person, a desk's answer or time: all of
// it within one transaction, in this order.
func way() [7]station {
	return [...]station{
		{"silenced", (*passage).silence},   // what mutes the incident becomes part of its policy
		{"decided", (*passage).decide},     // rule.Step says what happens, and why
		{"grouped", (*passage).group},      // above the storm limit, a shared ticket takes it
		{"listed", (*passage).list},        // a shared ticket learns of its new member
		{"announced", (*passage).announce}, // people are to be notified of what is new for them
		{"kept", (*passage).keep},          // the incident is to be saved, its effects to be queued
		{"recorded", (*passage).record},    // the audit log and the log say so
	}
}

// step sends an event on its way and returns what was decided.
func (w *work) step(ctx context.Context, target *incidentEntry, ev incident.Event, actor audit.Actor) (rule.Decision, error) {
	p := &passage{work: w, target: target, event: ev, actor: actor, from: target.State, policy: w.rules.Policy(target.Incident, w.now)}
	for _, station := range way() {
		if err := station.pass(p, ctx); err != nil {
			return p.decision, fmt.Errorf("%s of %s is not %s: %w", ev.Kind(), target.Mark, station.name, err)
		}
	}
	return p.decision, nil
}

func (p *passage) silence(ctx context.Context) error {
	return p.mute(ctx, p.target.Incident, p.event, &p.policy)
}

func (p *passage) decide(context.Context) error {
	p.decision = rule.Step(p.target.Incident, p.event, p.policy, p.now)
	return nil
}

// group lets a storm take over the ticket that was asked for: then it is decided again.
func (p *passage) group(ctx context.Context) error {
	if !asksForTicket(p.decision, p.event) {
		return nil
	}
	into, err := p.admit(ctx, p.decision, p.policy.Storm)
	if err != nil || into == (alert.Mark{}) {
		return err
	}
	p.policy.StormInto = into
	return p.decide(ctx)
}

func (p *passage) list(ctx context.Context) error { return p.join(ctx, &p.decision, p.actor) }

func (p *passage) announce(context.Context) error {
	if p.decision.Changed {
		p.askNotices(&p.decision.Next, p.policy)
	}
	if p.decision.Successor != nil {
		p.askNotices(p.decision.Successor, p.policy)
	}
	return nil
}

func (p *passage) keep(context.Context) error {
	w, d := p.work, p.decision
	if d.Changed {
		if p.from == "" {
			w.latest[d.Next.Key] = p.target
			w.incidents = append(w.incidents, p.target)
		}
		p.target.Incident, p.target.dirty = d.Next, true
	}
	if d.Successor != nil {
		next := &incidentEntry{Incident: *d.Successor, dirty: true}
		w.latest[next.Key] = next
		w.incidents = append(w.incidents, next)
	}
	w.fresh = append(w.fresh, d.Effects...)
	if due, ok := p.event.(incident.SharedTimeCame); ok && len(d.Effects) > 0 {
		w.listed[d.Effects[0].ID] = due.Marks()
	}
	return nil
}

func (p *passage) record(context.Context) error {
	d := p.decision
	if (!d.Changed && !d.EffectChanged) || d.Quiet {
		return nil
	}
	p.stories = append(p.stories, story{
		event: p.event.Kind(), from: p.from, next: d.Next, reason: d.Reason, detail: d.Detail, effects: len(d.Effects),
		effectID: d.Effect.ID,
	})
	p.enterDecision(d, p.event, p.actor)
	return nil
}
