package incident

import (
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
)

// EventKind names an event, as the timeline and the log have it.
type EventKind string

// Event is one thing that happened to one incident. Its types are those of this file: a new
// event is one type here and one case in rule.Step.
//
//sumtype:decl
type Event interface {
	// Kind names it. What is stored keeps the names, so they never change.
	Kind() EventKind
	isEvent()
}

// Observation is an event that somebody saw in the desk.
type Observation interface {
	Event
	// Looked returns what the desk was asked, and when.
	Looked() Look
}

// Look is one question to the desk. Answers may arrive late and out of order; an answer that
// is older than what is known changes nothing.
type Look struct {
	// TicketID is the ticket that the desk was asked for, "" where it is not known.
	TicketID string
	// AsOf is when the desk was asked, zero where it is not known.
	AsOf time.Time
}

// Outdated reports whether what the desk showed is older than what is known, or is about a ticket other than the
// incident's.
func (l Look) Outdated(i Incident) bool {
	return (l.TicketID != "" && l.TicketID != i.Ticket.ID) || (!l.AsOf.IsZero() && l.AsOf.Before(i.Ticket.KnownAt))
}

// AlertFired is a new firing alert, or one more of the same problem.
type AlertFired struct{ Alert alert.Alert }

// AlertMaybeStale is a firing alert that may be a late repeat.
type AlertMaybeStale struct{ Alert alert.Alert }

// AlertEnded says that one of the incident's alerts stopped firing.
type AlertEnded struct {
	Alert alert.Alert
	// OthersFiring counts the incident's other alerts that fire.
	OthersFiring int
}

// AlertChanged says that a firing alert has another severity.
type AlertChanged struct{ Alert alert.Alert }

// TimeCame says that DueAt of an incident with a ticket of its own has come.
type TimeCame struct{}

// SharedTimeCame says that DueAt of an incident with a shared ticket has come.
type SharedTimeCame struct {
	// Members are to be listed next, all of them by the first effect that is requested; at most as many as fit one text.
	Members []Member
	// LiveMembers counts the members that are not over.
	LiveMembers int
	// MoreMayCome says that the storm still goes on.
	MoreMayCome bool
}

// Marks returns those of the members.
func (e SharedTimeCame) Marks() []alert.Mark {
	marks := make([]alert.Mark, len(e.Members))
	for i, m := range e.Members {
		marks[i] = m.Incident.Mark
	}
	return marks
}

// EffectAnswered says what came of one move of an effect.
type EffectAnswered struct {
	// Effect is the effect as stored, Answer what came back.
	Effect filing.Effect
	Answer filing.Answer
}

// TicketSeen says that the desk showed the ticket's status.
type TicketSeen struct {
	Look
	// Closed says that a person closed or deleted it; ClosedAt is when, and zero counts as now.
	Closed   bool
	ClosedAt time.Time
	// Shown is the ticket as the desk shows it, another than the incident's where that was
	// merged into it; zero where only its status is known.
	Shown filing.Shown
}

// TicketMissing says that the desk does not have the ticket any more, and nobody deleted it.
type TicketMissing struct{ Look }

// TwinSeen says that the desk has a second ticket with the mark.
type TwinSeen struct {
	Look
	// Shown is the second ticket, Own the incident's own.
	Shown, Own filing.Shown
}

// OrphanSeen says that the desk has a ticket with the mark, and the incident knows of none.
type OrphanSeen struct {
	Look
	Shown filing.Shown
}

// TagsMissing says that the ticket lacks tags that it was given.
type TagsMissing struct{ Look }

// MemberJoined says that a shared ticket has one more incident to list.
type MemberJoined struct {
	// Severity is the new member's.
	Severity alert.Severity
}

// Listed says that a shared ticket lists this incident.
type Listed struct {
	// Ticket is the shared ticket.
	Ticket filing.Ticket
}

// Missed says that the ticket is about to be filed, and that the alert came and went while
// the desk was away.
type Missed struct {
	// Effect is the one that would file it.
	Effect filing.Effect
}

// Reconsidered says that a flag, a silence or a window is not what it was.
type Reconsidered struct{}

// Investigated says that an operator clicked Investigate on the surface's tile.
type Investigated struct {
	// Alert is the surface's, as it is now.
	Alert alert.Alert
	// By is who clicked.
	By string
	// Window is the surface's own idempotency window, zero for the policy's.
	Window time.Duration
	// Brief is what is known of the surface, in words.
	Brief string
}

// Acknowledged says that somebody has taken it up.
type Acknowledged struct {
	// By is who.
	By string
}

// Looked returns the question itself: whatever holds one is an Observation.
func (l Look) Looked() Look { return l }

// About returns the alert that fired.
func (e AlertFired) About() alert.Alert { return e.Alert }

// About returns the alert that may be a late repeat.
func (e AlertMaybeStale) About() alert.Alert { return e.Alert }

// About returns the alert that ended.
func (e AlertEnded) About() alert.Alert { return e.Alert }

// About returns the alert that changed.
func (e AlertChanged) About() alert.Alert { return e.Alert }

// About returns the surface's alert.
func (e Investigated) About() alert.Alert { return e.Alert }

// Kind returns "alert_fired".
func (AlertFired) Kind() EventKind { return "alert_fired" }

// Kind returns "alert_doubted".
func (AlertMaybeStale) Kind() EventKind { return "alert_doubted" }

// Kind returns "alert_ended".
func (AlertEnded) Kind() EventKind { return "alert_ended" }

// Kind returns "alert_changed".
func (AlertChanged) Kind() EventKind { return "alert_changed" }

// Kind returns "time_came".
func (TimeCame) Kind() EventKind { return "time_came" }

// Kind returns "time_came".
func (SharedTimeCame) Kind() EventKind { return "time_came" }

// Kind returns "effect_answered".
func (EffectAnswered) Kind() EventKind { return "effect_answered" }

// Kind returns "ticket_seen".
func (TicketSeen) Kind() EventKind { return "ticket_seen" }

// Kind returns "ticket_missing".
func (TicketMissing) Kind() EventKind { return "ticket_missing" }

// Kind returns "twin_seen".
func (TwinSeen) Kind() EventKind { return "twin_seen" }

// Kind returns "orphan_seen".
func (OrphanSeen) Kind() EventKind { return "orphan_seen" }

// Kind returns "tags_missing".
func (TagsMissing) Kind() EventKind { return "tags_missing" }

// Kind returns "gathered".
func (MemberJoined) Kind() EventKind { return "gathered" }

// Kind returns "listed".
func (Listed) Kind() EventKind { return "listed" }

// Kind returns "missed".
func (Missed) Kind() EventKind { return "missed" }

// Kind returns "reconsidered".
func (Reconsidered) Kind() EventKind { return "reconsidered" }

// Kind returns "investigated".
func (Investigated) Kind() EventKind { return "investigated" }

// Kind returns "acknowledged".
func (Acknowledged) Kind() EventKind { return "acknowledged" }

func (AlertFired) isEvent()      {}
func (AlertMaybeStale) isEvent() {}
func (AlertEnded) isEvent()      {}
func (AlertChanged) isEvent()    {}
func (TimeCame) isEvent()        {}
func (SharedTimeCame) isEvent()  {}
func (EffectAnswered) isEvent()  {}
func (TicketSeen) isEvent()      {}
func (TicketMissing) isEvent()   {}
func (TwinSeen) isEvent()        {}
func (OrphanSeen) isEvent()      {}
func (TagsMissing) isEvent()     {}
func (MemberJoined) isEvent()    {}
func (Listed) isEvent()          {}
func (Missed) isEvent()          {}
func (Reconsidered) isEvent()    {}
func (Investigated) isEvent()    {}
func (Acknowledged) isEvent()    {}
