package ledger

import (
	"context"
	"fmt"

	"docket/internal/alert"
	"docket/internal/incident"
	"docket/internal/storm"
)

// settleSwitches makes sure that this transaction decides by what is switched now: whoever
// switches something counts it in the row that this transaction has locked.
func (w *work) settleSwitches(ctx context.Context) error {
	rules := w.rules
	if rules.Current != nil {
		if err := rules.Current(ctx, w.tx.Switched()); err != nil {
			return fmt.Errorf("read what operators switched: %w", err)
		}
	}
	if rules.Mutes != nil {
		w.mutes = rules.Mutes(w.now)
	}
	return nil
}

// mute puts into the policy what mutes the incident: every one of its firing alerts has to
// be muted, or, where none fires any more, the one that ended last. While nothing is, and for an alert that is not, nothing is read for it.
func (w *work) mute(ctx context.Context, inc incident.Incident, ev incident.Event, p *incident.Policy) error {
	if w.mutes.Empty() || inc.Shared != storm.NotShared {
		return nil
	}
	if of, about := ev.(interface{ About() alert.Alert }); about {
		if a := of.About(); a.Status == alert.Firing && len(a.Labels) > 0 {
			if _, muted := w.mutes.Mutes([]alert.Alert{a}, w.now); !muted {
				return nil
			}
		}
	}
	firing, err := w.firing(ctx, inc.Key)
	if err != nil {
		return err
	}
	if len(firing) == 0 {
		if firing, err = w.tx.LastEndedOf(ctx, inc.Key); err != nil {
			return err
		}
	}
	if m, muted := w.mutes.Mutes(firing, w.now); muted {
		p.MutedBy, p.MutedUntil = m.By, m.Until
	}
	return nil
}

// firing are the firing alerts of a key: as stored, and as this transaction has them.
func (w *work) firing(ctx context.Context, key alert.Key) ([]alert.Alert, error) {
	stored, err := w.tx.FiringOf(ctx, key)
	if err != nil {
		return nil, err
	}
	var firing []alert.Alert
	for _, a := range stored {
		if w.alerts[a.Fingerprint] == nil {
			firing = append(firing, a)
		}
	}
	for _, e := range w.byKey[key] {
		if e.Key == key && e.Status == alert.Firing {
			firing = append(firing, e.Alert)
		}
	}
	return firing, nil
}

// othersFiring counts the incident's other firing alerts, this transaction's included.
func (w *work) othersFiring(ctx context.Context, a alert.Alert) (int, error) {
	var unsaved []alert.Alert
	for _, e := range w.alerts {
		if e.dirty && e.Key == a.Key && e.Fingerprint != a.Fingerprint {
			unsaved = append(unsaved, e.Alert)
			e.dirty = false
		}
	}
	if err := w.tx.SaveAlerts(ctx, unsaved); err != nil {
		return 0, err
	}
	return w.tx.OthersFiring(ctx, a.Key, a.Fingerprint)
}
