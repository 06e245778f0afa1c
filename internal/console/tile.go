package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"docket/internal/auth"
	"docket/internal/filing"
	"docket/internal/flag"
	"docket/internal/incident"
	"docket/internal/store"
	"docket/internal/surface"
)

// tile is a surface as the pages show it.
type tile struct {
	surface.Surface
	State surface.State
	// Bar covers the last 90 days; Uptimes are for 24 hours, 7, 30 and 90 days.
	Bar     bar
	Uptimes []uptime
	// Incident is the surface's live incident, nil for none.
	Incident *ticketed
	// Asks reports whether the viewer may click Investigate.
	Asks bool
}

// ticketed is an incident with the status of its ticket in words.
type ticketed struct {
	incident.Incident
	// Words describe the status of the ticket; Link leads to it, "" while there is none.
	Words, Link string
	// Waiting means that a ticket was requested but does not exist yet.
	Waiting bool
}

// uptime is the availability over a time span. Known is false if there were no readings.
type uptime struct {
	Span  string
	Share float64
	Known bool
}

// days is how far back the bars go.
const days = 90

// heads loads the current head of every configured surface, in the configured order.
func (c *Console) heads(ctx context.Context, at time.Time) ([]store.Head, error) {
	stored, err := c.Store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	byName := make(map[string]store.Head, len(stored))
	for _, h := range stored {
		byName[h.Name] = h
	}
	heads := make([]store.Head, len(c.Surfaces))
	for n, s := range c.Surfaces {
		h := byName[s.Name]
		shown := surface.State{Status: h.Status, Since: h.Since, Last: surface.Reading{At: h.Read}}
		if h.Read.IsZero() {
			shown.Status = ""
		}
		shown = shown.Shown(s, at)
		heads[n] = store.Head{ID: h.ID, Name: s.Name, Status: shown.Status, Since: shown.Since, Read: h.Read}
	}
	return heads, nil
}

// tiles loads what to show for some surfaces.
func (c *Console) tiles(ctx context.Context, caller auth.Caller, heads []store.Head, at time.Time) ([]tile, error) {
	ids := make([]int64, 0, len(heads))
	for _, h := range heads {
		if h.ID != 0 {
			ids = append(ids, h.ID)
		}
	}
	states, err := c.Store.TilesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	sums, err := c.Store.Sums(ctx, store.Day, ids, store.Day.Of(at).AddDate(0, 0, 1-days), at.Add(time.Minute))
	if err != nil {
		return nil, err
	}
	live, err := c.surfaceIncidents(ctx, heads)
	if err != nil {
		return nil, err
	}
	mayAsk := caller.Can(auth.Operate) && c.Board.On(ctx, flag.InvestigateFromStatus)
	all := make([]tile, len(heads))
	for n, h := range heads {
		on := c.byName[h.Name]
		t := tile{Surface: on, State: states[h.ID].State.Shown(on, at), Bar: barOf(sums[h.ID], at), Incident: live[h.Name]}
		t.Uptimes = uptimesOf(sums[h.ID], at)
		t.Asks = mayAsk && t.State.Status.Affected()
		all[n] = t
	}
	return all, nil
}

// surfaceIncidents loads the live incidents of some surfaces, by surface.
func (c *Console) surfaceIncidents(ctx context.Context, heads []store.Head) (map[string]*ticketed, error) {
	names := make([]string, len(heads))
	for n, h := range heads {
		names[n] = h.Name
	}
	all, err := c.Store.LiveOn(ctx, names)
	if err != nil {
		return nil, err
	}
	by := make(map[string]*ticketed, len(all))
	for _, inc := range all {
		by[inc.Surface] = c.ticketed(inc)
	}
	return by, nil
}

// ticketed describes the status of an incident's ticket.
func (c *Console) ticketed(inc incident.Incident) *ticketed {
	t := &ticketed{Incident: inc}
	switch inc.Ticket.State {
	case filing.TicketFiled:
		t.Words, t.Link = "Ticket "+inc.Ticket.Number, c.ticketLink(inc.Ticket)
	case filing.TicketClosed:
		t.Words, t.Link = "Ticket "+inc.Ticket.Number+" (closed)", c.ticketLink(inc.Ticket)
	case filing.TicketAsked:
		t.Waiting, t.Words = true, "Filing the ticket"
		if c.awayAt(inc.Ticket.Desk) {
			t.Words = "Waiting for the help desk"
		}
	case filing.TicketNone:
		t.Words = "No ticket"
	}
	if inc.Ticket.ID != "" && t.Link == "" {
		t.Words, t.Link = "Ticket "+inc.Ticket.Number, c.ticketLink(inc.Ticket)
	}
	return t
}

// ticketLink is the link to a ticket: to our own page for the local desk.
func (c *Console) ticketLink(t filing.Ticket) string {
	switch {
	case t.ID == "":
		return ""
	case t.Desk == "local":
		return "/console/tickets/" + t.ID
	case strings.HasPrefix(t.URL, "http://"), strings.HasPrefix(t.URL, "https://"):
		return t.URL
	}
	return ""
}

// uptimesOf adds up the days. Today counts up to now.
func uptimesOf(sums []surface.Sum, at time.Time) []uptime {
	spans := [...]struct {
		words string
		days  int
	}{{"today", 1}, {"7 days", 7}, {"30 days", 30}, {"90 days", days}}
	all := make([]uptime, len(spans))
	for n, s := range spans {
		from := store.Day.Of(at).AddDate(0, 0, 1-s.days)
		var whole surface.Sum
		for _, sum := range sums {
			if !sum.At.Before(from) {
				whole = whole.Plus(sum)
			}
		}
		all[n].Span = s.words
		all[n].Share, all[n].Known = whole.Uptime()
	}
	return all
}

// order ranks statuses for lists: worst first, then unknown.
var order = map[surface.Status]int{surface.Down: 0, surface.Degraded: 1, surface.Unknown: 2, surface.Operational: 3}

// worstFirst sorts heads by status, worst first, and keeps the configured order within a status.
func worstFirst(heads []store.Head) {
	slices.SortStableFunc(heads, func(a, b store.Head) int { return order[a.Status] - order[b.Status] })
}

// counts is the number of tiles for each status.
type counts struct{ Operational, Degraded, Down, Unknown, All int }

func (n *counts) add(s surface.Status) {
	n.All++
	switch s {
	case surface.Operational:
		n.Operational++
	case surface.Degraded:
		n.Degraded++
	case surface.Down:
		n.Down++
	case surface.Unknown:
		n.Unknown++
	}
}

func count(heads []store.Head) (n counts) {
	for _, h := range heads {
		n.add(h.Status)
	}
	return n
}

// Sentence sums up the tiles.
func (n counts) Sentence() string {
	switch {
	case n.All == 0:
		return ""
	case n.Down > 0 && n.Degraded > 0:
		return plural(n.Down, "surface") + " down, " + plural(n.Degraded, "surface") + " degraded"
	case n.Down > 0:
		return plural(n.Down, "surface") + " down"
	case n.Degraded > 0:
		return plural(n.Degraded, "surface") + " degraded"
	case n.Unknown == n.All:
		return "No data yet"
	case n.Unknown > 0:
		return "No data for " + plural(n.Unknown, "surface") + ", all others are operational"
	}
	return "All systems operational"
}

// Worst is the worst status among them.
func (n counts) Worst() surface.Status {
	switch {
	case n.Down > 0:
		return surface.Down
	case n.Degraded > 0:
		return surface.Degraded
	case n.Unknown > 0 || n.All == 0:
		return surface.Unknown
	}
	return surface.Operational
}
