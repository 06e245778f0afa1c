package controls

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"docket/internal/audit"
	"docket/internal/desk"
	"docket/internal/desk/local"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/store"
)

// TicketActions changes tickets of the local desk on behalf of a person, for the API and the console.
type TicketActions struct {
	Local  *local.Desk
	Ledger *ledger.Ledger
	Store  *store.Store
}

// Note adds a person's note. The note and its audit entry are saved together: the log never has a note that does not
// exist, and no note lacks its author.
func (a *TicketActions) Note(ctx context.Context, id, text string, actor audit.Actor) error {
	read, err := a.Local.Get(ctx, id)
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(read.ID, 10, 64)
	if err != nil {
		return fmt.Errorf("read the number of the local desk's ticket %s: %w", read.ID, err)
	}
	text = audit.Clean(text)
	entry := audit.Entry{
		CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Action: audit.ActionTicketNoted,
		Payload: map[string]any{"desk": a.Local.Name(), "ticket_id": read.ID, "text": text},
	}
	return a.Store.AddDeskNoteAudited(ctx, number, actor.Name, text, entry)
}

// Close closes a ticket and updates the ledger at once.
func (a *TicketActions) Close(ctx context.Context, id string, actor audit.Actor) error {
	return a.set(ctx, id, desk.StatusClosed, actor)
}

// Reopen reopens a closed ticket and updates the ledger at once.
func (a *TicketActions) Reopen(ctx context.Context, id string, actor audit.Actor) error {
	return a.set(ctx, id, desk.StatusOpen, actor)
}

func (a *TicketActions) set(ctx context.Context, id string, status desk.Status, actor audit.Actor) error {
	if err := a.Local.SetStatus(ctx, id, status); err != nil {
		return err
	}
	shown := store.TicketsShown{Open: []string{id}}
	if status == desk.StatusClosed {
		shown = store.TicketsShown{Closed: []string{id}}
	}
	return a.Store.EachKnownOtherwise(ctx, a.Local.Name(), shown, func(all []incident.Incident) error {
		inputs := make([]ledger.Input, len(all))
		for n := range all {
			inputs[n] = ledger.TicketObserved{Mark: all[n].Mark, Seen: incident.TicketSeen{Closed: status == desk.StatusClosed}, Actor: actor}
		}
		_, err := a.Ledger.Apply(ctx, inputs...)
		return err
	})
}
