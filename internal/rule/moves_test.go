package rule_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
)

// move is one thing that may happen next.
type move struct {
	name string
	do   func(w *world) error
}

// alphabet says what may happen beside the alert's firing, its end and the passing of time.
type alphabet struct {
	most       int  // alerts of the problem that may fire at once
	severities bool // they are of several severities
	doubts     bool // some may be late repeats
	persons    bool // people close and reopen tickets
	switches   bool // filing is switched off and on, and silences come
	faults     bool // the desk and our own processes fail
	slow       bool // answers come after their time
	clicks     bool // operators click Investigate
	views      int  // words of the desk that are on their way at once: each comes once or twice, in any order
	mishaps    int  // how often the desk loses a ticket, or shows one that a backup brought back
}

// moves lists all that may happen next, always in the same order.
func (w *world) moves(a alphabet) []move {
	all := w.alertMoves(a)
	if w.nextMoment().After(w.now) {
		all = append(all, move{"time passes", (*world).pass})
	}
	if due := w.live.DueAt; !due.IsZero() && !w.now.Before(due) {
		all = append(all, move{"time comes", func(w *world) error { return w.happen(incident.TimeCame{}) }})
	}
	if a.persons {
		all = append(all, w.personMoves()...)
	}
	all = append(all, w.mishapMoves(a)...)
	all = append(all, w.viewMoves(a)...)
	if a.clicks && w.firing > 0 {
		all = append(all, move{"a click", (*world).click})
	}
	if a.switches {
		all = append(all, move{"the flag flips", func(w *world) error {
			w.p.FilingOn = !w.p.FilingOn
			return w.reconsider()
		}})
		if !w.now.Before(w.silence) {
			all = append(all, move{"a silence begins", func(w *world) error {
				w.silence = w.now.Add(time.Hour)
				return nil
			}})
		} else {
			all = append(all, move{"the silence is ended", func(w *world) error {
				w.silence = w.now
				return w.reconsider()
			}})
		}
	}
	for _, e := range w.effects {
		if !e.Finished() {
			all = append(all, w.effectMoves(e, a)...)
		}
	}
	for i := range w.wire {
		all = append(all, move{"late: " + w.wire[i].effect, func(w *world) error { return w.late(i) }})
	}
	return all
}

func (w *world) alertMoves(a alphabet) (all []move) {
	add := func(ev incident.Event, sev alert.Severity) {
		all = append(all, move{fmt.Sprintf("%s %s", ev.Kind(), sev), func(w *world) error { return w.fires(ev) }})
	}
	if w.firing < a.most {
		add(incident.AlertFired{Alert: signal(alert.P2)}, alert.P2)
		if a.severities {
			add(incident.AlertFired{Alert: signal(alert.P3)}, alert.P3)
			add(incident.AlertFired{Alert: signal(alert.P1)}, alert.P1)
		}
		if a.doubts && w.live.State != "" {
			add(incident.AlertMaybeStale{Alert: signal(alert.P2)}, alert.P2)
		}
	}
	if w.firing > 0 {
		all = append(all, move{"ends", (*world).ends})
		if a.severities {
			all = append(all, move{"gets worse", func(w *world) error {
				return w.happen(incident.AlertChanged{Alert: signal(alert.P1)})
			}})
		}
	}
	return all
}

// click lets an operator click Investigate.
func (w *world) click() error {
	if err := w.happen(incident.Investigated{Alert: signal(alert.P2), By: "ann"}); err != nil {
		return err
	}
	if w.live.Ticket.State == filing.TicketNone {
		return errors.New("a click brought no ticket")
	}
	return nil
}

// pass goes on to the next moment at which anything may be different.
func (w *world) pass() error {
	w.now = w.nextMoment()
	return nil
}

// nextMoment is the next one that something waits for, or the present one.
func (w *world) nextMoment() time.Time {
	next := time.Time{}
	see := func(t time.Time) {
		if t.After(w.now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	see(w.live.DueAt)
	see(w.silence)
	for _, e := range w.effects {
		if m := e.Next(w.policy().Timing, w.now); m.Do == filing.DoWait {
			see(m.At)
		}
	}
	for _, c := range w.wire {
		see(c.until)
	}
	if next.IsZero() {
		return w.now
	}
	return next
}

func (w *world) personMoves() (all []move) {
	if len(w.tickets) > 0 {
		last := len(w.tickets) - 1
		all = append(all, move{"a person turns the ticket", func(w *world) error {
			w.now = w.now.Add(time.Microsecond)
			t := &w.tickets[last]
			t.closed, t.byPerson = !t.closed, true
			if t.closed {
				t.closedAt = w.now
			}
			return nil
		}})
	}
	if a, found := w.shown(w.live.Ticket.ID); found && a.TicketStatusClosed != (w.live.Ticket.State == filing.TicketClosed) {
		all = append(all, move{"the desk is polled", (*world).poll})
	}
	return all
}

func (w *world) poll() error {
	a, _ := w.shown(w.live.Ticket.ID)
	return w.happen(incident.TicketSeen{Closed: a.TicketStatusClosed, ClosedAt: a.ClosedAt})
}

// effectMoves lists what a courier may do with an effect, and how it may go.
func (w *world) effectMoves(e filing.Effect, a alphabet) (all []move) {
	add := func(name string, do func(w *world, e filing.Effect) error) {
		all = append(all, move{name + " " + e.ID, func(w *world) error { return do(w, w.effects[w.effect(e.ID)]) }})
	}
	answer := func(o filing.Outcome) func(*world, filing.Effect) error {
		return func(w *world, e filing.Effect) error {
			return w.answered(e.ID, filing.Answer{Outcome: o, Attempt: e.Attempt})
		}
	}
	switch e.Next(w.policy().Timing, w.now).Do {
	case filing.DoSend:
		add("send", func(w *world, e filing.Effect) error { return w.send(e, filing.OutcomeSent, true) })
		if a.faults && e.Kind != filing.KindCheck {
			add("do, and lose the answer:", func(w *world, e filing.Effect) error { return w.send(e, filing.OutcomeUnknown, true) })
			add("do not, and lose the answer:", func(w *world, e filing.Effect) error { return w.send(e, filing.OutcomeUnknown, false) })
			add("surely do not:", func(w *world, e filing.Effect) error { return w.send(e, filing.OutcomeNotSent, false) })
			add("crash before:", func(w *world, e filing.Effect) error { return w.send(e, "", false) })
			add("crash after:", func(w *world, e filing.Effect) error { return w.send(e, "", true) })
		}
		if a.slow && e.Kind != filing.KindCheck {
			add("be slow with", (*world).sendSlowly)
		}
	case filing.DoLook:
		add("look for", (*world).look)
		if a.faults {
			add("fail to look for", answer(filing.OutcomeLookFailed))
		}
	case filing.DoConfirm:
		add("read back", (*world).confirm)
		if a.faults {
			add("fail to read back", answer(filing.OutcomeLookFailed))
			add("read back, not shown yet:", answer(filing.OutcomeVanished))
			add("read back, swallowed:", func(w *world, e filing.Effect) error {
				w.tickets = slices.DeleteFunc(w.tickets, func(t ticket) bool { return t.id == e.TicketID })
				return w.answered(e.ID, filing.Answer{Outcome: filing.OutcomeVanished, Attempt: e.Attempt})
			})
		}
	case filing.DoNothing, filing.DoWait:
	}
	return all
}

// begin is all of a send before the request leaves: the look by mark, and the start written
// down. It reports whether the request may leave.
func (w *world) begin(e *filing.Effect) (bool, error) {
	if e.State != filing.Queued && (e.Kind == filing.KindFile || e.Kind == filing.KindNote) {
		return false, fmt.Errorf("%s is sent from the state %s", e.ID, e.State)
	}
	if i := w.found(e.Mark.String()); e.Kind == filing.KindFile && i >= 0 {
		return false, w.answered(e.ID,
			filing.Answer{Outcome: filing.OutcomeFound, Attempt: e.Attempt, Ticket: filing.Ticket{ID: w.tickets[i].id}})
	}
	if e.Kind == filing.KindFile &&
		slices.ContainsFunc(w.effects, func(o filing.Effect) bool { return o.Mark != e.Mark && o.MayStillClose(w.policy().Timing, w.now) }) {
		return false, w.answered(e.ID, filing.Answer{Outcome: filing.OutcomeHeldBack, Attempt: e.Attempt})
	}
	if a, reopen, goesOn := w.takesUp(*e); goesOn {
		if t := &w.tickets[w.ticket(a.Ticket.ID)]; reopen {
			t.closed, t.byPerson = false, false
		}
		return false, w.answered(e.ID,
			filing.Answer{Outcome: filing.OutcomeFound, Attempt: e.Attempt, Ticket: filing.Ticket{ID: a.Ticket.ID}, Reopened: reopen})
	}
	if e.Kind == filing.KindCheck {
		return true, nil
	}
	before := e.Attempt
	err := w.answered(e.ID, filing.Answer{Outcome: filing.OutcomeStarted, Attempt: before})
	*e = w.effects[w.effect(e.ID)]
	return e.Attempt == before+1, err
}

// send performs an effect, or not, and answers with the outcome; "" for never.
func (w *world) send(e filing.Effect, o filing.Outcome, done bool) error {
	goes, err := w.begin(&e)
	if err != nil || !goes {
		return err
	}
	a := filing.Answer{Outcome: o, Attempt: e.Attempt}
	if done {
		a = w.perform(e, o != "")
		a.Outcome = o
		if e.Kind != filing.KindFile && o == filing.OutcomeSent && w.ticket(e.TicketID) < 0 {
			a.Outcome, o = filing.OutcomeVanished, filing.OutcomeVanished
		}
	}
	if o == "" {
		return nil
	}
	if o != filing.OutcomeSent {
		a.Ticket = filing.Ticket{}
	}
	return w.answered(e.ID, a)
}

// perform does to the desk what an effect is for. What was created can be found as late as
// the desk's wait-out allows: told says whether its clock runs from now, as an answer came.
func (w *world) perform(e filing.Effect, told bool) filing.Answer {
	p := w.policy()
	switch e.Kind {
	case filing.KindFile:
		w.serial++
		t := ticket{id: strconv.Itoa(w.serial), mark: e.Mark.String(), findable: e.SentAt.Add(p.CallTimeout + p.WaitOut)}
		if told {
			t.findable = w.now.Add(p.WaitOut)
		}
		w.tickets = append(w.tickets, t)
		return filing.Answer{Attempt: e.Attempt, Ticket: filing.Ticket{ID: t.id}}
	case filing.KindNote:
		if i := w.ticket(e.TicketID); i >= 0 {
			w.tickets[i].notes = append(w.tickets[i].notes, e.ID)
		}
	case filing.KindClose:
		if i := w.ticket(e.TicketID); i >= 0 && !w.tickets[i].closed {
			w.tickets[i].closed, w.tickets[i].closedAt, w.tickets[i].byPerson = true, w.now, false
		}
	case filing.KindCheck:
		a, _ := w.shown(e.TicketID)
		a.Attempt = e.Attempt
		return a
	case filing.KindTag:
	}
	return filing.Answer{Attempt: e.Attempt}
}

// sendSlowly lets a request leave whose answer comes late: while the desk still works on it
// for a close, after any time for what was done at once.
func (w *world) sendSlowly(e filing.Effect) error {
	goes, err := w.begin(&e)
	if err != nil || !goes {
		return err
	}
	c := call{effect: e.ID, lands: e.Kind == filing.KindClose, until: w.now.Add(w.p.CallTimeout)}
	if !c.lands {
		c.answer = w.perform(e, false)
	}
	c.answer.Attempt, c.answer.Outcome = e.Attempt, filing.OutcomeSent
	w.wire = append(w.wire, c)
	return nil
}

// late brings a slow answer.
func (w *world) late(i int) error {
	c := w.wire[i]
	w.wire = slices.Delete(w.wire, i, i+1)
	if i := w.ticket(c.answer.Ticket.ID); i >= 0 && w.tickets[i].findable.After(w.now.Add(w.p.WaitOut)) {
		w.tickets[i].findable = w.now.Add(w.p.WaitOut)
	}
	if c.lands {
		if w.now.After(c.until) {
			return nil // The request gave up before it got there.
		}
		e := w.effects[w.effect(c.effect)]
		w.perform(e, false)
	}
	return w.answered(c.effect, c.answer)
}

// found is the ticket that a search by mark shows, -1 for none.
func (w *world) found(mark string) int {
	return slices.IndexFunc(w.tickets, func(t ticket) bool { return t.mark == mark && !w.now.Before(t.findable) })
}

// look answers as an honest desk does; a note is looked for on its ticket.
func (w *world) look(e filing.Effect) error {
	a := filing.Answer{Outcome: filing.OutcomeNotFound, Attempt: e.Attempt}
	if e.Kind == filing.KindNote {
		i := w.ticket(e.TicketID)
		if i < 0 {
			a.Outcome = filing.OutcomeVanished
		} else if slices.Contains(w.tickets[i].notes, e.ID) {
			a.Outcome = filing.OutcomeFound
		}
		return w.answered(e.ID, a)
	}
	if i := w.found(e.Mark.String()); i >= 0 {
		a.Outcome, a.Ticket.ID = filing.OutcomeFound, w.tickets[i].id
	}
	return w.answered(e.ID, a)
}

// confirm answers as an honest desk does.
func (w *world) confirm(e filing.Effect) error {
	a, found := w.shown(e.TicketID)
	if found {
		a.Outcome = filing.OutcomeConfirmed
	}
	a.Attempt = e.Attempt
	return w.answered(e.ID, a)
}
