package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"docket/internal/query"
	"docket/internal/store"
	"docket/internal/web"
)

type auditCmd struct {
	List   auditListCmd   `cmd:"" default:"withargs" help:"List audit entries, the latest first."`
	Verify auditVerifyCmd `cmd:"" help:"Check that no row was changed, deleted, moved or cut off."`
}

type auditListCmd struct {
	listing
	Action string `placeholder:"ACTION" help:"Only this action, for example console.alerts.ticket_filed."`
}

// Run lists the audit log.
func (c *auditListCmd) Run(s *session) error {
	rows, err := read(s,
		func(cl *web.Client) (rows []query.AuditRow, err error) {
			q := url.Values{"limit": {strconv.Itoa(c.rows())}}
			if c.Action != "" {
				q.Set("action", c.Action)
			}
			return rows, cl.Get(s.ctx, "/api/v1/audit", q, &rows)
		},
		func(ctx context.Context, r query.Reader) ([]query.AuditRow, error) {
			return r.Audit(ctx, store.AuditFilter{Action: c.Action, Limit: c.rows()})
		})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, rows)
	}
	var lines [][]string
	for _, r := range rows {
		payload, err := json.Marshal(r.Payload)
		if err != nil {
			return fmt.Errorf("print audit row %d: %w", r.ID, err)
		}
		lines = append(lines, []string{strconv.FormatInt(r.ID, 10), local(r.CreatedAt), r.Actor, r.Action, string(payload)})
	}
	return table(s.out, []string{"ID", "WHEN", "WHO", "ACTION", "WHAT"}, lines, "The audit log is empty.")
}

type auditVerifyCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run verifies the audit log; a log that was touched is exit code 2.
func (c *auditVerifyCmd) Run(s *session) error {
	v, err := read(s,
		func(cl *web.Client) (v query.Verdict, err error) {
			return v, cl.Get(s.ctx, "/api/v1/audit/verify", nil, &v)
		},
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
		return &exitError{exitIll, v.Sentence}
	}
	if c.JSON {
		return nil
	}
	_, err = fmt.Fprintln(s.out, v.Sentence)
	return err
}
