package source

import (
	"time"

	"docket/internal/alert"
)

// readAPIv2 reads the body of Alertmanager's POST /api/v2/alerts by Alertmanager's rules
// (prometheus/alertmanager api/v2/api.go, postAlertsHandler, v0.34.0): labels without a value are dropped,
// bad alerts are reported and good ones are kept. There are two differences: an implausible start does not
// reject the alert (see believable), and a duplicate label name does, because the key would depend on which
// of the two was meant.
func readAPIv2(r *reader, s Source, now time.Time) (Batch, error) {
	var batch Batch
	err := readAlerts(r, "", maxPushed, readMember, func(t report) error {
		return keepAPIv2(r, &batch, s, t, now)
	}, batch.reject)
	return batch, err
}

// keepAPIv2 sets the expiry or the end: a missing end means now plus the resolve timeout, an end in the
// future is how long the alert is firing, an end in the past is its end.
func keepAPIv2(r *reader, b *Batch, s Source, t report, now time.Time) error {
	starts := believable(t.startsAt, now)
	if !t.endsAt.IsZero() && !starts.IsZero() && t.endsAt.Before(starts) {
		return &fieldError{"endsAt", "lies before startsAt"}
	}
	if !t.endsAt.IsZero() && !t.endsAt.After(now) {
		t.status = alert.Resolved
		b.add(r, s.alert(t, now))
		return nil
	}
	a := s.alert(t, now)
	a.ExpiresAt = t.endsAt
	if a.ExpiresAt.IsZero() {
		// Counted from its start if the sender's clock is ahead: it must not end before it starts.
		a.ExpiresAt = later(now, a.StartsAt).Add(s.resolveTimeout())
	}
	if farthest := now.Add(farthestExpiry); a.ExpiresAt.After(farthest) {
		a.ExpiresAt = farthest
	}
	a.ExpiresAt = a.ExpiresAt.UTC().Truncate(time.Microsecond)
	b.add(r, a)
	return nil
}

func (s Source) resolveTimeout() time.Duration {
	if s.ResolveTimeout > 0 {
		return s.ResolveTimeout
	}
	return defaultResolve
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
