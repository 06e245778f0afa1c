package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/controls"
	"docket/internal/query"
	"docket/internal/silence"
)

// mountSwitches mounts the flags, silences and maintenance windows of /api/v1 on the mux.
func (s *server) mountSwitches(api huma.API) {
	get(s, api, "list-flags", "/api/v1/flags", "List flags", s.listFlags)
	post(s, api, "set-flag", "/api/v1/flags/{id}", "Turn a flag on or off", s.setFlag)
	get(s, api, "list-silences", "/api/v1/silences", "List silences, the last to end first", s.listSilences)
	post(s, api, "create-silence", "/api/v1/silences", "Create a silence", s.createSilence)
	register(s, api, "preview-silence", http.MethodPost, "/api/v1/silences/preview", "Show what these matchers would mute now",
		auth.Read, s.previewSilence)
	post(s, api, "change-silence", "/api/v1/silences/{id}", "Change a silence; if it has expired, a new one is created", s.changeSilence)
	post(s, api, "expire-silence", "/api/v1/silences/{id}/expire", "End a silence before its time", s.expireSilence)
	get(s, api, "list-maintenance", "/api/v1/maintenance", "List maintenance windows, newest first", s.listMaintenance)
	post(s, api, "create-maintenance", "/api/v1/maintenance", "Create a maintenance window", s.createMaintenance)
	post(s, api, "end-maintenance", "/api/v1/maintenance/{id}/end", "Remove a maintenance window", s.endMaintenance)
}

// person returns the caller for the audit log.
func person(ctx context.Context) audit.Actor {
	return auth.From(ctx).Actor()
}

func (s *server) listFlags(context.Context, *struct{}) (*body[[]query.FlagRow], error) {
	return &body[[]query.FlagRow]{s.reader().Flags()}, nil
}

// flagInput sets one flag.
type flagInput struct {
	Named
	Body struct {
		On  bool   `json:"on"`
		Why string `json:"why,omitempty" maxLength:"2000" doc:"For the audit log."`
	}
}

func (s *server) setFlag(ctx context.Context, in *flagInput) (*body[query.FlagRow], error) {
	f, err := s.Board.SetFlag(ctx, in.ID, in.Body.On, in.Body.Why, person(ctx))
	return reply(s, query.FlagRowOf(f), err)
}

// silenceQuery filters a listing of silences.
type silenceQuery struct {
	Limited
	State string `query:"state" enum:"pending,active,expired" doc:"Only silences in this state."`
}

func (s *server) listSilences(ctx context.Context, in *silenceQuery) (*body[[]query.SilenceRow], error) {
	rows, err := s.reader().Silences(ctx, in.State, in.Limit)
	return reply(s, rows, err)
}

// SilenceDraft is a silence to be created.
type SilenceDraft struct {
	Matchers  []string  `json:"matchers" minItems:"1" maxItems:"50" doc:"In Alertmanager's syntax; all must match."`
	StartsAt  time.Time `json:"starts_at,omitzero" doc:"The current time by default."`
	EndsAt    time.Time `json:"ends_at"`
	Comment   string    `json:"comment,omitempty" maxLength:"2000"`
	CreatedBy string    `json:"created_by,omitempty" maxLength:"200" doc:"The name of the token or user by default."`
}

// Draft converts the draft for package controls.
func (d SilenceDraft) Draft() controls.Draft {
	return controls.Draft{Matchers: d.Matchers, StartsAt: d.StartsAt, EndsAt: d.EndsAt, Comment: d.Comment, By: d.CreatedBy}
}

func (s *server) createSilence(ctx context.Context, in *struct{ Body SilenceDraft }) (*body[query.SilenceRow], error) {
	made, err := s.Board.AddSilence(ctx, in.Body.Draft(), person(ctx))
	return reply(s, query.SilenceRowOf(made, time.Now()), err)
}

// silenceChange is the new content of a silence.
type silenceChange struct {
	Named
	Body SilenceDraft
}

func (s *server) changeSilence(ctx context.Context, in *silenceChange) (*body[query.SilenceRow], error) {
	changed, err := s.Board.ChangeSilence(ctx, in.ID, in.Body.Draft(), person(ctx))
	return reply(s, query.SilenceRowOf(changed, time.Now()), err)
}

// Matched is the input of a preview.
type Matched struct {
	Matchers []string `json:"matchers" minItems:"1" maxItems:"50"`
}

func (s *server) previewSilence(ctx context.Context, in *struct{ Body Matched }) (*body[query.PreviewRow], error) {
	p, err := s.reader().Preview(ctx, in.Body.Matchers)
	return reply(s, p, err)
}

func (s *server) expireSilence(ctx context.Context, in *Named) (*body[query.SilenceRow], error) {
	ended, err := s.Board.ExpireSilence(ctx, in.ID, person(ctx))
	return reply(s, query.SilenceRowOf(ended, time.Now()), err)
}

// maintenanceQuery filters a listing of maintenance windows.
type maintenanceQuery struct {
	All bool `query:"all" doc:"Include windows that are over."`
}

func (s *server) listMaintenance(ctx context.Context, in *maintenanceQuery) (*body[[]query.WindowRow], error) {
	rows, err := s.reader().Windows(ctx, in.All)
	return reply(s, rows, err)
}

// WindowDraft is a maintenance window to be created.
type WindowDraft struct {
	silence.Plan
	Comment string `json:"comment,omitempty" maxLength:"2000"`
}

func (s *server) createMaintenance(ctx context.Context, in *struct{ Body WindowDraft }) (*body[query.WindowRow], error) {
	made, err := s.Board.AddWindow(ctx, in.Body.Plan, in.Body.Comment, person(ctx))
	if err != nil {
		return reply(s, query.WindowRow{}, err)
	}
	return reply(s, query.WindowRowOf(made, time.Now()), nil)
}

func (s *server) endMaintenance(ctx context.Context, in *Named) (*body[query.WindowRow], error) {
	ended, err := s.Board.EndWindow(ctx, in.ID, person(ctx))
	if err != nil {
		return reply(s, query.WindowRow{}, err)
	}
	return reply(s, query.WindowRowOf(ended, time.Now()), nil)
}
