package reconcile

import (
	"fmt"
	"time"

	"docket/internal/desk"
	"docket/internal/incident"
)

// Kind is what a comparison found.
type Kind string

// The kinds.
const (
	Missing      Kind = "missing"       // the desk does not have an incident's ticket any more
	Twin         Kind = "twin"          // a second open ticket with an incident's mark
	Orphan       Kind = "orphan"        // a ticket with the mark of an incident that knows of none
	Closed       Kind = "closed"        // a person closed or deleted it, and it was not known
	Reopened     Kind = "reopened"      // a person opened it again, and it was not known
	Merged       Kind = "merged"        // a person merged it into another ticket
	WrongMailbox Kind = "wrong_mailbox" // it lies in another mailbox than its route says
	TagsMissing  Kind = "tags_missing"  // it lacks its tags
	Stranger     Kind = "unknown_mark"  // a ticket with a mark that is not known here
	LateOpen     Kind = "episode_over"  // an open ticket with the mark of an incident that is over and knows it not
	GatheringIll Kind = "gathering"     // a storm's or digest's ticket is not as it should be
	CutShort     Kind = "cut_short"     // the desk's list, or our own bound, was cut short
	OtherDesk    Kind = "other_desk"    // so much is missing that it may be another desk
)

// The words for what was done about a finding.
const (
	didRepair = "repaired" // passed to the ledger, which asked for what is needed
	didReport = "reported" // left to people
	didPlan   = "planned"  // would have been repaired; this was a dry run
)

// Finding is one mismatch.
type Finding struct {
	Kind Kind `json:"kind"`
	// Mark is the incident's, "" for what is about the whole.
	Mark string `json:"mark"`
	// TicketID and Number are the ticket's, URL leads to it; "" where there is none.
	TicketID string `json:"ticket_id"`
	Number   string `json:"number"`
	URL      string `json:"url"`
	// Did is what was done about it: repaired, reported or planned.
	Did      string `json:"did"`
	Sentence string `json:"sentence"`
}

// Report is what one comparison found.
type Report struct {
	Desk string    `json:"desk"`
	AsOf time.Time `json:"as_of"`
	// Skipped says why nothing was compared, "" where it was.
	Skipped string `json:"skipped"`
	DryRun  bool   `json:"dry_run"`
	// Tickets and Incidents are how many were compared, Calls how many calls it took.
	Tickets   int       `json:"tickets"`
	Incidents int       `json:"incidents"`
	Calls     int       `json:"calls"`
	Findings  []Finding `json:"findings"`
}

// sentences say each kind for people.
var sentences = map[Kind]string{
	Missing:  "The help desk no longer has this ticket, and no person is known to have deleted it. It is filed again with the same mark.",
	Twin:     "The help desk has a second open ticket with this mark. One is kept; the other gets a note and is closed.",
	Orphan:   "The help desk has a ticket with this mark that Docket did not know of. It is adopted.",
	Closed:   "A person closed or deleted the ticket. Docket leaves it that way.",
	Reopened: "A person reopened the ticket. Docket leaves it open.",
	Merged:   "A person merged the ticket into another one, which is now the incident's ticket.",
	WrongMailbox: "The ticket is not in the mailbox of its route. Docket leaves it there: somebody may have moved it on purpose, or the " +
		"route has changed.",
	TagsMissing: "The ticket lacks its tags. They are added again.",
	Stranger: "This open ticket has an unknown mark. It may belong to another Docket, or an older backup of the database was " +
		"restored. Look at it, and close it by hand if nobody needs it.",
	LateOpen: "This open ticket has the mark of a closed incident that has another ticket, or none. Look at it, and close it by " +
		"hand if nobody needs it.",
	GatheringIll: "The help desk no longer has the ticket of a storm or digest. List its incidents with docket incidents.",
	CutShort:     "The list of tickets was incomplete, so no ticket counts as missing. The next comparison continues.",
	OtherDesk: "More than half of the tickets are missing. That looks like another help desk, or one that lost its data. Nothing was " +
		"filed again. If the data is really lost, run docket reconcile --accept-missing.",
}

// find adds a finding.
func (p *plan) find(kind Kind, did, mark string, t desk.Ticket) {
	if did == didRepair && p.report.DryRun {
		did = didPlan
	}
	p.report.Findings = append(p.report.Findings, Finding{kind, mark, t.ID, t.Number, t.URL, did, sentences[kind]})
}

// known is an incident's ticket as it is believed.
func known(inc incident.Incident) desk.Ticket {
	return desk.Ticket{ID: inc.Ticket.ID, Number: inc.Ticket.Number, URL: inc.Ticket.URL}
}

// String says the report in a line.
func (r Report) String() string {
	if r.Skipped != "" {
		return "nothing was compared: " + r.Skipped
	}
	return fmt.Sprintf("compared %d open tickets of %s with %d incidents (calls: %d): %d mismatches", r.Tickets, r.Desk, r.Incidents,
		r.Calls, len(r.Findings))
}
