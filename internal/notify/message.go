package notify

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/notice"
)

// Message is a notification in plain text: each notifier escapes and limits it for its medium.
type Message struct {
	// ID is the notice's id, permanently unique. Words identifies the content of this message.
	ID, Words string
	// Text is the whole content of a message that is not about one incident; "" otherwise.
	Text string
	// Mark and Key identify the incident.
	Mark, Key string
	Severity  alert.Severity
	// Firing is false once the alert has recovered.
	Firing bool
	// Title says what it is about, Summary what is wrong; Source is where it comes from.
	Title, Summary, Source string
	// Since is when it began, RecoveredAt when it ended; Again is how often it fired again.
	Since, RecoveredAt time.Time
	Again              int
	// Ticket describes the state of its ticket; TicketURL is its address, "" while there is none.
	Ticket, TicketURL string
	// Link is the source's page, Console Docket's own; "" for none.
	Link, Console string
	// AcknowledgedBy is who acknowledged it, "" for nobody.
	AcknowledgedBy string
	// Labels are the first alert's labels, as received; Others is how many other alerts the incident has.
	Labels alert.Labels
	Others int
}

// Compose describes an incident in its current state. publicURL is the address where people reach Docket, ""
// if there is none.
func Compose(n notice.Notice, inc incident.Incident, alerts []alert.Alert, publicURL string) Message {
	m := Message{
		ID: n.ID, Words: inc.Notified, Mark: inc.Mark.String(), Key: inc.Key.String(), Severity: inc.Severity,
		Firing: inc.State != incident.Recovered && inc.State != incident.Closed,
		Title:  inc.Title, Source: inc.Source, Since: inc.OpenedAt, RecoveredAt: inc.RecoveredAt, Again: inc.Fires,
		Ticket: ticketWords(inc), TicketURL: inc.Ticket.URL, Link: inc.Link, AcknowledgedBy: inc.Acknowledged.By,
	}
	if publicURL != "" {
		m.Console = strings.TrimRight(publicURL, "/") + "/console/incidents/" + url.PathEscape(m.Mark)
	}
	if len(alerts) == 0 {
		return m
	}
	first := alerts[0]
	for _, a := range alerts {
		if a.Status == alert.Firing && !a.StartsAt.IsZero() && a.StartsAt.Before(m.Since) {
			m.Since = a.StartsAt
		}
	}
	if first.Summary() != inc.Title {
		m.Summary = first.Summary()
	}
	m.Labels, m.Others = first.Labels, len(alerts)-1
	return m
}

// ComposeText makes a message that is not about one incident.
func ComposeText(n notice.Notice) Message { return Message{ID: n.ID, Words: n.Wanted, Text: n.Text} }

// ticketWords describes the state of the ticket.
func ticketWords(inc incident.Incident) string {
	t := inc.Ticket
	switch t.State {
	case filing.TicketAsked:
		return "is being filed"
	case filing.TicketFiled:
		return "#" + t.Number
	case filing.TicketClosed:
		return "#" + t.Number + ", closed"
	case filing.TicketNone:
	}
	if inc.Reason == incident.ReasonBelowTicketAt || inc.Reason == incident.ReasonFilingOff {
		return "none: " + strings.TrimPrefix(inc.Reason.Sentence(), "No ticket: ")
	}
	return "none"
}

// Headline is the message's first line, and all that a small screen shows.
func (m Message) Headline() string {
	if m.Text != "" {
		return m.Text
	}
	if m.Firing {
		return fmt.Sprintf("%s firing: %s", m.Severity, m.Title)
	}
	return fmt.Sprintf("%s recovered: %s", m.Severity, m.Title)
}

// Facts are the message's lines of text, without headline, summary and labels.
func (m Message) Facts() []string {
	const layout = "2006-01-02 15:04:05 UTC"
	facts := []string{"Since " + m.Since.UTC().Format(layout)}
	if !m.Firing && !m.RecoveredAt.IsZero() {
		facts = append(facts, "Recovered "+m.RecoveredAt.UTC().Format(layout))
	}
	if m.Again > 0 {
		facts = append(facts, fmt.Sprintf("Fired again %d times", m.Again))
	}
	if m.Others > 0 {
		facts = append(facts, fmt.Sprintf("%d more alerts of the same problem", m.Others))
	}
	if m.AcknowledgedBy != "" {
		facts = append(facts, "Acknowledged by "+m.AcknowledgedBy)
	}
	return facts
}
