package incident

import (
	"strings"
	"time"
)

// Told is what a ticket had been told when its episode ended; it is kept only with Earlier,
// so that an episode that goes on in the same ticket goes on counting.
type Told struct {
	Fires           int       `json:"fires,omitempty"`
	FlapNotedAt     time.Time `json:"flap_noted_at,omitzero"`
	RecoveryNotedAt time.Time `json:"recovery_noted_at,omitzero"`
}

// Past is the incident's ticket, or the one before it, as the next episode remembers it.
func (i Incident) Past() Ticket {
	if i.Ticket.ID == "" {
		return i.Earlier
	}
	past := i.Ticket
	past.KnownAt, past.Refiled = time.Time{}, 0
	past.Told = Told{i.Fires, i.FlapNotedAt, i.RecoveryNotedAt}
	return past
}

// TakeUp says what a fresh episode does with the ticket of the one before, as the desk shows
// it right before a ticket is filed. An open one is taken up: a person opened it again, and
// two tickets would be one too many. A closed one is opened again within p.ReopenWithin of
// its close, but never for a click on Investigate. In all other cases a fresh one is filed,
// also where the ticket is another episode's or problem's, or was put away as spam or deleted.
func (i Incident) TakeUp(a Answer, subject string, p Policy) (take, reopen bool) {
	switch {
	case i.Gathers != NoGathering || a.Ticket.ID != i.Earlier.ID || !strings.Contains(subject, "["+i.Key.String()+"."):
		return false, false
	case !a.TicketStatusClosed:
		return true, false
	case i.Inquiry.Asked || a.ClosedAt.IsZero() || i.FiredAt.Sub(a.ClosedAt) > p.ReopenWithin || p.ReopenWithin <= 0:
		return false, false
	}
	return true, true
}

// MayStillClose reports whether an effect of the episode before may still close its ticket: it
// is on the wire. The ticket is not taken up meanwhile, or our own close would pass for a
// person's.
func (e Effect) MayStillClose(p Policy, now time.Time) bool {
	return e.Kind == KindClose && (e.State == Sending || e.State == Unknown) && now.Before(e.SentAt.Add(p.CallTimeout))
}

// tookUp reports whether an incident has the ticket of the episode before.
func (i Incident) tookUp() bool {
	return i.Ticket.ID != "" && i.Ticket.ID == i.Earlier.ID && i.Ticket.Desk == i.Earlier.Desk
}

// goOn takes over what the ticket has been told already: this is one more firing of it.
func (i Incident) goOn() Incident {
	told := i.Earlier.Told
	i.Fires += told.Fires + 1
	i.FiresNoted, i.FlapNotedAt, i.RecoveryNotedAt = told.Fires, told.FlapNotedAt, told.RecoveryNotedAt
	return i
}

// strayAge is how much older than its incident the close of a ticket must be to be of
// another time: clocks differ.
const strayAge = 5 * time.Minute

// fromAnotherTime reports whether a ticket that was found by mark had been closed before
// the incident began: a backup was put back, and the mark was given twice. Neither does a
// closed twin stand for a ticket that was lost.
func fromAnotherTime(inc Incident, a Answer) bool {
	return !a.ClosedAt.IsZero() && a.ClosedAt.Add(strayAge).Before(inc.OpenedAt)
}
