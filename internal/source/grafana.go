package source

import (
	"fmt"
	"strings"
	"time"

	"docket/internal/alert"
)

// readGrafana reads the webhook of Grafana's unified alerting, version 1
// (https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/,
// read 2026-11-23). The group's status, title and message add nothing to its alerts: each alert is read on
// its own, and a group that is called firing may contain resolved ones.
func readGrafana(r *reader, s Source, now time.Time) (Batch, error) {
	var batch Batch
	var version string
	alertsSeen := false
	err := r.object("body", func(name string) (err error) {
		switch name {
		case "version":
			version, err = r.str("version")
		case "truncatedAlerts":
			batch.Truncated, err = r.count("truncatedAlerts")
		case "alerts":
			alertsSeen = true
			err = readAlerts(r, "alerts", maxPushed, grafanaMember, func(t report) error {
				return keepGrafana(r, &batch, s, t, now)
			}, batch.reject)
		default:
			r.skip()
		}
		return err
	})
	const want = `this source accepts the webhook of Grafana's unified alerting, version "1"; for your own payload, use a source with ` +
		`the format generic`
	switch {
	case err != nil:
		return Batch{}, err
	case !alertsSeen:
		return Batch{}, &fieldError{"alerts", "is missing; " + want}
	case version != "1":
		return Batch{}, &fieldError{"version", fmt.Sprintf("%q is not supported; %s", cut(version, maxQuoted), want)}
	}
	return batch, nil
}

// grafanaMember reads the members that Grafana's alerts have beyond Alertmanager's. Grafana computes its
// fingerprint from labels that it does not send (the rule's uid among them), so it is kept as the upstream
// id, for sources with identity: alert_id; the key is computed from the labels.
func grafanaMember(r *reader, name string, t *report) (err error) {
	switch name {
	case "dashboardURL", "panelURL":
		// Used only if there is no link to the alert's own page.
		var link string
		if link, err = r.safeLink(name); err == nil && t.elsewhere == "" {
			t.elsewhere = link
		}
		return err
	case "valueString":
		t.value, err = r.str("valueString")
		return err
	}
	return webhookMember(r, name, t)
}

// keepGrafana sets no expiry: Grafana repeats a firing alert every repeat_interval (4 h) and reports its end,
// also when its series are gone (the annotation grafana_state_reason is then MissingSeries).
func keepGrafana(r *reader, b *Batch, s Source, t report, now time.Time) error {
	if t.status == 0 {
		return &fieldError{"status", "is missing: firing or resolved"}
	}
	if t.link == "" {
		t.link = t.elsewhere
	}
	if t.value != "" && t.annotations.Get("value") == "" {
		t.annotations = append(t.annotations, alert.Label{Name: "value", Value: cut(t.value, maxValueBytes)}).Sort()
	}
	t.title = grafanaTitle(t.labels)
	b.add(r, s.alert(t, now))
	return nil
}

// grafanaTitle uses the rule's name if Grafana calls its alert just DatasourceNoData or DatasourceError:
// these replace the rule's own alert, with labels of their own, when its query finds nothing or fails
// (https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/,
// read 2026-11-23).
func grafanaTitle(ls alert.Labels) string {
	name, rule := ls.Get("alertname"), strings.TrimSpace(ls.Get("rulename"))
	if rule == "" {
		return ""
	}
	switch name {
	case "DatasourceNoData":
		return rule + ": no data"
	case "DatasourceError":
		return rule + ": the query fails"
	}
	return ""
}
