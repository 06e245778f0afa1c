package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/source"
)

// Pull is one polling source: Fetch asks it what fires now.
type Pull struct {
	Name  string
	Every time.Duration
	// Fetch returns what fires, as of the given time. A *source.UnreadError comes with what could
	// be read; any other error changes nothing.
	Fetch func(ctx context.Context, now time.Time) ([]alert.Alert, error)
}

// Poll asks one source once. What it shows fires; what it showed before and does not show
// any more has recovered. A poll that fails changes nothing and is logged once.
func (i *Intake) Poll(ctx context.Context, p Pull, now time.Time) error {
	shown, err := p.Fetch(ctx, now)
	unread, part := errors.AsType[*source.UnreadError](err)
	switch news := i.heard.note(p.Name, now, err); {
	case !news:
	case part:
		i.log.WarnContext(ctx, "some polled alerts could not be read and are left unchanged", "source", p.Name, "err", err)
	case err != nil:
		i.log.WarnContext(ctx, "poll failed, nothing changed", "source", p.Name, "err", err)
	default:
		i.log.InfoContext(ctx, "poll recovered", "source", p.Name)
	}
	if err != nil && !part {
		return nil // Said above, once; the loop goes on.
	}
	// Who was shown before is read first: an alert that arrives while this runs is not ours to end.
	before, err := i.store.PolledAlerts(ctx, p.Name)
	if err != nil {
		return fmt.Errorf("load what %s showed before: %w", p.Name, err)
	}
	if _, err := i.Receive(ctx, p.Name, shown, now); err != nil {
		return err
	}
	if part {
		i.heard.note(p.Name, now, unread) // Receive took what could be read for a whole word.
	}
	seen := make(map[alert.Key]bool, len(shown))
	for _, a := range shown {
		seen[a.Fingerprint] = true
	}
	if part {
		for _, fp := range unread.Still {
			seen[fp] = true
		}
		if unread.Nameless {
			return nil // Any that seems gone may be the one that could not be read.
		}
	}
	var vanished []alert.Alert
	for _, a := range before {
		if !seen[a.Fingerprint] {
			vanished = append(vanished, a)
		}
	}
	return i.end(ctx, vanished, p.Name, now)
}
