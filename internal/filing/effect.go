package filing

import (
	"docket/internal/alert"
	"fmt"
	"strings"
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
type State string

// The effect states.
const (
	Queued  State = "queued"  // surely not in the world yet; send it once NotBefore is over
	Sending State = "sending" // an attempt began at SentAt and has not answered
	Unknown State = "unknown" // an attempt may have done it; once NotBefore is over look, or do again what is harmless twice
	Created State = "created" // the desk named TicketID; to be read back
	Done    State = "done"    // proved
	Dropped State = "dropped" // not needed any more, or there is nothing left to do it to
)

// Effect is one thing to be done in the world, exactly once, however often it is tried.
type Effect struct {
	// ID is the effect key, unique for good: "file/<mark>", "note/<mark>/recovered-1".
	ID string
	// Version counts saves, from 1; the store's compare-and-set is on it.
	Version int64
	Kind    Kind
	Mark    alert.Mark
	State   State
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

// NewEffect makes a queued effect on a ticket of an incident; ticketID is "" where the effect is to
// create the ticket, and suffix tells apart the effects of one kind.
func New(m alert.Mark, kind Kind, suffix, ticketID string, now time.Time) Effect {
	return Effect{ID: ID(m, kind, suffix), Kind: kind, Mark: m, State: Queued, TicketID: ticketID, CreatedAt: now}
}

// EffectID is the id of an incident's effect: the same effect asked for twice is one.
func ID(m alert.Mark, kind Kind, suffix string) string {
	id := fmt.Sprintf("%s/%s", kind, m)
	if suffix != "" {
		id += "/" + suffix
	}
	return id
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

// Timing is a desk's: how long a call may take, and how long after that an effect may be hidden.
type Timing struct {
	// CallTimeout is how long a request may be on its way.
	CallTimeout time.Duration
	// WaitOut is how long after a request's end a look by mark may not show what it did.
	WaitOut time.Duration
}

// Next says what may be done with e now. It is the filing rule: after an attempt whose
// outcome is not known only a look may follow, and not before the wait-out. An attempt
// that never answered (a crash, a lost worker) may still be on its way for t.CallTimeout
// after it began, and its effect hidden for t.WaitOut after that.
func (e Effect) Next(t Timing, now time.Time) Move {
	switch e.State {
	case Queued:
		return Pause(e.NotBefore, now, DoSend)
	case Sending:
		until := e.SentAt.Add(t.CallTimeout)
		if e.Kind.once() {
			return Pause(until.Add(t.WaitOut), now, DoLook)
		}
		return Pause(until, now, DoSend)
	case Unknown:
		if !e.Kind.once() {
			return Pause(e.NotBefore, now, DoSend)
		}
		return Pause(e.NotBefore, now, DoLook)
	case Created:
		return Pause(e.NotBefore, now, DoConfirm)
	case Done, Dropped:
	}
	return Move{Do: DoNothing}
}

// Pause is the move of something that may be done from at on.
func Pause(at, now time.Time, do Do) Move {
	if now.Before(at) {
		return Move{Do: DoWait, At: at}
	}
	return Move{Do: do}
}

// Suffix is what stands behind the mark in an effect's id.
func (e Effect) Suffix() string {
	_, suffix, _ := strings.Cut(e.ID, e.Mark.String()+"/")
	return suffix
}

const refiledPrefix = "instead-of-"

// Refiling is the suffix of the effect that files a ticket again in place of a lost one.
func Refiling(lostID string) string { return refiledPrefix + lostID }

// Refiles reports whether an effect files a ticket again that the desk lost.
func (e Effect) Refiles() bool {
	return e.Kind == KindFile && strings.HasPrefix(e.Suffix(), refiledPrefix)
}

// MayStillClose reports whether an effect of the episode before may still close its ticket: it
// is on the wire. The ticket is not taken up meanwhile, or our own close would pass for a
// person's.
func (e Effect) MayStillClose(t Timing, now time.Time) bool {
	return e.Kind == KindClose && (e.State == Sending || e.State == Unknown) && now.Before(e.SentAt.Add(t.CallTimeout))
}

const twinPrefix = "twin-"

// OfTwin is the suffix of the effects on a second ticket that is not kept.
func OfTwin(ticketID string) string { return twinPrefix + ticketID }

// IsOfTwin reports whether an effect is about a second ticket that is not kept.
func (e Effect) IsOfTwin() bool { return strings.HasPrefix(e.Suffix(), twinPrefix) }

// TwinEffect is the id of the effect that closes a second ticket: asked for once.
func TwinEffect(m alert.Mark, ticketID string) string { return ID(m, KindClose, OfTwin(ticketID)) }

// TagAgain is the suffix of the effect that puts tags on once more.
const TagAgain = "again"

// TagEffect is the id of the effect that puts tags on once more.
func TagEffect(m alert.Mark) string { return ID(m, KindTag, TagAgain) }
