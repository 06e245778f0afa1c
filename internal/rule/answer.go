package rule

import (
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
	"time"
)

// answered: the world answered to a move of an effect. The effect moves by its own rule;
// the incident moves where the answer is news about its ticket.
func answered(inc incident.Incident, ev incident.EffectAnswered, p incident.Policy, now time.Time) Decision {
	d := Decision{Next: inc, Effect: ev.Effect}
	next, verdict := ev.Effect.Take(ev.Answer, p.Timing, now)
	if verdict == filing.VerdictSending {
		if drop, wait := mayStart(inc, ev.Effect, p); drop {
			d.Effect.State, d.Effect.DoneAt = filing.Dropped, now
			d.EffectChanged, d.Reason = true, incident.ReasonNothing
			if ev.Effect.Kind == filing.KindFile {
				inc.Ticket.State = filing.TicketNone
				return merge(d, closeIncident(inc, incident.ReasonOver, now))
			}
			return d
		} else if wait { // By turns, not to the end of the silence: that may come early.
			d.Effect.NotBefore = now.Add(filing.LongestRetry)
			d.EffectChanged, d.Reason = true, incident.ReasonFilingOff
			if p.FilingOn && p.MutedBy != "" {
				d.Reason, d.Detail = incident.ReasonMuted, p.MutedBy
			}
			return d
		}
	}
	d.Effect, d.Reason, d.Detail = next, incident.Reason(verdict), ev.Answer.Detail
	d.EffectChanged = verdict != filing.VerdictStale && verdict != filing.VerdictTwin
	if inc.State == incident.Closed || verdict == filing.VerdictStale {
		// The episode is over and stays as it is, though its effect still moves to its end;
		// or the answer came twice, and what followed from it has been decided.
		return d
	}
	if next.IsOfTwin() {
		return d // That the ticket which is not kept was noted and closed changes nothing here.
	}
	if next.Kind != filing.KindFile && next.TicketID != inc.Ticket.ID && !inc.Ticket.Merged {
		return d // It was about a ticket that the desk has lost since.
	}
	if t := ev.Answer.Ticket; next.Kind == filing.KindCheck && t.ID != "" && t.ID != next.TicketID && inc.Ticket.State == filing.TicketFiled {
		inc.Ticket = inc.Ticket.MergedInto(t, now)
		d.Next, d.Changed = inc, true
	}
	switch {
	case next.Kind == filing.KindFile:
		return fileAnswered(d, ev.Answer, p, now)
	case next.Kind == filing.KindCheck && ev.Answer.Outcome == filing.OutcomeSent:
		return checkAnswered(d, ev.Answer, p, now)
	case ev.Answer.Outcome == filing.OutcomeVanished:
		return checkAnswered(d, filing.Answer{TicketStatusClosed: true}, p, now)
	case next.State == filing.Done && inc.IsRecoveryNote(next) && inc.State == incident.Recovered &&
		p.OnRecovery == incident.RecoveryClose && !inc.Ticket.Merged:
		d.Effects = []filing.Effect{inc.NewEffect(filing.KindClose, next.ID, now)}
	case next.Kind == filing.KindClose && next.State == filing.Done:
		return closeAnswered(d, p, now)
	}
	return d
}

// mayStart is asked right before something is sent: a close is dropped once the incident
// fires again, and nothing new starts while filing is switched off or the alert is muted.
// What is on the wire already is finished in any case: a close that may have happened has to
// be known for sure, or nobody would be notified of an alert that fires again.
func mayStart(inc incident.Incident, e filing.Effect, p incident.Policy) (drop, wait bool) {
	switch e.Kind {
	case filing.KindClose:
		if e.IsOfTwin() {
			return false, false
		}
		return inc.State == incident.Closed || (inc.State != incident.Recovered && e.State == filing.Queued), false
	case filing.KindFile:
		if !inc.Inquiry.Alone {
			muted := p.MutedBy != "" && !inc.Inquiry.Asked
			return muted && e.State == filing.Queued && inc.State == incident.Recovered, muted || !p.FilingOn
		}
		// Nobody needs a tile's ticket that nobody but a click asked for, once the tile has recovered.
		return e.State == filing.Queued && inc.State == incident.Recovered, !p.InvestigateOn
	case filing.KindTag, filing.KindNote, filing.KindCheck:
	}
	return false, false
}

// fileAnswered takes the news about a ticket being filed into the incident.
func fileAnswered(d Decision, a filing.Answer, p incident.Policy, now time.Time) Decision {
	inc := d.Next
	switch d.Reason {
	case incident.ReasonTicketFiled:
		refiled := inc.Ticket.Refiled
		inc.Ticket = a.Ticket
		inc.Ticket.State, inc.Ticket.Refiled, inc.Ticket.KnownAt = filing.TicketFiled, refiled, now
		if inc.TookUp() {
			inc, d.Reason = inc.Continued(), incident.ReasonTookUp
		}
		if inc.Shared != storm.NotShared {
			inc.DueAt = now // Who came meanwhile is to be listed, and be it in a closed ticket.
			if a.TicketStatusClosed {
				inc.Ticket.State, a.TicketStatusClosed = filing.TicketClosed, false
			}
		}
		d.Next, d.Changed, d.Detail = inc, true, inc.Ticket.Number
		if tags := inc.Tags(p); len(tags) > 0 {
			tag := inc.NewEffect(filing.KindTag, d.Effect.Suffix(), now)
			tag.Tags = tags
			d.Effects = append(d.Effects, tag)
		}
		if a.TicketStatusClosed {
			if inc.State == incident.Open && (inc.ClosedBefore(a) || d.Effect.Refiles()) {
				return merge(d, freshEpisode(inc, p, now))
			}
			// A person was faster than the read-back; their close is kept.
			next := seen(inc, true, a.ClosedAt, p, now)
			d.Next, d.Successor, d.Joins, d.Effects = next.Next, next.Successor, next.Joins, append(d.Effects, next.Effects...)
			return d
		}
		if inc.State == incident.Recovered {
			var effects []filing.Effect
			d.Next, effects = noteRecovery(inc, p, now)
			d.Effects = append(d.Effects, effects...)
		}
		if inc.State == incident.Open && inc.TookUp() {
			noted := noteFires(inc, p, now)
			d.Next, d.Effects = noted.Next, append(d.Effects, noted.Effects...)
		}
		return d
	case incident.ReasonUnknown, incident.ReasonNotFound, incident.ReasonVanished, incident.ReasonTicketAdopted, incident.ReasonTwin:
		d.Changed = true
	case incident.ReasonRefused, incident.ReasonNotSent, incident.ReasonLookFailed:
		// Only the first of a row is a step of the story; the effect counts the rest.
		d.Changed = d.Effect.Fails == 1
	default:
	}
	return d
}

// checkAnswered takes the desk's word on whether the ticket is still open.
func checkAnswered(d Decision, a filing.Answer, p incident.Policy, now time.Time) Decision {
	inc := d.Next
	if inc.Ticket.State != filing.TicketFiled {
		return d
	}
	if !a.TicketStatusClosed {
		if inc.State == incident.Open {
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
	if incident.OfInquiry(d.Effect) && d.Next.State == incident.Open && d.Next.Ticket.State == filing.TicketClosed {
		return merge(d, freshInquiry(d.Next, d.Next.Inquiry.Brief, p, now))
	}
	return d
}

// closeAnswered takes in that the ticket was closed by policy. Where the alert fires again
// meanwhile the close belongs to the recovery before, even if it was seen in the desk first.
func closeAnswered(d Decision, p incident.Policy, now time.Time) Decision {
	inc := d.Next
	if inc.State == incident.Settling && (inc.Ticket.State == filing.TicketFiled || inc.Ticket.State == filing.TicketClosed) {
		// Nothing fires, and the ticket is closed: firing again is to be a fresh episode.
		inc.Ticket.State, inc.Ticket.KnownAt = filing.TicketClosed, now
		return merge(d, closeIncident(inc, incident.ReasonClosedByPolicy, now))
	}
	if inc.State == incident.Open && inc.Ticket.State == filing.TicketClosed {
		return merge(d, freshEpisode(inc, p, now))
	}
	d = checkAnswered(d, filing.Answer{TicketStatusClosed: true}, p, now)
	if d.Reason == incident.ReasonClosedByPerson {
		d.Reason = incident.ReasonClosedByPolicy
	}
	return d
}

// seen: the desk showed the ticket, open or closed. closedAt is when it was closed; zero
// counts as now.
func seen(inc incident.Incident, closed bool, closedAt time.Time, p incident.Policy, now time.Time) Decision {
	switch {
	case closed && inc.Ticket.State == filing.TicketFiled:
		inc.Ticket.State, inc.Ticket.KnownAt = filing.TicketClosed, now
		beforeItFired := inc.Fires > 0 && !closedAt.IsZero() && !closedAt.After(inc.FiredAt)
		switch {
		case inc.State == incident.Recovered, inc.State == incident.Settling && beforeItFired:
			// Nothing fires any more: firing again is to be a fresh episode.
			return closeIncident(inc, incident.ReasonClosedByPerson, now)
		case inc.State == incident.Open && beforeItFired:
			return freshEpisode(inc, p, now)
		case inc.State == incident.Open:
			inc.DueAt = time.Time{} // A note that was put off is of no use on a closed ticket.
		}
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonClosedByPerson}
	case !closed && inc.Ticket.State == filing.TicketClosed:
		inc.Ticket.State, inc.Ticket.KnownAt = filing.TicketFiled, now
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonTicketOpen}
	}
	return Decision{Next: inc, Reason: incident.ReasonNothing}
}

// freshEpisode: it had recovered, its ticket was closed, and now it fires again. The old
// episode ends here and a fresh one begins, with a ticket that links the old one.
func freshEpisode(inc incident.Incident, p incident.Policy, now time.Time) Decision {
	fresh := inc.Next()
	fresh.Severity, fresh.Title, fresh.Surface, fresh.Link = inc.Severity, inc.Title, inc.Surface, inc.Link
	fresh.OpenedAt, fresh.FiredAt = inc.FiredAt, inc.FiredAt
	start := open(fresh, p, now)
	if inc.MaybeStale && p.StaleHold > 0 {
		fresh.State, fresh.DueAt, fresh.MaybeStale = incident.Held, now.Add(p.StaleHold), true
		start = Decision{Next: fresh, Changed: true, Reason: incident.ReasonMaybeStale}
	}
	start.tell(incident.AlertFired{}.Kind(), now)
	d := closeIncident(inc, incident.ReasonFreshEpisode, now)
	d.Successor, d.Joins, d.Effects = &start.Next, start.Joins, start.Effects
	return d
}

// merge lays what happened to the incident over what happened to the effect.
func merge(d, onIncident Decision) Decision {
	d.Next, d.Changed, d.Reason, d.Successor, d.Joins = onIncident.Next, onIncident.Changed, onIncident.Reason, onIncident.Successor,
		onIncident.Joins
	d.Effects = append(d.Effects, onIncident.Effects...)
	return d
}
