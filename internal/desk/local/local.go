package local

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"docket/internal/desk"
	"docket/internal/fault"
)

// Desk is the local desk.
type Desk struct {
	shelf desk.Shelf
	// linkBase is what a ticket's number is put behind to make its link.
	linkBase string
}

// New makes a desk on the shelf; linkBase leads people to a ticket, its number appended.
func New(shelf desk.Shelf, linkBase string) *Desk { return &Desk{shelf, linkBase} }

// Name returns "local".
func (d *Desk) Name() string { return Name }

// WaitOut is nothing: a ticket is there for every reader once its transaction is over, and
// a second create with the same mark finds the first.
func (d *Desk) WaitOut() time.Duration { return 0 }

// Find returns the tickets with the mark.
func (d *Desk) Find(ctx context.Context, mark string) ([]desk.Ticket, error) {
	found, err := d.shelf.DeskTickets(ctx, mark)
	if err != nil {
		return nil, unavailable("look for the ticket", err)
	}
	for i := range found {
		found[i].URL = d.link(found[i].ID)
	}
	return found, nil
}

// List lists the tickets with a mark, in one read.
func (d *Desk) List(ctx context.Context, q desk.Query) (desk.Listing, error) {
	found, err := d.shelf.DeskTicketsSince(ctx, q)
	if err != nil {
		return desk.Listing{}, unavailable("list its tickets", err)
	}
	out := desk.Listing{Whole: q.Most == 0 || len(found) < q.Most, Calls: 1}
	if len(found) > 0 {
		out.Upto = found[len(found)-1].UpdatedAt
	}
	for _, t := range found {
		if desk.MarkOf(t.Subject) != "" {
			t.URL = d.link(t.ID)
			out.Tickets = append(out.Tickets, t)
		}
	}
	return out, nil
}

// Create keeps a new ticket.
func (d *Desk) Create(ctx context.Context, draft desk.Draft) (string, error) {
	if strings.TrimSpace(draft.Subject) == "" {
		return "", &fault.Fault{Class: fault.Refused, Name: "subject_missing", Sentence: "a ticket needs a subject", Fix: "give it one"}
	}
	if err := stopped(ctx); err != nil {
		return "", err
	}
	number, err := d.shelf.AddDeskTicket(ctx, draft, time.Now().UTC())
	if err != nil {
		// A commit whose answer was lost may have happened.
		return "", &fault.Fault{Class: fault.Unknown, Name: "database", Sentence: "the local desk's database did not answer for sure",
			Fix: "see /readyz", Err: err}
	}
	return strconv.FormatInt(number, 10), nil
}

// Read is Get with the ticket's notes.
func (d *Desk) Read(ctx context.Context, id string) (desk.Ticket, error) {
	t, err := d.Get(ctx, id)
	if err != nil {
		return t, err
	}
	number, err := strconv.ParseInt(t.ID, 10, 64)
	if err != nil {
		return t, missing(id)
	}
	if t.Notes, err = d.shelf.DeskNotes(ctx, number); err != nil {
		return desk.Ticket{}, unavailable("read the notes of ticket "+id, err)
	}
	return t, nil
}

// Get reads one ticket.
func (d *Desk) Get(ctx context.Context, id string) (desk.Ticket, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return desk.Ticket{}, missing(id)
	}
	t, found, err := d.shelf.DeskTicket(ctx, number)
	if err != nil {
		return desk.Ticket{}, unavailable("read ticket "+id, err)
	}
	if !found {
		return desk.Ticket{}, missing(id)
	}
	t.URL = d.link(id)
	return t, nil
}

// Note adds an internal note.
func (d *Desk) Note(ctx context.Context, id, text string) error {
	if err := stopped(ctx); err != nil {
		return err
	}
	if _, err := d.Get(ctx, id); err != nil {
		return err
	}
	number, _ := strconv.ParseInt(id, 10, 64) // Get has proved it.
	if err := d.shelf.AddDeskNote(ctx, number, "docket", text, time.Now().UTC()); err != nil {
		return &fault.Fault{Class: fault.Unknown, Name: "database", Sentence: "the local desk's database did not answer for sure",
			Fix: "see /readyz", Err: err}
	}
	return nil
}

// Tag adds tags to those the ticket has.
func (d *Desk) Tag(ctx context.Context, id string, tags []string) error {
	if _, err := d.Get(ctx, id); err != nil {
		return err
	}
	number, _ := strconv.ParseInt(id, 10, 64) // Get has proved it.
	if err := d.shelf.TagDeskTicket(ctx, number, tags, time.Now().UTC()); err != nil {
		return unavailable("tag ticket "+id, err)
	}
	return nil
}

// SetStatus opens or closes the ticket.
func (d *Desk) SetStatus(ctx context.Context, id string, status desk.Status) error {
	if status != desk.StatusOpen && status != desk.StatusPending && status != desk.StatusClosed {
		return &fault.Fault{Class: fault.Refused, Name: "status_unknown", Sentence: fmt.Sprintf("the local desk has no status %q", status),
			Fix: "use open, pending or closed"}
	}
	if _, err := d.Get(ctx, id); err != nil {
		return err
	}
	number, _ := strconv.ParseInt(id, 10, 64) // Get has proved it.
	if err := d.shelf.SetDeskStatus(ctx, number, status, time.Now().UTC()); err != nil {
		return unavailable("change ticket "+id, err)
	}
	return nil
}

// Check proves that the shelf answers.
func (d *Desk) Check(ctx context.Context) error {
	_, err := d.Find(ctx, "")
	return err
}

func (d *Desk) link(id string) string { return d.linkBase + id }

// stopped is the error of a call that was over before it began: certainly nothing was done.
func stopped(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &fault.Fault{Class: fault.Unavailable, Name: "stopped", Sentence: "the call was stopped before it began", Err: err}
	}
	return nil
}

func missing(id string) error {
	return &fault.Fault{Class: fault.Missing, Name: "ticket_missing", Sentence: "the local desk has no ticket " + id,
		Fix: "list them with docket tickets"}
}

func unavailable(doing string, err error) error {
	if _, ok := errors.AsType[*fault.Fault](err); ok {
		return err
	}
	return &fault.Fault{Class: fault.Unavailable, Name: "database", Sentence: "the local desk could not " + doing,
		Fix: "see /readyz", Err: err}
}

// Hops are one: the tickets are in the same database, and there is no way to them.
func (d *Desk) Hops() []desk.Hop {
	return []desk.Hop{{Name: "desk", OK: "The local desk answers.", Rest: true}}
}

// LinkBase returns what a ticket's number is put behind to make its link.
func (d *Desk) LinkBase() string { return d.linkBase }
