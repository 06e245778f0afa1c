package brief

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
	"docket/internal/line"
)

// maxListed limits how many alerts of one incident a ticket lists in full. The rest are counted.
const maxListed = 50

// maxMore is more than the sentence about the alerts that are only counted takes.
const maxMore = 100

// maxSubjectRunes keeps subjects readable, and below the limit of every desk (see their packages), mark included.
const maxSubjectRunes = 250

const timeLayout = "2006-01-02 15:04:05 UTC"

// Ticket returns a ticket's subject and body: what an operator needs first, then the rest. alerts are the incident's
// alerts, at least one. most is how many bytes the desk takes in one text, 0 for no limit of its own.
func Ticket(inc incident.Incident, alerts []alert.Alert, most int) (subject, body string) {
	return briefSubject(inc, alerts), FrameBody(inc, Text(inc, alerts, most), "")
}

// FrameSubject turns text into a ticket's subject: one line of limited length, ending with the mark and containing no
// other mark.
func FrameSubject(m alert.Mark, text string) string {
	mark := " [" + m.String() + "]"
	runes := []rune(otherMark.ReplaceAllString(line.Of(text), "($1)"))
	if most := maxSubjectRunes - len(mark); len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return string(runes) + mark
}

// FrameBody turns text into a ticket's body: it adds a footer with the alert_key and the mark, preceded by footnote if
// that is not empty.
func FrameBody(inc incident.Incident, text, footnote string) string {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if footnote != "" {
		text += "\n" + footnote + "\n"
	}
	return fmt.Sprintf("%s\nalert_key: %s\nFiled by Docket. Keep the mark: [%s]\n", text, inc.Key, inc.Mark)
}

func briefSubject(inc incident.Incident, alerts []alert.Alert) string {
	text := fmt.Sprintf("%s %s", inc.Severity, inc.Title)
	if len(alerts) > 0 && alerts[0].Summary() != "" && alerts[0].Summary() != inc.Title {
		text += ": " + alerts[0].Summary()
	}
	return FrameSubject(inc.Mark, text)
}

// otherMark matches a mark in square brackets. Tickets are found by their mark, so a subject may contain only its own,
// whatever an alert says. The body keeps the alert's text unchanged.
var otherMark = regexp.MustCompile(`(?i)\[([0-9a-f]{16}\.[0-9]+)\]`)

// Text is the built-in text of a ticket's body, without its footer. It lists as many alerts as most leaves room for,
// as in Ticket; the first one is always listed.
func Text(inc incident.Incident, alerts []alert.Alert, most int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", inc.Title)
	if len(alerts) > 0 && alerts[0].Summary() != "" {
		fmt.Fprintf(&b, "%s\n", alerts[0].Summary())
	}
	fmt.Fprintf(&b, "\nSeverity: %s\n", inc.Severity)
	fmt.Fprintf(&b, "Firing since: %s\n", Since(inc, alerts).UTC().Format(timeLayout))
	if inc.State == incident.Recovered && !inc.RecoveredAt.IsZero() {
		fmt.Fprintf(&b, "Recovered before this ticket could be filed: %s\n", inc.RecoveredAt.UTC().Format(timeLayout))
	}
	if inc.Fires > 0 {
		fmt.Fprintf(&b, "Fired again since: %d times\n", inc.Fires)
	}
	fmt.Fprintf(&b, "Source: %s\n", inc.Source)
	if inc.Link != "" {
		fmt.Fprintf(&b, "Link: %s\n", inc.Link)
	}
	if inc.Earlier.ID != "" {
		fmt.Fprintf(&b, "Earlier ticket (closed): #%s %s\n", inc.Earlier.Number, inc.Earlier.URL)
	}
	if inc.Inquiry.Count > 0 {
		fmt.Fprintf(&b, "Investigate was clicked by: %s\n", line.Of(inc.Inquiry.By))
	}
	if inc.Inquiry.Brief != "" {
		fmt.Fprintf(&b, "\n%s", paragraph(inc.Inquiry.Brief))
	}
	room := most - len(FrameBody(inc, "", "")) - maxMore
	for i, a := range alerts {
		one := briefAlert(a)
		if i == maxListed || i > 0 && most > 0 && b.Len()+len(one) > room {
			fmt.Fprintf(&b, "\nand %d more alerts of the same problem\n", len(alerts)-i)
			break
		}
		b.WriteString(one)
	}
	return b.String()
}

// Shared returns a shared ticket's subject and body. list is the text of its effect.
func Shared(inc incident.Incident, list string) (subject, body string) {
	return briefSubject(inc, nil),
		fmt.Sprintf("%s\n\nWorst severity: %s\nSince: %s\n\n%salert_key: %s\nFiled by Docket. Keep the mark: [%s]\n",
			inc.Title, inc.Severity, inc.OpenedAt.UTC().Format(timeLayout), list, inc.Key, inc.Mark)
}

func briefAlert(a alert.Alert) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s (%s)\n", a.Title, a.Status)
	writeLabels(&b, "Labels", a.Labels)
	writeLabels(&b, "Annotations", a.Annotations)
	if a.ID != "" {
		fmt.Fprintf(&b, "  alert_id: %s\n", a.ID)
	}
	return b.String()
}

func writeLabels(b *strings.Builder, heading string, ls alert.Labels) {
	if len(ls) == 0 {
		return
	}
	fmt.Fprintf(b, "%s:\n", heading)
	for _, l := range ls {
		fmt.Fprintf(b, "  %s: %s\n", l.Name, l.Value)
	}
}

// Since is the earliest start that the sources report, never later than when we opened the incident.
func Since(inc incident.Incident, alerts []alert.Alert) time.Time {
	first := inc.OpenedAt
	for _, a := range alerts {
		if a.Status == alert.Firing && !a.StartsAt.IsZero() && a.StartsAt.Before(first) {
			first = a.StartsAt
		}
	}
	return first
}
