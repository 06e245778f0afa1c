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

// Deps is everything the pages depend on.
type Deps struct {
	Store  *store.Store
	Reader query.Reader
	Guard  *auth.Guard
	Board  *controls.Board
	// Surfaces are the configured surfaces in order.
	Surfaces []surface.Surface
	// Investigate requests a ticket for a surface.
	Investigate func(ctx context.Context, c intake.Click) (intake.Investigation, error)
	// Desks returns the health of the connections to all desks in use, the default desk first.
	Desks func() []health.State
	// Lost counts, by the desk's name, open incidents whose tickets are at a desk that is no longer configured.
	Lost func(ctx context.Context) (map[string]int64, error)
	// Away reports whether the desk that would get an alert's ticket is unreachable, and why.
	Away func(alert.Alert) (sentence string, away bool)
	// Sources returns when each source last sent something.
	Sources func() map[string]intake.Sighting
	// Tickets changes tickets of the local desk; nil if another desk is configured.
	Tickets *controls.TicketActions
	Doctor  *doctor.Doctor
	// Settings is the configuration as loaded, without secrets.
	Settings string
	// Configuration reports whether the configuration file is in force; nil if no file is watched.
	Configuration func() doctor.Configuration
	// Public is Docket's public address, "" to use the address of the request.
	Public string
	// Demo marks the pages as a demo.
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
	// byName finds a surface by name; groups are the group headings in order.
	byName map[string]surface.Surface
	groups []string
}

// New returns the console. A template that does not parse is an error at startup.
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

// Turned notifies all open pages that something changed. It does not block.
func (c *Console) Turned() { c.hub.tell() }

// Stop closes the event streams of all open pages. Call it once.
func (c *Console) Stop() { close(c.hub.stopped) }

// now is the time of a request in the store's precision.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// failed responds to a request that failed because of the database or a bug.
func (c *Console) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // The reader has disconnected.
	}
	c.Log.WarnContext(r.Context(), "page could not be shown", "request", r.URL.Path, "err", err)
	c.sorry(w, r, http.StatusServiceUnavailable, "This page cannot be shown right now", c.Store.Explain(err)+
		". Alerts are still received and filed. Try again in a moment.")
}

// sorry shows a page with one sentence.
func (c *Console) sorry(w http.ResponseWriter, r *http.Request, status int, title, sentence string) {
	c.render(w, r, status, "sorry", page{Title: title, Body: sentence})
}
