package web

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"docket/internal/auth"
	"docket/internal/reconcile"
)

// compareTimeout limits a comparison that somebody is waiting for. Scheduled ones may take longer.
const compareTimeout = 50 * time.Second

// reconcileInput says how to compare.
type reconcileInput struct {
	Body struct {
		Desk          string `json:"desk,omitempty" doc:"The desk to compare with; the default desk unless set."`
		DryRun        bool   `json:"dry_run,omitempty" doc:"Only report; repair nothing."`
		AcceptMissing bool   `json:"accept_missing,omitempty" doc:"File tickets again even if more than half of them are missing."`
	}
}

// runReconcile compares now and returns what it found.
func (s *server) runReconcile(ctx context.Context, in *reconcileInput) (*body[reconcile.Report], error) {
	at, known := s.desk(cmp.Or(in.Body.Desk, s.Desk.Name()))
	if !known {
		var names []string
		for _, one := range s.desks() {
			names = append(names, one.Desk.Name())
		}
		return nil, huma.Error404NotFound(fmt.Sprintf("no desk named %q is in use; in use: %s", in.Body.Desk, strings.Join(names, ", ")))
	}
	if at.Reconcile == nil {
		return nil, huma.Error503ServiceUnavailable("comparing is not available here")
	}
	ctx, cancel := context.WithTimeout(ctx, compareTimeout)
	defer cancel()
	report, err := at.Reconcile.Run(ctx, reconcile.Options{
		DryRun: in.Body.DryRun, AcceptMissing: in.Body.AcceptMissing, Actor: auth.From(ctx).Actor(),
	})
	return reply(s, report, err)
}
