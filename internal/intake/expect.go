package intake

import (
	"context"
	"fmt"
	"sync"
	"time"

	"docket/internal/alert"
)

// Expectation is an alert that fires as long as everything works, such as Prometheus' Watchdog:
// its absence is the problem, and says that no alert can come any more.
type Expectation struct {
	// Source and Alert are the source's name and the alert's title.
	Source, Alert string
	// Every is how long it may be away.
	Every time.Duration
	// Severity is that of its absence.
	Severity alert.Severity
}

// absence is the alert that the expectation's alert does not come, firing or over.
func (e Expectation) absence(s alert.Status, since, now time.Time) alert.Alert {
	ls := alert.NewLabels(map[string]string{"alertname": "Missing" + e.Alert, "expected": e.Alert, "source": e.Source})
	key := alert.Fingerprint(e.Source, ls)
	a := alert.Alert{
		Fingerprint: key, Key: key, Source: e.Source, Labels: ls, Severity: e.Severity, Status: s, SaidAt: now, StartsAt: since,
		Title: "Missing" + e.Alert,
		Annotations: alert.NewLabels(map[string]string{
			"summary":     fmt.Sprintf("%s has not been received from %s for %s: alerts may be getting lost", e.Alert, e.Source, e.Every),
			"description": "This alert always fires while monitoring works. Check that Prometheus and Alertmanager run and can reach Docket.",
		}),
	}
	if s == alert.Resolved {
		a.EndsAt = now
	}
	return a
}

// Expected are the expectations of an intake, and when each was last written down.
type Expected struct {
	all []Expectation
	mu  sync.Mutex // guards noted
	// noted is what this process wrote last, so that not every word is a write.
	noted map[Expectation]time.Time
}

// Expect sets what must come. It is called once, before anything is received.
func (i *Intake) Expect(all []Expectation) {
	i.expected = &Expected{all: all, noted: map[Expectation]time.Time{}}
}

// heardExpected takes the alerts that must come out of a source's alerts: they are no
// problem, and make no incident. Their coming is written down, and ends their absence.
func (i *Intake) heardExpected(ctx context.Context, source string, all []alert.Alert, now time.Time) ([]alert.Alert, error) {
	if i.expected == nil {
		return all, nil
	}
	for _, e := range i.expected.all {
		if e.Source != source {
			continue
		}
		var rest []alert.Alert
		came := false
		for _, a := range all {
			if a.Title != e.Alert {
				rest = append(rest, a)
				continue
			}
			came = came || a.Status == alert.Firing
		}
		if all = rest; !came {
			continue
		}
		fresh, err := i.note(ctx, e, now)
		if err != nil {
			return nil, err
		}
		if fresh {
			all = append(all, e.absence(alert.Resolved, now, now))
		}
	}
	return all, nil
}

// note writes down that the alert came, a few times in its period, and reports whether it did.
func (i *Intake) note(ctx context.Context, e Expectation, now time.Time) (fresh bool, err error) {
	i.expected.mu.Lock()
	last := i.expected.noted[e]
	i.expected.mu.Unlock()
	if now.Sub(last) < e.Every/4 {
		return false, nil
	}
	if err := i.store.HeardExpected(ctx, e.Source, e.Alert, now); err != nil {
		return false, err
	}
	i.expected.mu.Lock()
	defer i.expected.mu.Unlock()
	i.expected.noted[e] = now
	return true, nil
}

// Missing tells the ledger which alerts were not received in time. What came while no Docket ran
// was received by nobody: the time counts from this process' start at the earliest.
func (i *Intake) Missing(ctx context.Context, now time.Time) error {
	if i.expected == nil {
		return nil
	}
	for _, e := range i.expected.all {
		heard, err := i.store.LastExpected(ctx, e.Source, e.Alert)
		if err != nil {
			return fmt.Errorf("look up when %s of %s was last received: %w", e.Alert, e.Source, err)
		}
		since := heard
		if since.Before(i.booted) {
			since = i.booted
		}
		if now.Sub(since) < e.Every+e.Every/4 {
			continue
		}
		if heard.IsZero() {
			heard = since
		}
		if _, err := i.keep(ctx, e.Source, []alert.Alert{e.absence(alert.Firing, heard, now)}, now); err != nil {
			return err
		}
	}
	return nil
}
