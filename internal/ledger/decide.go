package ledger

import (
	"context"
	"fmt"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
)

// decide applies one input.
func (w *work) decide(ctx context.Context, input Input) (Result, error) {
	switch in := input.(type) {
	case AlertReceived:
		return w.decideAlert(ctx, in.Alert)
	case InvestigateClicked:
		return w.decideInvestigate(ctx, in)
	case DueReached:
		return w.decideLatest(ctx, in.Mark, incident.TimeCame{}, audit.Actor{})
	case Reconsidered:
		return w.decideLatest(ctx, in.Mark, incident.Reconsidered{}, audit.Actor{})
	case TicketObserved:
		return w.decideLatest(ctx, in.Mark, in.Seen, in.Actor)
	case EffectAnswered:
		eff := w.effects[in.EffectID]
		return w.decideEffect(ctx, eff, incident.EffectAnswered{Effect: eff.Effect, Answer: in.Answer})
	case EffectMissed:
		eff := w.effects[in.EffectID]
		return w.decideEffect(ctx, eff, incident.Missed{Effect: eff.Effect})
	case Acknowledged:
		return w.decideLatest(ctx, in.Mark, incident.Acknowledged{By: in.Actor.Name}, in.Actor)
	case NoticeAnswered:
		return w.decideNotice(ctx, in)
	case OperatorNotified:
		w.notifyOperator(in)
		return Result{Changed: true}, nil
	}
	return Result{}, fmt.Errorf("an input has the unknown type %T", input)
}

// decideAlert lays a source's word beside what is known, then lets the incident step.
func (w *work) decideAlert(ctx context.Context, said alert.Alert) (Result, error) {
	entry := w.alerts[said.Fingerprint]
	var before *alert.Alert
	if entry != nil {
		before = &entry.Alert
	}
	next, change := alert.Merge(before, said)
	res := Result{About: AboutAlert{Change: change}}
	if change == alert.Repeated || change == alert.Late {
		if e := w.latest[next.Key]; e != nil {
			res.Mark, res.Reason = e.Mark, e.Reason
		}
		return res, nil
	}
	// An open incident keeps its key, whatever the configured identity has become.
	if before != nil && next.Key != before.Key {
		if e := w.latest[before.Key]; e != nil && e.Live() {
			next.Key = before.Key
		}
	}
	if entry == nil {
		entry = &alertEntry{}
		w.alerts[next.Fingerprint] = entry
	}
	if before == nil || before.Key != next.Key {
		w.byKey[next.Key] = append(w.byKey[next.Key], entry)
	}
	entry.Alert, entry.dirty = next, true

	var ev incident.Event
	switch change {
	case alert.Strayed, alert.Repeated, alert.Late:
		return res, nil
	case alert.Fired:
		ev = incident.AlertFired{Alert: next}
	case alert.MaybeStale:
		ev = incident.AlertMaybeStale{Alert: next}
	case alert.Changed:
		ev = incident.AlertChanged{Alert: next}
	case alert.Ended:
		others, err := w.othersFiring(ctx, next)
		if err != nil {
			return res, err
		}
		ev = incident.AlertEnded{Alert: next, OthersFiring: others}
	}
	target := w.live(next)
	d, err := w.step(ctx, target, ev, audit.Actor{})
	if err != nil {
		return res, err
	}
	res.Mark, res.Changed, res.Reason = target.Mark, d.Changed, d.Reason
	if !d.Changed && target.stored == 0 && target.State == "" {
		res.Mark = alert.Mark{}
	}
	return res, nil
}

// live returns the key's live incident, or a new one with the next generation.
func (w *work) live(a alert.Alert) *incidentEntry {
	last := w.latest[a.Key]
	if last != nil && last.Live() {
		return last
	}
	fresh := incident.Incident{Mark: alert.Mark{Key: a.Key, Generation: 1}}
	if last != nil {
		fresh = last.Next()
	}
	fresh.Recipe, fresh.Source, fresh.Route = alert.Recipe, a.Source, w.rules.Route(a)
	return &incidentEntry{Incident: fresh}
}

// decideLatest steps the key's latest incident, if it is the one meant.
func (w *work) decideLatest(ctx context.Context, m alert.Mark, ev incident.Event, actor audit.Actor) (Result, error) {
	e := w.latest[m.Key]
	if e == nil || e.Mark != m {
		return Result{Mark: m, Reason: incident.ReasonNothing}, nil
	}
	if _, due := ev.(incident.TimeCame); due && e.Shared != storm.NotShared {
		survey, err := w.survey(ctx, e.Incident)
		if err != nil {
			return Result{}, err
		}
		ev = survey
	}
	d, err := w.step(ctx, e, ev, actor)
	return Result{Mark: m, Changed: d.Changed, Reason: d.Reason}, err
}

// decideEffect steps the incident of an effect, which may be an earlier one than the latest.
func (w *work) decideEffect(ctx context.Context, eff *effectEntry, ev incident.Event) (Result, error) {
	target := w.latest[eff.Mark.Key]
	if target == nil || target.Mark != eff.Mark {
		i, err := w.tx.Incident(ctx, eff.Mark)
		if err != nil {
			return Result{}, err
		}
		target = &incidentEntry{Incident: i, stored: i.Version}
		w.incidents = append(w.incidents, target)
	}
	d, err := w.step(ctx, target, ev, audit.Actor{})
	if err != nil {
		return Result{}, err
	}
	if d.EffectChanged {
		eff.Effect, eff.dirty = d.Effect, true
	}
	if target.Shared != storm.NotShared && d.EffectChanged && d.Effect.State == filing.Done {
		if err := w.notifyMembers(ctx, target.Incident, d.Effect); err != nil {
			return Result{}, err
		}
	}
	return Result{Mark: target.Mark, Changed: d.Changed, Reason: d.Reason, About: AboutEffect{Effect: eff.Effect}}, nil
}
