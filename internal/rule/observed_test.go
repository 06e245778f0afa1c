package rule_test

import (
	"fmt"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/rule"
)

// viewMoves lists the words of the desk that may set out, and those that may come: a webhook
// is a reason to ask, a poll asks by itself, and answers overtake each other.
func (w *world) viewMoves(a alphabet) (all []move) {
	if shown, found := w.shown(w.live.Ticket.ID); found && len(w.views) < a.views {
		all = append(all, move{"the desk is asked", func(w *world) error {
			w.views = append(w.views, view{w.live.Mark, incident.TicketSeen{
				Look: incident.Look{TicketID: w.live.Ticket.ID, AsOf: w.now}, Closed: shown.TicketStatusClosed, ClosedAt: shown.ClosedAt,
			}, 2})
			return nil
		}})
	}
	for i, v := range w.views {
		all = append(all, move{fmt.Sprintf("word %d of the desk comes", v.left), func(w *world) error { return w.arrives(i) }})
	}
	return all
}

// arrives brings a word of the desk, and keeps it for a second time.
func (w *world) arrives(i int) error {
	v := &w.views[i]
	ev, mark := v.event, v.mark
	if v.left--; v.left == 0 {
		w.views = append(w.views[:i:i], w.views[i+1:]...)
	}
	if mark == w.live.Mark {
		return w.happen(ev)
	}
	for _, past := range w.past {
		if past.Mark != mark {
			continue
		}
		if d := rule.Step(past, ev, w.policy(), w.now); d.Changed || len(d.Effects) > 0 || d.Successor != nil {
			return fmt.Errorf("a word of the desk changed the closed incident %s: %s", mark, d.Reason)
		}
	}
	return nil
}

func TestALaterWordIsBelievedAlthoughAnEarlierOneCameAfterItWasAskedFor(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	word := func(asked time.Duration, closed bool) incident.Event {
		return incident.TicketSeen{Look: incident.Look{TicketID: s.inc.Ticket.ID, AsOf: noon.Add(asked)}, Closed: closed}
	}
	// A person closes it, one asks; the person opens it again, another asks; the answers are slow.
	closed, open := word(time.Minute, true), word(2*time.Minute, false)
	s.pass(3 * time.Minute)
	s.expect(s.step(closed), incident.Open, filing.TicketClosed, incident.ReasonClosedByPerson)
	s.pass(time.Second)
	s.expect(s.step(open), incident.Open, filing.TicketFiled, incident.ReasonTicketOpen)
	// The first answer a second time is an old word.
	s.pass(time.Second)
	s.expect(s.step(closed), incident.Open, filing.TicketFiled, incident.ReasonStale)
}
