package desk

import (
	"context"
	"strings"
	"time"
)

// Status is what a desk shows of a ticket, mapped to Docket's words.
type Status string

// The statuses. A desk's own words are mapped to these, never passed through.
const (
	StatusOpen    Status = "open"    // somebody still has to do something
	StatusPending Status = "pending" // acknowledged, waiting
	StatusClosed  Status = "closed"  // done, or marked as spam
	StatusDeleted Status = "deleted" // in the desk's trash: there, but nobody sees it
)

// Draft is a ticket to be.
type Draft struct {
	// Mark is `<alert_key>.<generation>`. It must end the subject in square brackets and
	// stand in the body, both put there by the caller; the desk finds tickets by it.
	Mark string
	// Subject is one line of plain text.
	Subject string
	// Body is plain text with line breaks; the desk escapes it for its medium.
	Body string
	// Place is where in the desk it belongs, in the desk's own words (a mailbox's id, say);
	// "" for the desk's own place.
	Place string
}

// Ticket is a ticket as the desk shows it.
type Ticket struct {
	// ID is the desk's identifier, the one its API takes; Number is what people see.
	ID, Number string
	Subject    string
	Status     Status
	// URL leads a person to the ticket.
	URL string
	// Tags are as the desk shows them; nil where the desk has none or did not show them.
	Tags []string
	// Place is where in the desk it lies, "" where the desk has but one place.
	Place     string
	CreatedAt time.Time
	// UpdatedAt is when it last changed, by the desk's clock; zero where the desk does not tell.
	UpdatedAt time.Time
	// ClosedAt is when it was closed; zero while open, where the desk does not tell, and for
	// what was put away in another way (as spam, in the trash).
	ClosedAt time.Time
	// Body is the ticket's first text, in plain text; only Read fills it.
	Body string
	// Notes are the internal notes in plain text, oldest first; only Read fills them.
	Notes []string
}

// Query says which tickets to list.
type Query struct {
	// Open keeps those that are open or pending.
	Open bool
	// UpdatedSince keeps those that changed since then, by the desk's clock, deleted ones too,
	// and lists them in the order of their changes; zero keeps all but deleted ones, oldest first.
	UpdatedSince time.Time
	// Most bounds how many are listed; 0 is the desk's own bound.
	Most int
}

// Listing is what a desk lists.
type Listing struct {
	// Tickets are those whose subject ends in a mark; notes and body are left out.
	Tickets []Ticket
	// Whole says that none is missing because of a bound. Where it is not, what changed is
	// complete up to Upto.
	Whole bool
	Upto  time.Time
	// Calls is how many calls it took.
	Calls int
}

// Desk is a help desk. Every method sends at most one change to the desk, honours the
// context's deadline, and returns nil or a *fault.Fault.
type Desk interface { //nolint:interfacebloat // These are the verbs of a help desk; each has its own use.
	// Name is the desk's kind: "local", "github".
	Name() string
	// WaitOut is how long after the end of a create with an unknown outcome a look may be
	// believed: the desk's search lag plus the longest it may still be working on it.
	WaitOut() time.Duration
	// Find returns every ticket with the mark, oldest first, deleted ones left out. No
	// ticket is an empty slice and no error.
	Find(ctx context.Context, mark string) ([]Ticket, error)
	// List lists the tickets with any mark. It may take many calls, so that its deadline is the
	// caller's; a list that cannot be read to its end is an error.
	List(ctx context.Context, q Query) (Listing, error)
	// Create makes a ticket and returns its ID. An error of class fault.Unknown means that it may exist.
	Create(ctx context.Context, draft Draft) (id string, err error)
	// Get reads one ticket. One that is not there is fault.ErrMissing; one that was merged into
	// another comes back as that other one, with its ID.
	Get(ctx context.Context, id string) (Ticket, error)
	// Read is Get with the ticket's body and notes, which may be many megabytes of a storm's.
	Read(ctx context.Context, id string) (Ticket, error)
	// Note adds an internal note of plain text. It is not idempotent.
	Note(ctx context.Context, id, text string) error
	// Tag makes sure that the ticket carries the tags, beside those it has. It is idempotent.
	Tag(ctx context.Context, id string, tags []string) error
	// SetStatus sets the status; setting it twice is once.
	SetStatus(ctx context.Context, id string, status Status) error
	// Check proves that the desk can be reached and lets us in. It changes nothing.
	Check(ctx context.Context) error
}

// MarkOf returns what is in the square brackets that end a subject, "" for none.
func MarkOf(subject string) string {
	rest, ok := strings.CutSuffix(strings.TrimSpace(subject), "]")
	at := strings.LastIndexByte(rest, '[')
	if !ok || at < 0 {
		return ""
	}
	return rest[at+1:]
}

// OwnLimit is the Name of the fault with which a desk holds a call back because too many
// are waiting for their turn. It says nothing of the desk's health.
const OwnLimit = "own_rate_limit"
