package sim

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/desk"
	"docket/internal/fault"
)

// The desk's own times: a search shows a ticket at most searchLag after it exists, and a
// request may still be worked on for lateCommit after its caller gave up. The wait-out is
// their sum: less would be a promise that no rule could keep.
const (
	searchLag  = 40 * time.Second
	lateCommit = 40 * time.Second
	waitOut    = searchLag + lateCommit + 10*time.Second
	callWithin = 30 * time.Second
)

// room is the help desk's inside: one for all replicas.
type room struct {
	w       *world
	tickets []*ticket
	// late are creates that are still worked on though nobody waits for them.
	late []lateCreate
	// awayUntil is when the desk answers again.
	awayUntil time.Time
}

type ticket struct {
	id, mark  string
	body      string
	shownFrom time.Time // a search finds it from then on
	vanished  bool
	closed    bool
	closedAt  time.Time
	byPerson  bool
	notes     []string
}

type lateCreate struct {
	at    time.Time
	draft desk.Draft
}

// Name, WaitOut: see desk.Desk.
func (r *room) Name() string           { return "room" }
func (r *room) WaitOut() time.Duration { return waitOut }

// create makes the ticket as of at.
func (r *room) create(d desk.Draft, at time.Time) *ticket {
	t := &ticket{id: strconv.Itoa(len(r.tickets) + 1), mark: d.Mark, body: d.Body, shownFrom: at}
	if r.w.chance(30) {
		t.shownFrom = t.shownFrom.Add(r.w.span(searchLag))
	}
	r.tickets = append(r.tickets, t)
	r.w.note("the desk has ticket %s for %s", t.id, t.mark)
	return t
}

// settle lets the desk finish what it is late with.
func (r *room) settle(now time.Time) {
	r.late = slices.DeleteFunc(r.late, func(l lateCreate) bool {
		if now.Before(l.at) {
			return false
		}
		r.create(l.draft, l.at)
		r.w.reached["a create took effect after its caller had given up"]++
		return true
	})
}

func failure(class fault.Class, name string) error {
	return &fault.Fault{Class: class, Name: name, Sentence: name}
}

// call is what every call begins with: the request may not leave at all.
func (r *room) call(ctx context.Context, what string) error {
	r.w.pause(what+" is about to leave", 0)
	r.settle(time.Now())
	switch {
	case ctx.Err() != nil:
		return failure(fault.Unavailable, "context")
	case time.Now().Before(r.awayUntil):
		return failure(fault.Unavailable, "away")
	case r.w.faults && r.w.chance(6):
		return failure(fault.Unavailable, "connection_refused")
	}
	return nil
}

// answer is what every call ends with: the answer may be lost on its way.
func (r *room) answer(ctx context.Context, what string) error {
	wait := time.Duration(0)
	if r.w.faults && r.w.chance(15) {
		wait = r.w.span(callWithin)
	}
	r.w.pause(what+" was done", wait)
	if ctx.Err() != nil || (r.w.faults && r.w.chance(10)) {
		return failure(fault.Unknown, "answer_lost")
	}
	return nil
}

// hides reports whether there is a ticket with the mark that a search does not show yet.
func (r *room) hides(mark string) bool {
	return slices.ContainsFunc(r.tickets, func(t *ticket) bool {
		return t.mark == mark && !t.vanished && time.Now().Before(t.shownFrom)
	})
}

// Find shows what a search shows.
func (r *room) Find(ctx context.Context, mark string) ([]desk.Ticket, error) {
	if err := r.call(ctx, "a search"); err != nil {
		return nil, err
	}
	var found []desk.Ticket
	for _, t := range r.tickets {
		switch {
		case t.mark != mark || t.vanished:
		case time.Now().Before(t.shownFrom):
			r.w.reached["a search was behind"]++
		default:
			found = append(found, t.shown())
		}
	}
	return found, r.answer(ctx, "a search")
}

// List shows all that a search shows.
func (r *room) List(ctx context.Context, _ desk.Query) (desk.Listing, error) {
	if err := r.call(ctx, "a list"); err != nil {
		return desk.Listing{}, err
	}
	all := desk.Listing{Whole: true, Calls: 1}
	for _, t := range r.tickets {
		if !t.vanished && !time.Now().Before(t.shownFrom) {
			all.Tickets = append(all.Tickets, t.shown())
		}
	}
	return all, r.answer(ctx, "a list")
}

// Create makes a ticket, and says so or not.
func (r *room) Create(ctx context.Context, d desk.Draft) (string, error) {
	r.w.model.leaves(d.Mark, "file/"+d.Mark)
	if err := r.call(ctx, "a create"); err != nil {
		return "", err
	}
	if r.w.faults && r.w.chance(8) {
		r.late = append(r.late, lateCreate{time.Now().Add(r.w.span(lateCommit)), d})
		return "", failure(fault.Unknown, "timeout")
	}
	t := r.create(d, time.Now())
	if r.w.faults && r.w.chance(3) {
		t.vanished = true
		r.w.reached["a ticket vanished"]++
	}
	if err := r.answer(ctx, "a create"); err != nil {
		return "", err
	}
	if r.w.faults && r.w.chance(3) {
		return "", nil // 2xx without an id
	}
	return t.id, nil
}

func (t *ticket) shown() desk.Ticket {
	status := desk.StatusOpen
	if t.closed {
		status = desk.StatusClosed
	}
	return desk.Ticket{ID: t.id, Number: t.id, Status: status, ClosedAt: t.closedAt, Notes: t.notes}
}

// at returns a ticket that is there.
func (r *room) at(id string) (*ticket, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(r.tickets) || r.tickets[n-1].vanished {
		return nil, failure(fault.Missing, "ticket_missing")
	}
	return r.tickets[n-1], nil
}

// Get reads a ticket.
func (r *room) Get(ctx context.Context, id string) (desk.Ticket, error) {
	if err := r.call(ctx, "a read"); err != nil {
		return desk.Ticket{}, err
	}
	t, err := r.at(id)
	if err != nil {
		return desk.Ticket{}, err
	}
	return t.shown(), r.answer(ctx, "a read")
}

// Read is Get: its tickets are small.
func (r *room) Read(ctx context.Context, id string) (desk.Ticket, error) { return r.Get(ctx, id) }

// Note adds a note.
func (r *room) Note(ctx context.Context, id, text string) error {
	at := strings.LastIndex(text, "[note/")
	r.w.model.leaves("", strings.TrimSuffix(text[at+1:], "]"))
	if err := r.call(ctx, "a note"); err != nil {
		return err
	}
	t, err := r.at(id)
	if err != nil {
		return err
	}
	t.notes = append(t.notes, text)
	return r.answer(ctx, "a note")
}

// Tag is harmless twice, and nobody looks at tags here.
func (r *room) Tag(ctx context.Context, id string, _ []string) error {
	if err := r.call(ctx, "a tag"); err != nil {
		return err
	}
	if _, err := r.at(id); err != nil {
		return err
	}
	return r.answer(ctx, "a tag")
}

// SetStatus closes a ticket: nothing else is ever asked of it here.
func (r *room) SetStatus(ctx context.Context, id string, s desk.Status) error {
	if s != desk.StatusClosed {
		return fmt.Errorf("docket sets ticket %s to %s: it may only close", id, s)
	}
	if err := r.call(ctx, "a close"); err != nil {
		return err
	}
	t, err := r.at(id)
	if err != nil {
		return err
	}
	if !t.closed {
		t.closed, t.closedAt, t.byPerson = true, time.Now().UTC(), false
	}
	return r.answer(ctx, "a close")
}

// Check reads something harmless.
func (r *room) Check(ctx context.Context) error {
	if err := r.call(ctx, "a check"); err != nil {
		return err
	}
	return r.answer(ctx, "a check")
}

// entries counts how often a mark stands in a ticket's texts.
func (t *ticket) entries(m alert.Mark) int {
	n := strings.Count(t.body, "\n  "+m.String()+"\n")
	for _, note := range t.notes {
		n += strings.Count(note, "\n  "+m.String()+"\n")
	}
	return n
}
