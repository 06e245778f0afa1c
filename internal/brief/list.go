package brief

import (
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/line"
	"docket/internal/storm"
	"fmt"
	"strings"
)

// SharedTitle is the title of a shared ticket.
func SharedTitle(inc incident.Incident) string {
	if inc.Shared == storm.Digest {
		return "Alerts that fired and recovered while the help desk was unreachable"
	}
	if inc.Route != "" {
		return "Alert storm on route " + inc.Route
	}
	return "Alert storm"
}

// MaxListed limits the entries of one text; maxListText limits the bytes of its entries, at every desk.
const (
	MaxListed   = 3000
	maxListText = 200_000
	maxEntry    = 2000
	// maxNoteMark is more than the mark at the end of a note takes.
	maxNoteMark = 100
	// fullTexts is how many texts of a shared ticket list their members with all labels, because a desk has to display
	// the ticket to people.
	fullTexts = 10
)

// Fit cuts members down to what the shared ticket's next text can hold; the rest go into the one after it. most is how
// many bytes the desk takes in one text, 0 for no limit of its own.
func Fit(inc incident.Incident, members []incident.Member, most int) []incident.Member {
	if inc.Ticket.State != filing.TicketNone {
		inc.Fires++
	}
	room, size := maxListText, 0
	if most > 0 {
		_, frame := Shared(inc, List(inc, nil))
		room = min(room, most-len(frame)-maxNoteMark)
	}
	for i, m := range members {
		if size += len(listing(m, inc.Fires)); i > 0 && (size > room || i >= MaxListed) {
			return members[:i]
		}
	}
	return members
}

// listing formats a member for one of a ticket's texts, counted from 0: in full, or in one line once the ticket has
// become long.
func listing(m incident.Member, text int) string {
	if text > fullTexts {
		return short(m)
	}
	return entry(m)
}

// List is the text of a shared ticket or of a note on it: the members it lists.
func List(inc incident.Incident, members []incident.Member) string {
	var b strings.Builder
	switch {
	case inc.Shared == storm.Digest && inc.Fires == 0:
		b.WriteString("These alerts fired and recovered while the help desk could not be reached.\n")
	case inc.Shared == storm.Digest:
		b.WriteString("More alerts that fired and recovered while the help desk could not be reached.\n")
	case inc.Fires == 0:
		b.WriteString("Many alerts fired at once. This ticket covers all alerts listed here and in its notes; they have no other ticket.\n")
	default:
		b.WriteString("More alerts of this storm.\n")
	}
	b.WriteString("\n")
	if inc.Fires > fullTexts {
		b.WriteString("From here on there is one line per alert; for details, run docket incidents show MARK.\n\n")
	}
	for _, m := range members {
		b.WriteString(listing(m, inc.Fires))
	}
	return b.String()
}

// short formats one member for a ticket that has become long.
func short(m incident.Member) string {
	return fmt.Sprintf("%s %s %s\n", m.Incident.Severity, line.Clip(line.Of(m.Incident.Title), maxEntry/10), m.Incident.Mark)
}

// entry formats one member: title, labels and mark, character for character.
func entry(m incident.Member) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", m.Incident.Severity, line.Of(m.Incident.Title))
	if s := line.Of(m.Summary); s != "" && s != m.Incident.Title {
		fmt.Fprintf(&b, ": %s", line.Clip(s, maxEntry/4))
	}
	b.WriteString("\n")
	for _, l := range m.Labels {
		fmt.Fprintf(&b, "  %s: %s\n", l.Name, l.Value)
		if b.Len() > 4*maxEntry {
			b.WriteString("  and more labels\n")
			break
		}
	}
	fmt.Fprintf(&b, "  fired: %s", m.Incident.OpenedAt.UTC().Format(timeLayout))
	if !m.Incident.RecoveredAt.IsZero() {
		fmt.Fprintf(&b, ", recovered: %s", m.Incident.RecoveredAt.UTC().Format(timeLayout))
	}
	fmt.Fprintf(&b, "\n  %s\n\n", m.Incident.Mark)
	return b.String()
}
