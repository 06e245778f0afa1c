package rule_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/rule"
)

// world is one problem, what the ledger keeps of it, and a help desk that may answer late,
// lose its answers and show what it has only after a while.
type world struct {
	p       incident.Policy
	silence time.Time // until when the alert is muted
	now     time.Time
	firing  int // how many of the problem's alerts fire
	live    incident.Incident
	past    []incident.Incident
	effects []filing.Effect
	wire    []call
	views   []view
	tickets []ticket
	serial  int // of the latest ticket
	// mishaps counts what happened to the desk behind everybody's back.
	mishaps int
	// excuse is why the live incident has no ticket, though it is severe enough.
	excuse incident.Reason
}

// call is a request whose answer has not come yet, and may never come.
type call struct {
	effect string
	answer filing.Answer
	lands  bool      // what it does has still to happen: a close
	until  time.Time // no longer than this
}

// view is what the desk showed when it was asked, by a webhook or a poll, on its way to us.
type view struct {
	mark  alert.Mark
	event incident.TicketSeen
	left  int // how often it may still come
}

// ticket is one in the desk.
type ticket struct {
	id, mark string
	findable time.Time // a search shows it from then on
	closed   bool
	closedAt time.Time
	byPerson bool // a person closed it last
	stray    bool // it came from a backup
	notes    []string
}

func newWorld(p incident.Policy) *world {
	return &world{p: p, now: noon, live: blank(1)}
}

// clone copies the world, so that both may go on.
func (w *world) clone() *world {
	c := *w
	c.past, c.effects, c.wire, c.tickets = slices.Clone(w.past), slices.Clone(w.effects), slices.Clone(w.wire), slices.Clone(w.tickets)
	c.views = slices.Clone(w.views)
	for i := range c.tickets {
		c.tickets[i].notes = slices.Clone(c.tickets[i].notes)
	}
	return &c
}

// policy is the policy of this moment.
func (w *world) policy() incident.Policy {
	p := w.p
	if w.now.Before(w.silence) {
		p.MutedBy, p.MutedUntil = "silence", w.silence
	}
	return p
}

// happen plays an event about the latest incident, as the ledger does, and checks the
// decision and all that must hold after it.
func (w *world) happen(ev incident.Event) error {
	w.now = w.now.Add(time.Microsecond)
	fired := is[incident.AlertFired](ev) || is[incident.AlertMaybeStale](ev)
	if fired && w.live.State == incident.Closed {
		earlier := w.live.Past()
		w.past = append(w.past, w.live)
		w.live = blank(w.live.Generation + 1)
		w.live.Earlier = earlier
	}
	before := w.live
	d := rule.Step(before, ev, w.policy(), w.now)
	err := errors.Join(w.sound(before, ev, d), w.take(d), w.whole())
	due := is[incident.TimeCame](ev) && before.Ticket.State == filing.TicketNone
	judged := d.Changed && (d.Successor != nil || d.Next.Severity < before.Severity || (fired && before.State != incident.Open) || due ||
		is[incident.Reconsidered](ev))
	err = errors.Join(err, w.excused(judged))
	if err != nil {
		return fmt.Errorf("%s, decided %s: %w", ev.Kind(), d.Reason, err)
	}
	return nil
}

// is reports whether an event is of one type.
func is[T incident.Event](ev incident.Event) bool {
	_, yes := ev.(T)
	return yes
}

// reconsider is what the switchboard asks for after a change.
func (w *world) reconsider() error {
	return w.happen(incident.Reconsidered{})
}

// answered plays an answer; an effect of an earlier incident has that one stepped.
func (w *world) answered(id string, a filing.Answer) error {
	e := w.effects[w.effect(id)]
	ev := incident.EffectAnswered{Effect: e, Answer: a}
	if e.Mark == w.live.Mark {
		return w.happen(ev)
	}
	w.now = w.now.Add(time.Microsecond)
	i := slices.IndexFunc(w.past, func(p incident.Incident) bool { return p.Mark == e.Mark })
	d := rule.Step(w.past[i], ev, w.policy(), w.now)
	if d.Changed || len(d.Effects) > 0 || d.Successor != nil {
		return fmt.Errorf("the answer %s to %s changed the closed incident %s: %s", a.Outcome, id, e.Mark, d.Reason)
	}
	return errors.Join(w.take(d), w.whole())
}

// sound checks a decision by itself.
func (w *world) sound(before incident.Incident, ev incident.Event, d rule.Decision) error {
	answered, answer := ev.(incident.EffectAnswered)
	switch {
	case d.Reason.Sentence() == string(d.Reason):
		return fmt.Errorf("reason %q has no sentence", d.Reason)
	case before.State == incident.Closed && (d.Changed || len(d.Effects) > 0 || d.Successor != nil):
		return errors.New("a closed incident changed")
	case !d.Changed && !reflect.DeepEqual(before, d.Next):
		return fmt.Errorf("an unsaved change, from %+v to %+v", before, d.Next)
	case d.Reason == incident.ReasonStale && !answer && d.Changed:
		return errors.New("a word that is out of date changed something")
	case !d.Changed && !d.EffectChanged && (len(d.Effects) > 0 || d.Successor != nil):
		return errors.New("something follows from nothing")
	case d.Next.Mark != before.Mark:
		return fmt.Errorf("it became %s", d.Next.Mark)
	case before.Live() && d.Next.Severity > before.Severity:
		return fmt.Errorf("its severity fell to %s", d.Next.Severity)
	case d.Successor != nil && (d.Next.Live() || d.Successor.Generation != d.Next.Generation+1 || !d.Successor.Live()):
		return fmt.Errorf("a successor %s of %s, which is %s", d.Successor.Mark, d.Next.Mark, d.Next.State)
	case answer && answered.Effect.Finished() && d.EffectChanged:
		return errors.New("a finished effect changed")
	case answer && d.Effect.Attempt < answered.Effect.Attempt:
		return errors.New("an effect's attempts fell")
	}
	return nil
}

// take takes a decision over, as the ledger's transaction does.
func (w *world) take(d rule.Decision) error {
	if d.Changed && d.Next.Mark == w.live.Mark {
		w.live = d.Next
		w.live.Timeline = nil
	}
	if d.EffectChanged {
		w.effects[w.effect(d.Effect.ID)] = d.Effect
	}
	for _, e := range d.Effects {
		if w.effect(e.ID) >= 0 {
			return fmt.Errorf("%s is asked for twice", e.ID)
		}
		if e.State != filing.Queued || e.Attempt != 0 || (e.Kind != filing.KindFile && e.TicketID == "") {
			return fmt.Errorf("%s begins as %+v", e.ID, e)
		}
		w.effects = append(w.effects, e)
	}
	if d.Successor != nil {
		w.past = append(w.past, w.live)
		w.live = *d.Successor
		w.live.Timeline = nil
	}
	return nil
}

// whole checks all that must hold at any moment.
func (w *world) whole() error {
	inc := w.live
	switch {
	case (w.firing > 0) != inc.Firing():
		return fmt.Errorf("%d alerts fire and the incident is %s", w.firing, inc.State)
	case !inc.Live() && !inc.DueAt.IsZero():
		return fmt.Errorf("a %s incident is due at %s", inc.State, inc.DueAt)
	case (inc.State == incident.Held || inc.State == incident.Settling) && inc.DueAt.IsZero():
		return fmt.Errorf("it is %s for ever", inc.State)
	case inc.State == incident.Recovered && inc.Ticket.State != filing.TicketAsked && inc.Ticket.State != filing.TicketFiled:
		return fmt.Errorf("it waits for the close of a ticket that is %s", inc.Ticket.State)
	case inc.State == incident.Open && !inc.DueAt.IsZero() &&
		(inc.Ticket.State == filing.TicketAsked || inc.Ticket.State == filing.TicketClosed):
		return fmt.Errorf("it is due at %s with a ticket that is %s", inc.DueAt, inc.Ticket.State)
	case (inc.Ticket.State == filing.TicketFiled || inc.Ticket.State == filing.TicketClosed) != (inc.Ticket.ID != ""):
		return fmt.Errorf("its ticket is %s and has the id %q", inc.Ticket.State, inc.Ticket.ID)
	case inc.State != incident.Closed && inc.State != "" && inc.RecoveredAt.IsZero() != inc.Firing():
		return fmt.Errorf("it is %s and recovered at %s", inc.State, inc.RecoveredAt)
	case inc.State == incident.Closed && (inc.ClosedAt.IsZero() || inc.RecoveredAt.IsZero()):
		return errors.New("it is closed and does not know since when")
	case inc.Ticket.State == filing.TicketAsked && !slices.ContainsFunc(w.effects, func(e filing.Effect) bool {
		return e.Kind == filing.KindFile && e.Mark == inc.Mark && !e.Finished()
	}):
		return errors.New("its ticket was asked for, and of nobody")
	}
	for _, p := range w.past {
		if p.State != incident.Closed {
			return fmt.Errorf("%s and %s live at once", p.Mark, inc.Mark)
		}
	}
	return errors.Join(w.oneTicketEach(), w.fewNotes(), w.closedByPerson())
}

// oneTicketEach checks that no mark has two tickets in the desk, and no ticket a note twice.
func (w *world) oneTicketEach() error {
	for i, t := range w.tickets {
		if !t.stray && slices.ContainsFunc(w.tickets[:i], func(o ticket) bool { return o.mark == t.mark && !o.stray }) {
			return fmt.Errorf("%s has two tickets", t.mark)
		}
		for k, id := range t.notes {
			if slices.Contains(t.notes[:k], id) {
				return fmt.Errorf("ticket %s has %s twice", t.id, id)
			}
		}
	}
	return nil
}

// fewNotes checks that notes of one kind are a quarter of an hour apart.
func (w *world) fewNotes() error {
	for i, e := range w.effects {
		for _, o := range w.effects[:i] {
			if e.Kind == filing.KindNote && o.Kind == filing.KindNote && e.TicketID == o.TicketID && noteKind(e) == noteKind(o) &&
				e.CreatedAt.Sub(o.CreatedAt) < w.p.FlapNoteEvery {
				return fmt.Errorf("%s comes %s after %s", e.ID, e.CreatedAt.Sub(o.CreatedAt), o.ID)
			}
		}
	}
	return nil
}

// noteKind is what a note is about, whichever incident it is of.
func noteKind(e filing.Effect) string {
	_, suffix, _ := strings.Cut(e.ID, e.Mark.String()+"/")
	kind, _, _ := strings.Cut(suffix, "-")
	return kind
}

// closedByPerson checks that a firing incident is left alone with a closed ticket only where
// a person closed it during this firing. A close of our own may be seen before its answer.
func (w *world) closedByPerson() error {
	inc := w.live
	if inc.State != incident.Open || inc.Ticket.State != filing.TicketClosed {
		return nil
	}
	for _, e := range w.effects {
		if e.Kind == filing.KindClose && e.Mark == inc.Mark && (e.State == filing.Sending || e.State == filing.Unknown) {
			return nil
		}
	}
	i := w.ticket(inc.Ticket.ID)
	if i < 0 {
		return nil // Lost with the close that was seen.
	}
	t := w.tickets[i]
	if !t.byPerson || (inc.Fires > 0 && t.closedAt.Before(inc.FiredAt)) {
		return errors.New("it fires, and nobody has an open ticket, nor closed one while it did")
	}
	return nil
}

// excused checks that a severe incident without a ticket has a reason that still holds, or
// a moment at which it is judged again. judged says that this step could have asked.
func (w *world) excused(judged bool) error {
	inc, p := w.live, w.policy()
	if inc.State != incident.Open || inc.Ticket.State != filing.TicketNone || !inc.Severity.WorseOrEqual(p.TicketAt) {
		if !inc.Firing() || inc.Ticket.State != filing.TicketNone {
			w.excuse = ""
		}
		return nil
	}
	if judged {
		w.excuse = ""
		switch {
		case !p.FilingOn:
			w.excuse = incident.ReasonFilingOff
		case p.MutedBy != "":
			w.excuse = incident.ReasonMuted
		}
	}
	if w.excuse == "" {
		return fmt.Errorf("a %s incident is open and has no ticket", inc.Severity)
	}
	if w.excuse == incident.ReasonMuted && inc.DueAt.IsZero() {
		return errors.New("it is muted for ever")
	}
	return nil
}

func (w *world) effect(id string) int {
	return slices.IndexFunc(w.effects, func(e filing.Effect) bool { return e.ID == id })
}

func (w *world) ticket(id string) int {
	return slices.IndexFunc(w.tickets, func(t ticket) bool { return t.id == id })
}

// fires lets one more alert of the problem fire.
func (w *world) fires(ev incident.Event) error {
	w.firing++
	return w.happen(ev)
}

// ends lets one of them end.
func (w *world) ends() error {
	w.firing--
	return w.happen(incident.AlertEnded{Alert: signal(alert.P2), OthersFiring: w.firing})
}

// shown is what the desk shows of a ticket.
func (w *world) shown(id string) (filing.Answer, bool) {
	i := w.ticket(id)
	if i < 0 {
		return filing.Answer{Outcome: filing.OutcomeVanished}, false
	}
	t := w.tickets[i]
	return filing.Answer{Ticket: filing.Ticket{Desk: "desk", ID: t.id, Number: t.id}, TicketStatusClosed: t.closed, ClosedAt: t.closedAt}, true
}
