package rule_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"docket/internal/filing"
	"docket/internal/incident"
)

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
		if do := e.Next(w.policy().Timing, w.now).Do; do != filing.DoWait && do != filing.DoNothing {
			return true, w.effectMoves(e, alphabet{})[0].do(w)
		}
	}
	if a, found := w.shown(w.live.Ticket.ID); found && w.live.Live() && a.TicketStatusClosed != (w.live.Ticket.State == filing.TicketClosed) {
		return true, w.poll()
	}
	if due := w.live.DueAt; !due.IsZero() && !w.now.Before(due) {
		return true, w.happen(incident.TimeCame{})
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
	case inc.State == incident.Held || inc.State == incident.Settling || inc.Ticket.State == filing.TicketAsked:
		return fmt.Errorf("it is %s for good, its ticket %s", inc.State, inc.Ticket.State)
	case inc.State == incident.Recovered && w.p.OnRecovery == incident.RecoveryClose:
		return errors.New("docket never closes it")
	case inc.State == incident.Open && w.excuse != "":
		return errors.New("filing is on and the silence is over, and it has no ticket: " + string(w.excuse))
	case inc.State == incident.Recovered && w.p.OnRecovery == incident.RecoveryNote &&
		!slices.ContainsFunc(w.effects, func(e filing.Effect) bool {
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
	_, _ = fmt.Fprint(h, w.firing, w.p.FilingOn, ahead(w.silence, 0), w.excuse, inc.Generation, inc.State, inc.Severity, inc.Ticket.State,
		inc.Ticket.ID, inc.Ticket.Refiled, inc.Earlier.ID, inc.Earlier.Noted.Fires, w.mishaps, inc.MaybeStale,
		inc.Fires, inc.FiresNoted, ahead(inc.DueAt, 0), ahead(inc.FlapNotedAt, p.FlapNoteEvery), ahead(inc.RecoveryNotedAt,
			p.FlapNoteEvery), len(w.past), ";")
	for _, v := range w.views {
		_, _ = fmt.Fprint(h, v.mark.Generation, v.event.TicketID, v.event.Closed, v.left, v.event.AsOf.Compare(inc.Ticket.KnownAt),
			v.event.ClosedAt.Compare(inc.FiredAt), v.event.ClosedAt.Compare(inc.RecoveredAt))
	}
	for _, e := range w.effects {
		_, _ = fmt.Fprint(h, e.ID, e.State)
		if !e.Finished() {
			_, _ = fmt.Fprint(h, e.Attempt, min(e.Fails, 3), e.TicketID, ahead(e.NotBefore, 0), ahead(e.SentAt, p.CallTimeout+p.WaitOut))
		}
		if e.Kind == filing.KindNote {
			_, _ = fmt.Fprint(h, ahead(e.CreatedAt, p.FlapNoteEvery))
		}
	}
	for _, c := range w.wire {
		_, _ = fmt.Fprint(h, c.effect, c.answer.Attempt, c.answer.Ticket.ID, ahead(c.until, 0))
	}
	for _, t := range w.tickets {
		_, _ = fmt.Fprint(h, t.id, t.mark, t.closed, t.byPerson, t.stray, t.closedAt.After(inc.FiredAt), ahead(t.closedAt, p.ReopenWithin),
			ahead(t.findable, 0), t.notes)
	}
	return h.Sum64()
}
