package rule

import (
	"cmp"
	"fmt"
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
	// Effect is the event's effect after it, for EffectAnswered; EffectChanged whether to save it.
	Effect        filing.Effect
	EffectChanged bool
	// Effects are new ones, to be queued in the same transaction.
	Effects []filing.Effect
	// Gather is the gathering that is to list Next from now on; zero for none. Listed are the
	// members that the first of Effects lists.
	Joins  alert.Mark
	Listed []alert.Mark
	// Why is the reason that Next stands with, where it is another than Reason: why there is
	// still no ticket, say, though what happened is that it flapped.
	Why incident.Reason
	// Quiet says that a change is no step of the story: only a moment was moved.
	Quiet bool
	// Successor is a fresh incident of the same key, opened because Next is closed; nil for none.
	Successor *incident.Incident
	Reason    incident.Reason
	Detail    string
}

// newEffect makes a queued effect on the incident's ticket.
func newEffect(inc incident.Incident, kind filing.Kind, suffix string, now time.Time) filing.Effect {
	return filing.New(inc.Mark, kind, suffix, inc.Ticket.ID, now)
}

// Step decides what an event does to an incident. inc is the key's live incident; where
// none is live it is a zero one that carries the next Mark, Recipe and Earlier.
func Step(inc incident.Incident, ev incident.Event, p incident.Policy, now time.Time) Decision {
	d := step(inc, ev, p, now)
	if d.Changed && !d.Quiet {
		d.Next.Reason = cmp.Or(d.Why, d.Reason)
		d.Next.Tell(incident.Moment{At: now, Event: ev.Kind(), To: d.Next.State, Reason: d.Reason, Detail: d.Detail})
	}
	return d
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

// acknowledge: somebody takes it up. The first who does stands; it changes nothing else.
func acknowledge(inc incident.Incident, by string, now time.Time) Decision {
	if !inc.Live() || inc.Acknowledged.By != "" || by == "" {
		return Decision{Next: inc, Reason: incident.ReasonNothing}
	}
	inc.Acknowledged = incident.Acknowledgement{By: by, At: now}
	return Decision{Next: inc, Changed: true, Reason: incident.ReasonAcknowledged, Detail: by}
}

// fire: an alert of this problem fires, or it is maybe stale: a late repeat of an old firing.
func fire(inc incident.Incident, a alert.Alert, maybeStale bool, p incident.Policy, now time.Time) Decision {
	switch inc.State {
	case incident.Held:
		if !maybeStale && inc.MaybeStale && p.Hold == 0 {
			inc.Severity = min(inc.Severity, a.Severity)
			return open(inc, p, now)
		}
		return join(inc, a.Severity, p, now)
	case incident.Open:
		return join(inc, a.Severity, p, now)
	case incident.Settling:
		return flap(inc, a.Severity, p, now)
	case incident.Recovered:
		return fireAgain(inc, a.Severity, maybeStale, now)
	case incident.Closed:
		return Decision{Next: inc, Reason: incident.ReasonNothing}
	}
	return begin(inc, a, maybeStale, p, now)
}

// begin makes the first state of a new episode.
func begin(inc incident.Incident, a alert.Alert, maybeStale bool, p incident.Policy, now time.Time) Decision {
	inc = newEpisode(inc, a, now)
	inc.MaybeStale = maybeStale && p.StaleHold > 0
	hold, reason := p.Hold, incident.ReasonHeld
	if inc.MaybeStale {
		hold, reason = max(hold, p.StaleHold), incident.ReasonMaybeStale
	}
	if hold <= 0 {
		return open(inc, p, now)
	}
	inc.State, inc.DueAt = incident.Held, now.Add(hold)
	return Decision{Next: inc, Changed: true, Reason: reason}
}

// newEpisode fills an incident with what the alert that opens it says.
func newEpisode(inc incident.Incident, a alert.Alert, now time.Time) incident.Incident {
	inc.Severity, inc.Title, inc.Source, inc.Surface, inc.Link = a.Severity, a.Title, a.Source, a.Surface, a.Link
	inc.OpenedAt, inc.FiredAt = now, now
	inc.Ticket.State = filing.TicketNone
	return inc
}

// open: it fires for sure.
func open(inc incident.Incident, p incident.Policy, now time.Time) Decision {
	inc.State, inc.DueAt, inc.MaybeStale = incident.Open, time.Time{}, false
	return ask(inc, p, now)
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
		Effects: []filing.Effect{newEffect(inc, filing.KindFile, "", now)}}
}

// join: one more alert of a problem that is known to fire.
func join(inc incident.Incident, sev alert.Severity, p incident.Policy, now time.Time) Decision {
	if sev >= inc.Severity {
		if inc.State == incident.Open && inc.Ticket.State == filing.TicketNone && !inc.DueAt.IsZero() && p.MutedBy == "" {
			return ask(inc, p, now) // Its other alerts are muted, and this one is not.
		}
		return Decision{Next: inc, Reason: incident.ReasonJoined}
	}
	return worsen(inc, sev, p, now)
}

// worsen raises the severity; it never falls within an episode, as the ticket says it.
func worsen(inc incident.Incident, sev alert.Severity, p incident.Policy, now time.Time) Decision {
	if !inc.Live() || sev >= inc.Severity {
		return Decision{Next: inc, Reason: incident.ReasonNothing}
	}
	inc.Severity = sev
	if inc.State == incident.Open && inc.Ticket.State == filing.TicketNone {
		return ask(inc, p, now)
	}
	return Decision{Next: inc, Changed: true, Reason: incident.ReasonWorse, Detail: inc.Severity.String()}
}

// flap: it fires again before its quiet counted, so that FiredAt stays, and a person's close
// stands. What was waited for while it was open is waited for again: the end of a mute, or
// the next note.
func flap(inc incident.Incident, sev alert.Severity, p incident.Policy, now time.Time) Decision {
	inc.State, inc.DueAt, inc.RecoveredAt = incident.Open, time.Time{}, time.Time{}
	inc.Severity = min(inc.Severity, sev)
	if inc.Ticket.State == filing.TicketFiled && !inc.Listed() && inc.Fires > inc.FiresNoted && !inc.FlapNotedAt.IsZero() {
		inc.DueAt = inc.FlapNotedAt.Add(p.FlapNoteEvery)
	}
	inc.Fires++
	d := Decision{Next: inc, Changed: true, Reason: incident.ReasonFlapped}
	if inc.Ticket.State == filing.TicketNone {
		if d = ask(inc, p, now); len(d.Effects) == 0 && d.Joins == (alert.Mark{}) {
			d.Why, d.Reason = d.Reason, incident.ReasonFlapped
		}
	}
	return d
}

// fireAgain: it had recovered and its ticket was open when last heard of. The desk is
// asked before anything is decided: a person may have closed the ticket since.
func fireAgain(inc incident.Incident, sev alert.Severity, maybeStale bool, now time.Time) Decision {
	inc.State, inc.RecoveredAt, inc.FiredAt, inc.DueAt = incident.Open, time.Time{}, now, time.Time{}
	inc.MaybeStale = maybeStale
	inc.Fires++
	inc.Severity = min(inc.Severity, sev)
	d := Decision{Next: inc, Changed: true, Reason: incident.ReasonFiredAgain}
	if inc.Ticket.State == filing.TicketFiled && !inc.Listed() {
		d.Effects = []filing.Effect{newEffect(inc, filing.KindCheck, fmt.Sprintf("fired-%d", inc.Fires), now)}
	}
	return d
}

// end: one alert of it stopped firing.
func end(inc incident.Incident, ev incident.AlertEnded, p incident.Policy, now time.Time) Decision {
	if ev.OthersFiring > 0 {
		return Decision{Next: inc, Reason: incident.ReasonOthersFire}
	}
	switch inc.State {
	case incident.Held:
		return closeIncident(inc, incident.ReasonEndedWhileHeld, now)
	case incident.Open:
		if p.Settle > 0 {
			inc.State, inc.RecoveredAt, inc.DueAt = incident.Settling, now, now.Add(p.Settle)
			return Decision{Next: inc, Changed: true, Reason: incident.ReasonSettling}
		}
		return recovered(inc, p, now)
	case incident.Settling, incident.Recovered, incident.Closed:
	}
	return Decision{Next: inc, Reason: incident.ReasonNothing}
}

// recovered: it is quiet for good.
func recovered(inc incident.Incident, p incident.Policy, now time.Time) Decision {
	inc.DueAt = time.Time{}
	if inc.RecoveredAt.IsZero() {
		inc.RecoveredAt = now
	}
	switch {
	case inc.Ticket.State == filing.TicketNone, inc.Ticket.State == filing.TicketClosed:
		return closeIncident(inc, incident.ReasonOver, now)
	case inc.Ticket.State == filing.TicketFiled && inc.Listed():
		return closeIncident(inc, incident.ReasonOverInShared, now)
	}
	inc.State = incident.Recovered
	d := Decision{Next: inc, Changed: true, Reason: incident.ReasonRecovered}
	if inc.Ticket.State == filing.TicketFiled {
		d.Next, d.Effects = noteRecovery(inc, p, now)
	}
	return d
}

func closeIncident(inc incident.Incident, reason incident.Reason, now time.Time) Decision {
	inc.State, inc.ClosedAt, inc.DueAt, inc.MaybeStale = incident.Closed, now, time.Time{}, false
	if inc.RecoveredAt.IsZero() {
		inc.RecoveredAt = now
	}
	return Decision{Next: inc, Changed: true, Reason: reason}
}

// reconsider: a flag was flipped, or a silence ended before its time. What was refused for
// that is decided again; where it comes to the same, nothing is told.
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
