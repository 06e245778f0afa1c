package incident

import (
	"fmt"
	"strings"
	"time"
)

// noteRecovery tells the ticket, at most once in p.FlapNoteEvery: a flapping alert must
// not fill the ticket, and the last word must be told.
func noteRecovery(inc Incident, p Policy, now time.Time) (Incident, []Effect) {
	if p.OnRecovery == RecoveryNone {
		return inc, nil
	}
	if next := inc.RecoveryNotedAt.Add(p.FlapNoteEvery); !inc.RecoveryNotedAt.IsZero() && now.Before(next) {
		inc.DueAt = next
		return inc, nil
	}
	inc.RecoveryNotedAt, inc.FiresNoted = now, inc.Fires
	note := newEffect(inc, KindNote, recoverySuffix(inc), now)
	note.Text = recoveryNote(inc, p, note)
	return inc, []Effect{note}
}

// recoverySuffix tells an incident's recoveries apart; Fires is another at each.
func recoverySuffix(inc Incident) string {
	if inc.Ticket.Refiled > 0 {
		return fmt.Sprintf("recovered-%d-in-%s", inc.Fires, inc.Ticket.ID)
	}
	return fmt.Sprintf("recovered-%d", inc.Fires)
}

// recoveryNoteID is the id of the note about the recovery that an incident is in.
func recoveryNoteID(inc Incident) string {
	return newEffect(inc, KindNote, recoverySuffix(inc), time.Time{}).ID
}

// noteFires tells the ticket that it fired again, one note for all firings since the last.
// While it is muted the ticket is left alone.
func noteFires(inc Incident, p Policy, now time.Time) Decision {
	if inc.Ticket.State != TicketFiled || inc.listed() || inc.Fires <= inc.FiresNoted {
		return Decision{Next: inc, Changed: true, Reason: ReasonTicketOpen}
	}
	if next := inc.FlapNotedAt.Add(p.FlapNoteEvery); !inc.FlapNotedAt.IsZero() && now.Before(next) {
		inc.DueAt = next
		return Decision{Next: inc, Changed: true, Reason: ReasonNoteCoalesced}
	}
	if p.MutedBy != "" {
		inc.DueAt = p.MutedUntil
		return Decision{Next: inc, Changed: true, Reason: ReasonNoteMuted, Detail: p.MutedBy}
	}
	note := newEffect(inc, KindNote, fmt.Sprintf("fired-%d", inc.Fires), now)
	note.Text = firedAgainNote(inc, note)
	inc.FlapNotedAt, inc.FiresNoted = now, inc.Fires
	return Decision{Next: inc, Changed: true, Reason: ReasonFlapNoted, Effects: []Effect{note}}
}

func recoveryNote(inc Incident, p Policy, note Effect) string {
	var b strings.Builder
	if inc.Gathers != NoGathering {
		fmt.Fprintf(&b, "Over: %s\nAll that is listed here has recovered; the last at %s, or a moment before.\n", inc.Title, inc.RecoveredAt.UTC().Format(timeLayout))
		return b.String() + endOfRecovery(inc, p) + note.NoteMark()
	}
	fmt.Fprintf(&b, "Recovered: %s\n", inc.Title)
	fmt.Fprintf(&b, "The alert stopped firing at %s, after %s.\n", inc.RecoveredAt.UTC().Format(timeLayout), inc.RecoveredAt.Sub(inc.OpenedAt).Round(time.Second))
	if inc.Fires > 0 {
		fmt.Fprintf(&b, "It fired again %d times since the ticket was filed.\n", inc.Fires)
	}
	return b.String() + endOfRecovery(inc, p) + note.NoteMark()
}

// endOfRecovery says what becomes of the ticket.
func endOfRecovery(inc Incident, p Policy) string {
	if p.OnRecovery == RecoveryClose && !inc.Ticket.Merged {
		return "Docket closes this ticket.\n"
	}
	return "Please close the ticket once you have looked at it.\n"
}

func firedAgainNote(inc Incident, note Effect) string {
	goesOn := ""
	if inc.tookUp() {
		goesOn = "It goes on in this ticket, as incident " + inc.Mark.String() + ".\n"
	}
	return fmt.Sprintf("Fired again: %s\nIt fires since %s; %d times again since the ticket was filed.\n%s%s",
		inc.Title, inc.FiredAt.UTC().Format(timeLayout), inc.Fires, goesOn, note.NoteMark())
}
