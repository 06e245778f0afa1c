package incident

import (
	"strings"
	"time"
)

// Shown is a ticket as the desk showed it.
type Shown struct {
	Ticket
	Closed bool
	// ClosedAt is zero while open, where the desk does not tell, and for what is spam or in the trash.
	ClosedAt, CreatedAt time.Time
}

// goesBefore reports whether s is to be kept of two tickets with one mark: an open one goes
// before one that a person closed, then the older one.
func (s Shown) goesBefore(o Shown) bool {
	if s.Closed != o.Closed {
		return !s.Closed
	}
	return s.CreatedAt.Before(o.CreatedAt)
}

// outdated reports whether what the desk showed is older than what is known, or is about
// another ticket than the incident's.
func (ev Event) outdated(inc Incident) bool {
	return (ev.TicketID != "" && ev.TicketID != inc.Ticket.ID) || (!ev.AsOf.IsZero() && ev.AsOf.Before(inc.Ticket.KnownAt))
}

// ticketSeen: the desk showed the ticket. Words come late, twice and out of order; one that
// is older than what is known changes nothing.
func ticketSeen(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if ev.outdated(inc) {
		return Decision{Next: inc, Reason: ReasonStale}
	}
	moved := ev.Shown.ID != "" && inc.Ticket.ID != "" && ev.Shown.ID != inc.Ticket.ID
	if moved {
		inc = inc.mergedInto(ev.Shown.Ticket, now)
	}
	d := seen(inc, ev.TicketClosed, ev.ClosedAt, p, now)
	if moved && !d.Changed {
		d = Decision{Next: inc, Changed: true, Reason: ReasonMerged, Detail: inc.Ticket.Number}
	}
	if d.Changed && !ev.AsOf.IsZero() {
		// Known since it was asked: an answer to a later question may come after a slow one.
		d.Next.Ticket.KnownAt = ev.AsOf
	}
	return d
}

// mergedInto: people merged the ticket into another one, which is the incident's from now on.
// That one belongs to people: it is noted, and never closed by policy.
func (i Incident) mergedInto(t Ticket, now time.Time) Incident {
	i.Ticket.ID, i.Ticket.Number, i.Ticket.URL = t.ID, t.Number, t.URL
	i.Ticket.Merged, i.Ticket.KnownAt = true, now
	return i
}

// ticketMissing: the desk surely has no such ticket any more, and nobody deleted it, as far
// as is known. It is filed again under the same mark.
func ticketMissing(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if inc.Ticket.State != TicketFiled || ev.TicketID != inc.Ticket.ID || ev.outdated(inc) || inc.listed() || inc.Gathers != NoGathering {
		return Decision{Next: inc, Reason: ReasonStale}
	}
	lost := inc.Ticket
	inc.Ticket = Ticket{State: TicketAsked, Refiled: lost.Refiled + 1, KnownAt: now}
	if inc.State != Settling {
		inc.DueAt = time.Time{} // A note that was put off has no ticket to go to; the new one says it all.
	}
	file := newEffect(inc, KindFile, refiledPrefix+lost.ID, now)
	file.NotBefore = now.Add(p.WaitOut) // Until then a look by mark might not show what is there.
	return Decision{Next: inc, Changed: true, Reason: ReasonTicketMissing, Detail: lost.Number, Effects: []Effect{file}}
}

// refiledPrefix begins the suffix of an effect that files a ticket again.
const refiledPrefix = "instead-of-"

// Refiles reports whether an effect files a ticket again that the desk lost.
func (e Effect) Refiles() bool {
	return e.Kind == KindFile && strings.HasPrefix(e.suffix(), refiledPrefix)
}

// suffix is what stands behind the mark in an effect's id.
func (e Effect) suffix() string {
	_, suffix, _ := strings.Cut(e.ID, e.Mark.String()+"/")
	return suffix
}

// twinSeen: the desk shows a second ticket with the incident's mark. One is kept; the other is
// noted and closed, never deleted, and once: whoever opens it again has reasons.
func twinSeen(inc Incident, ev Event, now time.Time) Decision {
	if inc.Ticket.ID == "" || ev.TicketID != inc.Ticket.ID || ev.outdated(inc) || ev.Shown.ID == "" || ev.Shown.ID == inc.Ticket.ID ||
		inc.Ticket.Merged || inc.listed() || inc.Gathers != NoGathering {
		return Decision{Next: inc, Reason: ReasonStale}
	}
	loser := ev.Own
	loser.Ticket = inc.Ticket
	if ev.Shown.goesBefore(ev.Own) {
		kept := inc.Ticket
		inc.Ticket = ev.Shown.Ticket
		inc.Ticket.State, inc.Ticket.Refiled = TicketFiled, kept.Refiled
	} else {
		loser = ev.Shown
	}
	inc.Ticket.KnownAt = now // Told once: the same word a second time is out of date.
	d := Decision{Next: inc, Changed: true, Reason: ReasonTwinClosed, Detail: loser.Number}
	if loser.Closed {
		return d
	}
	note, closing := newEffect(inc, KindNote, twinPrefix+loser.ID, now), newEffect(inc, KindClose, twinPrefix+loser.ID, now)
	note.TicketID, closing.TicketID = loser.ID, loser.ID
	note.Text = "This is a second ticket of one incident. Ticket #" + inc.Ticket.Number + " " + inc.Ticket.URL + " is kept; Docket closes this one.\n" + note.NoteMark()
	d.Effects = []Effect{note, closing}
	return d
}

const twinPrefix = "twin-"

// ofTwin reports whether an effect is about a second ticket that is not kept.
func (e Effect) ofTwin() bool { return strings.HasPrefix(e.suffix(), twinPrefix) }

// TwinEffect is the id of the effect that closes a second ticket: asked for once.
func TwinEffect(m Mark, ticketID string) string {
	return newEffect(Incident{Mark: m}, KindClose, twinPrefix+ticketID, time.Time{}).ID
}

// orphanSeen: the desk shows a ticket with the incident's mark, and the incident knows of
// none. It is the incident's.
func orphanSeen(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if (inc.State != Open && inc.State != Settling) || inc.Ticket.State != TicketNone || inc.Gathers != NoGathering || ev.Shown.ID == "" {
		return Decision{Next: inc, Reason: ReasonStale}
	}
	inc.Ticket = ev.Shown.Ticket
	inc.Ticket.State, inc.Ticket.KnownAt = TicketFiled, now
	if inc.State == Open {
		inc.DueAt = time.Time{}
	}
	d := Decision{Next: inc, Changed: true, Reason: ReasonOrphanAdopted, Detail: inc.Ticket.Number}
	if ev.Shown.Closed {
		// Nobody knows what the closed ticket was closed for: a fresh one is no harm, none is.
		if inc.State == Open {
			return freshEpisode(inc, p, now)
		}
		next := seen(inc, true, ev.Shown.ClosedAt, p, now)
		d.Next = next.Next
	}
	return d
}

// tagsMissing: the ticket lacks tags that it was given. They are put on once more, and only
// once: a person who takes them off again means it.
func tagsMissing(inc Incident, ev Event, p Policy, now time.Time) Decision {
	tags := ticketTags(inc, p)
	if inc.Ticket.State != TicketFiled || ev.outdated(inc) || inc.listed() || len(tags) == 0 {
		return Decision{Next: inc, Reason: ReasonStale}
	}
	tag := newEffect(inc, KindTag, tagAgain, now)
	tag.Tags = tags
	inc.Ticket.KnownAt = now
	return Decision{Next: inc, Changed: true, Reason: ReasonTagsMissing, Effects: []Effect{tag}}
}

const tagAgain = "again"

// TagEffect is the id of the effect that puts tags on once more.
func TagEffect(m Mark) string { return newEffect(Incident{Mark: m}, KindTag, tagAgain, time.Time{}).ID }

// Tags are the tags that the incident's own ticket is to carry.
func (i Incident) Tags(p Policy) []string { return ticketTags(i, p) }
