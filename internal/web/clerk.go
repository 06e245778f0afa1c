package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"docket/internal/audit"
	"docket/internal/desk"
	"docket/internal/desk/local"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/store"
)

// Clerk changes tickets of the local desk in a person's name, for the API and the console.
type Clerk struct {
	Local  *local.Desk
	Ledger *ledger.Ledger
	Store  *store.Store
}

// Note adds a person's note. The note and the entry that tells of it are kept together: the
// log never tells of a note that is not there, nor is there one that nobody wrote.
func (c *Clerk) Note(ctx context.Context, id, text string, actor audit.Actor) error {
	read, err := c.Local.Get(ctx, id)
	if err != nil {
		return err
	}
	number, err := parseNumber(read.ID)
	if err != nil {
		return err
	}
	text = audit.Clean(text)
	entry := audit.Entry{
		CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Action: audit.ActionTicketNoted,
		Payload: map[string]any{"desk": c.Local.Name(), "ticket_id": read.ID, "text": text},
	}
	return c.Store.AddDeskNoteAudited(ctx, number, actor.Name, text, entry)
}

// Close closes a ticket, and the ledger hears of it at once.
func (c *Clerk) Close(ctx context.Context, id string, actor audit.Actor) error {
	return c.set(ctx, id, desk.StatusClosed, actor)
}

// Reopen opens a closed ticket again, and the ledger hears of it at once.
func (c *Clerk) Reopen(ctx context.Context, id string, actor audit.Actor) error {
	return c.set(ctx, id, desk.StatusOpen, actor)
}

func (c *Clerk) set(ctx context.Context, id string, status desk.Status, actor audit.Actor) error {
	if err := c.Local.SetStatus(ctx, id, status); err != nil {
		return err
	}
	shown := store.TicketsShown{Open: []string{id}}
	if status == desk.StatusClosed {
		shown = store.TicketsShown{Closed: []string{id}}
	}
	return c.Store.EachKnownOtherwise(ctx, c.Local.Name(), shown, func(all []incident.Incident) error {
		inputs := make([]ledger.Input, len(all))
		for n := range all {
			inputs[n] = ledger.Input{Seen: &all[n].Mark, TicketClosed: status == desk.StatusClosed, Actor: actor}
		}
		_, err := c.Ledger.Apply(ctx, inputs...)
		return err
	})
}

// DeskSentence is a desk's error as a sentence and as a status to answer with; 503 with no
// sentence for an error that is not the desk's.
func DeskSentence(err error) (sentence string, status int) {
	if errors.Is(err, ErrNoSuch) {
		return err.Error(), http.StatusNotFound
	}
	e, ok := errors.AsType[*desk.Error](err)
	if !ok {
		return "", http.StatusServiceUnavailable
	}
	switch desk.ClassOf(err) {
	case desk.Missing:
		return e.Sentence, http.StatusNotFound
	case desk.Refused:
		return e.Sentence, http.StatusConflict
	case desk.Unknown, desk.Unavailable:
	}
	return e.Sentence, http.StatusServiceUnavailable
}
