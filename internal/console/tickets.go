package console

import (
	"net/http"
	"strconv"

	"docket/internal/auth"
	"docket/internal/query"
)

// ticketsPage is a page of tickets.
type ticketsPage struct {
	Rows       []query.TicketRow
	Show, Desk string
	Tabs       []tab
	Prev, Next string
}

func (c *Console) showTickets(r *http.Request) (shown, error) {
	p := ticketsPage{Show: r.FormValue("show"), Desk: c.Reader.Desk}
	f := query.TicketFilter{Limit: rowsPerPage + 1}
	number, _ := strconv.Atoi(r.FormValue("page"))
	number = min(max(1, number), 1000)
	f.Offset = (number - 1) * rowsPerPage
	if p.Show == "stale" {
		f.Stale = true
	} else {
		p.Show = "all"
	}
	p.Tabs = tabs(r.URL, "show", p.Show, [][2]string{{"all", "All"}, {"stale", "Stale"}})
	rows, err := c.Reader.Tickets(r.Context(), f)
	if err != nil {
		return shown{}, err
	}
	if len(rows) > rowsPerPage {
		rows, p.Next = rows[:rowsPerPage], with(r.URL, "page", strconv.Itoa(number+1))
	}
	if number > 1 {
		p.Prev = with(r.URL, "page", strconv.Itoa(number-1))
	}
	p.Rows = rows
	return shown{body: p}, nil
}

// ticketPage is one ticket of the local desk.
type ticketPage struct {
	query.TicketDetail
	MayWrite bool
}

func (c *Console) showTicket(r *http.Request) (shown, error) {
	if c.Tickets == nil {
		return shown{}, &refusal{
			http.StatusNotFound, "This ticket is in another system",
			"Your tickets are in " + c.Reader.Desk + ". The list of tickets links to them.",
		}
	}
	t, err := c.Reader.Ticket(r.Context(), r.PathValue("id"))
	if err != nil {
		return shown{}, missing(err, "No such ticket")
	}
	return shown{title: "Ticket " + t.Number, body: ticketPage{t, auth.From(r.Context()).Can(auth.Operate)}}, nil
}

// maxNote limits the size of a note, in bytes.
const maxNote = 20_000

// postTicket adds a note to a ticket of the local desk, closes it or reopens it.
func (c *Console) postTicket(w http.ResponseWriter, r *http.Request) {
	id, here := r.PathValue("id"), "/console/tickets/"+r.PathValue("id")
	if c.Tickets == nil {
		c.refuse(w, r, http.StatusConflict, "Your tickets are in "+c.Reader.Desk+". Change them there.")
		return
	}
	ctx, actor := r.Context(), auth.From(r.Context()).Actor()
	var done string
	var err error
	switch r.FormValue("do") {
	case "note":
		text := clip(r.FormValue("text"), maxNote)
		if text == "" {
			c.back(w, r, here, result{Kind: "warn", Text: "The note is empty. Write something first."})
			return
		}
		done, err = "The note was added.", c.Tickets.Note(ctx, id, text, actor)
	case "close":
		done, err = "The ticket is closed.", c.Tickets.Close(ctx, id, actor)
	case "reopen":
		done, err = "The ticket is open again.", c.Tickets.Reopen(ctx, id, actor)
	default:
		c.refuse(w, r, http.StatusBadRequest, "The form does not say what to do.")
		return
	}
	if err != nil {
		sentence, status := query.DeskSentence(err)
		if sentence == "" {
			c.failed(w, r, err)
			return
		}
		c.refuse(w, r, status, sentence)
		return
	}
	c.back(w, r, here, result{Kind: "good", Text: done})
}
