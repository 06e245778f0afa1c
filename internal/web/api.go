package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"docket/internal/alert"
	"docket/internal/auth"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/store"
)

// mountAPI mounts /api/v1 and its OpenAPI document on the mux.
func (s *server) mountAPI(mux *http.ServeMux) {
	cfg := huma.DefaultConfig("Docket", s.Version)
	cfg.Info.Description = "Docket turns alerts into help-desk tickets: exactly one for each incident."
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "/api/openapi", "", ""
	cfg.CreateHooks = nil // Leave links to schemas out of responses.
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer",
		Description: "An API token. If no tokens are configured, none is needed."}}
	api := humago.New(mux, cfg)

	get(s, api, "list-alerts", "/api/v1/alerts", "List alerts, firing ones first", s.listAlerts)
	get(s, api, "list-incidents", "/api/v1/incidents", "List incidents, newest first", s.listIncidents)
	get(s, api, "show-incident", "/api/v1/incidents/{id}", "Show an incident and its history", s.showIncident)
	get(s, api, "explain-incident", "/api/v1/incidents/{id}/explain", "Explain why a ticket was filed, or why not", s.explainIncident)
	get(s, api, "list-tickets", "/api/v1/tickets", "List tickets, newest first", s.listTickets)
	get(s, api, "show-ticket", "/api/v1/tickets/{id}", "Show a ticket of the local desk", s.showTicket)
	post(s, api, "note-ticket", "/api/v1/tickets/{id}/notes", "Add a note to a ticket of the local desk", s.noteTicket)
	post(s, api, "close-ticket", "/api/v1/tickets/{id}/close", "Close a ticket of the local desk", s.closeTicket)
	post(s, api, "reopen-ticket", "/api/v1/tickets/{id}/reopen", "Reopen a closed ticket of the local desk", s.reopenTicket)
	post(s, api, "reconcile", "/api/v1/reconcile", "Compare with the help desk now, and repair what differs", s.runReconcile)
	get(s, api, "list-audit", "/api/v1/audit", "List audit entries, newest first", s.listAudit)
	get(s, api, "verify-audit", "/api/v1/audit/verify", "Check that nobody has tampered with the audit log", s.verifyAudit)
	s.mountSwitches(api)
	get(s, api, "list-surfaces", "/api/v1/surfaces", "List surfaces, worst first", s.listSurfaces)
	get(s, api, "show-doctor", "/api/v1/doctor", "Show the latest report of the doctor", s.showDoctor)
	post(s, api, "run-doctor", "/api/v1/doctor", "Check every step of filing a ticket now", s.runDoctor)
	get(s, api, "show-version", "/api/v1/version", "Show the version", s.showVersion)
}

func get[I, O any](s *server, api huma.API, id, path, summary string, do func(context.Context, *I) (*O, error)) {
	register(s, api, id, http.MethodGet, path, summary, auth.Read, do)
}

func post[I, O any](s *server, api huma.API, id, path, summary string, do func(context.Context, *I) (*O, error)) {
	register(s, api, id, http.MethodPost, path, summary, auth.Operate, do)
}

func register[I, O any](s *server, api huma.API, id, method, path, summary string, right auth.Right,
	do func(context.Context, *I) (*O, error)) {
	huma.Register(api, huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, MaxBodyBytes: 1 << 20,
		Description: "Needs the right " + string(right) + ": a token with that scope, or a login whose role has it.",
		Security:    []map[string][]string{{"token": {string(right)}}},
		Middlewares: huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
			r, w := humago.Unwrap(ctx)
			who, refusal := s.Guard.Check(r, right)
			if refusal != 0 {
				s.Guard.Refuse(w, r, refusal, right)
				return
			}
			next(huma.WithContext(ctx, auth.With(ctx.Context(), who)))
		}},
	}, do)
}

// body is a response.
type body[T any] struct{ Body T }

// Limited is the input of a listing. Huma only sees embedded fields whose type is exported.
type Limited struct {
	Limit int `query:"limit" minimum:"0" default:"0" doc:"Return at most this many rows; 0 returns all."`
}

// Named is the input of a detail request.
type Named struct {
	ID string `path:"id"`
}

func (s *server) reader() query.Reader {
	link := ""
	if s.Local != nil {
		link = s.Local.LinkBase()
	}
	return query.Reader{Store: s.Store, Desk: s.Desk.Name(), Several: len(s.Others) > 0, LinkBase: link, StaleAfter: s.StaleAfter,
		Policy: s.Policy, Words: s.Words, Board: s.Board}
}

// reply turns an error into a response: 404 if the item does not exist, 503 if the database is unavailable.
func reply[T any](s *server, v T, err error) (*body[T], error) {
	switch {
	case err == nil:
		return &body[T]{v}, nil
	case errors.Is(err, query.ErrNoSuch), errors.Is(err, controls.ErrNoSuch):
		return nil, huma.Error404NotFound(err.Error())
	case errors.Is(err, controls.ErrPinned):
		return nil, huma.Error409Conflict(err.Error())
	case errors.Is(err, controls.ErrInvalid):
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	if sentence, status := query.DeskSentence(err); sentence != "" {
		return nil, huma.NewError(status, sentence)
	}
	if !errors.Is(err, context.Canceled) { // The caller has disconnected, so there is nobody to respond to.
		s.Log.Warn("request failed", "err", err)
	}
	return nil, huma.Error503ServiceUnavailable(s.Store.Explain(err))
}

func (s *server) listAlerts(ctx context.Context, in *Limited) (*body[[]query.AlertRow], error) {
	rows, err := s.reader().Alerts(ctx, in.Limit)
	return reply(s, rows, err)
}

// incidentQuery filters a listing of incidents.
type incidentQuery struct {
	Limited
	Live     bool   `query:"live" doc:"Only open incidents."`
	AlertKey string `query:"alert_key" doc:"Only incidents with this alert_key."`
}

func (s *server) listIncidents(ctx context.Context, in *incidentQuery) (*body[[]query.IncidentRow], error) {
	f := store.IncidentFilter{Live: in.Live, Limit: in.Limit}
	if in.AlertKey != "" {
		key, err := alert.ParseKey(in.AlertKey)
		if err != nil {
			return nil, huma.Error400BadRequest("alert_key: " + err.Error())
		}
		f.Key = &key
	}
	rows, err := s.reader().Incidents(ctx, f)
	return reply(s, rows, err)
}

func (s *server) showIncident(ctx context.Context, in *Named) (*body[query.IncidentDetail], error) {
	d, err := s.reader().Incident(ctx, in.ID)
	return reply(s, d, err)
}

func (s *server) explainIncident(ctx context.Context, in *Named) (*body[query.Explanation], error) {
	x, err := s.reader().Explain(ctx, in.ID)
	return reply(s, x, err)
}

// ticketQuery filters a listing of tickets.
type ticketQuery struct {
	Limited
	Stale bool `query:"stale" doc:"Only open tickets whose incidents recovered long ago (policies.stale_after)."`
}

func (s *server) listTickets(ctx context.Context, in *ticketQuery) (*body[[]query.TicketRow], error) {
	rows, err := s.reader().Tickets(ctx, query.TicketFilter{Stale: in.Stale, Limit: in.Limit})
	return reply(s, rows, err)
}

func (s *server) showTicket(ctx context.Context, in *Named) (*body[query.TicketDetail], error) {
	if err := s.needLocal(); err != nil {
		return nil, err
	}
	t, err := s.reader().Ticket(ctx, in.ID)
	return reply(s, t, err)
}

// needLocal rejects requests that only the local desk can serve; another desk has its own pages for them.
func (s *server) needLocal() error {
	if s.Local == nil {
		return huma.Error409Conflict("the tickets are in " + s.Desk.Name() + ": open the ticket there, by its link in the list")
	}
	return nil
}

// noteInput is a person's note.
type noteInput struct {
	Named
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"100000"`
	}
}

func (s *server) noteTicket(ctx context.Context, in *noteInput) (*body[query.TicketDetail], error) {
	if err := s.needLocal(); err != nil {
		return nil, err
	}
	return s.changed(ctx, in.ID, s.tickets().Note(ctx, in.ID, in.Body.Text, auth.From(ctx).Actor()))
}

func (s *server) tickets() *controls.TicketActions {
	return &controls.TicketActions{Local: s.Local, Ledger: s.Ledger, Store: s.Store}
}

// changed responds with a ticket after a change, or with the reason why the change failed.
func (s *server) changed(ctx context.Context, id string, err error) (*body[query.TicketDetail], error) {
	if err != nil {
		return reply(s, query.TicketDetail{}, err)
	}
	t, err := s.reader().Ticket(ctx, id)
	return reply(s, t, err)
}

func (s *server) closeTicket(ctx context.Context, in *Named) (*body[query.TicketDetail], error) {
	if err := s.needLocal(); err != nil {
		return nil, err
	}
	return s.changed(ctx, in.ID, s.tickets().Close(ctx, in.ID, auth.From(ctx).Actor()))
}

func (s *server) reopenTicket(ctx context.Context, in *Named) (*body[query.TicketDetail], error) {
	if err := s.needLocal(); err != nil {
		return nil, err
	}
	return s.changed(ctx, in.ID, s.tickets().Reopen(ctx, in.ID, auth.From(ctx).Actor()))
}

// auditQuery filters a listing of the audit log.
type auditQuery struct {
	Limited
	Action string `query:"action" doc:"Only entries with this action."`
}

func (s *server) listAudit(ctx context.Context, in *auditQuery) (*body[[]query.AuditRow], error) {
	rows, err := s.reader().Audit(ctx, store.AuditFilter{Action: in.Action, Limit: in.Limit})
	return reply(s, rows, err)
}

func (s *server) verifyAudit(ctx context.Context, _ *struct{}) (*body[query.Verdict], error) {
	v, err := s.reader().VerifyAudit(ctx)
	return reply(s, v, err)
}

// Build identifies the version of Docket that responds.
type Build struct {
	Version string    `json:"version"`
	Now     time.Time `json:"now"`
}

func (s *server) showVersion(context.Context, *struct{}) (*body[Build], error) {
	return &body[Build]{Build{s.Version, time.Now().UTC()}}, nil
}

func (s *server) listSurfaces(ctx context.Context, _ *struct{}) (*body[[]query.SurfaceRow], error) {
	rows, err := s.reader().Surfaces(ctx, s.Deps.Surfaces, time.Now().UTC())
	return reply(s, rows, err)
}
