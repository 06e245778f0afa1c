package incident

import (
	"cmp"
	"fmt"
	"time"

	"docket/internal/alert"
)

// EventKind is what happened.
type EventKind string

// The events.
const (
	AlertFired     EventKind = "alert_fired"     // a new firing alert, or one more of the same problem
	AlertDoubted   EventKind = "alert_doubted"   // the same, but it may be a late repeat
	AlertEnded     EventKind = "alert_ended"     // one of its alerts stopped firing
	AlertChanged   EventKind = "alert_changed"   // a firing alert's severity is another
	TimeCame       EventKind = "time_came"       // DueAt is over
	EffectAnswered EventKind = "effect_answered" // the world answered to a move of an effect
	TicketSeen     EventKind = "ticket_seen"     // the desk showed the ticket's status
	Gathered       EventKind = "gathered"        // a gathering has one more incident to list
	Listed         EventKind = "listed"          // the gathering's ticket lists this incident
	TicketMissing  EventKind = "ticket_missing"  // the desk does not have the ticket any more, and nobody deleted it
	TwinSeen       EventKind = "twin_seen"       // the desk has a second ticket with the mark
	OrphanSeen     EventKind = "orphan_seen"     // the desk has a ticket with the mark, and the incident knows of none
	TagsMissing    EventKind = "tags_missing"    // the ticket lacks tags that it was given
	Missed         EventKind = "missed"          // the ticket is about to be filed, and the alert came and went while the desk was away
	Reconsidered   EventKind = "reconsidered"    // what is switched or muted is not what it was
	Investigated   EventKind = "investigated"    // an operator clicked Investigate on the surface's tile
	Acknowledged   EventKind = "acknowledged"    // somebody has taken it up
)

// Event is one thing that happened to one incident.
type Event struct {
	Kind EventKind
	// Alert is the alert that fired, ended or changed.
	Alert alert.Alert
	// OthersFiring counts the incident's other alerts that fire.
	OthersFiring int
	// Effect and Answer belong to EffectAnswered: the effect as stored, and what came back.
	Effect Effect
	Answer Answer
	// TicketClosed belongs to TicketSeen: closed or deleted, by a person; ClosedAt says when,
	// and zero counts as now.
	TicketClosed bool
	ClosedAt     time.Time
	// Shown is the ticket that TicketSeen, TwinSeen and OrphanSeen are about, as the desk shows
	// it, and Own the incident's own beside a twin. TicketID is the ticket that the desk was
	// asked for, AsOf when it was asked; both are zero where nobody says.
	Shown, Own Shown
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
	Crowded     bool
	// Ticket belongs to Listed: the gathering's.
	Ticket Ticket
}

// Decision is what Step decided.
type Decision struct {
	// Next is the incident after the event; Changed says whether it must be saved.
	Next    Incident
	Changed bool
	// Effect is the event's effect after it, for EffectAnswered; EffectChanged whether to save it.
	Effect        Effect
	EffectChanged bool
	// Effects are new ones, to be queued in the same transaction.
	Effects []Effect
	// Gather is the gathering that is to list Next from now on; zero for none. Listed are the
	// members that the first of Effects lists.
	Gather Mark
	Listed []Mark
	// Why is the reason that Next stands with, where it is another than Reason: why there is
	// still no ticket, say, though what happened is that it flapped.
	Why Reason
	// Quiet says that a change is no step of the story: only a moment was moved.
	Quiet bool
	// Successor is a fresh incident of the same key, opened because Next is closed; nil for none.
	Successor *Incident
	Reason    Reason
	Detail    string
}

// Step decides what an event does to an incident. inc is the key's live incident; where
// none is live it is a zero one that carries the next Mark, Recipe and Earlier.
func Step(inc Incident, ev Event, p Policy, now time.Time) Decision {
	d := step(inc, ev, p, now)
	if d.Changed && !d.Quiet {
		d.Next.Reason = cmp.Or(d.Why, d.Reason)
		d.Next.tell(Moment{At: now, Event: ev.Kind, To: d.Next.State, Reason: d.Reason, Detail: d.Detail})
	}
	return d
}

func step(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if inc.State == Closed && ev.Kind != EffectAnswered {
		return Decision{Next: inc, Reason: ReasonNothing}
	}
	if ev.Kind == Acknowledged {
		return acknowledge(inc, ev, now)
	}
	if inc.Gathers != NoGathering {
		return stepGathering(inc, ev, p, now)
	}
	switch ev.Kind {
	case AlertFired, AlertDoubted:
		return fire(inc, ev, p, now)
	case AlertEnded:
		return end(inc, ev, p, now)
	case AlertChanged:
		return worsen(inc, ev, p, now)
	case TimeCame:
		return due(inc, p, now)
	case EffectAnswered:
		return answered(inc, ev, p, now)
	case TicketSeen:
		return ticketSeen(inc, ev, p, now)
	case TicketMissing:
		return ticketMissing(inc, ev, p, now)
	case TwinSeen:
		return twinSeen(inc, ev, now)
	case OrphanSeen:
		return orphanSeen(inc, ev, p, now)
	case TagsMissing:
		return tagsMissing(inc, ev, p, now)
	case Investigated:
		return investigate(inc, ev, p, now)
	case Reconsidered:
		return reconsider(inc, p, now)
	case Listed:
		return listed(inc, ev, now)
	case Missed:
		return missed(inc, ev, p, now)
	case Gathered, Acknowledged:
	}
	return Decision{Next: inc, Reason: ReasonNothing}
}

// acknowledge: somebody takes it up. The first who does stands; it changes nothing else.
func acknowledge(inc Incident, ev Event, now time.Time) Decision {
	if !inc.Live() || inc.Acknowledged.By != "" || ev.By == "" {
		return Decision{Next: inc, Reason: ReasonNothing}
	}
	inc.Acknowledged = Acknowledgement{By: ev.By, At: now}
	return Decision{Next: inc, Changed: true, Reason: ReasonAcknowledged, Detail: ev.By}
}

// fire: an alert of this problem fires.
func fire(inc Incident, ev Event, p Policy, now time.Time) Decision {
	switch inc.State {
	case Held:
		if ev.Kind == AlertFired && inc.Doubted && p.Hold == 0 {
			inc.Severity = min(inc.Severity, ev.Alert.Severity)
			return open(inc, p, now)
		}
		return join(inc, ev, p, now)
	case Open:
		return join(inc, ev, p, now)
	case Settling:
		return flap(inc, ev, p, now)
	case Recovered:
		return fireAgain(inc, ev, now)
	case Closed:
		return Decision{Next: inc, Reason: ReasonNothing}
	}
	return begin(inc, ev, p, now)
}

// begin makes the first state of a new episode.
func begin(inc Incident, ev Event, p Policy, now time.Time) Decision {
	inc = newEpisode(inc, ev.Alert, now)
	inc.Doubted = ev.Kind == AlertDoubted && p.DoubtHold > 0
	hold, reason := p.Hold, ReasonHeld
	if inc.Doubted {
		hold, reason = max(hold, p.DoubtHold), ReasonDoubted
	}
	if hold <= 0 {
		return open(inc, p, now)
	}
	inc.State, inc.DueAt = Held, now.Add(hold)
	return Decision{Next: inc, Changed: true, Reason: reason}
}

// newEpisode fills an incident with what the alert that opens it says.
func newEpisode(inc Incident, a alert.Alert, now time.Time) Incident {
	inc.Severity, inc.Title, inc.Source, inc.Surface, inc.Link = a.Severity, a.Title, a.Source, a.Surface, a.Link
	inc.OpenedAt, inc.FiredAt = now, now
	inc.Ticket.State = TicketNone
	return inc
}

// open: it fires for sure.
func open(inc Incident, p Policy, now time.Time) Decision {
	inc.State, inc.DueAt, inc.Doubted = Open, time.Time{}, false
	return ask(inc, p, now)
}

// ask asks for the ticket, or names why not. It is the only edge out of TicketNone.
func ask(inc Incident, p Policy, now time.Time) Decision {
	inc.DueAt = time.Time{}
	switch {
	case inc.Ticket.State != TicketNone:
		return Decision{Next: inc, Changed: true, Reason: ReasonJoined}
	case !inc.Severity.WorseOrEqual(p.TicketAt):
		return Decision{Next: inc, Changed: true, Reason: ReasonBelowTicketAt}
	case !p.FilingOn:
		return Decision{Next: inc, Changed: true, Reason: ReasonFilingOff}
	case p.MutedBy != "":
		inc.DueAt = p.MutedUntil
		return Decision{Next: inc, Changed: true, Reason: ReasonMuted, Detail: p.MutedBy}
	}
	if p.StormInto != (Mark{}) {
		return gatherInto(inc, p.StormInto, ReasonStorm)
	}
	inc.Ticket.State = TicketAsked
	return Decision{Next: inc, Changed: true, Reason: ReasonTicketAsked, Effects: []Effect{newEffect(inc, KindFile, "", now)}}
}

// join: one more alert of a problem that is known to fire.
func join(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if ev.Alert.Severity >= inc.Severity {
		if inc.State == Open && inc.Ticket.State == TicketNone && !inc.DueAt.IsZero() && p.MutedBy == "" {
			return ask(inc, p, now) // Its other alerts are muted, and this one is not.
		}
		return Decision{Next: inc, Reason: ReasonJoined}
	}
	return worsen(inc, ev, p, now)
}

// worsen raises the severity; it never falls within an episode, as the ticket says it.
func worsen(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if !inc.Live() || ev.Alert.Severity >= inc.Severity {
		return Decision{Next: inc, Reason: ReasonNothing}
	}
	inc.Severity = ev.Alert.Severity
	if inc.State == Open && inc.Ticket.State == TicketNone {
		return ask(inc, p, now)
	}
	return Decision{Next: inc, Changed: true, Reason: ReasonWorse, Detail: inc.Severity.String()}
}

// flap: it fires again before its quiet counted, so that FiredAt stays, and a person's close
// stands. What was waited for while it was open is waited for again: the end of a mute, or
// the next note.
func flap(inc Incident, ev Event, p Policy, now time.Time) Decision {
	inc.State, inc.DueAt, inc.RecoveredAt = Open, time.Time{}, time.Time{}
	inc.Severity = min(inc.Severity, ev.Alert.Severity)
	if inc.Ticket.State == TicketFiled && !inc.listed() && inc.Fires > inc.FiresNoted && !inc.FlapNotedAt.IsZero() {
		inc.DueAt = inc.FlapNotedAt.Add(p.FlapNoteEvery)
	}
	inc.Fires++
	d := Decision{Next: inc, Changed: true, Reason: ReasonFlapped}
	if inc.Ticket.State == TicketNone {
		if d = ask(inc, p, now); len(d.Effects) == 0 && d.Gather == (Mark{}) {
			d.Why, d.Reason = d.Reason, ReasonFlapped
		}
	}
	return d
}

// fireAgain: it had recovered and its ticket was open when last heard of. The desk is
// asked before anything is decided: a person may have closed the ticket since.
func fireAgain(inc Incident, ev Event, now time.Time) Decision {
	inc.State, inc.RecoveredAt, inc.FiredAt, inc.DueAt = Open, time.Time{}, now, time.Time{}
	inc.Doubted = ev.Kind == AlertDoubted
	inc.Fires++
	inc.Severity = min(inc.Severity, ev.Alert.Severity)
	d := Decision{Next: inc, Changed: true, Reason: ReasonFiredAgain}
	if inc.Ticket.State == TicketFiled && !inc.listed() {
		d.Effects = []Effect{newEffect(inc, KindCheck, fmt.Sprintf("fired-%d", inc.Fires), now)}
	}
	return d
}

// end: one alert of it stopped firing.
func end(inc Incident, ev Event, p Policy, now time.Time) Decision {
	if ev.OthersFiring > 0 {
		return Decision{Next: inc, Reason: ReasonOthersFire}
	}
	switch inc.State {
	case Held:
		return closeIncident(inc, ReasonEndedWhileHeld, now)
	case Open:
		if p.Settle > 0 {
			inc.State, inc.RecoveredAt, inc.DueAt = Settling, now, now.Add(p.Settle)
			return Decision{Next: inc, Changed: true, Reason: ReasonSettling}
		}
		return recovered(inc, p, now)
	case Settling, Recovered, Closed:
	}
	return Decision{Next: inc, Reason: ReasonNothing}
}

// recovered: it is quiet for good.
func recovered(inc Incident, p Policy, now time.Time) Decision {
	inc.DueAt = time.Time{}
	if inc.RecoveredAt.IsZero() {
		inc.RecoveredAt = now
	}
	switch {
	case inc.Ticket.State == TicketNone, inc.Ticket.State == TicketClosed:
		return closeIncident(inc, ReasonOver, now)
	case inc.Ticket.State == TicketFiled && inc.listed():
		return closeIncident(inc, ReasonOverInGathering, now)
	}
	inc.State = Recovered
	d := Decision{Next: inc, Changed: true, Reason: ReasonRecovered}
	if inc.Ticket.State == TicketFiled {
		d.Next, d.Effects = noteRecovery(inc, p, now)
	}
	return d
}

func closeIncident(inc Incident, reason Reason, now time.Time) Decision {
	inc.State, inc.ClosedAt, inc.DueAt, inc.Doubted = Closed, now, time.Time{}, false
	if inc.RecoveredAt.IsZero() {
		inc.RecoveredAt = now
	}
	return Decision{Next: inc, Changed: true, Reason: reason}
}

// reconsider: a flag was flipped, or a silence ended before its time. What was refused for
// that is decided again; where it comes to the same, nothing is told.
func reconsider(inc Incident, p Policy, now time.Time) Decision {
	nothing := Decision{Next: inc, Reason: ReasonNothing}
	if inc.State != Open {
		return nothing
	}
	switch inc.Ticket.State {
	case TicketNone:
		d := ask(inc, p, now)
		if d.Next.Ticket.State == TicketNone && d.Next.DueAt.Equal(inc.DueAt) {
			return nothing
		}
		d.Quiet = d.Reason == inc.Reason
		return d
	case TicketFiled:
		if inc.DueAt.IsZero() || inc.Fires <= inc.FiresNoted {
			return nothing
		}
		d := noteFires(inc, p, now)
		d.Quiet = len(d.Effects) == 0
		return d
	case TicketAsked, TicketClosed:
	}
	return nothing
}

// due: the time set in DueAt has come.
func due(inc Incident, p Policy, now time.Time) Decision {
	if inc.DueAt.IsZero() || now.Before(inc.DueAt) {
		return Decision{Next: inc, Reason: ReasonNothing}
	}
	switch inc.State {
	case Held:
		return open(inc, p, now)
	case Settling:
		return recovered(inc, p, now)
	case Open:
		inc.DueAt = time.Time{}
		if inc.Ticket.State == TicketNone {
			return ask(inc, p, now)
		}
		return noteFires(inc, p, now)
	case Recovered:
		inc.DueAt = time.Time{}
		next, effects := noteRecovery(inc, p, now)
		return Decision{Next: next, Changed: true, Effects: effects, Reason: ReasonRecovered}
	case Closed:
	}
	return Decision{Next: inc, Reason: ReasonNothing}
}
