package rule

import (
	"cmp"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
)

// Decision is what Step decided.
type Decision struct {
	// Next is the incident after the event; Changed says whether it must be saved.
	Next    incident.Incident
	Changed bool
	// Effect is the effect that the event is about, after it; EffectChanged says whether it must be saved.
	Effect        filing.Effect
	EffectChanged bool
	// Effects are the new ones, to be queued in the same transaction. They are Next's, or Successor's if there is one.
	Effects []filing.Effect
	// Joins is the shared ticket's incident that is to list Next (or Successor) from now on; the zero Mark if none.
	Joins alert.Mark
	// Successor is a new incident of the same key, opened because Next is closed; nil if there is none.
	Successor *incident.Incident
	// Reason is why, and Detail says more about it. Why is the reason that Next keeps where that is another one: that
	// there is still no ticket because filing is off, say, although what happened is that the alert flapped.
	Reason, Why incident.Reason
	Detail      string
	// Quiet says that the change is no step of the story: only a time was moved.
	Quiet bool
}

// Step decides what an event does to an incident. inc is the key's live incident; where
// none is live it is a zero one that carries the next Mark, Recipe and Earlier.
func Step(inc incident.Incident, ev incident.Event, p incident.Policy, now time.Time) Decision {
	d := step(inc, ev, p, now)
	if d.Changed && !d.Quiet {
		d.tell(ev.Kind(), now)
	}
	return d
}

// tell makes the decision a step of the incident's story.
func (d *Decision) tell(event incident.EventKind, now time.Time) {
	d.Next.Reason = cmp.Or(d.Why, d.Reason)
	d.Next.Tell(incident.Moment{At: now, Event: event, To: d.Next.State, Reason: d.Reason, Detail: d.Detail})
}

func step(inc incident.Incident, event incident.Event, p incident.Policy, now time.Time) Decision {
	if _, answer := event.(incident.EffectAnswered); inc.State == incident.Closed && !answer {
		return Decision{Next: inc, Reason: incident.ReasonNothing}
	}
	if inc.Shared != storm.NotShared {
		return stepShared(inc, event, p, now)
	}
	switch ev := event.(type) {
	case incident.AlertFired:
		return fire(inc, ev.Alert, false, p, now)
	case incident.AlertMaybeStale:
		return fire(inc, ev.Alert, true, p, now)
	case incident.AlertEnded:
		return end(inc, ev, p, now)
	case incident.AlertChanged:
		return worsen(inc, ev.Alert.Severity, p, now)
	case incident.TimeCame:
		return due(inc, p, now)
	case incident.EffectAnswered:
		return answered(inc, ev, p, now)
	case incident.TicketSeen:
		return ticketSeen(inc, ev, p, now)
	case incident.TicketMissing:
		return ticketMissing(inc, ev, p, now)
	case incident.TwinSeen:
		return twinSeen(inc, ev, now)
	case incident.OrphanSeen:
		return orphanSeen(inc, ev.Shown, p, now)
	case incident.TagsMissing:
		return tagsMissing(inc, ev, p, now)
	case incident.Investigated:
		return investigate(inc, ev, p, now)
	case incident.Reconsidered:
		return reconsider(inc, p, now)
	case incident.Listed:
		return listed(inc, ev.Ticket, now)
	case incident.Missed:
		return missed(inc, ev.Effect, p, now)
	case incident.Acknowledged:
		return acknowledge(inc, ev.By, now)
	case incident.MemberJoined, incident.SharedTimeCame: // Only a shared ticket has members.
	}
	return Decision{Next: inc, Reason: incident.ReasonNothing}
}

// acknowledge: somebody takes it up. The first who does counts; it changes nothing else.
func acknowledge(inc incident.Incident, by string, now time.Time) Decision {
	if !inc.Live() || inc.Acknowledged.By != "" || by == "" {
		return Decision{Next: inc, Reason: incident.ReasonNothing}
	}
	inc.Acknowledged = incident.Acknowledgement{By: by, At: now}
	return Decision{Next: inc, Changed: true, Reason: incident.ReasonAcknowledged, Detail: by}
}

// ask asks for the ticket, or names why not. It is the only edge out of TicketNone.
func ask(inc incident.Incident, p incident.Policy, now time.Time) Decision {
	inc.DueAt = time.Time{}
	switch {
	case inc.Ticket.State != filing.TicketNone:
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonJoined}
	case !inc.Severity.WorseOrEqual(p.TicketAt):
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonBelowTicketAt}
	case !p.FilingOn:
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonFilingOff}
	case p.MutedBy != "":
		inc.DueAt = p.MutedUntil
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonMuted, Detail: p.MutedBy}
	}
	if p.StormInto != (alert.Mark{}) {
		return joinShared(inc, p.StormInto, p.Desk, incident.ReasonStorm)
	}
	inc.Ticket.State, inc.Ticket.Desk = filing.TicketAsked, p.Desk
	return Decision{Next: inc, Changed: true, Reason: incident.ReasonTicketAsked,
		Effects: []filing.Effect{inc.NewEffect(filing.KindFile, "", now)}}
}

// reconsider: a flag was flipped, or a silence ended before its time. What was refused for
// that is decided again; where it comes to the same, nothing is sent.
func reconsider(inc incident.Incident, p incident.Policy, now time.Time) Decision {
	nothing := Decision{Next: inc, Reason: incident.ReasonNothing}
	if inc.State != incident.Open {
		return nothing
	}
	switch inc.Ticket.State {
	case filing.TicketNone:
		d := ask(inc, p, now)
		if d.Next.Ticket.State == filing.TicketNone && d.Next.DueAt.Equal(inc.DueAt) {
			return nothing
		}
		d.Quiet = d.Reason == inc.Reason
		return d
	case filing.TicketFiled:
		if inc.DueAt.IsZero() || inc.Fires <= inc.FiresNoted {
			return nothing
		}
		d := noteFires(inc, p, now)
		d.Quiet = len(d.Effects) == 0
		return d
	case filing.TicketAsked, filing.TicketClosed:
	}
	return nothing
}

// due: the time set in DueAt has come.
func due(inc incident.Incident, p incident.Policy, now time.Time) Decision {
	if inc.DueAt.IsZero() || now.Before(inc.DueAt) {
		return Decision{Next: inc, Reason: incident.ReasonNothing}
	}
	switch inc.State {
	case incident.Held:
		return open(inc, p, now)
	case incident.Settling:
		return recovered(inc, p, now)
	case incident.Open:
		inc.DueAt = time.Time{}
		if inc.Ticket.State == filing.TicketNone {
			return ask(inc, p, now)
		}
		return noteFires(inc, p, now)
	case incident.Recovered:
		inc.DueAt = time.Time{}
		next, effects := noteRecovery(inc, p, now)
		return Decision{Next: next, Changed: true, Effects: effects, Reason: incident.ReasonRecovered}
	case incident.Closed:
	}
	return Decision{Next: inc, Reason: incident.ReasonNothing}
}
