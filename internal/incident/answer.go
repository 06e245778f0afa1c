package incident

import "time"

// answered: the world answered to a move of an effect. The effect moves by its own rule;
// the incident moves where the answer is news about its ticket.
func answered(inc Incident, ev Event, p Policy, now time.Time) Decision {
	d := Decision{Next: inc, Effect: ev.Effect}
	next, reason := ev.Effect.answer(ev.Answer, p, now)
	if reason == ReasonSending {
		if drop, wait := mayStart(inc, ev.Effect, p); drop {
			d.Effect.State, d.Effect.DoneAt = Dropped, now
			d.EffectChanged, d.Reason = true, ReasonNothing
			if ev.Effect.Kind == KindFile {
				inc.Ticket.State = TicketNone
				return merge(d, closeIncident(inc, ReasonOver, now))
			}
			return d
		} else if wait { // By turns, not to the end of the silence: that may come early.
			d.Effect.NotBefore = now.Add(longestRetry)
			d.EffectChanged, d.Reason = true, ReasonFilingOff
			if p.FilingOn && p.MutedBy != "" {
				d.Reason, d.Detail = ReasonMuted, p.MutedBy
			}
			return d
		}
	}
	d.Effect, d.Reason, d.Detail = next, reason, ev.Answer.Detail
	d.EffectChanged = reason != ReasonStale && reason != ReasonTwin
	if inc.State == Closed || reason == ReasonStale {
		// The episode is over and stays as it is, though its effect still moves to its end;
		// or the answer came twice, and what followed from it has been decided.
		return d
	}
	if next.ofTwin() {
		return d // That the ticket which is not kept was noted and closed changes nothing here.
	}
	if next.Kind != KindFile && next.TicketID != inc.Ticket.ID && !inc.Ticket.Merged {
		return d // It was about a ticket that the desk has lost since.
	}
	if t := ev.Answer.Ticket; next.Kind == KindCheck && t.ID != "" && t.ID != next.TicketID && inc.Ticket.State == TicketFiled {
		inc = inc.mergedInto(t, now)
		d.Next, d.Changed = inc, true
	}
	switch {
	case next.Kind == KindFile:
		return fileAnswered(d, ev, p, now)
	case next.Kind == KindCheck && ev.Answer.Outcome == OutcomeSent:
		return checkAnswered(d, ev.Answer, p, now)
	case ev.Answer.Outcome == OutcomeVanished:
		return checkAnswered(d, Answer{TicketStatusClosed: true}, p, now)
	case next.State == Done && next.ID == recoveryNoteID(inc) && inc.State == Recovered && p.OnRecovery == RecoveryClose && !inc.Ticket.Merged:
		d.Effects = []Effect{newEffect(inc, KindClose, next.ID, now)}
	case next.Kind == KindClose && next.State == Done:
		return closeAnswered(d, p, now)
	}
	return d
}

// mayStart is asked right before something is sent: a close is dropped once the incident
// fires again, and nothing new starts while filing is switched off or the alert is muted.
// What is on the wire already is finished in any case: a close that may have happened has to
// be known for sure, or nobody would be told of an alert that fires again.
func mayStart(inc Incident, e Effect, p Policy) (drop, wait bool) {
	switch e.Kind {
	case KindClose:
		if e.ofTwin() {
			return false, false
		}
		return inc.State == Closed || (inc.State != Recovered && e.State == Queued), false
	case KindFile:
		if !inc.Inquiry.Alone {
			muted := p.MutedBy != "" && !inc.Inquiry.Asked
			return muted && e.State == Queued && inc.State == Recovered, muted || !p.FilingOn
		}
		// Nobody needs a tile's ticket that nobody but a click asked for, once the tile is well.
		return e.State == Queued && inc.State == Recovered, !p.InvestigateOn
	case KindTag, KindNote, KindCheck:
	}
	return false, false
}

// fileAnswered takes the news about a ticket being filed into the incident.
func fileAnswered(d Decision, ev Event, p Policy, now time.Time) Decision {
	inc := d.Next
	switch d.Reason {
	case ReasonTicketFiled:
		refiled := inc.Ticket.Refiled
		inc.Ticket = ev.Answer.Ticket
		inc.Ticket.State, inc.Ticket.Refiled, inc.Ticket.KnownAt = TicketFiled, refiled, now
		if inc.tookUp() {
			inc, d.Reason = inc.goOn(), ReasonTookUp
		}
		if inc.Gathers != NoGathering {
			inc.DueAt = now // Who came meanwhile is to be listed, and be it in a closed ticket.
			if ev.Answer.TicketStatusClosed {
				inc.Ticket.State, ev.Answer.TicketStatusClosed = TicketClosed, false
			}
		}
		d.Next, d.Changed, d.Detail = inc, true, inc.Ticket.Number
		if tags := ticketTags(inc, p); len(tags) > 0 {
			tag := newEffect(inc, KindTag, d.Effect.suffix(), now)
			tag.Tags = tags
			d.Effects = append(d.Effects, tag)
		}
		if ev.Answer.TicketStatusClosed {
			if inc.State == Open && (fromAnotherTime(inc, ev.Answer) || d.Effect.Refiles()) {
				return merge(d, freshEpisode(inc, p, now))
			}
			// A person was faster than the read-back; their close stands.
			next := seen(inc, true, ev.Answer.ClosedAt, p, now)
			d.Next, d.Successor, d.Gather, d.Effects = next.Next, next.Successor, next.Gather, append(d.Effects, next.Effects...)
			return d
		}
		if inc.State == Recovered {
			var effects []Effect
			d.Next, effects = noteRecovery(inc, p, now)
			d.Effects = append(d.Effects, effects...)
		}
		if inc.State == Open && inc.tookUp() {
			noted := noteFires(inc, p, now)
			d.Next, d.Effects = noted.Next, append(d.Effects, noted.Effects...)
		}
		return d
	case ReasonUnknown, ReasonNotFound, ReasonVanished, ReasonTicketAdopted, ReasonTwin:
		d.Changed = true
	case ReasonRefused, ReasonNotSent, ReasonLookFailed:
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
	closedAt := a.ClosedAt
	if closedAt.IsZero() {
		// The desk does not tell when. It was asked because the alert fired again, so the
		// close is most likely the older of the two; and a ticket too many is seen, while one
		// too few is not.
		closedAt = inc.FiredAt
	}
	d = merge(d, seen(inc, true, closedAt, p, now))
	if ofInquiry(d.Effect) && d.Next.State == Open && d.Next.Ticket.State == TicketClosed {
		return merge(d, freshInquiry(d.Next, d.Next.Inquiry.Brief, p, now))
	}
	return d
}

// closeAnswered takes in that the ticket was closed by policy. Where the alert fires again
// meanwhile the close belongs to the recovery before, even if it was seen in the desk first.
func closeAnswered(d Decision, p Policy, now time.Time) Decision {
	inc := d.Next
	if inc.State == Settling && (inc.Ticket.State == TicketFiled || inc.Ticket.State == TicketClosed) {
		// Nothing fires, and the ticket is closed: firing again is to be a fresh episode.
		inc.Ticket.State, inc.Ticket.KnownAt = TicketClosed, now
		return merge(d, closeIncident(inc, ReasonClosedByPolicy, now))
	}
	if inc.State == Open && inc.Ticket.State == TicketClosed {
		return merge(d, freshEpisode(inc, p, now))
	}
	d = checkAnswered(d, Answer{TicketStatusClosed: true}, p, now)
	if d.Reason == ReasonClosedByPerson {
		d.Reason = ReasonClosedByPolicy
	}
	return d
}

// seen: the desk showed the ticket, open or closed. closedAt is when it was closed; zero
// counts as now.
func seen(inc Incident, closed bool, closedAt time.Time, p Policy, now time.Time) Decision {
	switch {
	case closed && inc.Ticket.State == TicketFiled:
		inc.Ticket.State, inc.Ticket.KnownAt = TicketClosed, now
		beforeItFired := inc.Fires > 0 && !closedAt.IsZero() && !closedAt.After(inc.FiredAt)
		switch {
		case inc.State == Recovered, inc.State == Settling && beforeItFired:
			// Nothing fires any more: firing again is to be a fresh episode.
			return closeIncident(inc, ReasonClosedByPerson, now)
		case inc.State == Open && beforeItFired:
			return freshEpisode(inc, p, now)
		case inc.State == Open:
			inc.DueAt = time.Time{} // A note that was put off is of no use on a closed ticket.
		}
		return Decision{Next: inc, Changed: true, Reason: ReasonClosedByPerson}
	case !closed && inc.Ticket.State == TicketClosed:
		inc.Ticket.State, inc.Ticket.KnownAt = TicketFiled, now
		return Decision{Next: inc, Changed: true, Reason: ReasonTicketOpen}
	}
	return Decision{Next: inc, Reason: ReasonNothing}
}

// freshEpisode: it had recovered, its ticket was closed, and now it fires again. The old
// episode ends here and a fresh one begins, with a ticket that links the old one.
func freshEpisode(inc Incident, p Policy, now time.Time) Decision {
	fresh := Incident{
		Mark: Mark{inc.Key, inc.Generation + 1}, Recipe: inc.Recipe, Severity: inc.Severity,
		Title: inc.Title, Source: inc.Source, Surface: inc.Surface, Link: inc.Link, Route: inc.Route,
		OpenedAt: inc.FiredAt, FiredAt: inc.FiredAt, Ticket: Ticket{State: TicketNone}, Earlier: inc.Past(),
	}
	var start Decision
	if inc.Doubted && p.DoubtHold > 0 {
		fresh.State, fresh.DueAt, fresh.Doubted = Held, now.Add(p.DoubtHold), true
		start = Decision{Next: fresh, Changed: true, Reason: ReasonDoubted}
	} else {
		start = open(fresh, p, now)
	}
	start.Next.Reason = start.Reason
	start.Next.tell(Moment{At: now, Event: AlertFired, To: start.Next.State, Reason: start.Reason, Detail: start.Detail})
	d := closeIncident(inc, ReasonFreshEpisode, now)
	d.Successor, d.Gather, d.Effects = &start.Next, start.Gather, start.Effects
	return d
}

// merge lays what happened to the incident over what happened to the effect.
func merge(d, onIncident Decision) Decision {
	d.Next, d.Changed, d.Reason, d.Successor, d.Gather = onIncident.Next, onIncident.Changed, onIncident.Reason, onIncident.Successor, onIncident.Gather
	d.Effects = append(d.Effects, onIncident.Effects...)
	return d
}
