package rule

import (
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
)

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
	inc = inc.Begin(a, now)
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

// open: it fires for sure.
func open(inc incident.Incident, p incident.Policy, now time.Time) Decision {
	inc.State, inc.DueAt, inc.MaybeStale = incident.Open, time.Time{}, false
	return ask(inc, p, now)
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

// flap: it fires again before its quiet counted, so that FiredAt stays, and a ticket that a person closed
// stays closed. What was waited for while it was open is waited for again: the end of a mute, or
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

// fireAgain: it had recovered and its ticket was open when last seen. The desk is
// asked before anything is decided: a person may have closed the ticket since.
func fireAgain(inc incident.Incident, sev alert.Severity, maybeStale bool, now time.Time) Decision {
	inc.State, inc.RecoveredAt, inc.FiredAt, inc.DueAt = incident.Open, time.Time{}, now, time.Time{}
	inc.MaybeStale = maybeStale
	inc.Fires++
	inc.Severity = min(inc.Severity, sev)
	d := Decision{Next: inc, Changed: true, Reason: incident.ReasonFiredAgain}
	if inc.Ticket.State == filing.TicketFiled && !inc.Listed() {
		d.Effects = []filing.Effect{inc.NewEffect(filing.KindCheck, fmt.Sprintf("fired-%d", inc.Fires), now)}
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
