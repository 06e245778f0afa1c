package filing

import "time"

// TicketState is where an incident's ticket stands.
type TicketState string

// The ticket states.
const (
	TicketNone   TicketState = "none"   // none was asked for; Reason says why
	TicketAsked  TicketState = "asked"  // being filed
	TicketFiled  TicketState = "filed"  // read back from the desk
	TicketClosed TicketState = "closed" // seen closed (or deleted) by a person, or closed by policy
)

// Ticket is what an incident knows of its ticket. The zero value of all but State means not filed.
type Ticket struct {
	State TicketState `json:"state"`
	// Desk is the desk's name.
	Desk string `json:"desk"`
	// ID is what the desk's API takes, Number what people see, URL the link.
	ID     string `json:"id"`
	Number string `json:"number"`
	URL    string `json:"url"`
	// Merged says that people merged the filed ticket into this one.
	Merged bool `json:"merged,omitempty"`
	// Refiled counts how often it was filed again after the desk had lost it.
	Refiled int `json:"refiled,omitempty"`
	// KnownAt is since when this is known: a word of the desk that is older changes nothing.
	KnownAt time.Time `json:"known_at,omitzero"`
	Noted
}

// MergedInto is the ticket after people merged it into another one, which belongs to people: it
// is noted, and never closed by policy.
func (t Ticket) MergedInto(other Ticket, now time.Time) Ticket {
	t.ID, t.Number, t.URL = other.ID, other.Number, other.URL
	t.Merged, t.KnownAt = true, now
	return t
}

// Noted is what a ticket's notes had said when its episode ended; it is kept only with the
// earlier ticket, so that an episode that goes on in the same ticket goes on counting.
type Noted struct {
	Fires           int       `json:"fires,omitempty"`
	FlapNotedAt     time.Time `json:"flap_noted_at,omitzero"`
	RecoveryNotedAt time.Time `json:"recovery_noted_at,omitzero"`
}

// Shown is a ticket as the desk showed it.
type Shown struct {
	Ticket
	Closed bool
	// ClosedAt is zero while open, where the desk does not tell, and for what is spam or in the trash.
	ClosedAt, CreatedAt time.Time
}

// GoesBefore reports whether s is to be kept of two tickets with one mark: an open one goes
// before one that a person closed, then the older one.
func (s Shown) GoesBefore(o Shown) bool {
	if s.Closed != o.Closed {
		return !s.Closed
	}
	return s.CreatedAt.Before(o.CreatedAt)
}
