package query

import (
	"context"
	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/desk"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/store"
	"docket/internal/storm"
	"docket/internal/template"
	"fmt"
	"time"
)

// TicketRow is one ticket in a listing.
type TicketRow struct {
	Desk      string    `json:"desk"`
	ID        string    `json:"id"`
	Number    string    `json:"number"`
	URL       string    `json:"url"`
	Subject   string    `json:"subject"`
	Status    string    `json:"status"`
	Tags      []string  `json:"tags"`
	Mark      string    `json:"mark"`
	Incidents []string  `json:"incidents" doc:"At most 200; for a storm ticket, those opened last."`
	CreatedAt time.Time `json:"created_at"`
}

// TicketDetail is one ticket with its messages.
type TicketDetail struct {
	TicketRow
	Body  string   `json:"body"`
	Notes []string `json:"notes"`
}

// TicketFilter filters a listing of tickets. Zero fields do not filter.
type TicketFilter struct {
	// Stale selects tickets whose incidents recovered longer ago than Reader.StaleAfter.
	Stale bool
	// Limit is the maximum number of tickets, 0 for all. Offset skips the first ones.
	Limit, Offset int
}

// ticketPage is how many tickets are read at once.
const ticketPage = 200

// Tickets lists tickets, latest first: all of the local desk, or those filed in another desk.
func (r Reader) Tickets(ctx context.Context, f TicketFilter) ([]TicketRow, error) {
	if r.Desk == "local" && !f.Stale && !r.Several {
		return r.localTickets(ctx, f)
	}
	rows := []TicketRow{}
	for {
		page := store.TicketFilter{Limit: ticketPage, Offset: f.Offset + len(rows)}
		if f.Limit > 0 {
			page.Limit = min(page.Limit, f.Limit-len(rows))
		}
		if f.Stale {
			page.StaleSince = time.Now().Add(-r.StaleAfter)
		}
		refs, err := r.Store.FiledTickets(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, ref := range refs {
			row, err := r.filedTicket(ctx, ref)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
		if len(refs) < page.Limit || len(rows) == f.Limit {
			return rows, nil
		}
	}
}

// localTickets lists all tickets of the local desk, including those without an incident.
func (r Reader) localTickets(ctx context.Context, f TicketFilter) ([]TicketRow, error) {
	all, err := r.Store.ListDeskTickets(ctx, f.Limit, f.Offset)
	if err != nil {
		return nil, err
	}
	rows := make([]TicketRow, len(all))
	for i, t := range all {
		if rows[i], err = r.localTicket(ctx, t); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (r Reader) localTicket(ctx context.Context, t desk.Ticket) (TicketRow, error) {
	all, err := r.Store.IncidentsIn(ctx, "local", t.ID, incidentsShown)
	if err != nil {
		return TicketRow{}, err
	}
	return TicketRow{
		Desk: "local", ID: t.ID, Number: t.Number, URL: r.LinkBase + t.ID, Subject: t.Subject, Status: string(t.Status),
		Tags: orEmpty(t.Tags), Mark: markIn(t.Subject), Incidents: marksOf(all), CreatedAt: t.CreatedAt,
	}, nil
}

// incidentsShown limits the incidents listed with a ticket: a storm's ticket has very many.
const incidentsShown = 200

func marksOf(all []incident.Incident) []string {
	marks := make([]string, len(all))
	for n, inc := range all {
		marks[n] = inc.Mark.String()
	}
	return marks
}

// markIn returns the mark at the end of a subject, "" if there is none.
func markIn(subject string) string {
	mark := desk.MarkOf(subject)
	if _, err := alert.ParseMark(mark); err != nil {
		return ""
	}
	return mark
}

// filedTicket returns a ticket as the ledger knows it.
func (r Reader) filedTicket(ctx context.Context, ref store.TicketRef) (TicketRow, error) {
	all, err := r.Store.IncidentsIn(ctx, ref.Desk, ref.ID, incidentsShown)
	if err != nil || len(all) == 0 {
		return TicketRow{}, err
	}
	i := all[0] // If one incident represents all others that share the ticket, the ticket is its own.
	row := TicketRow{
		Desk: ref.Desk, ID: ref.ID, Number: i.Ticket.Number, URL: i.Ticket.URL, Status: "open",
		Tags: orEmpty(r.Policy(i, time.Now()).Tags), Mark: i.Mark.String(), CreatedAt: i.OpenedAt,
	}
	if i.Ticket.State == filing.TicketClosed {
		row.Status = "closed"
	}
	row.Incidents = marksOf(all)
	alerts, err := r.Store.AlertsOf(ctx, i.Key)
	if err != nil {
		return row, err
	}
	var own *template.Words
	if r.Words != nil {
		own = r.Words(i.Route)
	}
	row.Subject, _, _ = own.Ticket(i, alerts, 0) // If a template fails, the built-in text is used. The courier has already logged it.
	if i.Shared != storm.NotShared {
		row.Subject, _ = brief.Shared(i, "")
	}
	return row, nil
}

// Ticket returns one ticket of the local desk with its messages.
func (r Reader) Ticket(ctx context.Context, id string) (TicketDetail, error) {
	number, err := parseNumber(id)
	if err != nil {
		return TicketDetail{}, err
	}
	t, found, err := r.Store.DeskTicket(ctx, number)
	if err != nil {
		return TicketDetail{}, err
	}
	if !found {
		return TicketDetail{}, noSuch("the local desk has no ticket %.40s", id)
	}
	if t.Notes, err = r.Store.DeskNotes(ctx, number); err != nil {
		return TicketDetail{}, err
	}
	row, err := r.localTicket(ctx, t)
	return TicketDetail{row, t.Body, orEmpty(t.Notes)}, err
}

func parseNumber(id string) (int64, error) {
	var n int64
	if _, err := fmt.Sscanf(id, "%d", &n); err != nil || n < 1 || fmt.Sprint(n) != id {
		return 0, noSuch("%.40q is not the number of a ticket of the local desk", id)
	}
	return n, nil
}
