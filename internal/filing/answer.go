package filing

import (
	"fmt"
	"hash/fnv"
	"time"
)

// Outcome is what became of one move.
type Outcome string

// The outcomes.
const (
	// OutcomeStarted: the request is about to leave; saved before it does.
	OutcomeStarted Outcome = "started"
	// OutcomeSent: the desk says it is done and, for KindFile, named the ticket.
	OutcomeSent Outcome = "sent"
	// OutcomeNotSent: surely not done; the desk or the way to it is ill.
	OutcomeNotSent Outcome = "not_sent"
	// OutcomeRefused: surely not done; the desk does not want it as it is.
	OutcomeRefused Outcome = "refused"
	// OutcomeUnknown: it may be done.
	OutcomeUnknown Outcome = "unknown"
	// OutcomeFound: a look found it.
	OutcomeFound Outcome = "found"
	// OutcomeNotFound: a look that may be believed did not find it.
	OutcomeNotFound Outcome = "not_found"
	// OutcomeLookFailed: the look itself brought nothing.
	OutcomeLookFailed Outcome = "look_failed"
	// OutcomeHeldBack: not done, because too many calls were waiting for their turn.
	OutcomeHeldBack Outcome = "held_back"
	// OutcomeConfirmed: read back by id.
	OutcomeConfirmed Outcome = "confirmed"
	// OutcomeVanished: the desk does not know the id.
	OutcomeVanished Outcome = "vanished"
)

// Answer is what the world said to one move of one effect.
type Answer struct {
	Outcome Outcome
	// Attempt is the effect's Attempt when the move began.
	Attempt int
	// Ticket is what the desk showed: its id after Sent and Found, all of it after Confirmed.
	Ticket Ticket
	// TicketStatusClosed says that the ticket shown is closed or deleted; ClosedAt when, if the desk told.
	TicketStatusClosed bool
	ClosedAt           time.Time
	// Reopened says that the ticket found was closed, and was opened again for this.
	Reopened bool
	// Fault and Detail name a failure; RetryAfter is the desk's wish.
	Fault, Detail string
	RetryAfter    time.Duration
}

// LongestRetry is the longest wait before a desk that is away is asked again.
const LongestRetry = 30 * time.Second

// The pace of retries: doubled from the first to the longest. A desk that refuses waits for a person.
const (
	firstRetry       = time.Second
	longestRefusal   = 5 * time.Minute
	longestVanishing = 30 * time.Minute
)

// Verdict is what an answer meant for its effect or its notice.
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

// Take moves an effect by what the world answered. It returns the effect unchanged and
// VerdictStale for an answer that no longer matters. Two workers may be at one effect (a
// slow one whose job was given to another): no answer of either shortens a wait-out.
func (e Effect) Take(a Answer, t Timing, now time.Time) (Effect, Verdict) {
	if e.Finished() {
		return e, VerdictStale
	}
	if a.Outcome == OutcomeSent && e.Kind == KindFile && a.Ticket.ID == "" {
		a.Outcome = OutcomeUnknown // Done, as it says, but nobody knows what.
	}
	if a.Attempt != e.Attempt {
		return e.lateAnswer(a)
	}
	if e.outOfPlace(a.Outcome, t, now) {
		return e.lateAnswer(a)
	}
	if a.Outcome == OutcomeHeldBack {
		// Not a failure: the pace stays, and so does the state, but for a send that did not leave.
		e.NotBefore = now.Add(firstRetry)
		if e.State == Sending {
			e.State = Queued
		}
		return e, VerdictHeldBack
	}
	was := e
	e.Fault, e.Detail = a.Fault, a.Detail
	switch a.Outcome {
	case OutcomeStarted:
		if e.State == Queued {
			e.State, e.NotBefore = Sending, time.Time{}
		} else {
			// Harmless twice, and an attempt before may have done it: that stays so until one is known to have.
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
			e.NotBefore = hidden // The id may be an earlier attempt's, and the last one still on its way.
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
		// Looked for in time and not there: it was never done.
		e.State = Queued
		return e.retry(now, 0), VerdictNotFound
	case OutcomeLookFailed:
		e.Fails++
		e.NotBefore = now.Add(max(a.RetryAfter, e.pace(LongestRetry)))
		if e.State == Sending { // Its time is over: see outOfPlace.
			e.State = Unknown
		}
		return e, VerdictLookFailed
	case OutcomeNotSent:
		e.Fails++
		return e.retry(now, max(a.RetryAfter, e.pace(LongestRetry))), VerdictNotSent
	case OutcomeRefused:
		e.Fails++
		return e.retry(now, max(a.RetryAfter, e.pace(longestRefusal))), VerdictRefused
	case OutcomeHeldBack: // Above.
	}
	return was, VerdictStale
}

// outOfPlace reports whether an answer of the present attempt cannot be one to the move
// that the effect's state asks for now: it is another worker's, and older than the state.
func (e Effect) outOfPlace(o Outcome, t Timing, now time.Time) bool {
	missed := o == OutcomeNotFound || o == OutcomeLookFailed
	if !e.Kind.once() && (missed || o == OutcomeFound) {
		return true // Nobody looks for what is harmless twice.
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
		// What surely was not done this time may have been done the time before: only a look tells.
		return early || (!missed && o != OutcomeFound && o != OutcomeSent && o != OutcomeUnknown && o != OutcomeVanished)
	case Created:
		// The ticket's id is known: only reading it back tells more.
		return o != OutcomeConfirmed && o != OutcomeVanished && o != OutcomeLookFailed && o != OutcomeHeldBack
	case Done, Dropped:
	}
	return true
}

// lateAnswer takes from an answer of an earlier attempt what is still true: that the
// ticket exists. All else is older than what is known.
func (e Effect) lateAnswer(a Answer) (Effect, Verdict) {
	if a.Outcome != OutcomeSent || e.Kind != KindFile {
		return e, VerdictStale // And no id, no use: an answer without one was made unknown.
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

// retry puts the next move off. That the last attempt surely did nothing says nothing about
// one before it whose outcome is not known.
func (e Effect) retry(now time.Time, wait time.Duration) Effect {
	if e.State != Unknown {
		e.State = Queued
	}
	e.NotBefore = now.Add(wait)
	return e
}

func (e Effect) pace(longest time.Duration) time.Duration { return Pace(e.ID, e.Fails, longest) }

// Pace is the wait after a number of fails in a row: it doubles from a second to longest, spread by
// up to a quarter so that a thousand effects do not try again in step. The spread comes from the
// id: the rule has no randomness.
func Pace(id string, fails int, longest time.Duration) time.Duration {
	wait := longest
	if doublings := max(fails-1, 0); doublings < 12 {
		wait = min(longest, firstRetry<<doublings)
	}
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %d", id, fails) // A hash never fails to write.
	return wait - wait/4*time.Duration(h.Sum32()%1000)/1000
}
