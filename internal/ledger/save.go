package ledger

import (
	"context"

	"docket/internal/alert"
	"docket/internal/failpoint"
	"docket/internal/incident"
	"docket/internal/queue"
)

// save writes everything, the order being the schema's: an old incident is closed before
// its successor lives, and incidents stand before their effects.
func (w *work) save(ctx context.Context) error {
	var alerts []alert.Alert
	for _, e := range w.alerts {
		if e.dirty {
			alerts = append(alerts, e.Alert)
		}
	}
	if err := w.tx.SaveAlerts(ctx, alerts); err != nil {
		return err
	}
	failpoint.Hit("ledger-alerts-saved")
	var opened []incident.Incident
	for _, e := range w.incidents {
		if !e.dirty {
			continue
		}
		e.Version = e.stored + 1
		if e.stored == 0 {
			opened = append(opened, e.Incident)
			continue
		}
		if err := w.tx.SaveIncident(ctx, e.Incident); err != nil {
			return err
		}
	}
	if err := w.tx.AddIncidents(ctx, opened); err != nil {
		return err
	}
	failpoint.Hit("ledger-incidents-saved")
	for _, e := range w.effects {
		if !e.dirty {
			continue
		}
		e.Version = e.stored + 1
		if err := w.tx.SaveEffect(ctx, e.Effect); err != nil {
			return err
		}
	}
	failpoint.Hit("ledger-effects-saved")
	if err := w.saveShared(ctx); err != nil {
		return err
	}
	notices, err := w.saveNotices(ctx)
	if err != nil {
		return err
	}
	jobs := make([]queue.Job, len(w.fresh), len(w.fresh)+len(notices))
	for i := range w.fresh {
		w.fresh[i].Version = 1
		jobs[i] = queue.Job{Do: queue.Effect{ID: w.fresh[i].ID}, At: w.fresh[i].NotBefore, Severity: w.severity(w.fresh[i])}
	}
	if err := w.tx.AddEffects(ctx, w.fresh); err != nil {
		return err
	}
	if err := w.enqueue(ctx, append(jobs, notices...)); err != nil {
		return err
	}
	failpoint.Hit("ledger-jobs-saved")
	if err := w.saveAudit(ctx); err != nil {
		return err
	}
	failpoint.Hit("ledger-audit-saved")
	return nil
}
