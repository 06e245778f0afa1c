package rule_test

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/rule"
)

// mishapMoves lists what may happen to the desk behind everybody's back, and what
// reconciling then sees.
func (w *world) mishapMoves(a alphabet) (all []move) {
	if w.mishaps < a.mishaps {
		if w.live.Ticket.State == filing.TicketFiled && w.ticket(w.live.Ticket.ID) >= 0 {
			all = append(all, move{"the desk loses the ticket", func(w *world) error {
				w.mishaps++
				w.tickets = slices.DeleteFunc(w.tickets, func(t ticket) bool { return t.id == w.live.Ticket.ID })
				return nil
			}})
		}
		if w.live.Live() {
			all = append(all, move{"a backup brings a ticket back", func(w *world) error {
				w.mishaps++
				w.serial++
				w.tickets = append(w.tickets, ticket{id: strconv.Itoa(w.serial), mark: w.live.Mark.String(), stray: true, findable: w.now})
				return nil
			}})
		}
	}
	if ev, sees := w.reconciled(); a.mishaps > 0 && sees {
		all = append(all, move{"reconcile: " + string(ev.Kind()), func(w *world) error { return w.reconcile(ev) }})
	}
	return all
}

// reconciled is what reconciling would tell next. It leaves alone what is on its way.
func (w *world) reconciled() (incident.Event, bool) {
	inc := w.live
	if slices.ContainsFunc(w.effects, func(e filing.Effect) bool { return e.Mark == inc.Mark && !e.Finished() }) || !inc.Live() {
		return nil, false
	}
	own := w.ticket(inc.Ticket.ID)
	if inc.Ticket.State == filing.TicketFiled && own < 0 {
		return incident.TicketMissing{Look: incident.Look{TicketID: inc.Ticket.ID, AsOf: w.now}}, true
	}
	mine := filing.Shown{Closed: true}
	if own >= 0 {
		mine = showing(w.tickets[own])
	}
	for _, t := range w.tickets {
		if t.mark != inc.Mark.String() || t.id == inc.Ticket.ID || t.closed {
			continue
		}
		switch {
		case inc.Ticket.ID != "" && w.effect(filing.TwinEffect(inc.Mark, t.id)) < 0 && w.effect(filing.TwinEffect(inc.Mark, inc.Ticket.ID)) < 0:
			return incident.TwinSeen{Look: incident.Look{TicketID: inc.Ticket.ID, AsOf: w.now}, Shown: showing(t), Own: mine}, true
		case inc.Ticket.State == filing.TicketNone && inc.State == incident.Open:
			return incident.OrphanSeen{Shown: showing(t)}, true
		}
	}
	return nil, false
}

func showing(t ticket) filing.Shown {
	serial, _ := strconv.Atoi(t.id)
	s := filing.Shown{Ticket: filing.Ticket{Desk: "desk", ID: t.id, Number: t.id}, Closed: t.closed,
		CreatedAt: noon.Add(time.Duration(serial) * time.Second)}
	if t.closed {
		s.ClosedAt = t.closedAt
	}
	return s
}

// reconcile tells what was seen, and checks that it was of use: told twice it must be out of date.
func (w *world) reconcile(ev incident.Event) error {
	if err := w.happen(ev); err != nil {
		return err
	}
	again := w.clone()
	before := len(again.effects)
	d := rule.Step(again.live, ev, again.policy(), again.now)
	if d.Changed || len(d.Effects) > 0 || len(again.effects) != before {
		return errors.New("told a second time, it is done a second time")
	}
	return nil
}

// takesUp is the look at the earlier ticket right before a create.
func (w *world) takesUp(e filing.Effect) (a filing.Answer, reopen, goesOn bool) {
	if e.Kind != filing.KindFile || e.Mark != w.live.Mark {
		return a, false, false
	}
	a, found := w.shown(w.live.Earlier.ID)
	if !found {
		return a, false, false
	}
	t := w.tickets[w.ticket(w.live.Earlier.ID)]
	if !t.closed {
		a.ClosedAt = time.Time{}
	}
	goesOn, reopen = w.live.TakesUp(a, "x ["+t.mark+"]", w.policy())
	return a, reopen, goesOn
}

// oneOpenEach checks that of the tickets with the live incident's mark at most one is open,
// but for those that people opened again.
func (w *world) oneOpenEach() error {
	open := 0
	for _, t := range w.tickets {
		if t.mark == w.live.Mark.String() && !t.closed && !t.byPerson {
			open++
		}
	}
	if w.live.Live() && open > 1 {
		return errors.New("two open tickets are left with one mark")
	}
	if w.live.Live() && w.live.Ticket.State == filing.TicketFiled && w.ticket(w.live.Ticket.ID) < 0 {
		return errors.New("its ticket is lost, and nobody noticed")
	}
	return nil
}
