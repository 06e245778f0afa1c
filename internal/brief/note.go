package brief

import (
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/line"
	"docket/internal/storm"
	"fmt"
	"strings"
	"time"
)

// Recovered is the note that everything has recovered, and what happens to the ticket.
func Recovered(inc incident.Incident, p incident.Policy, note filing.Effect) string {
	var b strings.Builder
	if inc.Shared != storm.NotShared {
		fmt.Fprintf(&b, "Over: %s\nEverything listed here has recovered, the last alert at about %s.\n", inc.Title,
			inc.RecoveredAt.UTC().Format(timeLayout))
		return b.String() + endOfRecovery(inc, p) + note.NoteMark()
	}
	fmt.Fprintf(&b, "Recovered: %s\n", inc.Title)
	fmt.Fprintf(&b, "The alert stopped firing at %s, after %s.\n", inc.RecoveredAt.UTC().Format(timeLayout),
		inc.RecoveredAt.Sub(inc.OpenedAt).Round(time.Second))
	if inc.Fires > 0 {
		fmt.Fprintf(&b, "It fired again %d times since the ticket was filed.\n", inc.Fires)
	}
	return b.String() + endOfRecovery(inc, p) + note.NoteMark()
}

// endOfRecovery says what happens to the ticket.
func endOfRecovery(inc incident.Incident, p incident.Policy) string {
	if p.OnRecovery == incident.RecoveryClose && !inc.Ticket.Merged {
		return "Docket closes this ticket.\n"
	}
	return "Please close the ticket when you are done.\n"
}

// FiredAgain is the note that the alert fired again. It covers all firings since the last note.
func FiredAgain(inc incident.Incident, note filing.Effect) string {
	goesOn := ""
	if inc.TookUp() {
		goesOn = "It continues in this ticket as incident " + inc.Mark.String() + ".\n"
	}
	return fmt.Sprintf("Fired again: %s\nIt has been firing since %s. It has fired again %d times since the ticket was filed.\n%s%s",
		inc.Title, inc.FiredAt.UTC().Format(timeLayout), inc.Fires, goesOn, note.NoteMark())
}

// Clicked is the note that somebody clicked Investigate.
func Clicked(inc incident.Incident, note filing.Effect, now time.Time) string {
	return fmt.Sprintf("%s is looking into it: Investigate was clicked at %s.\n%s%s",
		line.Of(inc.Inquiry.By), now.UTC().Format(timeLayout), paragraph(inc.Inquiry.Brief), note.NoteMark())
}

// Twin is the note on an incident's second ticket, which is about to be closed.
func Twin(kept filing.Ticket, note filing.Effect) string {
	return "This is a second ticket for the same incident. Ticket #" + kept.Number + " " + kept.URL +
		" is kept, and Docket closes this one.\n" + note.NoteMark()
}

// paragraph ends text with a line break, and returns "" for no text.
func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return strings.TrimRight(text, "\n") + "\n"
}
