package incident

import "time"

// answered: the world answered to a move of an effect. The effect moves by its own rule;
// the incident moves where the answer is news about its ticket.
func answered(inc Incident, ev Event, p Policy, now time.Time) Decision {
	d := Decision{Next: inc, Effect: ev.Effect}
	if ev.Answer.Outcome == OutcomeStarted {
		if drop, wait := mayStart(inc, ev.Effect, p); drop {
			d.Effect.State, d.Effect.DoneAt = Dropped, now
			d.EffectChanged, d.Reason = true, ReasonNothing
			return d
		} else if wait {
			d.Effect.NotBefore = now.Add(longestRetry)
			d.EffectChanged, d.Reason = true, ReasonFilingOff
			return d
		}
	}
	next, reason := ev.Effect.answer(ev.Answer, p, now)
	d.Effect, d.Reason, d.Detail = next, reason, ev.Answer.Detail
	d.EffectChanged = reason != ReasonStale && reason != ReasonTwin
	if inc.State == Closed {
		// The episode is over and stays as it is; its effect still moves to its end.
		return d
	}
	switch {
	case next.Kind == KindFile:
		return fileAnswered(d, ev, p, now)
	case next.Kind == KindCheck && ev.Answer.Outcome == OutcomeSent:
		return checkAnswered(d, ev.Answer, p, now)
	case ev.Answer.Outcome == OutcomeVanished:
		return checkAnswered(d, Answer{TicketStatusClosed: true}, p, now)
	case next.Kind == KindNote && next.State == Done && inc.State == Recovered && p.OnRecovery == RecoveryClose:
		d.Effects = []Effect{newEffect(inc, KindClose, next.ID, now)}
	case next.Kind == KindClose && next.State == Done:
		d = checkAnswered(d, Answer{TicketStatusClosed: true}, p, now)
		if d.Reason == ReasonClosedByPerson {
			d.Reason = ReasonClosedByPolicy
		}
		return d
	}
	return d
}

// mayStart is asked right before something is sent: a close is dropped once the incident
// fires again, and nothing new starts while filing is switched off. What is on the wire
// already is finished in any case.
func mayStart(inc Incident, e Effect, p Policy) (drop, wait bool) {
	switch e.Kind {
	case KindClose:
		return inc.State != Recovered, false
	case KindFile:
		return false, !p.FilingOn
	case KindTag, KindNote, KindCheck:
	}
	return false, false
}

// fileAnswered takes the news about a ticket being filed into the incident.
func fileAnswered(d Decision, ev Event, p Policy, now time.Time) Decision {
	inc := d.Next
	switch d.Reason {
	case ReasonTicketFiled:
		inc.Ticket = ev.Answer.Ticket
		inc.Ticket.State = TicketFiled
		d.Next, d.Changed, d.Detail = inc, true, inc.Ticket.Number
		if len(p.Tags) > 0 {
			tag := newEffect(inc, KindTag, "", now)
			tag.Tags = p.Tags
			d.Effects = append(d.Effects, tag)
		}
		if inc.State == Recovered {
			var effects []Effect
			d.Next, effects = noteRecovery(inc, p, now)
			d.Effects = append(d.Effects, effects...)
		}
		if ev.Answer.TicketStatusClosed {
			// A person was faster than the read-back; their close stands.
			next := seen(d.Next, true, now)
			d.Next = next.Next
		}
		return d
	case ReasonUnknown, ReasonNotFound, ReasonVanished, ReasonTicketAdopted, ReasonTwin:
		d.Changed = true
	case ReasonRefused, ReasonNotSent:
		// Only the first of a row is a step of the story; the effect counts the rest.
		d.Changed = d.Effect.Fails == 1
	default:
	}
	return d
}

// checkAnswered takes the desk's word on whether the ticket is still open.
func checkAnswered(d Decision, a Answer, p Policy, now time.Time) Decision {
	inc := d.Next
	if inc.Ticket.State != TicketFiled {
		return d
	}
	if !a.TicketStatusClosed {
		if inc.State == Open {
			return merge(d, noteFires(inc, p, now))
		}
		return d
	}
	inc.Ticket.State = TicketClosed
	closedWhileFiring := !a.ClosedAt.IsZero() && a.ClosedAt.After(inc.FiredAt)
	if inc.State != Open || closedWhileFiring || inc.Fires == 0 {
		return merge(d, seen(d.Next, true, now))
	}
	// It had recovered, a person closed the ticket, and now it fires again: the old
	// episode ends here and a fresh one begins, with a ticket that links the old one.
	fresh := Incident{
		Mark: Mark{inc.Key, inc.Generation + 1}, Recipe: inc.Recipe, Severity: inc.Severity,
		Title: inc.Title, Source: inc.Source, Surface: inc.Surface, Link: inc.Link, Route: inc.Route,
		OpenedAt: inc.FiredAt, FiredAt: inc.FiredAt, Ticket: Ticket{State: TicketNone}, Earlier: inc.Ticket,
	}
	old := closeIncident(inc, ReasonFreshEpisode, now)
	var start Decision
	if inc.Doubted && p.DoubtHold > 0 {
		fresh.State, fresh.DueAt, fresh.Doubted = Held, now.Add(p.DoubtHold), true
		start = Decision{Next: fresh, Changed: true, Reason: ReasonDoubted}
	} else {
		start = open(fresh, p, now)
	}
	start.Next.Reason = start.Reason
	start.Next.tell(Moment{At: now, Event: AlertFired, To: start.Next.State, Reason: start.Reason, Detail: start.Detail})
	d = merge(d, old)
	d.Successor, d.Effects = &start.Next, append(d.Effects, start.Effects...)
	return d
}

// merge lays what happened to the incident over what happened to the effect.
func merge(d, onIncident Decision) Decision {
	d.Next, d.Changed, d.Reason = onIncident.Next, onIncident.Changed, onIncident.Reason
	d.Effects = append(d.Effects, onIncident.Effects...)
	return d
}
