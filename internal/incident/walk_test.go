package incident_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/incident"
)

// TestEveryPathKeepsThePromises walks every order of events to a depth, and checks after each
// step all that world.happen checks. From every state it then lets the faults stop, and
// checks that everything comes to its end.
func TestEveryPathKeepsThePromises(t *testing.T) {
	tests := []struct {
		name   string
		change func(*incident.Policy)
		alphabet
		depth, least int
	}{
		{"filing fails in every way", nil, alphabet{most: 1, faults: true, slow: true}, 11, 1000},
		{"people close and reopen", nil, alphabet{most: 1, persons: true}, 14, 1000},
		{"people and faults", nil, alphabet{most: 1, persons: true, faults: true}, 11, 1000},
		{"docket closes", closes, alphabet{most: 1, persons: true, slow: true}, 13, 1000},
		{"docket closes and fails", closes, alphabet{most: 1, persons: true, faults: true}, 12, 1000},
		{"hold and settle", func(p *incident.Policy) { p.Hold, p.Settle = time.Minute, time.Minute }, alphabet{most: 1, doubts: true, persons: true}, 17, 1000},
		{"docket closes after settling", func(p *incident.Policy) { closes(p); p.Settle = time.Minute }, alphabet{most: 1, doubts: true, persons: true, slow: true}, 13, 1000},
		{"flags and silences", func(p *incident.Policy) { p.Settle = time.Minute }, alphabet{most: 1, switches: true, slow: true}, 14, 1000},
		{"operators click", nil, alphabet{most: 1, persons: true, clicks: true, slow: true}, 11, 1000},
		{"operators click while filing is off", func(p *incident.Policy) { p.FilingOn = false }, alphabet{most: 1, persons: true, clicks: true, faults: true}, 10, 1000},
		{"operators click on a flapping tile", func(p *incident.Policy) { p.Hold, p.Settle = time.Minute, time.Minute }, alphabet{most: 1, clicks: true, switches: true, slow: true}, 12, 1000},
		{"people reopen, and docket goes on in the earlier ticket", func(p *incident.Policy) { p.ReopenWithin = time.Hour }, alphabet{most: 1, persons: true}, 14, 1000},
		{"docket closes and reopens", func(p *incident.Policy) { closes(p); p.ReopenWithin = time.Hour }, alphabet{most: 1, persons: true, slow: true}, 12, 1000},
		{"docket reopens, and the desk fails", func(p *incident.Policy) { p.ReopenWithin = time.Hour }, alphabet{most: 1, persons: true, faults: true}, 11, 1000},
		{"the desk loses tickets and shows old ones", nil, alphabet{most: 1, persons: true, mishaps: 2}, 11, 1000},
		{"the same, docket closes and reopens", func(p *incident.Policy) { closes(p); p.ReopenWithin = time.Hour }, alphabet{most: 1, persons: true, mishaps: 1}, 11, 1000},
		{"the same, while filing is switched", nil, alphabet{most: 1, switches: true, mishaps: 2}, 11, 1000},
		{"the same, and everything fails", nil, alphabet{most: 1, faults: true, mishaps: 1}, 9, 1000},
		{"webhooks and polls come late, twice and in any order", nil, alphabet{most: 1, persons: true, views: 2}, 12, 1000},
		{"webhooks come late, docket closes and reopens", func(p *incident.Policy) { closes(p); p.ReopenWithin = time.Hour }, alphabet{most: 1, persons: true, views: 2}, 11, 1000},
		{"webhooks come late, and the desk loses tickets", nil, alphabet{most: 1, persons: true, views: 1, mishaps: 1}, 10, 1000},
		{"several alerts", func(p *incident.Policy) { p.Hold = time.Minute }, alphabet{most: 3, severities: true, doubts: true}, 13, 1000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := incident.DefaultPolicy()
			p.Tags = nil
			if tt.change != nil {
				tt.change(&p)
			}
			depth, least := tt.depth, tt.least
			if testing.Short() {
				depth, least = depth-2, least/10
			}
			seen := walk(t, newWorld(p), tt.alphabet, depth)
			t.Logf("%d states within %d steps", seen, depth)
			if seen < least {
				t.Errorf("only %d states: something keeps the walk from going on", seen)
			}
		})
	}
}

// trail is the way to a world.
type trail struct {
	to   *trail
	name string
}

func (t *trail) String() string {
	var names []string
	for ; t != nil; t = t.to {
		names = append(names, t.name)
	}
	slices.Reverse(names)
	return strings.Join(names, "\n  ")
}

type place struct {
	*world
	trail *trail
}

// walk visits every state within depth steps, each once, and returns how many there are.
func walk(t *testing.T, from *world, a alphabet, depth int) int {
	t.Helper()
	seen := map[uint64]bool{from.fingerprint(): true}
	here := []place{{from, nil}}
	for range depth {
		var next []place
		for _, at := range here {
			for _, m := range at.moves(a) {
				w := at.clone()
				way := &trail{at.trail, m.name}
				if err := m.do(w); err != nil {
					t.Fatalf("%v, after\n  %s", err, way)
				}
				if f := w.fingerprint(); !seen[f] {
					seen[f] = true
					if err := w.clone().comesToItsEnd(); err != nil {
						t.Fatalf("once the faults stop: %v, after\n  %s", err, way)
					}
					next = append(next, place{w, way})
				}
			}
		}
		here = next
	}
	return len(seen)
}

// comesToItsEnd lets everything go well from here on, and checks that nothing is left over:
// what fires has its ticket, what does not is over or waits for a person, and docket knows
// what the desk shows.
func (w *world) comesToItsEnd() error {
	w.p.FilingOn, w.wire = true, nil
	if err := w.reconsider(); err != nil {
		return err
	}
	for len(w.views) > 0 { // The oldest word comes last.
		if err := w.arrives(len(w.views) - 1); err != nil {
			return err
		}
	}
	for range 500 {
		moved, err := w.goWell()
		if err != nil {
			return err
		}
		if !moved {
			return w.settled()
		}
	}
	return errors.New("it never comes to an end")
}

// goWell makes the next move that is not a fault; none is left when it reports false.
func (w *world) goWell() (bool, error) {
	for _, e := range w.effects {
		if do := e.Next(w.policy(), w.now).Do; do != incident.DoWait && do != incident.DoNothing {
			return true, w.effectMoves(e, alphabet{})[0].do(w)
		}
	}
	if a, found := w.shown(w.live.Ticket.ID); found && w.live.Live() && a.TicketStatusClosed != (w.live.Ticket.State == incident.TicketClosed) {
		return true, w.poll()
	}
	if due := w.live.DueAt; !due.IsZero() && !w.now.Before(due) {
		return true, w.happen(incident.Event{Kind: incident.TimeCame})
	}
	if ev, sees := w.reconciled(); sees {
		return true, w.reconcile(ev)
	}
	if w.nextMoment().After(w.now) {
		return true, w.pass()
	}
	return false, nil
}

func (w *world) settled() error {
	for _, e := range w.effects {
		if !e.Finished() {
			return fmt.Errorf("%s is left %s", e.ID, e.State)
		}
	}
	if err := w.oneOpenEach(); err != nil {
		return err
	}
	inc := w.live
	switch {
	case inc.State == incident.Held || inc.State == incident.Settling || inc.Ticket.State == incident.TicketAsked:
		return fmt.Errorf("it is %s for good, its ticket %s", inc.State, inc.Ticket.State)
	case inc.State == incident.Recovered && w.p.OnRecovery == incident.RecoveryClose:
		return errors.New("docket never closes it")
	case inc.State == incident.Open && w.excuse != "":
		return errors.New("filing is on and the silence is over, and it has no ticket: " + string(w.excuse))
	case inc.State == incident.Recovered && w.p.OnRecovery == incident.RecoveryNote && !slices.ContainsFunc(w.effects, func(e incident.Effect) bool {
		return strings.HasPrefix(e.ID, fmt.Sprintf("note/%s/recovered-%d", inc.Mark, inc.Fires))
	}):
		return errors.New("its ticket does not say that it recovered")
	}
	return nil
}

// fingerprint names what may still make a difference in a world: moments by how far ahead
// they are, and only while they are.
func (w *world) fingerprint() uint64 {
	h := fnv.New64a()
	ahead := func(at time.Time, d time.Duration) int64 {
		if at.IsZero() {
			return -1
		}
		return max(0, int64(at.Add(d).Sub(w.now).Round(time.Second)/time.Second))
	}
	inc, p := w.live, w.policy()
	_, _ = fmt.Fprint(h, w.firing, w.p.FilingOn, ahead(w.silence, 0), w.excuse, inc.Generation, inc.State, inc.Severity, inc.Ticket.State, inc.Ticket.ID, inc.Ticket.Refiled, inc.Earlier.ID, inc.Earlier.Told.Fires, w.mishaps, inc.Doubted,
		inc.Fires, inc.FiresNoted, ahead(inc.DueAt, 0), ahead(inc.FlapNotedAt, p.FlapNoteEvery), ahead(inc.RecoveryNotedAt, p.FlapNoteEvery), len(w.past), ";")
	for _, v := range w.views {
		_, _ = fmt.Fprint(h, v.mark.Generation, v.event.TicketID, v.event.TicketClosed, v.left, v.event.AsOf.Compare(inc.Ticket.KnownAt), v.event.ClosedAt.Compare(inc.FiredAt), v.event.ClosedAt.Compare(inc.RecoveredAt))
	}
	for _, e := range w.effects {
		_, _ = fmt.Fprint(h, e.ID, e.State)
		if !e.Finished() {
			_, _ = fmt.Fprint(h, e.Attempt, min(e.Fails, 3), e.TicketID, ahead(e.NotBefore, 0), ahead(e.SentAt, p.CallTimeout+p.WaitOut))
		}
		if e.Kind == incident.KindNote {
			_, _ = fmt.Fprint(h, ahead(e.CreatedAt, p.FlapNoteEvery))
		}
	}
	for _, c := range w.wire {
		_, _ = fmt.Fprint(h, c.effect, c.answer.Attempt, c.answer.Ticket.ID, ahead(c.until, 0))
	}
	for _, t := range w.tickets {
		_, _ = fmt.Fprint(h, t.id, t.mark, t.closed, t.byPerson, t.stray, t.closedAt.After(inc.FiredAt), ahead(t.closedAt, p.ReopenWithin), ahead(t.findable, 0), t.notes)
	}
	return h.Sum64()
}
