package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// investigate: an operator wants the surface's ticket, now, whatever its severity, the
// filing flag and silences say. One incident has one ticket, so a click asks for it where
// there is none, and joins the one there is, once the desk has said that it is still open.
func investigate(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if !p.InvestigateOn {
		return Decision{Next: inc, Reason: ReasonInvestigateOff}
	}
	if inc.State == "" {
		inc = newEpisode(inc, ev.Alert, now)
		inc.State = Open
	}
	before := inc.Inquiry.At
	inc.Inquiry.Count++
	inc.Inquiry.At, inc.Inquiry.By = now, ev.By
	switch inc.Ticket.State {
	case TicketNone:
		return demand(inc, ev.Brief, p, now)
	case TicketAsked:
		inc.Inquiry.Brief = cmp.Or(inc.Inquiry.Brief, ev.Brief)
		return Decision{Next: inc, Changed: true, Reason: ReasonInvestigateJoined, Detail: ev.By}
	case TicketClosed:
		if inc.State == Open {
			return freshInquiry(inc, ev.Brief, p, now)
		}
	case TicketFiled:
		if inc.listed() || now.Sub(inc.Inquiry.CheckedAt) < recheckAfter {
			return Decision{Next: inc, Changed: true, Reason: ReasonInvestigateJoined, Detail: ev.By}
		}
		inc.Inquiry.CheckedAt = now
		inc.Inquiry.Brief = ev.Brief // For the fresh ticket, should this one turn out to be closed.
		return Decision{
			Next: inc, Changed: true, Reason: ReasonInvestigateJoined, Detail: ev.By,
			Effects: append(joinTicket(inc, before, cmp.Or(ev.Window, p.InvestigateWindow), now), newEffect(inc, KindCheck, inquirySuffix(inc), now)),
		}
	}
	return Decision{Next: inc, Reason: ReasonNothing}
}

// recheckAfter is how long the desk's word that the ticket is open serves the next clicks:
// ten operators who click at once are one question.
const recheckAfter = 5 * time.Second

// demand asks for the ticket whatever the policy says; only what the alert itself would
// have got is tagged as an alert's.
func demand(inc Incident, brief string, p Policy, now time.Time) Decision {
	inc.State, inc.DueAt, inc.Doubted = openOrSettling(inc.State), dueIfSettling(inc), false
	inc.Inquiry.Alone = !inc.Severity.WorseOrEqual(p.TicketAt) || !p.FilingOn || p.MutedBy != ""
	inc.Inquiry.Asked, inc.Inquiry.Brief = true, brief
	inc.Ticket.State = TicketAsked
	return Decision{
		Next: inc, Changed: true, Reason: ReasonInvestigateAsked, Detail: inc.Inquiry.By,
		Effects: []Effect{newEffect(inc, KindFile, "", now)},
	}
}

// openOrSettling keeps what settles settling, and opens what is held.
func openOrSettling(s State) State {
	if s == Settling {
		return s
	}
	return Open
}

func dueIfSettling(inc Incident) time.Time {
	if inc.State == Settling {
		return inc.DueAt
	}
	return time.Time{}
}

// joinTicket tells the ticket of a click: the tag, and who looks into it, unless the click
// before was within the window.
func joinTicket(inc Incident, before time.Time, window time.Duration, now time.Time) []Effect {
	if !before.IsZero() && now.Sub(before) < window {
		return nil
	}
	note := newEffect(inc, KindNote, inquirySuffix(inc), now)
	note.Text = fmt.Sprintf("%s looks into it: Investigate was clicked at %s.\n%s%s",
		oneLine(inc.Inquiry.By), now.UTC().Format(timeLayout), paragraph(inc.Inquiry.Brief), note.NoteMark())
	tag := newEffect(inc, KindTag, inquirySuffix(inc), now)
	tag.Tags = []string{TagStatus}
	return []Effect{note, tag}
}

// inquirySuffix tells an incident's clicks apart.
func inquirySuffix(inc Incident) string { return fmt.Sprintf("%s%d", inquiryPrefix, inc.Inquiry.Count) }

const inquiryPrefix = "investigated-"

// ofInquiry reports whether an effect was asked for by a click.
func ofInquiry(e Effect) bool {
	_, suffix, _ := strings.Cut(e.ID, e.Mark.String()+"/")
	return strings.HasPrefix(suffix, inquiryPrefix)
}

// freshInquiry: the ticket was closed by a person, and it fires still: an operator who
// clicks wants one, so that the old episode ends here and a fresh one begins.
func freshInquiry(inc Incident, brief string, p Policy, now time.Time) Decision {
	inquiry := inc.Inquiry
	d := freshEpisode(inc, p, now)
	next := *d.Successor
	next.Inquiry = Inquiry{Count: 1, At: inquiry.At, By: inquiry.By}
	next.Within, d.Gather, d.Effects = Mark{}, Mark{}, nil
	if next.Ticket.State == TicketAsked {
		next.Ticket.State = TicketNone
	}
	start := demand(next, brief, p, now)
	start.Next.Reason = start.Reason
	start.Next.Timeline = nil
	start.Next.tell(Moment{At: now, Event: Investigated, To: start.Next.State, Reason: start.Reason, Detail: start.Detail})
	d.Successor, d.Effects = &start.Next, start.Effects
	return d
}

// ticketTags are the tags of an incident's own ticket.
func ticketTags(inc Incident, p Policy) []string {
	if inc.Inquiry.Count == 0 {
		return p.Tags
	}
	tags := slices.Clone(p.Tags)
	if inc.Inquiry.Alone {
		tags = slices.DeleteFunc(tags, func(t string) bool { return t == TagAlert })
	}
	return append(tags, TagStatus)
}

// paragraph is a text that ends with a line break, "" for none.
func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return strings.TrimRight(text, "\n") + "\n"
}
