package rule

import (
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
	"strings"
	"time"
)

// TakeUp says what a fresh episode does with the ticket of the one before, as the desk shows
// it right before a ticket is filed. An open one is taken up: a person opened it again, and
// two tickets would be one too many. A closed one is opened again within p.ReopenWithin of
// its close, but never for a click on Investigate. In all other cases a fresh one is filed,
// also where the ticket is another episode's or problem's, or was put away as spam or deleted.
func TakeUp(i incident.Incident, a filing.Answer, subject string, p incident.Policy) (take, reopen bool) {
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

// goOn takes over what the ticket has been told already: this is one more firing of it.
func goOn(i incident.Incident) incident.Incident {
	noted := i.Earlier.Noted
	i.Fires += noted.Fires + 1
	i.FiresNoted, i.FlapNotedAt, i.RecoveryNotedAt = noted.Fires, noted.FlapNotedAt, noted.RecoveryNotedAt
	return i
}

// strayAge is how much older than its incident the close of a ticket must be to be of
// another time: clocks differ.
const strayAge = 5 * time.Minute

// fromAnotherTime reports whether a ticket that was found by mark had been closed before
// the incident began: a backup was put back, and the mark was given twice. Neither does a
// closed twin stand for a ticket that was lost.
func fromAnotherTime(inc incident.Incident, a filing.Answer) bool {
	return !a.ClosedAt.IsZero() && a.ClosedAt.Add(strayAge).Before(inc.OpenedAt)
}
