package rule

import (
	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
	"fmt"
	"time"
)

// The pace of gatherings: the first text waits a moment for company; later entries are noted
// together.
const (
	companyFor = 10 * time.Second
	listEvery  = 5 * time.Second
	watchEvery = 30 * time.Second
)

// stepShared is Step for an incident whose ticket lists others.
func stepShared(inc incident.Incident, event incident.Event, p incident.Policy, now time.Time) Decision {
	switch ev := event.(type) {
	case incident.MemberJoined:
		return memberJoined(inc, ev.Severity, now)
	case incident.SharedTimeCame:
		if inc.DueAt.IsZero() || now.Before(inc.DueAt) {
			return Decision{Next: inc, Reason: incident.ReasonNothing}
		}
		return sharedDue(inc, ev, p, now)
	case incident.EffectAnswered:
		return answered(inc, ev, p, now)
	case incident.TicketSeen:
		if ev.Outdated(inc) {
			return Decision{Next: inc, Reason: incident.ReasonStale}
		}
		if ev.Closed && inc.Ticket.State == filing.TicketFiled && inc.State != incident.Recovered {
			// It goes on until all its members are listed and over; only its ticket is closed.
			inc.Ticket.State = filing.TicketClosed
			return Decision{Next: inc, Changed: true, Reason: incident.ReasonClosedByPerson}
		}
		return ticketSeen(inc, ev, p, now)
	case incident.TagsMissing:
		return tagsMissing(inc, ev, p, now)
	case incident.Acknowledged:
		return acknowledge(inc, ev.By, now)
	case incident.TicketMissing, incident.TwinSeen, incident.OrphanSeen: // People are notified, nothing is mended: its lists are in notes.
	default: // All others are about one alert, which is a member's.
	}
	return Decision{Next: inc, Reason: incident.ReasonNothing}
}

// memberJoined: one more incident is to be listed.
func memberJoined(inc incident.Incident, sev alert.Severity, now time.Time) Decision {
	if inc.State == "" {
		inc.State, inc.OpenedAt, inc.FiredAt = incident.Open, now, now
		inc.Severity, inc.Source, inc.Ticket.State = sev, "docket", filing.TicketNone
		inc.Title = brief.SharedTitle(inc)
		inc.DueAt = now.Add(companyFor)
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonShared}
	}
	changed := false
	if sev < inc.Severity {
		inc.Severity, changed = sev, true
	}
	if soon := now.Add(listEvery); inc.Ticket.ID != "" && (inc.DueAt.IsZero() || inc.DueAt.After(soon)) {
		inc.DueAt, changed = soon, true
	}
	if inc.State == incident.Recovered {
		inc.State, inc.RecoveredAt, changed = incident.Open, time.Time{}, true
	}
	return Decision{Next: inc, Changed: changed, Reason: incident.ReasonShared}
}

// sharedDue asks for the ticket, lists who waits to be listed, or sees that all are over.
func sharedDue(inc incident.Incident, ev incident.SharedTimeCame, p incident.Policy, now time.Time) Decision {
	inc.DueAt = time.Time{}
	switch inc.Ticket.State {
	case filing.TicketNone:
		if len(ev.Members) == 0 {
			return closeIncident(inc, incident.ReasonOver, now)
		}
		if !p.FilingOn {
			inc.DueAt = now.Add(watchEvery)
			return Decision{Next: inc, Changed: inc.Reason != incident.ReasonFilingOff, Reason: incident.ReasonFilingOff}
		}
		inc.Ticket.State = filing.TicketAsked
		file := inc.NewEffect(filing.KindFile, "", now)
		file.Text = brief.List(inc, ev.Members)
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonTicketAsked, Effects: []filing.Effect{file}}
	case filing.TicketAsked: // The ticket, once it is filed, sets the next moment.
		return Decision{Next: inc, Quiet: true, Changed: true, Reason: incident.ReasonShared}
	case filing.TicketFiled, filing.TicketClosed:
	}
	if len(ev.Members) > 0 {
		inc.Fires++
		note := inc.NewEffect(filing.KindNote, fmt.Sprintf("list-%d", inc.Fires), now)
		note.Text = brief.List(inc, ev.Members) + note.NoteMark()
		inc.DueAt = now
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonListing, Effects: []filing.Effect{note}}
	}
	if ev.LiveMembers > 0 || ev.MoreMayCome {
		inc.DueAt = now.Add(watchEvery)
		return Decision{Next: inc, Quiet: true, Changed: true, Reason: incident.ReasonShared}
	}
	if inc.Shared == storm.Digest {
		p.OnRecovery = incident.RecoveryNone // All of it had recovered before it was filed: the ticket says so.
	}
	return recovered(inc, p, now)
}

// listed: a shared ticket lists this incident now.
func listed(inc incident.Incident, shared filing.Ticket, now time.Time) Decision {
	if inc.Within == (alert.Mark{}) || inc.Ticket.State != filing.TicketAsked {
		return Decision{Next: inc, Reason: incident.ReasonNothing}
	}
	inc.Ticket = shared
	inc.Ticket.State = filing.TicketFiled
	d := Decision{Next: inc, Changed: true, Reason: incident.ReasonListed, Detail: shared.Number}
	if inc.State == incident.Recovered {
		d.Next = closeIncident(inc, incident.ReasonListed, now).Next
	}
	return d
}

// missed: it goes into the digest of the outage, or nowhere where the policy says so.
func missed(inc incident.Incident, file filing.Effect, p incident.Policy, now time.Time) Decision {
	if !inc.CameAndWent(file, p) {
		return Decision{Next: inc, Effect: file, Reason: incident.ReasonNothing}
	}
	var d Decision
	if p.Backfill == storm.BackfillActive {
		inc.Ticket.State = filing.TicketNone
		d = closeIncident(inc, incident.ReasonNoBackfill, now)
	} else {
		d = joinShared(inc, storm.MarkOf(storm.Digest, inc.Ticket.Desk, p.Outage.Began), inc.Ticket.Desk, incident.ReasonDigest)
	}
	d.Effect, d.EffectChanged = file, true
	d.Effect.State, d.Effect.DoneAt = filing.Dropped, now
	return d
}

// gatherInto lets a gathering list the incident, instead of a ticket of its own.
func joinShared(inc incident.Incident, within alert.Mark, desk string, reason incident.Reason) Decision {
	inc.Within, inc.Ticket.State, inc.Ticket.Desk, inc.DueAt = within, filing.TicketAsked, desk, time.Time{}
	return Decision{Next: inc, Changed: true, Reason: reason, Detail: within.String(), Joins: within}
}
