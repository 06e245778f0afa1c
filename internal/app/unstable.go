package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"docket/internal/audit"
	"docket/internal/ledger"
	"docket/internal/store"
)

// tellUnstable says of each alert whose id changes while it fires, once: in the log and in
// the audit log.
func (a *App) tellUnstable(ctx context.Context, st *store.Store, book *ledger.Ledger, now time.Time) error {
	for _, u := range book.FreshlyUnstable() {
		a.log.WarnContext(ctx, "alert id changed while the alert fires, keeping the first key", "source", u.Source, "title", u.Title, "alert_key",
			u.Kept, "said", u.Newest)
		err := st.Enter(ctx, audit.Entry{CreatedAt: now, Actor: audit.System(), Action: audit.ActionUnstable, Payload: map[string]any{
			"source": u.Source, "title": u.Title, "alert_key": u.Kept.String(), "said": u.Newest.String(),
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// unstable words them for the doctor.
func unstable(book *ledger.Ledger) []string {
	var all []string
	for _, u := range book.Unstable() {
		all = append(all, fmt.Sprintf("%s from %s: %d new ids, key %s is kept", u.Title, u.Source, u.Times, u.Kept))
	}
	slices.Sort(all)
	return all
}
