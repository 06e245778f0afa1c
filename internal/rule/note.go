package rule

import (
	"docket/internal/brief"
	"docket/internal/filing"
	"docket/internal/incident"
	"fmt"
	"time"
)

// noteRecovery tells the ticket, at most once in p.FlapNoteEvery: a flapping alert must
// not fill the ticket, and the last state must be noted.
func noteRecovery(inc incident.Incident, p incident.Policy, now time.Time) (incident.Incident, []filing.Effect) {
	if p.OnRecovery == incident.RecoveryNone {
		return inc, nil
	}
	if next := inc.RecoveryNotedAt.Add(p.FlapNoteEvery); !inc.RecoveryNotedAt.IsZero() && now.Before(next) {
		inc.DueAt = next
		return inc, nil
	}
	inc.RecoveryNotedAt, inc.FiresNoted = now, inc.Fires
	note := inc.NewEffect(filing.KindNote, inc.RecoverySuffix(), now)
	note.Text = brief.Recovered(inc, p, note)
	return inc, []filing.Effect{note}
}

// noteFires tells the ticket that it fired again, one note for all firings since the last.
// While it is muted the ticket is left alone.
func noteFires(inc incident.Incident, p incident.Policy, now time.Time) Decision {
	if inc.Ticket.State != filing.TicketFiled || inc.Listed() || inc.Fires <= inc.FiresNoted {
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonTicketOpen}
	}
	if next := inc.FlapNotedAt.Add(p.FlapNoteEvery); !inc.FlapNotedAt.IsZero() && now.Before(next) {
		inc.DueAt = next
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonNoteCoalesced}
	}
	if p.MutedBy != "" {
		inc.DueAt = p.MutedUntil
		return Decision{Next: inc, Changed: true, Reason: incident.ReasonNoteMuted, Detail: p.MutedBy}
	}
	note := inc.NewEffect(filing.KindNote, fmt.Sprintf("fired-%d", inc.Fires), now)
	note.Text = brief.FiredAgain(inc, note)
	inc.FlapNotedAt, inc.FiresNoted = now, inc.Fires
	return Decision{Next: inc, Changed: true, Reason: incident.ReasonFlapNoted, Effects: []filing.Effect{note}}
}
