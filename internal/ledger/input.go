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
//
//sumtype:decl
type Input interface {
	// need adds what must be loaded before the input is decided.
	need(all *needs)
}

// needs is what must be loaded before some inputs are decided.
type needs struct {
	// keys are those whose latest incident is needed.
	keys map[alert.Key]bool
	// fingerprints name alerts, each needed with the latest incident of its stored key.
	fingerprints []alert.Key
	// effects are ids, each needed with the latest incident of its key.
	effects []string
}

func (n *needs) key(k alert.Key) { n.keys[k] = true }

func (n *needs) alert(a alert.Alert) {
	n.key(a.Key)
	n.fingerprints = append(n.fingerprints, a.Fingerprint)
}

func (n *needs) effect(id string) { n.effects = append(n.effects, id) }

// needsOf is what all inputs of some requests need.
func needsOf(requests []*request) needs {
	all := needs{keys: map[alert.Key]bool{}}
	for _, r := range requests {
		for _, in := range r.inputs {
			in.need(&all)
		}
	}
	return all
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

func (in AlertReceived) need(all *needs)      { all.alert(in.Alert) }
func (in InvestigateClicked) need(all *needs) { all.alert(in.Tile) }
func (in DueReached) need(all *needs)         { all.key(in.Mark.Key) }
func (in Reconsidered) need(all *needs)       { all.key(in.Mark.Key) }
func (in TicketObserved) need(all *needs)     { all.key(in.Mark.Key) }
func (in Acknowledged) need(all *needs)       { all.key(in.Mark.Key) }
func (in EffectAnswered) need(all *needs)     { all.effect(in.EffectID) }
func (in EffectMissed) need(all *needs)       { all.effect(in.EffectID) }

// A notice is loaded when it is decided.
func (NoticeAnswered) need(*needs)   {}
func (OperatorNotified) need(*needs) {}
