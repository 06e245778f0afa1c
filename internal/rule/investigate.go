package rule

import (
	"cmp"
	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/filing"
	"docket/internal/incident"
	"time"
)

// investigate: an operator wants the surface's ticket, now, whatever its severity, the
// filing flag and silences say. One incident has one ticket, so a click asks for it where
// there is none, and joins the one there is, once the desk has confirmed that it is still open.
func investigate(inc incident.Incident, ev incident.Investigated, p incident.Policy, now time.Time) Decision {
	if !p.InvestigateOn {
		return Decision{Next: inc, Reason: incident.ReasonInvestigateOff}
	}
	if inc.State == "" {
		inc = inc.Begin(ev.Alert, now)
		inc.State = incident.Open
	}
	before := inc.Inquiry.At
	inc.Inquiry.Count++
	inc.Inquiry.At, inc.Inquiry.By = now, ev.By
	switch inc.Ticket.State {
	case filing.TicketNone:
		return demand(inc, ev.Brief, p, now)
	case filing.TicketAsked:
		inc.Inquiry.Brief = cmp.Or(inc.Inquiry.Brief, ev.Brief)
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonInvestigateJoined, Detail: ev.By}
	case filing.TicketClosed:
		if inc.State == incident.Open {
			return freshInquiry(inc, ev.Brief, p, now)
		}
	case filing.TicketFiled:
		if inc.Listed() || now.Sub(inc.Inquiry.CheckedAt) < recheckAfter {
			return Decision{Next: inc, Changed: true, Reason: incident.ReasonInvestigateJoined, Detail: ev.By}
		}
		inc.Inquiry.CheckedAt = now
		inc.Inquiry.Brief = ev.Brief // For the fresh ticket, should this one turn out to be closed.
		return Decision{
			Next: inc, Changed: true, Reason: incident.ReasonInvestigateJoined, Detail: ev.By,
			Effects: append(joinTicket(inc, before, cmp.Or(ev.Window, p.InvestigateWindow), now),
				inc.NewEffect(filing.KindCheck, inc.InquirySuffix(), now)),
		}
	}
	return Decision{Next: inc, Reason: incident.ReasonNothing}
}

// recheckAfter is how long the desk's word that the ticket is open serves the next clicks:
// ten operators who click at once are one question.
const recheckAfter = 5 * time.Second

// demand asks for the ticket whatever the policy says; only what the alert itself would
// have got is tagged as an alert's.
func demand(inc incident.Incident, brief string, p incident.Policy, now time.Time) Decision {
	inc.MaybeStale = false
	if inc.State != incident.Settling {
		inc.State, inc.DueAt = incident.Open, time.Time{}
	}
	inc.Inquiry.Alone = !inc.Severity.WorseOrEqual(p.TicketAt) || !p.FilingOn || p.MutedBy != ""
	inc.Inquiry.Asked, inc.Inquiry.Brief = true, brief
	inc.Ticket.State, inc.Ticket.Desk = filing.TicketAsked, p.Desk
	return Decision{
		Next: inc, Changed: true, Reason: incident.ReasonInvestigateAsked, Detail: inc.Inquiry.By,
		Effects: []filing.Effect{inc.NewEffect(filing.KindFile, "", now)},
	}
}

// joinTicket tells the ticket of a click: the tag, and who looks into it, unless the click
// before was within the window.
func joinTicket(inc incident.Incident, before time.Time, window time.Duration, now time.Time) []filing.Effect {
	if !before.IsZero() && now.Sub(before) < window {
		return nil
	}
	note := inc.NewEffect(filing.KindNote, inc.InquirySuffix(), now)
	note.Text = brief.Clicked(inc, note, now)
	tag := inc.NewEffect(filing.KindTag, inc.InquirySuffix(), now)
	tag.Tags = []string{incident.TagStatus}
	return []filing.Effect{note, tag}
}

// freshInquiry: the ticket was closed by a person, and it fires still: an operator who
// clicks wants one, so that the old episode ends here and a fresh one begins.
func freshInquiry(inc incident.Incident, brief string, p incident.Policy, now time.Time) Decision {
	inquiry := inc.Inquiry
	d := freshEpisode(inc, p, now)
	next := *d.Successor
	next.Inquiry = incident.Inquiry{Count: 1, At: inquiry.At, By: inquiry.By}
	next.Within, d.Joins, d.Effects = alert.Mark{}, alert.Mark{}, nil
	if next.Ticket.State == filing.TicketAsked {
		next.Ticket.State = filing.TicketNone
	}
	start := demand(next, brief, p, now)
	start.Next.Timeline = nil
	start.tell(incident.Investigated{}.Kind(), now)
	d.Successor, d.Effects = &start.Next, start.Effects
	return d
}
