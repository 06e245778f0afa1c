package incident

import (
	"fmt"
	"hash/fnv"
	"time"
)

// Kind is what an effect does to the world.
type Kind string

// The kinds.
const (
	KindFile  Kind = "file"  // create the incident's ticket: never twice
	KindTag   Kind = "tag"   // put the policy's tags on it: harmless twice
	KindNote  Kind = "note"  // add an internal note: never twice
	KindClose Kind = "close" // close it after recovery: harmless twice
	KindCheck Kind = "check" // read it, to know whether it is still open: harmless twice
)

// once reports whether doing it a second time would be seen: then an unknown outcome is
// followed by a look, never by another send.
func (k Kind) once() bool { return k == KindFile || k == KindNote }

// EffectState is where one effect stands.
type EffectState string

// The effect states.
const (
	Queued  EffectState = "queued"  // surely not in the world yet; send it once NotBefore is over
	Sending EffectState = "sending" // an attempt began at SentAt and has not answered
	Unknown EffectState = "unknown" // an attempt ended without a clear answer; look once NotBefore is over
	Created EffectState = "created" // the desk named TicketID; to be read back
	Done    EffectState = "done"    // proved
	Dropped EffectState = "dropped" // not needed any more; it was surely not sent
)

// Effect is one thing to be done in the world, exactly once, however often it is tried.
type Effect struct {
	// ID is the effect key, unique for good: "file/<mark>", "note/<mark>/recovered-1".
	ID string
	// Version counts saves, from 1; the store's compare-and-set is on it.
	Version int64
	Kind    Kind
	Mark    Mark
	State   EffectState
	// Attempt counts the sends begun, from 0; it fences late answers off.
	Attempt int
	// Fails counts the tries in a row that brought nothing, and sets the pace of the next.
	Fails int
	// SentAt is when the last attempt began; zero before the first.
	SentAt time.Time
	// NotBefore is the earliest moment of the next move; zero for at once.
	NotBefore time.Time
	// TicketID is the desk's id: for KindFile once created, for the others from the start.
	TicketID string
	// Text is the note's text; Tags are the tags to put on.
	Text string
	Tags []string
	// Fault and Detail are the last failure's name and sentence, "" after a success.
	Fault, Detail string
	CreatedAt     time.Time
	// DoneAt is when it became Done or Dropped; zero until then.
	DoneAt time.Time
}

// newEffect makes a queued effect of an incident.
func newEffect(inc Incident, kind Kind, suffix string, now time.Time) Effect {
	id := fmt.Sprintf("%s/%s", kind, inc.Mark)
	if suffix != "" {
		id += "/" + suffix
	}
	return Effect{ID: id, Kind: kind, Mark: inc.Mark, State: Queued, TicketID: inc.Ticket.ID, CreatedAt: now}
}

// Finished reports whether nothing more will be done.
func (e Effect) Finished() bool { return e.State == Done || e.State == Dropped }

// NoteMark is the text in square brackets that ends a note, so that a look can find it.
func (e Effect) NoteMark() string { return "[" + e.ID + "]" }

// Do is what a courier may do next with an effect.
type Do uint8

// The moves.
const (
	DoNothing Do = iota // finished
	DoWait              // not before Move.At
	DoSend              // look by mark, then send if it is not there
	DoLook              // only look; nothing may be sent
	DoConfirm           // read the ticket back by id
)

// Move is the answer of Effect.Next.
type Move struct {
	Do Do
	At time.Time // for DoWait
}

// Next says what may be done with e now. It is the filing rule: after an attempt whose
// outcome is not known only a look may follow, and not before the wait-out. An attempt
// that never answered (a crash, a lost worker) may still be on its way for p.CallTimeout
// after it began, and its effect hidden for p.WaitOut after that.
func (e Effect) Next(p Policy, now time.Time) Move {
	switch e.State {
	case Queued:
		return after(e.NotBefore, now, DoSend)
	case Sending:
		until := e.SentAt.Add(p.CallTimeout)
		if e.Kind.once() {
			return after(until.Add(p.WaitOut), now, DoLook)
		}
		return after(until, now, DoSend)
	case Unknown:
		return after(e.NotBefore, now, DoLook)
	case Created:
		return after(e.NotBefore, now, DoConfirm)
	case Done, Dropped:
	}
	return Move{Do: DoNothing}
}

func after(at, now time.Time, do Do) Move {
	if now.Before(at) {
		return Move{Do: DoWait, At: at}
	}
	return Move{Do: do}
}

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
	// Fault and Detail name a failure; RetryAfter is the desk's wish.
	Fault, Detail string
	RetryAfter    time.Duration
}

// The pace of retries: doubled from the first to the longest. A desk that is away is
// asked again soon, one that refuses waits for a person.
const (
	firstRetry       = time.Second
	longestRetry     = 30 * time.Second
	longestRefusal   = 5 * time.Minute
	longestVanishing = 30 * time.Minute
)

// answer moves an effect by what the world said. It returns the effect unchanged and
// ReasonStale for an answer that no longer matters.
func (e Effect) answer(a Answer, p Policy, now time.Time) (Effect, Reason) {
	if e.Finished() {
		return e, ReasonStale
	}
	if a.Attempt != e.Attempt {
		return e.lateAnswer(a)
	}
	if a.Outcome == OutcomeHeldBack {
		// Not a failure: the pace stays, and so does the state, but for a send that did not leave.
		e.NotBefore = now.Add(firstRetry)
		if e.State == Sending {
			e.State = Queued
		}
		return e, ReasonHeldBack
	}
	if e.State == Created && a.Outcome != OutcomeConfirmed && a.Outcome != OutcomeVanished && a.Outcome != OutcomeLookFailed {
		// The ticket's id is known: only reading it back tells more.
		return e.lateAnswer(a)
	}
	e.Fault, e.Detail = a.Fault, a.Detail
	switch a.Outcome {
	case OutcomeStarted:
		if e.State == Unknown || e.State == Created || (e.State == Sending && e.Kind.once()) {
			return e, ReasonStale
		}
		e.State, e.Attempt, e.SentAt, e.NotBefore = Sending, e.Attempt+1, now, time.Time{}
		return e, ReasonSending
	case OutcomeSent, OutcomeFound:
		if e.Kind == KindFile {
			e.State, e.TicketID, e.NotBefore = Created, a.Ticket.ID, time.Time{}
			return e, map[Outcome]Reason{OutcomeSent: ReasonCreated, OutcomeFound: ReasonTicketAdopted}[a.Outcome]
		}
		e.State, e.DoneAt, e.Fails = Done, now, 0
		return e, ReasonDone
	case OutcomeConfirmed:
		e.State, e.DoneAt, e.Fails = Done, now, 0
		return e, ReasonTicketFiled
	case OutcomeVanished:
		if e.Kind != KindFile {
			e.State, e.DoneAt = Dropped, now
			return e, ReasonTicketGone
		}
		e.Fails++
		e.State, e.TicketID, e.NotBefore = Unknown, "", now.Add(max(p.WaitOut, e.pace(longestVanishing)))
		return e, ReasonVanished
	case OutcomeUnknown:
		e.Fails++
		if !e.Kind.once() {
			return e.retry(now, max(a.RetryAfter, e.pace(longestRetry))), ReasonNotSent
		}
		e.State, e.NotBefore = Unknown, now.Add(p.WaitOut)
		return e, ReasonUnknown
	case OutcomeNotFound:
		// Looked for in time and not there: it was never done.
		return e.retry(now, 0), ReasonNotFound
	case OutcomeLookFailed:
		e.Fails++
		e.NotBefore = now.Add(max(a.RetryAfter, e.pace(longestRetry)))
		if e.State == Sending { // Its time is over, or nobody would have looked.
			e.State = Unknown
		}
		return e, ReasonNotSent
	case OutcomeNotSent:
		e.Fails++
		return e.retry(now, max(a.RetryAfter, e.pace(longestRetry))), ReasonNotSent
	case OutcomeRefused:
		e.Fails++
		return e.retry(now, max(a.RetryAfter, e.pace(longestRefusal))), ReasonRefused
	}
	return e, ReasonStale
}

// lateAnswer takes from an answer of an earlier attempt what is still true: that the
// ticket exists. All else is older than what is known.
func (e Effect) lateAnswer(a Answer) (Effect, Reason) {
	if a.Outcome != OutcomeSent || e.Kind != KindFile {
		return e, ReasonStale
	}
	if e.TicketID == "" {
		e.State, e.TicketID, e.NotBefore = Created, a.Ticket.ID, time.Time{}
		return e, ReasonCreated
	}
	if e.TicketID != a.Ticket.ID {
		return e, ReasonTwin
	}
	return e, ReasonStale
}

func (e Effect) retry(now time.Time, wait time.Duration) Effect {
	e.State, e.NotBefore = Queued, now.Add(wait)
	return e
}

// pace doubles from firstRetry to longest with the number of fails, spread by up to a
// quarter so that a thousand effects do not knock in step. The spread comes from the
// effect's id: the rule has no randomness.
func (e Effect) pace(longest time.Duration) time.Duration {
	wait := longest
	if doublings := max(e.Fails-1, 0); doublings < 12 {
		wait = min(longest, firstRetry<<doublings)
	}
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %d", e.ID, e.Fails) // A hash never fails to write.
	return wait - wait/4*time.Duration(h.Sum32()%1000)/1000
}
