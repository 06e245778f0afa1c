package source

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"docket/internal/alert"
)

// readWebhook reads Alertmanager's webhook, version 4
// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, read 2026-11-23).
// Each alert stands for itself: a bad one is rejected, the others are kept, because
// Alertmanager does not send a refused notification again.
func readWebhook(r *reader, s Source, now time.Time) (Batch, error) {
	var batch Batch
	var version string
	var versionSeen, alertsSeen bool
	err := r.object("body", func(name string) error {
		switch name {
		case "version":
			versionSeen = true
			var err error
			version, err = r.str("version")
			return err
		case "truncatedAlerts":
			v, err := r.dec.ReadValue()
			if err != nil {
				return r.malformed(err)
			}
			batch.Truncated, err = strconv.ParseUint(string(v), 10, 64)
			if err != nil {
				return &fieldError{"truncatedAlerts", "must be a whole number"}
			}
			return nil
		case "alerts":
			alertsSeen = true
			return readAlerts(r, "alerts", &batch, func(t said) error { return keepWebhook(&batch, s, t, now) })
		}
		return r.skip()
	})
	switch {
	case err != nil:
		return Batch{}, whole(r, err)
	case !versionSeen:
		return Batch{}, &BadInput{Field: "version", Reason: `is missing; this source takes Alertmanager's webhook, version "4"`, Offset: r.dec.InputOffset()}
	case version != "4":
		return Batch{}, &BadInput{Field: "version", Reason: fmt.Sprintf(`%q is not supported; this source takes Alertmanager's webhook, version "4"`, cut(version)), Offset: r.dec.InputOffset()}
	case !alertsSeen:
		return Batch{}, &BadInput{Field: "alerts", Reason: "is missing", Offset: r.dec.InputOffset()}
	}
	return batch, r.end()
}

// keepWebhook: a firing alert has no expiry, because Alertmanager repeats it only every
// repeat_interval (4 h by default) and tells its end by itself.
func keepWebhook(b *Batch, s Source, t said, now time.Time) error {
	if t.resolved && !t.startsAt.IsZero() && !t.endsAt.IsZero() && t.endsAt.Before(t.startsAt) {
		return &fieldError{"endsAt", "lies before startsAt"}
	}
	if !t.resolved {
		t.endsAt = time.Time{}
	}
	b.Alerts = append(b.Alerts, s.alert(t, now))
	return nil
}

// readAPIv2 reads the body of Alertmanager's POST /api/v2/alerts by Alertmanager's rules
// (prometheus/alertmanager api/v2/api.go, postAlertsHandler, v0.34.0): a missing end is
// now plus the resolve timeout, an end in the future is the time until which it fires, bad
// alerts are named and the good ones are kept.
func readAPIv2(r *reader, s Source, now time.Time) (Batch, error) {
	var batch Batch
	err := readAlerts(r, "body", &batch, func(t said) error { return keepAPIv2(&batch, s, t, now) })
	if err != nil {
		return Batch{}, whole(r, err)
	}
	return batch, r.end()
}

func keepAPIv2(b *Batch, s Source, t said, now time.Time) error {
	starts := t.startsAt
	if starts.IsZero() {
		starts = now
		if !t.endsAt.IsZero() {
			starts = t.endsAt
		}
	}
	if !t.endsAt.IsZero() && t.endsAt.Before(starts) {
		return &fieldError{"endsAt", "lies before startsAt"}
	}
	t.resolved = !t.endsAt.IsZero() && !t.endsAt.After(now)
	if t.resolved {
		b.Alerts = append(b.Alerts, s.alert(t, now))
		return nil
	}
	expires := t.endsAt
	if expires.IsZero() {
		expires = now.Add(s.resolveTimeout())
	}
	if farthest := now.Add(farthestExpiry); expires.After(farthest) {
		expires = farthest
	}
	t.endsAt = time.Time{}
	a := s.alert(t, now)
	a.ExpiresAt = expires.UTC().Truncate(time.Microsecond)
	b.Alerts = append(b.Alerts, a)
	return nil
}

func (s Source) resolveTimeout() time.Duration {
	if s.ResolveTimeout > 0 {
		return s.ResolveTimeout
	}
	return defaultResolve
}

// readAlerts reads an array of alerts; keep takes each good one.
func readAlerts(r *reader, field string, b *Batch, keep func(said) error) error {
	prefix := field
	if field == "body" {
		prefix = ""
	}
	return r.array(field, func(index int) error {
		t, err := readAlert(r)
		t.index = index
		if err == nil && len(t.labels) == 0 {
			err = &fieldError{"labels", "at least one label is needed"}
		}
		if err == nil {
			err = keep(t)
		}
		if fe := asField(err); fe != nil {
			path := fmt.Sprintf("%s[%d]", prefix, index)
			if fe.field != wholeAlert {
				path += "." + fe.field
			}
			b.Rejected = append(b.Rejected, Rejection{Index: index, Field: path, Reason: fe.reason})
			return nil
		}
		return err
	})
}

// wholeAlert is the field of a fault that is the alert's own: it is no object.
const wholeAlert = ""

// readAlert reads one alert. A field error is returned once the whole alert is read, so
// that the reader stands before the next one.
func readAlert(r *reader) (said, error) {
	var t said
	var first *fieldError
	err := r.object(wholeAlert, func(name string) error {
		err := readMember(r, name, &t)
		if fe := asField(err); fe != nil {
			if first == nil {
				first = fe
			}
			return nil
		}
		return err
	})
	if err == nil && first != nil {
		return t, first
	}
	return t, err
}

func readMember(r *reader, name string, t *said) (err error) {
	switch name {
	case "labels":
		t.labels, err = r.labels("labels")
	case "annotations":
		t.annotations, err = r.labels("annotations")
	case "startsAt":
		t.startsAt, err = r.time("startsAt")
	case "endsAt":
		t.endsAt, err = r.time("endsAt")
	case "generatorURL":
		t.link, err = r.str("generatorURL")
	case "status":
		return readStatus(r, t)
	default:
		err = r.skip()
	}
	return err
}

// readStatus reads the webhook's "firing" or "resolved". In other formats status is an
// object, which is theirs to read.
func readStatus(r *reader, t *said) error {
	if r.dec.PeekKind() == '{' {
		return r.skip()
	}
	status, err := r.str("status")
	if err != nil {
		return err
	}
	switch status {
	case alert.Firing.String(), "":
	case alert.Resolved.String():
		t.resolved = true
	default:
		return &fieldError{"status", fmt.Sprintf("%q is neither firing nor resolved", cut(status))}
	}
	return nil
}

// whole turns an error about the body itself into a *BadInput.
func whole(r *reader, err error) error {
	var bad *BadInput
	if errors.As(err, &bad) {
		return bad
	}
	if fe := asField(err); fe != nil {
		return &BadInput{Field: fe.field, Reason: fe.reason, Offset: r.dec.InputOffset()}
	}
	return &BadInput{Reason: err.Error(), Offset: r.dec.InputOffset()}
}
