package intake

import (
	"context"
	"fmt"
	"time"

	"docket/internal/alert"
)

// Pull is one polling source: Fetch asks it what fires now.
type Pull struct {
	Name  string
	Every time.Duration
	// Fetch returns what fires, as of the given time. An error changes nothing.
	Fetch func(ctx context.Context, now time.Time) ([]alert.Alert, error)
}

// Poll asks one source once. What it shows fires; what it showed before and does not show
// any more has recovered. A poll that fails changes nothing and is said once.
func (i *Intake) Poll(ctx context.Context, p Pull, now time.Time) error {
	shown, err := p.Fetch(ctx, now)
	if news := i.heard.note(p.Name, now, err); news && err != nil {
		i.log.WarnContext(ctx, "poll failed, nothing is changed by it", "source", p.Name, "err", err)
	} else if news {
		i.log.InfoContext(ctx, "poll works again", "source", p.Name)
	}
	if err != nil {
		return nil //nolint:nilerr // Said above, once; the loop goes on.
	}
	// Who was shown before is read first: an alert that comes in while this runs is not ours to end.
	before, err := i.store.PolledAlerts(ctx, p.Name)
	if err != nil {
		return fmt.Errorf("load what %s showed before: %w", p.Name, err)
	}
	if _, err := i.Receive(ctx, p.Name, shown, now); err != nil {
		return err
	}
	seen := make(map[alert.Key]bool, len(shown))
	for _, a := range shown {
		seen[a.Fingerprint] = true
	}
	var vanished []alert.Alert
	for _, a := range before {
		if !seen[a.Fingerprint] {
			vanished = append(vanished, a)
		}
	}
	return i.end(ctx, vanished, p.Name, now)
}
