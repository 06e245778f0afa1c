package console

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/auth"
	"docket/internal/controls"
	"docket/internal/doctor"
	"docket/internal/health"
	"docket/internal/intake"
	"docket/internal/query"
	"docket/internal/store"
	"docket/internal/surface"
)

// Deps is all that the pages stand on.
type Deps struct {
	Store  *store.Store
	Reader query.Reader
	Guard  *auth.Guard
	Board  *controls.Board
	// Surfaces are the configured ones, in their order.
	Surfaces []surface.Surface
	// Investigate asks for a surface's ticket.
	Investigate func(ctx context.Context, c intake.Click) (intake.Investigation, error)
	// Health is the way to the desk.
	Health *health.Health
	// Desks are the ways to all desks in use, the default first; nil where there is but one.
	Desks func() []health.State
	// Away says whether the desk that an alert's ticket would go to is away, and why; nil for the
	// one desk's.
	Away func(alert.Alert) (sentence string, away bool)
	// Sources says when each source was heard last.
	Sources func() map[string]intake.Sighting
	// Tickets changes tickets of the local desk; nil where another desk is configured.
	Tickets *controls.TicketActions
	Doctor  *doctor.Doctor
	// Settings is the configuration as loaded, without secrets.
	Settings string
	// Configuration tells whether what the file says is in force; nil where nothing is followed.
	Configuration func() doctor.Configuration
	// Public is the address that people reach the program by, "" for what they asked for.
	Public string
	// Demo marks the pages as a demonstration.
	Demo    bool
	Booted  time.Time
	Version string
	Log     *slog.Logger
}

// Console serves the pages.
type Console struct {
	Deps

	static *statics
	pages  *pages
	hub    *hub
	// byName finds a surface, groups are their headings in order.
	byName map[string]surface.Surface
	groups []string
}

// New makes the console. A template that does not parse is an error at the start.
func New(d Deps) (*Console, error) {
	c := &Console{Deps: d, hub: newHub(), byName: map[string]surface.Surface{}}
	for _, s := range d.Surfaces {
		c.byName[s.Name] = s
		if !slices.Contains(c.groups, s.Group) {
			c.groups = append(c.groups, s.Group)
		}
	}
	var err error
	if c.static, err = loadStatics(); err != nil {
		return nil, fmt.Errorf("load the console's files: %w", err)
	}
	if c.pages, err = parsePages(c.static.url); err != nil {
		return nil, fmt.Errorf("parse the console's pages: %w", err)
	}
	return c, nil
}

// Turned tells everybody who looks that something changed. It does not block.
func (c *Console) Turned() { c.hub.tell() }

// Stop ends the streams of those who look. It is called once.
func (c *Console) Stop() { close(c.hub.stopped) }

// now is the moment of a request, as the store keeps times.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// failed answers a request that the database or our own code could not serve.
func (c *Console) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // The reader is gone.
	}
	c.Log.WarnContext(r.Context(), "a page could not be shown", "request", r.URL.Path, "err", err)
	c.sorry(w, r, http.StatusServiceUnavailable, "This page cannot be shown right now", c.Store.Explain(err)+". Alerts are taken and filed as before; try again in a moment.")
}

// sorry shows a page with one sentence.
func (c *Console) sorry(w http.ResponseWriter, r *http.Request, status int, title, sentence string) {
	c.render(w, r, status, "sorry", page{Title: title, Body: sentence})
}
