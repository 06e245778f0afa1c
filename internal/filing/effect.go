package filing

import (
	"docket/internal/alert"
	"fmt"
	"strings"
	"time"
)

// Kind is what an effect does at the desk.
type Kind string

// The kinds.
const (
	KindFile  Kind = "file"  // creates the incident's ticket: never twice
	KindTag   Kind = "tag"   // adds the policy's tags to it: harmless twice
	KindNote  Kind = "note"  // adds an internal note: never twice
	KindClose Kind = "close" // closes it after recovery: harmless twice
	KindCheck Kind = "check" // reads it to see whether it is still open: harmless twice
)

// once reports whether doing it a second time would be visible. Then an unknown outcome is followed by a look, never by
// another send.
func (k Kind) once() bool { return k == KindFile || k == KindNote }

// State is the state of one effect.
type State string

// The states.
const (
	Queued  State = "queued"  // definitely not sent; send it once NotBefore has passed
	Sending State = "sending" // an attempt began at SentAt and has not been answered
	Unknown State = "unknown" // an attempt may have done it; once NotBefore has passed, look, or repeat it if that is harmless
	Created State = "created" // the desk returned TicketID; to be read back
	Done    State = "done"    // verified
	Dropped State = "dropped" // no longer needed, or there is no ticket left to do it to
)

// Effect is one operation at the desk, to be done exactly once however often it is tried.
type Effect struct {
	// ID is the effect's permanent, unique key: "file/<mark>", "note/<mark>/recovered-1".
	ID string
	// Version counts saves from 1. The store's compare-and-set uses it.
	Version int64
	Kind    Kind
	Mark    alert.Mark
	State   State
	// Attempt counts the sends begun, from 0. It is used to recognize late answers.
	Attempt int
	// Fails counts consecutive failures and sets the interval before the next attempt.
	Fails int
	// SentAt is when the last attempt began; zero before the first.
	SentAt time.Time
	// NotBefore is the earliest time for the next move; zero for at once.
	NotBefore time.Time
	// TicketID is the desk's id: for KindFile once created, for the others from the start.
	TicketID string
	// Text is the text of the note; Tags are the tags to add.
	Text string
	Tags []string
	// Fault and Detail are the name and the description of the last failure, "" after a success.
	Fault, Detail string
	CreatedAt     time.Time
	// DoneAt is when it became Done or Dropped; zero until then.
	DoneAt time.Time
}

// New returns a queued effect on an incident's ticket. ticketID is "" if the effect creates the ticket; suffix
// distinguishes effects of the same kind.
func New(m alert.Mark, kind Kind, suffix, ticketID string, now time.Time) Effect {
	return Effect{ID: ID(m, kind, suffix), Kind: kind, Mark: m, State: Queued, TicketID: ticketID, CreatedAt: now}
}

// ID is the id of an incident's effect. Requesting the same effect twice gives the same id.
func ID(m alert.Mark, kind Kind, suffix string) string {
	id := fmt.Sprintf("%s/%s", kind, m)
	if suffix != "" {
		id += "/" + suffix
	}
	return id
}

// Finished reports whether nothing more will be done.
func (e Effect) Finished() bool { return e.State == Done || e.State == Dropped }

// NoteMark is the text in square brackets at the end of a note, by which a look finds it.
func (e Effect) NoteMark() string { return "[" + e.ID + "]" }

// Suffix is the part of an effect's id that follows the mark.
func (e Effect) Suffix() string {
	_, suffix, _ := strings.Cut(e.ID, e.Mark.String()+"/")
	return suffix
}

const refiledPrefix = "instead-of-"

// Refiling is the suffix of the effect that files a ticket again to replace a lost one.
func Refiling(lostID string) string { return refiledPrefix + lostID }

// Refiles reports whether an effect files a ticket again that the desk lost.
func (e Effect) Refiles() bool {
	return e.Kind == KindFile && strings.HasPrefix(e.Suffix(), refiledPrefix)
}

// MayStillClose reports whether an effect from the previous episode may still close its ticket because it is on its
// way. The ticket is not reused meanwhile, because our own close would look like a person's.
func (e Effect) MayStillClose(t Timing, now time.Time) bool {
	return e.Kind == KindClose && (e.State == Sending || e.State == Unknown) && now.Before(e.SentAt.Add(t.CallTimeout))
}

const twinPrefix = "twin-"

// OfTwin is the suffix of the effects on a second ticket that is not kept.
func OfTwin(ticketID string) string { return twinPrefix + ticketID }

// IsOfTwin reports whether an effect is about a second ticket that is not kept.
func (e Effect) IsOfTwin() bool { return strings.HasPrefix(e.Suffix(), twinPrefix) }

// TwinEffect is the id of the effect that closes a second ticket. It is requested only once.
func TwinEffect(m alert.Mark, ticketID string) string { return ID(m, KindClose, OfTwin(ticketID)) }

// TagAgain is the suffix of the effect that adds the tags once more.
const TagAgain = "again"

// TagEffect is the id of the effect that adds the tags once more.
func TagEffect(m alert.Mark) string { return ID(m, KindTag, TagAgain) }
