package web

import (
	"fmt"
	"net/http"

	"docket/internal/answer"
	"docket/internal/health"
	"docket/internal/intake"
)

// Readiness is /readyz: whether alerts can be accepted and stored, and what else is known.
type Readiness struct {
	Ready bool `json:"ready"`
	// Error is a sentence that says why Docket is not ready, "" while it is.
	Error    string `json:"error,omitempty"`
	Database string `json:"database"`
	// Desk is the health of the connection to the desk. A failing desk does not make Docket unready.
	Desk DeskHealth `json:"desk"`
	// Desks is the health of the connections to all desks in use, the default desk first.
	Desks []DeskHealth `json:"desks"`
	// Waiting counts unfinished effects; Unknown counts those whose outcome is unknown.
	Waiting int64                      `json:"waiting"`
	Unknown int64                      `json:"unknown"`
	Sources map[string]intake.Sighting `json:"sources"`
}

// DeskHealth is the health of the connection to a desk.
type DeskHealth struct {
	Desk string `json:"desk"`
	health.State
}

// DeskHealthOf returns a state together with its desk's name.
func DeskHealthOf(s health.State) DeskHealth { return DeskHealth{s.Name, s} }

func (s *server) getHealthz(w http.ResponseWriter, _ *http.Request) {
	answer.JSON(w, http.StatusOK, map[string]string{"status": "alive", "version": s.Version})
}

func (s *server) getReadyz(w http.ResponseWriter, r *http.Request) {
	state := s.Ready(r.Context())
	status := http.StatusOK
	if !state.Ready {
		status = http.StatusServiceUnavailable
	}
	answer.JSON(w, status, state)
}

// getRoot greets people who open the address in a browser.
func (s *server) getRoot(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	// If this fails, the caller has disconnected.
	_, _ = fmt.Fprintf(w,
		"Docket %s turns alerts into help-desk tickets.\n\nalerts      POST /hooks/{source}, POST /api/v2/alerts, POST /v2/enqueue\napi       "+
			"  /api/openapi.json, /api/v1/incidents, /api/v1/tickets\nhealth      /healthz, /readyz, /metrics\n", s.Version)
}
