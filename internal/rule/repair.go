package rule

import (
	"docket/internal/brief"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
	"time"
)

// ticketSeen: the desk showed the ticket. Words arrive late, twice and out of order; one that
// is older than what is known changes nothing.
func ticketSeen(inc incident.Incident, ev incident.TicketSeen, p incident.Policy, now time.Time) Decision {
	if ev.Outdated(inc) {
		return Decision{Next: inc, Reason: incident.ReasonStale}
	}
	moved := ev.Shown.ID != "" && inc.Ticket.ID != "" && ev.Shown.ID != inc.Ticket.ID
	if moved {
		inc.Ticket = inc.Ticket.MergedInto(ev.Shown.Ticket, now)
	}
	d := seen(inc, ev.Closed, ev.ClosedAt, p, now)
	if moved && !d.Changed {
		d = Decision{Next: inc, Changed: true, Reason: incident.ReasonMerged, Detail: inc.Ticket.Number}
	}
	if d.Changed && !ev.AsOf.IsZero() {
		// Known since it was asked: an answer to a later question may come after a slow one.
		d.Next.Ticket.KnownAt = ev.AsOf
	}
	return d
}

// ticketMissing: the desk certainly has no such ticket any more, and nobody deleted it, as far
// as is known. It is filed again under the same mark.
func ticketMissing(inc incident.Incident, ev incident.TicketMissing, p incident.Policy, now time.Time) Decision {
	if inc.Ticket.State != filing.TicketFiled || ev.TicketID != inc.Ticket.ID || ev.Outdated(inc) || inc.Listed() ||
		inc.Shared != storm.NotShared {
		return Decision{Next: inc, Reason: incident.ReasonStale}
	}
	lost := inc.Ticket
	inc.Ticket = filing.Ticket{State: filing.TicketAsked, Desk: lost.Desk, Refiled: lost.Refiled + 1, KnownAt: now}
	if inc.State != incident.Settling {
		inc.DueAt = time.Time{} // A note that was put off has no ticket to go to; the new one says it all.
	}
	file := inc.NewEffect(filing.KindFile, filing.Refiling(lost.ID), now)
	file.NotBefore = now.Add(p.WaitOut) // Until then a look by mark might not show what is there.
	return Decision{Next: inc, Changed: true, Reason: incident.ReasonTicketMissing, Detail: lost.Number, Effects: []filing.Effect{file}}
}

// twinSeen: the desk shows a second ticket with the incident's mark. One is kept; the other is
// noted and closed, never deleted, and once: whoever opens it again has reasons.
func twinSeen(inc incident.Incident, ev incident.TwinSeen, now time.Time) Decision {
	if inc.Ticket.ID == "" || ev.TicketID != inc.Ticket.ID || ev.Outdated(inc) || ev.Shown.ID == "" || ev.Shown.ID == inc.Ticket.ID ||
		inc.Ticket.Merged || inc.Listed() || inc.Shared != storm.NotShared {
		return Decision{Next: inc, Reason: incident.ReasonStale}
	}
	loser := ev.Own
	loser.Ticket = inc.Ticket
	if ev.Shown.GoesBefore(ev.Own) {
		kept := inc.Ticket
		inc.Ticket = ev.Shown.Ticket
		inc.Ticket.State, inc.Ticket.Refiled = filing.TicketFiled, kept.Refiled
	} else {
		loser = ev.Shown
	}
	inc.Ticket.KnownAt = now // Told once: the same word a second time is out of date.
	d := Decision{Next: inc, Changed: true, Reason: incident.ReasonTwinClosed, Detail: loser.Number}
	if loser.Closed {
		return d
	}
	note, closing := inc.NewEffect(filing.KindNote, filing.OfTwin(loser.ID), now), inc.NewEffect(filing.KindClose,
		filing.OfTwin(loser.ID), now)
	note.TicketID, closing.TicketID = loser.ID, loser.ID
	note.Text = brief.Twin(inc.Ticket, note)
	d.Effects = []filing.Effect{note, closing}
	return d
}

// orphanSeen: the desk shows a ticket with the incident's mark, and the incident knows of
// none. It is the incident's.
func orphanSeen(inc incident.Incident, found filing.Shown, p incident.Policy, now time.Time) Decision {
	if (inc.State != incident.Open && inc.State != incident.Settling) || inc.Ticket.State != filing.TicketNone ||
		inc.Shared != storm.NotShared || found.ID == "" {
		return Decision{Next: inc, Reason: incident.ReasonStale}
	}
	inc.Ticket = found.Ticket
	inc.Ticket.State, inc.Ticket.KnownAt = filing.TicketFiled, now
	if inc.State == incident.Open {
		inc.DueAt = time.Time{}
	}
	d := Decision{Next: inc, Changed: true, Reason: incident.ReasonOrphanAdopted, Detail: inc.Ticket.Number}
	if found.Closed {
		// Nobody knows what the closed ticket was closed for: a fresh one is no harm, none is.
		if inc.State == incident.Open {
			return freshEpisode(inc, p, now)
		}
		next := seen(inc, true, found.ClosedAt, p, now)
		d.Next = next.Next
	}
	return d
}

// tagsMissing: the ticket lacks tags that it was given. They are put on once more, and only
// once: a person who takes them off again means it.
func tagsMissing(inc incident.Incident, ev incident.TagsMissing, p incident.Policy, now time.Time) Decision {
	tags := inc.Tags(p)
	if inc.Ticket.State != filing.TicketFiled || ev.Outdated(inc) || inc.Listed() || len(tags) == 0 {
		return Decision{Next: inc, Reason: incident.ReasonStale}
	}
	tag := inc.NewEffect(filing.KindTag, filing.TagAgain, now)
	tag.Tags = tags
	inc.Ticket.KnownAt = now
	return Decision{Next: inc, Changed: true, Reason: incident.ReasonTagsMissing, Effects: []filing.Effect{tag}}
}
