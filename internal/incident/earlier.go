package incident

import (
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/storm"
)

// What an episode knows about the one before it with the same alert_key, and about that one's ticket.

// Next is the start of the episode after this one. It has no state yet.
func (i Incident) Next() Incident {
	return Incident{
		Mark: alert.Mark{Key: i.Key, Generation: i.Generation + 1}, Recipe: i.Recipe, Source: i.Source, Route: i.Route,
		Ticket: filing.Ticket{State: filing.TicketNone}, Earlier: i.Past(),
	}
}

// Past is the incident's ticket, or the one before it, as the next episode remembers it.
func (i Incident) Past() filing.Ticket {
	if i.Ticket.ID == "" {
		return i.Earlier
	}
	past := i.Ticket
	past.KnownAt, past.Refiled = time.Time{}, 0
	past.Noted = filing.Noted{Fires: i.Fires, FlapNotedAt: i.FlapNotedAt, RecoveryNotedAt: i.RecoveryNotedAt}
	return past
}

// TakesUp says whether the incident continues in the ticket of the episode before, as the desk shows it right before a
// ticket is filed. An open one is continued: a person reopened it, and two tickets would be one too many. A closed one
// is reopened within p.ReopenWithin of its close, but never for a click on Investigate. Otherwise a new one is filed,
// also if the ticket belongs to another episode or problem, or was deleted or marked as spam.
func (i Incident) TakesUp(a filing.Answer, subject string, p Policy) (take, reopen bool) {
	switch {
	case i.Shared != storm.NotShared || a.Ticket.ID != i.Earlier.ID || !strings.Contains(subject, "["+i.Key.String()+"."):
		return false, false
	case !a.TicketStatusClosed:
		return true, false
	case i.Inquiry.Asked || a.ClosedAt.IsZero() || i.FiredAt.Sub(a.ClosedAt) > p.ReopenWithin || p.ReopenWithin <= 0:
		return false, false
	}
	return true, true
}

// TookUp reports whether the incident continues in the ticket of the episode before.
func (i Incident) TookUp() bool {
	return i.Ticket.ID != "" && i.Ticket.ID == i.Earlier.ID && i.Ticket.Desk == i.Earlier.Desk
}

// Continued is the incident once it continues in the earlier ticket: one more firing, and what that ticket's notes have
// covered stays covered.
func (i Incident) Continued() Incident {
	noted := i.Earlier.Noted
	i.Fires += noted.Fires + 1
	i.FiresNoted, i.FlapNotedAt, i.RecoveryNotedAt = noted.Fires, noted.FlapNotedAt, noted.RecoveryNotedAt
	return i
}

// strayAge allows for clocks that differ: a ticket closed this much before the incident opened belongs to another time.
const strayAge = 5 * time.Minute

// ClosedBefore reports whether a ticket that was found by mark was closed before the incident began: a backup was
// restored, and the mark was used twice. A closed twin does not stand in for a lost ticket either.
func (i Incident) ClosedBefore(a filing.Answer) bool {
	return !a.ClosedAt.IsZero() && a.ClosedAt.Add(strayAge).Before(i.OpenedAt)
}
