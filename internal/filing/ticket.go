package filing

import "time"

// TicketState is the state of an incident's ticket.
type TicketState string

// The ticket states.
const (
	TicketNone   TicketState = "none"   // none was requested; Reason says why
	TicketAsked  TicketState = "asked"  // being filed
	TicketFiled  TicketState = "filed"  // read back from the desk
	TicketClosed TicketState = "closed" // closed (or deleted) by a person, or closed by policy
)

// Ticket is what an incident knows about its ticket. The zero value of everything but State means not filed.
type Ticket struct {
	State TicketState `json:"state"`
	// Desk is the desk's name.
	Desk string `json:"desk"`
	// ID is what the desk's API uses, Number what people see, URL the link.
	ID     string `json:"id"`
	Number string `json:"number"`
	URL    string `json:"url"`
	// Merged means that people merged the filed ticket into this one.
	Merged bool `json:"merged,omitempty"`
	// Refiled counts how often it was filed again after the desk had lost it.
	Refiled int `json:"refiled,omitempty"`
	// KnownAt is since when this is known. Older information from the desk changes nothing.
	KnownAt time.Time `json:"known_at,omitzero"`
	Noted
}

// MergedInto returns the ticket after people merged it into another one. That one belongs to people: it gets notes but
// is never closed by policy.
func (t Ticket) MergedInto(other Ticket, now time.Time) Ticket {
	t.ID, t.Number, t.URL = other.ID, other.Number, other.URL
	t.Merged, t.KnownAt = true, now
	return t
}

// Noted is what the notes on a ticket had covered when its episode ended. It is only kept with the earlier ticket, so
// that an episode that continues in the same ticket continues the count.
type Noted struct {
	Fires           int       `json:"fires,omitempty"`
	FlapNotedAt     time.Time `json:"flap_noted_at,omitzero"`
	RecoveryNotedAt time.Time `json:"recovery_noted_at,omitzero"`
}

// Shown is a ticket as the desk returned it.
type Shown struct {
	Ticket
	Closed bool
	// ClosedAt is zero while the ticket is open, if the desk does not report it, and for spam or deleted tickets.
	ClosedAt, CreatedAt time.Time
}

// GoesBefore reports whether s is the one to keep of two tickets with the same mark: an open one rather than one that a
// person closed, otherwise the older one.
func (s Shown) GoesBefore(o Shown) bool {
	if s.Closed != o.Closed {
		return !s.Closed
	}
	return s.CreatedAt.Before(o.CreatedAt)
}
