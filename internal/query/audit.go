package query

import (
	"context"
	"docket/internal/audit"
	"docket/internal/store"
	"errors"
	"fmt"
	"time"
)

// AuditRow is one audit entry in a listing.
type AuditRow struct {
	ID        int64          `json:"id"`
	CreatedAt time.Time      `json:"created_at"`
	Actor     string         `json:"actor"`
	Action    string         `json:"action"`
	Payload   map[string]any `json:"payload"`
	Hash      string         `json:"hash"`
}

// Audit lists audit entries, latest first.
func (r Reader) Audit(ctx context.Context, f store.AuditFilter) ([]AuditRow, error) {
	all, err := r.Store.ListAudit(ctx, f)
	if err != nil {
		return nil, err
	}
	rows := make([]AuditRow, len(all))
	for i, e := range all {
		rows[i] = AuditRow{e.ID, e.CreatedAt, e.Actor.Kind + ":" + e.Actor.Name, e.Action, e.Payload, e.Hash}
	}
	return rows, nil
}

// Verdict is the state of the audit log's hash chain.
type Verdict struct {
	Whole   bool  `json:"whole"`
	Checked int64 `json:"checked" doc:"How many entries were checked and are intact."`
	// FirstBad is the first row that was altered, 0 for none; Fault says how.
	FirstBad int64  `json:"first_bad"`
	Fault    string `json:"fault"`
	Sentence string `json:"sentence"`
}

// VerifyAudit verifies the audit log's hash chain.
func (r Reader) VerifyAudit(ctx context.Context) (Verdict, error) {
	checked, err := r.Store.VerifyAudit(ctx)
	var fault *audit.Fault
	switch {
	case errors.As(err, &fault):
		return Verdict{Checked: checked, FirstBad: fault.ID, Fault: string(fault.Kind), Sentence: fault.Sentence}, nil
	case err != nil:
		return Verdict{}, err
	}
	return Verdict{Whole: true, Checked: checked, Sentence: fmt.Sprintf("the audit log is intact: %d rows", checked)}, nil
}
