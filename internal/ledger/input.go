package ledger

import (
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/notice"
)

// Input is one thing that happened. Its types are those of this file: a new input is one type
// here and one case in decide.
type Input interface {
	// needs names what must be loaded before it is decided.
	needs() needs
}

// needs names stored things; a zero field names none.
type needs struct {
	// key is the key whose latest incident is needed, fingerprint the alert that is needed
	// with the latest incident of its stored key.
	key, fingerprint alert.Key
	// effectID is the effect that is needed with the latest incident of its key.
	effectID string
}

// AlertReceived is what a source says of an alert, normalized.
type AlertReceived struct{ Alert alert.Alert }

// DueReached says that an incident's DueAt has come.
type DueReached struct{ Mark alert.Mark }

// Reconsidered says that an incident may be decided otherwise now: something was switched.
type Reconsidered struct{ Mark alert.Mark }

// EffectAnswered says what came of one move of an effect.
type EffectAnswered struct {
	EffectID string
	Answer   filing.Answer
}

// EffectMissed says that an effect is about to file a ticket for an alert that came and went
// while the desk was away.
type EffectMissed struct{ EffectID string }

// TicketObserved says what the desk showed of an incident's ticket.
type TicketObserved struct {
	Mark alert.Mark
	Seen incident.Observation
	// Actor is who had it changed or compared, for the audit log; zero where nobody is known.
	Actor audit.Actor
}

// InvestigateClicked says that an operator clicked Investigate on a degraded surface's tile.
type InvestigateClicked struct {
	// Tile is the surface's alert as it is now.
	Tile alert.Alert
	// Window is the surface's own window, zero for the policy's.
	Window time.Duration
	// Brief is what is known of the surface, in words.
	Brief string
	// Actor is who clicked.
	Actor audit.Actor
}

// Acknowledged says that somebody has taken up an incident.
type Acknowledged struct {
	Mark alert.Mark
	// Actor is who has.
	Actor audit.Actor
}

// NoticeAnswered says what came of one attempt at a notice.
type NoticeAnswered struct {
	NoticeID string
	Answer   notice.Answer
}

// OperatorNotified asks to notify the operator of something that is not about one incident.
type OperatorNotified struct {
	// Key names the message for good, so that it is sent once.
	Key string
	// Text is the message.
	Text string
}

func (in AlertReceived) needs() needs {
	return needs{key: in.Alert.Key, fingerprint: in.Alert.Fingerprint}
}

func (in InvestigateClicked) needs() needs {
	return needs{key: in.Tile.Key, fingerprint: in.Tile.Fingerprint}
}

func (in DueReached) needs() needs     { return needs{key: in.Mark.Key} }
func (in Reconsidered) needs() needs   { return needs{key: in.Mark.Key} }
func (in TicketObserved) needs() needs { return needs{key: in.Mark.Key} }
func (in Acknowledged) needs() needs   { return needs{key: in.Mark.Key} }
func (in EffectAnswered) needs() needs { return needs{effectID: in.EffectID} }
func (in EffectMissed) needs() needs   { return needs{effectID: in.EffectID} }

// A notice is loaded when it is decided.
func (NoticeAnswered) needs() needs   { return needs{} }
func (OperatorNotified) needs() needs { return needs{} }
