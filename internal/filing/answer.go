package filing

import (
	"fmt"
	"hash/fnv"
	"time"
)

// Outcome is the result of one move.
type Outcome string

// The outcomes.
const (
	// OutcomeStarted: the request is about to be sent. It is saved before that happens.
	OutcomeStarted Outcome = "started"
	// OutcomeSent: the desk says it is done and, for KindFile, returned the ticket.
	OutcomeSent Outcome = "sent"
	// OutcomeNotSent: definitely not done; the desk or the connection to it is failing.
	OutcomeNotSent Outcome = "not_sent"
	// OutcomeRefused: definitely not done; the desk rejects the request as it is.
	OutcomeRefused Outcome = "refused"
	// OutcomeUnknown: it may have been done.
	OutcomeUnknown Outcome = "unknown"
	// OutcomeFound: a look found it.
	OutcomeFound Outcome = "found"
	// OutcomeNotFound: a look that can be trusted did not find it.
	OutcomeNotFound Outcome = "not_found"
	// OutcomeLookFailed: the look itself failed.
	OutcomeLookFailed Outcome = "look_failed"
	// OutcomeHeldBack: not done, because too many calls were waiting for their turn.
	OutcomeHeldBack Outcome = "held_back"
	// OutcomeConfirmed: read back by id.
	OutcomeConfirmed Outcome = "confirmed"
	// OutcomeVanished: the desk does not know the id.
	OutcomeVanished Outcome = "vanished"
)

// Answer is the result of one move of one effect.
type Answer struct {
	Outcome Outcome
	// Attempt is the effect's Attempt when the move began.
	Attempt int
	// Ticket is what the desk returned: its id after Sent and Found, all of it after Confirmed.
	Ticket Ticket
	// TicketStatusClosed means that the ticket is closed or deleted; ClosedAt is when, if the desk reports it.
	TicketStatusClosed bool
	ClosedAt           time.Time
	// Reopened means that the ticket found was closed and has been reopened for this.
	Reopened bool
	// Fault and Detail describe a failure; RetryAfter is how long the desk asks us to wait.
	Fault, Detail string
	RetryAfter    time.Duration
}

// LongestRetry is the longest wait before an unreachable desk is tried again.
const LongestRetry = 30 * time.Second

// The retry intervals: doubled from the first to the longest. A desk that refuses needs a person.
const (
	firstRetry       = time.Second
	longestRefusal   = 5 * time.Minute
	longestVanishing = 30 * time.Minute
)

// Verdict is what an answer meant for its effect or notice.
type Verdict string

// The verdicts.
const (
	VerdictSending    Verdict = "sending"
	VerdictHeldBack   Verdict = "held_back"
	VerdictNotSent    Verdict = "not_sent"
	VerdictRefused    Verdict = "desk_refused"
	VerdictUnknown    Verdict = "outcome_unknown"
	VerdictCreated    Verdict = "created"
	VerdictAdopted    Verdict = "ticket_adopted"
	VerdictFiled      Verdict = "ticket_filed"
	VerdictVanished   Verdict = "created_then_vanished"
	VerdictNotFound   Verdict = "not_found_after_wait_out"
	VerdictLookFailed Verdict = "look_failed"
	VerdictTwin       Verdict = "twin_seen"
	VerdictGone       Verdict = "ticket_gone"
	VerdictDone       Verdict = "done"
	VerdictStale      Verdict = "answer_out_of_date"
)

// Take moves an effect according to an answer. For an answer that no longer matters it returns the effect unchanged and
// VerdictStale. Two workers may be working on one effect (a slow one whose job was given to another): no answer of
// either one shortens a wait-out.
func (e Effect) Take(a Answer, t Timing, now time.Time) (Effect, Verdict) {
	if e.Finished() {
		return e, VerdictStale
	}
	if a.Outcome == OutcomeSent && e.Kind == KindFile && a.Ticket.ID == "" {
		a.Outcome = OutcomeUnknown // It says it is done, but not which ticket it made.
	}
	if a.Attempt != e.Attempt {
		return e.lateAnswer(a)
	}
	if e.outOfPlace(a.Outcome, t, now) {
		return e.lateAnswer(a)
	}
	if a.Outcome == OutcomeHeldBack {
		// This is not a failure: the interval stays, and so does the state, except for a send that did not leave.
		e.NotBefore = now.Add(firstRetry)
		if e.State == Sending {
			e.State = Queued
		}
		return e, VerdictHeldBack
	}
	answered := e
	answered.Fault, answered.Detail = a.Fault, a.Detail
	if next, verdict := answered.take(a, t, now); verdict != VerdictStale {
		return next, verdict
	}
	return e, VerdictStale
}

// take moves an effect according to an answer that belongs to its current move.
func (e Effect) take(a Answer, t Timing, now time.Time) (Effect, Verdict) {
	switch a.Outcome {
	case OutcomeStarted:
		if e.State == Queued {
			e.State, e.NotBefore = Sending, time.Time{}
		} else {
			// Doing it twice is harmless, but an earlier attempt may have done it. That stays unknown until an attempt
			// is known to have succeeded.
			e.State, e.NotBefore = Unknown, now.Add(t.CallTimeout)
		}
		e.Attempt, e.SentAt = e.Attempt+1, now
		return e, VerdictSending
	case OutcomeSent, OutcomeFound:
		if e.Kind == KindFile {
			e.State, e.TicketID, e.NotBefore = Created, a.Ticket.ID, time.Time{}
			return e, map[Outcome]Verdict{OutcomeSent: VerdictCreated, OutcomeFound: VerdictAdopted}[a.Outcome]
		}
		e.State, e.DoneAt, e.Fails = Done, now, 0
		return e, VerdictDone
	case OutcomeConfirmed:
		e.State, e.DoneAt, e.Fails = Done, now, 0
		return e, VerdictFiled
	case OutcomeVanished:
		if e.Kind != KindFile {
			e.State, e.DoneAt = Dropped, now
			return e, VerdictGone
		}
		e.Fails++
		e.State, e.TicketID, e.NotBefore = Unknown, "", now.Add(max(t.WaitOut, e.pace(longestVanishing)))
		if hidden := e.SentAt.Add(t.CallTimeout + t.WaitOut); e.NotBefore.Before(hidden) {
			e.NotBefore = hidden // The id may be from an earlier attempt, with the last one still on its way.
		}
		return e, VerdictVanished
	case OutcomeUnknown:
		e.Fails++
		if !e.Kind.once() {
			e.State = Unknown
			return e.retry(now, max(a.RetryAfter, e.pace(LongestRetry))), VerdictNotSent
		}
		e.State, e.NotBefore = Unknown, now.Add(t.WaitOut)
		return e, VerdictUnknown
	case OutcomeNotFound:
		// We looked in time and it is not there, so it was never done.
		e.State = Queued
		return e.retry(now, 0), VerdictNotFound
	case OutcomeLookFailed:
		e.Fails++
		e.NotBefore = now.Add(max(a.RetryAfter, e.pace(LongestRetry)))
		if e.State == Sending { // This answer is too late: see outOfPlace.
			e.State = Unknown
		}
		return e, VerdictLookFailed
	case OutcomeNotSent:
		e.Fails++
		return e.retry(now, max(a.RetryAfter, e.pace(LongestRetry))), VerdictNotSent
	case OutcomeRefused:
		e.Fails++
		return e.retry(now, max(a.RetryAfter, e.pace(longestRefusal))), VerdictRefused
	case OutcomeHeldBack: // Take handles it.
	}
	return e, VerdictStale
}

// outOfPlace reports whether an answer to the current attempt cannot belong to the move that the effect's state
// requires now: it is from another worker and older than the state.
func (e Effect) outOfPlace(o Outcome, t Timing, now time.Time) bool {
	missed := o == OutcomeNotFound || o == OutcomeLookFailed
	if !e.Kind.once() && (missed || o == OutcomeFound) {
		return true // Nobody looks for something that is harmless to do twice.
	}
	early := missed && e.Next(t, now).Do == DoWait
	switch e.State {
	case Queued:
		return o == OutcomeConfirmed
	case Sending:
		return early || o == OutcomeConfirmed || (o == OutcomeStarted && e.Kind.once())
	case Unknown:
		if !e.Kind.once() {
			return o == OutcomeConfirmed
		}
		// This attempt definitely did nothing, but an earlier one may have: only a look can tell.
		return early || (!missed && o != OutcomeFound && o != OutcomeSent && o != OutcomeUnknown && o != OutcomeVanished)
	case Created:
		// The ticket's id is known: only reading it back adds anything.
		return o != OutcomeConfirmed && o != OutcomeVanished && o != OutcomeLookFailed && o != OutcomeHeldBack
	case Done, Dropped:
	}
	return true
}

// lateAnswer uses what is still true in the answer to an earlier attempt: that the ticket exists. Everything else is
// older than what we already know.
func (e Effect) lateAnswer(a Answer) (Effect, Verdict) {
	if a.Outcome != OutcomeSent || e.Kind != KindFile {
		return e, VerdictStale // Without an id it is useless: such an answer was turned into unknown.
	}
	if e.TicketID == "" {
		e.State, e.TicketID, e.NotBefore = Created, a.Ticket.ID, time.Time{}
		return e, VerdictCreated
	}
	if e.TicketID != a.Ticket.ID {
		return e, VerdictTwin
	}
	return e, VerdictStale
}

// retry postpones the next move. That the last attempt definitely did nothing says nothing about an earlier one whose
// outcome is unknown.
func (e Effect) retry(now time.Time, wait time.Duration) Effect {
	if e.State != Unknown {
		e.State = Queued
	}
	e.NotBefore = now.Add(wait)
	return e
}

func (e Effect) pace(longest time.Duration) time.Duration { return Pace(e.ID, e.Fails, longest) }

// Pace is the wait after a number of consecutive failures. It doubles from one second up to longest, and varies by up
// to a quarter so that a thousand effects do not retry in lockstep. The variation is derived from the id, because the
// rule has no randomness.
func Pace(id string, fails int, longest time.Duration) time.Duration {
	wait := longest
	if doublings := max(fails-1, 0); doublings < 12 {
		wait = min(longest, firstRetry<<doublings)
	}
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %d", id, fails) // Writing to a hash never fails.
	return wait - wait/4*time.Duration(h.Sum32()%1000)/1000
}
