package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"docket/internal/alert"
	"docket/internal/auth"
	"docket/internal/controls"
	"docket/internal/desk"
	"docket/internal/desk/local"
	"docket/internal/doctor"
	"docket/internal/incident"
	"docket/internal/intake"
	"docket/internal/ledger"
	"docket/internal/metrics"
	"docket/internal/notify"
	"docket/internal/reconcile"
	"docket/internal/source"
	"docket/internal/store"
	"docket/internal/surface"
	"docket/internal/template"
)

// Deps is everything this package depends on.
type Deps struct {
	// Sources are the push sources by name.
	Sources map[string]source.Source
	// Guard identifies callers and decides what they may do.
	Guard  *auth.Guard
	Intake *intake.Intake
	Ledger *ledger.Ledger
	Store  *store.Store
	// Desk is the default desk; Others are further desks that routes choose.
	Desk   desk.Desk
	Others []DeskParts
	// Local is the local desk, nil if another desk is configured.
	Local  *local.Desk
	Policy incident.Policies
	// Words returns a route's own ticket templates; nil if no route has any.
	Words func(route string) *template.Words
	// Route returns the name of an alert's route, "" for none; Routes lists all routes in order.
	Route  func(alert.Alert) string
	Routes []Route
	// Surfaces are the configured surfaces in order.
	Surfaces []surface.Surface
	// Heartbeats are the surfaces whose jobs check in.
	Heartbeats map[string]bool
	// Booted is when the process started.
	Booted time.Time
	// Board holds flags, silences and maintenance windows.
	Board *controls.Board
	// StaleAfter is how long after its recovery an incident's open ticket counts as stale.
	StaleAfter time.Duration
	// Pages mounts the console's pages on the mux; nil for none.
	Pages func(*http.ServeMux)
	// Doctor runs the checks; nil if there is none.
	Doctor *doctor.Doctor
	// Reconcile compares Docket's state with the desk.
	Reconcile *reconcile.Reconciler
	// Clicks are the notifiers whose messages have buttons, by their names: clicks arrive at /hooks/NAME.
	Clicks map[string]notify.Clickable
	// PublicURL is the address where people reach Docket, "" if there is none.
	PublicURL string
	// Ready reports whether alerts can be accepted and stored.
	Ready    func(ctx context.Context) Readiness
	Registry *prometheus.Registry
	Metrics  *metrics.Metrics
	Log      *slog.Logger
	Version  string
}

// DeskParts is a desk together with its reconciler.
type DeskParts struct {
	Desk      desk.Desk
	Reconcile *reconcile.Reconciler
}

// desks returns all desks in use, the default desk first.
func (d *Deps) desks() []DeskParts {
	return append([]DeskParts{{d.Desk, d.Reconcile}}, d.Others...)
}

// desk finds a desk in use by its name.
func (d *Deps) desk(name string) (DeskParts, bool) {
	for _, one := range d.desks() {
		if one.Desk.Name() == name {
			return one, true
		}
	}
	return DeskParts{}, false
}

// server is the receiver of all handlers.
type server struct{ Deps }

// New returns the handler. All routes are defined here.
func New(d Deps) http.Handler {
	s := &server{d}
	mux := http.NewServeMux()

	// Receiving alerts. The mux responds to other methods with 405.
	mux.HandleFunc("POST /hooks/{source}", s.postHook)
	mux.HandleFunc("POST /hooks/desk/{desk}", s.postDeskHook)
	mux.HandleFunc("POST /api/v2/alerts", s.postAPIv2)
	mux.HandleFunc("GET /api/v2/alerts", s.getAlerts)
	mux.HandleFunc("GET /api/v2/alerts/groups", s.getGroups)
	mux.HandleFunc("GET /api/v2/receivers", s.getReceivers)
	mux.HandleFunc("GET /api/v2/status", s.getStatus)
	mux.HandleFunc("GET /api/v2/silences", s.getSilences)
	mux.HandleFunc("POST /api/v2/silences", s.postSilence)
	mux.HandleFunc("GET /api/v2/silence/{id}", s.getSilence)
	mux.HandleFunc("DELETE /api/v2/silence/{id}", s.deleteSilence)
	mux.HandleFunc("POST /v2/enqueue", s.postEnqueue)

	// The API (api.go lists its operations).
	s.mountAPI(mux)

	// Login, logout and their pages.
	d.Guard.Mount(mux)

	// Job check-ins, and the pages for people.
	mux.HandleFunc("POST /heartbeat/{surface}", s.postHeartbeat)
	if d.Pages != nil {
		d.Pages(mux)
	}

	// Health checks. They need no token, because a platform's health probe has none.
	mux.HandleFunc("GET /healthz", s.getHealthz)
	mux.HandleFunc("GET /readyz", s.getReadyz)
	mux.Handle("GET /metrics", d.Guard.Metrics(promhttp.HandlerFor(d.Registry, promhttp.HandlerOpts{Timeout: 5 * time.Second})))
	mux.HandleFunc("GET /{$}", s.getRoot)

	return d.Guard.Wrap(wordMisses(mux))
}
