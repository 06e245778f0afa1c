package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"docket/internal/query"
	"docket/internal/store"
)

type auditCmd struct {
	List   auditListCmd   `cmd:"" default:"withargs" help:"List audit entries, newest first."`
	Verify auditVerifyCmd `cmd:"" help:"Check that no entry was changed, deleted, moved or cut off."`
}

type auditListCmd struct {
	listing
	Action string `placeholder:"ACTION" help:"Only this action, for example console.alerts.ticket_filed."`
}

// Run lists the audit log.
func (c *auditListCmd) Run(s *session) error {
	return list[query.AuditRow]{
		path: "/api/v1/audit", query: c.query("action", c.Action),
		own: func(ctx context.Context, r query.Reader) ([]query.AuditRow, error) {
			return r.Audit(ctx, store.AuditFilter{Action: c.Action, Limit: c.rows()})
		},
		look: look[query.AuditRow]{
			[]string{"ID", "WHEN", "WHO", "ACTION", "WHAT"},
			func(r query.AuditRow) []string {
				payload, err := json.Marshal(r.Payload)
				if err != nil {
					payload = []byte(err.Error()) // It was JSON when it was stored, so this cannot happen.
				}
				return []string{strconv.FormatInt(r.ID, 10), local(r.CreatedAt), r.Actor, r.Action, string(payload)}
			},
			"The audit log is empty.",
		},
	}.run(s, c.JSON)
}

type auditVerifyCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run verifies the audit log. It exits with code 2 if the log was tampered with.
func (c *auditVerifyCmd) Run(s *session) error {
	v, err := read(s, viaGet[query.Verdict](s, "/api/v1/audit/verify", nil),
		func(ctx context.Context, r query.Reader) (query.Verdict, error) { return r.VerifyAudit(ctx) })
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(s.out, v); err != nil {
			return err
		}
	}
	if !v.Whole {
		return &exitError{exitErrors, v.Sentence}
	}
	if c.JSON {
		return nil
	}
	_, err = fmt.Fprintln(s.out, v.Sentence)
	return err
}
