package incident

import (
	"fmt"
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
	Unknown EffectState = "unknown" // an attempt may have done it; once NotBefore is over look, or do again what is harmless twice
	Created EffectState = "created" // the desk named TicketID; to be read back
	Done    EffectState = "done"    // proved
	Dropped EffectState = "dropped" // not needed any more, or there is nothing left to do it to
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
		if !e.Kind.once() {
			return after(e.NotBefore, now, DoSend)
		}
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
