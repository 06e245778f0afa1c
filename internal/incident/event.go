package incident

import (
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
)

// EventKind is what happened.
type EventKind string

// The events.
const (
	AlertFired      EventKind = "alert_fired"     // a new firing alert, or one more of the same problem
	AlertMaybeStale EventKind = "alert_doubted"   // the same, but it may be a late repeat
	AlertEnded      EventKind = "alert_ended"     // one of its alerts stopped firing
	AlertChanged    EventKind = "alert_changed"   // a firing alert's severity is another
	TimeCame        EventKind = "time_came"       // DueAt is over
	EffectAnswered  EventKind = "effect_answered" // the world answered to a move of an effect
	TicketSeen      EventKind = "ticket_seen"     // the desk showed the ticket's status
	MemberJoined    EventKind = "gathered"        // a gathering has one more incident to list
	Listed          EventKind = "listed"          // the gathering's ticket lists this incident
	TicketMissing   EventKind = "ticket_missing"  // the desk does not have the ticket any more, and nobody deleted it
	TwinSeen        EventKind = "twin_seen"       // the desk has a second ticket with the mark
	OrphanSeen      EventKind = "orphan_seen"     // the desk has a ticket with the mark, and the incident knows of none
	TagsMissing     EventKind = "tags_missing"    // the ticket lacks tags that it was given
	Missed          EventKind = "missed"          // the ticket is about to be filed, and the alert came and went while the desk was away
	Reconsidered    EventKind = "reconsidered"    // what is switched or muted is not what it was
	Investigated    EventKind = "investigated"    // an operator clicked Investigate on the surface's tile
	Acknowledged    EventKind = "acknowledged"    // somebody has taken it up
)

// Event is one thing that happened to one incident.
type Event struct {
	Kind EventKind
	// Alert is the alert that fired, ended or changed.
	Alert alert.Alert
	// OthersFiring counts the incident's other alerts that fire.
	OthersFiring int
	// Effect and Answer belong to EffectAnswered: the effect as stored, and what came back.
	Effect filing.Effect
	Answer filing.Answer
	// TicketClosed belongs to TicketSeen: closed or deleted, by a person; ClosedAt says when,
	// and zero counts as now.
	TicketClosed bool
	ClosedAt     time.Time
	// Shown is the ticket that TicketSeen, TwinSeen and OrphanSeen are about, as the desk shows
	// it, and Own the incident's own beside a twin. TicketID is the ticket that the desk was
	// asked for, AsOf when it was asked; both are zero where nobody says.
	Shown, Own filing.Shown
	TicketID   string
	AsOf       time.Time
	// By is who, for Investigated and Acknowledged; Window and Brief belong to Investigated: the surface's
	// own idempotency window (zero for the policy's), and what is known of the surface in words.
	By     string
	Window time.Duration
	Brief  string
	// Members, LiveMembers and Crowded belong to a gathering's TimeCame: who is to be listed
	// next, how many of its members are not over, and whether more may come.
	Members     []Member
	LiveMembers int
	MoreMayCome bool
	// Ticket belongs to Listed: the gathering's.
	Ticket filing.Ticket
}
