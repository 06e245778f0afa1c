package source

import (
	"fmt"
	"time"

	"docket/internal/alert"
)

// readWebhook reads Alertmanager's webhook, version 4
// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, read 2026-11-23). Alerts are
// read one by one: a bad one is rejected and the others are kept, because Alertmanager does not resend a
// refused notification.
func readWebhook(r *reader, s Source, now time.Time) (Batch, error) {
	var batch Batch
	var version string
	var versionSeen, alertsSeen bool
	err := r.object("body", func(name string) (err error) {
		switch name {
		case "version":
			versionSeen = true
			version, err = r.str("version")
		case "truncatedAlerts":
			batch.Truncated, err = r.count("truncatedAlerts")
		case "alerts":
			alertsSeen = true
			err = readAlerts(r, "alerts", maxPushed, webhookMember, func(t report) error {
				return keepWebhook(r, &batch, s, t, now)
			}, batch.reject)
		default:
			r.skip()
		}
		return err
	})
	switch {
	case err != nil:
		return Batch{}, err
	case !versionSeen:
		return Batch{}, &fieldError{"version", `is missing; this source accepts Alertmanager's webhook, version "4"`}
	case version != "4":
		return Batch{}, &fieldError{"version",
			fmt.Sprintf(`%q is not supported; this source accepts Alertmanager's webhook, version "4"`, cut(version, maxQuoted))}
	case !alertsSeen:
		return Batch{}, &fieldError{"alerts", "is missing"}
	}
	return batch, nil
}

// webhookMember reads the members that only the webhook's alerts have. Their fingerprint is kept as the
// upstream id, never as the key: the key is always computed from the labels.
func webhookMember(r *reader, name string, t *report) (err error) {
	switch name {
	case "status":
		var word string
		if word, err = r.str("status"); err != nil {
			return err
		}
		switch word {
		case alert.Firing.String():
			t.status = alert.Firing
		case alert.Resolved.String():
			t.status = alert.Resolved
		default:
			return &fieldError{"status", fmt.Sprintf("%q is neither firing nor resolved", cut(word, maxQuoted))}
		}
		return nil
	case "fingerprint":
		t.id, err = readFingerprint(r)
		return err
	}
	return readMember(r, name, t)
}

// keepWebhook sets no expiry for a firing alert, because Alertmanager repeats it only every repeat_interval
// (4 h by default) and reports its end.
func keepWebhook(r *reader, b *Batch, s Source, t report, now time.Time) error {
	if t.status == 0 {
		return &fieldError{"status", "is missing: firing or resolved"}
	}
	b.add(r, s.alert(t, now))
	return nil
}
