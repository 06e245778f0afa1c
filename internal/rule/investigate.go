package rule

import (
	"cmp"
	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/filing"
	"docket/internal/incident"
	"fmt"
	"strings"
	"time"
)

// investigate: an operator wants the surface's ticket, now, whatever its severity, the
// filing flag and silences say. One incident has one ticket, so a click asks for it where
// there is none, and joins the one there is, once the desk has said that it is still open.
func investigate(inc incident.Incident, ev incident.Investigated, p incident.Policy, now time.Time) Decision {
	if !p.InvestigateOn {
		return Decision{Next: inc, Reason: incident.ReasonInvestigateOff}
	}
	if inc.State == "" {
		inc = newEpisode(inc, ev.Alert, now)
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
				newEffect(inc, filing.KindCheck, inquirySuffix(inc), now)),
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
	inc.State, inc.DueAt, inc.MaybeStale = openOrSettling(inc.State), dueIfSettling(inc), false
	inc.Inquiry.Alone = !inc.Severity.WorseOrEqual(p.TicketAt) || !p.FilingOn || p.MutedBy != ""
	inc.Inquiry.Asked, inc.Inquiry.Brief = true, brief
	inc.Ticket.State, inc.Ticket.Desk = filing.TicketAsked, p.Desk
	return Decision{
		Next: inc, Changed: true, Reason: incident.ReasonInvestigateAsked, Detail: inc.Inquiry.By,
		Effects: []filing.Effect{newEffect(inc, filing.KindFile, "", now)},
	}
}

// openOrSettling keeps what settles settling, and opens what is held.
func openOrSettling(s incident.State) incident.State {
	if s == incident.Settling {
		return s
	}
	return incident.Open
}

func dueIfSettling(inc incident.Incident) time.Time {
	if inc.State == incident.Settling {
		return inc.DueAt
	}
	return time.Time{}
}

// joinTicket tells the ticket of a click: the tag, and who looks into it, unless the click
// before was within the window.
func joinTicket(inc incident.Incident, before time.Time, window time.Duration, now time.Time) []filing.Effect {
	if !before.IsZero() && now.Sub(before) < window {
		return nil
	}
	note := newEffect(inc, filing.KindNote, inquirySuffix(inc), now)
	note.Text = brief.Clicked(inc, note, now)
	tag := newEffect(inc, filing.KindTag, inquirySuffix(inc), now)
	tag.Tags = []string{incident.TagStatus}
	return []filing.Effect{note, tag}
}

// inquirySuffix tells an incident's clicks apart.
func inquirySuffix(inc incident.Incident) string {
	return fmt.Sprintf("%s%d", inquiryPrefix, inc.Inquiry.Count)
}

const inquiryPrefix = "investigated-"

// ofInquiry reports whether an effect was asked for by a click.
func ofInquiry(e filing.Effect) bool {
	_, suffix, _ := strings.Cut(e.ID, e.Mark.String()+"/")
	return strings.HasPrefix(suffix, inquiryPrefix)
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
	start.Next.Reason = start.Reason
	start.Next.Timeline = nil
	start.Next.Tell(incident.Moment{At: now, Event: incident.Investigated{}.Kind(), To: start.Next.State,
		Reason: start.Reason, Detail: start.Detail})
	d.Successor, d.Effects = &start.Next, start.Effects
	return d
}
