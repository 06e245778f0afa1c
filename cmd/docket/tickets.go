package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"docket/internal/query"
)

type ticketsCmd struct {
	List   ticketsListCmd   `cmd:"" default:"withargs" help:"List tickets, newest first."`
	Show   ticketsShowCmd   `cmd:"" help:"Show a ticket of the local desk."`
	Note   ticketsNoteCmd   `cmd:"" help:"Add a note to a ticket of the local desk."`
	Close  ticketsCloseCmd  `cmd:"" help:"Close a ticket of the local desk."`
	Reopen ticketsReopenCmd `cmd:"" help:"Reopen a closed ticket of the local desk."`
}

type ticketsListCmd struct {
	listing
	Stale bool `help:"Only open tickets whose incidents recovered long ago (policies.stale_after)."`
}

// Run lists tickets.
func (c *ticketsListCmd) Run(s *session) error {
	return list[query.TicketRow]{
		path: "/api/v1/tickets", query: c.query("stale", strconv.FormatBool(c.Stale)),
		own: func(ctx context.Context, r query.Reader) ([]query.TicketRow, error) {
			return r.Tickets(ctx, query.TicketFilter{Stale: c.Stale, Limit: c.rows()})
		},
		look: look[query.TicketRow]{
			[]string{"TICKET", "STATUS", "CREATED", "TAGS", "SUBJECT"},
			func(r query.TicketRow) []string {
				return []string{"#" + r.Number, r.Status, local(r.CreatedAt), strings.Join(r.Tags, ","), r.Subject}
			},
			"No tickets yet.",
		},
	}.run(s, c.JSON)
}

type ticketsShowCmd struct {
	ID   string `arg:"" help:"The ticket's number."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run shows one ticket.
func (c *ticketsShowCmd) Run(s *session) error {
	t, err := read(s, viaGet[query.TicketDetail](s, "/api/v1/tickets/"+url.PathEscape(c.ID), nil),
		func(ctx context.Context, r query.Reader) (query.TicketDetail, error) { return r.Ticket(ctx, c.ID) })
	return printOne(s, c.JSON, t, err, ticketText)
}

// ticketText formats one ticket for people.
func ticketText(t query.TicketDetail) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%s  %s  %s\n%s\n\n%s", t.Number, t.Status, strings.Join(t.Tags, ","), oneLine(t.Subject), lines(t.Body))
	for i, n := range t.Notes {
		fmt.Fprintf(&b, "\n-- note %d\n%s\n", i+1, lines(n))
	}
	return b.String()
}

// change asks the running server to make a change: only the server may write.
func change(s *session, path string, in any) error {
	t, err := onlyServer[query.TicketDetail](s, path, in, "only the running server can change tickets")
	return printOne(s, false, t, err, func(t query.TicketDetail) string {
		return fmt.Sprintf("ticket #%s is %s, with %s\n", t.Number, t.Status, count(len(t.Notes), "note"))
	})
}

type ticketsNoteCmd struct {
	ID   string   `arg:"" help:"The ticket's number."`
	Text []string `arg:"" help:"The note, or - to read it from standard input."`
}

// maxNote is the API's size limit for a note.
const maxNote = 100_000

// Run adds a note.
func (c *ticketsNoteCmd) Run(s *session) error {
	text := strings.Join(c.Text, " ")
	if text == "-" {
		read, err := io.ReadAll(io.LimitReader(s.in, maxNote+1))
		if err != nil {
			return fmt.Errorf("read the note: %w", err)
		}
		text = strings.TrimSpace(string(read))
	}
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("the note is empty: write something")
	case len(text) > maxNote:
		return fmt.Errorf("the note is longer than %d bytes: attach the rest elsewhere and link it", maxNote)
	}
	return change(s, "/api/v1/tickets/"+url.PathEscape(c.ID)+"/notes", map[string]string{"text": text})
}

type ticketsCloseCmd struct {
	ID string `arg:"" help:"The ticket's number."`
}

// Run closes a ticket.
func (c *ticketsCloseCmd) Run(s *session) error {
	return change(s, "/api/v1/tickets/"+url.PathEscape(c.ID)+"/close", nil)
}

type ticketsReopenCmd struct {
	ID string `arg:"" help:"The ticket's number."`
}

// Run reopens a ticket.
func (c *ticketsReopenCmd) Run(s *session) error {
	return change(s, "/api/v1/tickets/"+url.PathEscape(c.ID)+"/reopen", nil)
}
