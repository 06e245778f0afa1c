package brief

import (
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
	"fmt"
	"strings"
	"time"
)

// RecoveredNote is the note that all of it is over, and what becomes of the ticket.
func Recovered(inc incident.Incident, p incident.Policy, note filing.Effect) string {
	var b strings.Builder
	if inc.Shared != storm.NotShared {
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
func endOfRecovery(inc incident.Incident, p incident.Policy) string {
	if p.OnRecovery == incident.RecoveryClose && !inc.Ticket.Merged {
		return "Docket closes this ticket.\n"
	}
	return "Please close the ticket once you have looked at it.\n"
}

// FiredAgainNote is the note that the alert fired again, for all firings since the last note.
func FiredAgain(inc incident.Incident, note filing.Effect) string {
	goesOn := ""
	if inc.TookUp() {
		goesOn = "It goes on in this ticket, as incident " + inc.Mark.String() + ".\n"
	}
	return fmt.Sprintf("Fired again: %s\nIt fires since %s; %d times again since the ticket was filed.\n%s%s",
		inc.Title, inc.FiredAt.UTC().Format(timeLayout), inc.Fires, goesOn, note.NoteMark())
}

// ClickNote is the note that somebody clicked Investigate.
func Clicked(inc incident.Incident, note filing.Effect, now time.Time) string {
	return fmt.Sprintf("%s looks into it: Investigate was clicked at %s.\n%s%s",
		oneLine(inc.Inquiry.By), now.UTC().Format(timeLayout), paragraph(inc.Inquiry.Brief), note.NoteMark())
}

// TwinNote is the note on a second ticket of one incident, which is about to be closed.
func Twin(kept filing.Ticket, note filing.Effect) string {
	return "This is a second ticket of one incident. Ticket #" + kept.Number + " " + kept.URL + " is kept; Docket closes this one.\n" + note.NoteMark()
}

// paragraph is a text that ends with a line break, "" for none.
func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return strings.TrimRight(text, "\n") + "\n"
}
