package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"docket/internal/auth"
	"docket/internal/flag"
	"docket/internal/health"
	"docket/internal/incident"
	"docket/internal/store"
	"docket/internal/surface"
)

// overview is the first page: what is broken, since when, and who is on it.
type overview struct {
	Counts counts
	// Failing are the tiles that are not operational, worst first. Hidden is how many more there are.
	Failing []tile
	Hidden  int
	Groups  []group
	// Open are the live incidents; Waiting are those that do not have their ticket yet.
	Open, Waiting []*ticketed
	States        map[incident.State]int64
	// Desks are the desks in use, the default desk first.
	Desks []deskCard
	// Lost are the open incidents whose tickets are at a desk that is no longer configured, by desk.
	Lost    map[string]int64
	Stale   int64
	Queued  int64
	Sources []sourceRow
	// Empty means that nothing has been received yet.
	Empty bool
}

// group is a heading with the counts of its tiles.
type group struct {
	Name string
	counts
}

// deskCard is one desk with its health and its latest outage.
type deskCard struct {
	health.State
	Outage store.Outage
	// Named means that there are several desks, so that each one is shown by its name.
	Named bool
}

// sourceRow is one source and when it last sent something.
type sourceRow struct {
	Name  string
	At    time.Time
	Fault string
}

// overviewRows limits each list on the overview.
const overviewRows = 12

func (c *Console) showOverview(r *http.Request) (shown, error) {
	o, err := c.overview(r, now())
	return shown{body: o}, err
}

func (c *Console) overview(r *http.Request, at time.Time) (o overview, err error) {
	ctx := r.Context()
	heads, err := c.heads(ctx, at)
	if err != nil {
		return o, err
	}
	o.Counts, o.Groups = count(heads), c.grouped(heads)
	failing := slices.DeleteFunc(slices.Clone(heads), func(h store.Head) bool { return h.Status == surface.Operational })
	worstFirst(failing)
	if len(failing) > overviewRows {
		o.Hidden, failing = len(failing)-overviewRows, failing[:overviewRows]
	}
	if o.Failing, err = c.tiles(ctx, auth.From(ctx), failing, at); err != nil {
		return o, err
	}
	if o.Open, err = c.list(r,
		store.IncidentFilter{States: []incident.State{incident.Open, incident.Held, incident.Settling}, Limit: overviewRows}); err != nil {
		return o, err
	}
	if o.Waiting, err = c.list(r, store.IncidentFilter{Unfiled: true, Limit: overviewRows}); err != nil {
		return o, err
	}
	if o.States, err = c.Store.CountIncidents(ctx); err != nil {
		return o, err
	}
	if o.Desks, err = c.deskCards(ctx); err != nil {
		return o, err
	}
	if o.Lost, err = c.Lost(ctx); err != nil {
		return o, err
	}
	if o.Stale, err = c.Store.CountStale(ctx, at.Add(-c.Reader.StaleAfter)); err != nil {
		return o, err
	}
	o.Sources = c.sources()
	o.Empty = len(o.Open) == 0 && len(o.States) == 0 && len(c.Surfaces) == 0 &&
		!slices.ContainsFunc(o.Sources, func(s sourceRow) bool { return !s.At.IsZero() })
	return o, nil
}

func (c *Console) deskCards(ctx context.Context) ([]deskCard, error) {
	states := c.Desks()
	cards := make([]deskCard, len(states))
	for n, state := range states {
		outage, err := c.Store.Outage(ctx, state.Name)
		if err != nil {
			return nil, err
		}
		cards[n] = deskCard{state, outage, len(states) > 1}
	}
	return cards, nil
}

// list loads incidents with the status of their tickets.
func (c *Console) list(r *http.Request, f store.IncidentFilter) ([]*ticketed, error) {
	all, err := c.Store.ListIncidents(r.Context(), f)
	if err != nil {
		return nil, err
	}
	rows := make([]*ticketed, len(all))
	for n, inc := range all {
		rows[n] = c.ticketed(inc)
	}
	return rows, nil
}

func (c *Console) grouped(heads []store.Head) []group {
	groups := make([]group, len(c.groups))
	index := map[string]int{}
	for n, name := range c.groups {
		groups[n].Name, index[name] = name, n
	}
	for n, h := range heads {
		groups[index[c.Surfaces[n].Group]].add(h.Status)
	}
	return groups
}

// sources lists the sources by name.
func (c *Console) sources() []sourceRow {
	var rows []sourceRow
	for name, s := range c.Sources() {
		rows = append(rows, sourceRow{name, s.At, s.Fault})
	}
	slices.SortFunc(rows, func(a, b sourceRow) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return rows
}

// awayAt reports whether a desk is unreachable; "" is the default desk.
func (c *Console) awayAt(desk string) bool {
	for n, s := range c.Desks() {
		if s.Name == desk || (desk == "" && n == 0) {
			return s.Away
		}
	}
	return false
}

// alarms are the alarms shown at the top of every page.
func (c *Console) alarms() []alarm {
	var all []alarm
	states := c.Desks()
	for _, desk := range states {
		name := "The help desk"
		if len(states) > 1 {
			name += " " + desk.Name
		}
		if desk.Away {
			all = append(all, alarm{"bad", name + " is unreachable: " + desk.Sentence + " Tickets wait and are filed once it is back.", "/console"})
		} else if desk.Asked && !desk.OK {
			all = append(all, alarm{"warn", name + " refused the last call: " + desk.Sentence, "/console"})
		}
	}
	for _, f := range c.Board.Flags() {
		if f.On {
			continue
		}
		text := "Filing is switched off (" + f.Name + "): alerts get no tickets."
		if f.Name == flag.InvestigateFromStatus {
			text = "Investigate is switched off (" + f.Name + ")."
		}
		all = append(all, alarm{"warn", text, "/console/flags"})
	}
	return all
}
