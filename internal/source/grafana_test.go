package source_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

var grafana = source.Source{Name: "grafana", Format: "grafana"}

func TestGrafanasOwnExampleIsTwoAlerts(t *testing.T) {
	b := normalize(t, grafana, string(recorded(t, "grafana_firing.json")))
	if len(b.Alerts) != 2 || len(b.Rejected) != 0 {
		t.Fatalf("%d alerts, rejected %v", len(b.Alerts), b.Rejected)
	}
	ls := labels("alertname", "High memory usage", "team", "blue", "zone", "us-1")
	want := alert.Alert{
		Fingerprint: alert.Fingerprint("grafana", ls), Key: alert.Fingerprint("grafana", ls), Source: "grafana", ID: "c6eadffa33fcdf37",
		Labels: ls,
		Annotations: labels("description", "The system has high memory usage", "runbook_url", "https://myrunbook.com/runbook/1234", "summary",
			"This alert was triggered for zone us-1"),
		Severity: alert.P3, Status: alert.Firing, StartsAt: time.Date(2021, 10, 12, 7, 51, 3, 157076000, time.UTC), SaidAt: now,
		Title: "High memory usage", Link: "https://play.grafana.org/alerting/1afz29v7z/edit",
	}
	if diff := cmp.Diff(want, b.Alerts[0]); diff != "" {
		t.Error(diff)
	}
}

func TestGrafanaGroupHoldsFiringAndResolved(t *testing.T) {
	b := normalize(t, grafana, string(recorded(t, "grafana_mixed.json")))
	if len(b.Alerts) != 3 || b.Truncated != 3 {
		t.Fatalf("%d alerts, %d left out, rejected %v", len(b.Alerts), b.Truncated, b.Rejected)
	}
	type shown struct {
		Title, Link string
		Severity    alert.Severity
		Status      alert.Status
		Reason      string
	}
	var got []shown
	for _, a := range b.Alerts {
		got = append(got, shown{a.Title, a.Link, a.Severity, a.Status, a.Annotations.Get("grafana_state_reason")})
	}
	want := []shown{
		{"Checkout latency: no data", "http://grafana.example.org/alerting/grafana/fdabc/view?orgId=1", alert.P1, alert.Firing, "NoData"},
		// The series are gone: the alert ends, and its annotation says why.
		{"Checkout latency", "http://grafana.example.org/d/shop?orgId=1", alert.P1, alert.Resolved, "MissingSeries"},
		{"Search errors: the query fails", "", alert.P3, alert.Firing, "Error"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b.Alerts[0].Key == b.Alerts[1].Key {
		t.Error("no data and the rule's own alert are one problem")
	}
	if got := b.Alerts[1].Annotations.Get("value"); got != "[ var='A' labels={pod=web-7} value=2.5 ]" {
		t.Errorf("the measured value reads %q", got)
	}
}

func TestGrafanaFingerprintNamesTheAlertWhereAskedTo(t *testing.T) {
	byID := grafana
	byID.Identity.ByAlertID = true
	one := func(fingerprint string) alert.Key {
		return one(t, byID, `{"version":"1","alerts":[{"status":"firing","labels":{"alertname":"A"},"fingerprint":"`+fingerprint+`"}]}`).Key
	}
	if one("c6eadffa33fcdf37") == one("bc97ff14869b13e3") {
		t.Error("two rules with the same labels are one problem, though the fingerprint is the identity")
	}
}

func TestBodyThatIsNotGrafanasSaysWhatToDo(t *testing.T) {
	for body, want := range map[string]string{
		`{"version":"4","alerts":[]}`: `version: "4" is not supported; this source accepts the webhook of Grafana's unified ` +
			`alerting, version "1"; for your own payload, use a source with the format generic (at byte 27)`,
		`{"ruleName":"Old","state":"alerting"}`: `alerts: is missing; this source accepts the webhook of Grafana's unified alerting, version ` +
			`"1"; for your own payload, use a source with the format generic (at byte 37)`,
		`{"version":"1","alerts":7}`: `alerts: must be an array, not a number (at byte 25)`,
		`{"version":"1","alerts":[],"message":7]}`: `body: is not valid JSON: invalid character ']' after object value (expecting ',' or '}') ` +
			`(at byte 38)`,
	} {
		_, err := grafana.Normalize([]byte(body), now)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

func TestBadGrafanaAlertCostsOnlyItself(t *testing.T) {
	b := normalize(t, grafana, `{"version":"1","alerts":[`+good+
		`,{"labels":{"alertname":"X"}},{"status":"firing","labels":{"a":1}},{"status":"firing","labels":{"alertname":"Y"},"panelURL":7}]}`)
	want := []source.Rejection{
		{Index: 1, Field: "alerts[1].status", Reason: "is missing: firing or resolved"},
		{Index: 2, Field: "alerts[2].labels.a", Reason: "must be a string, not a number"},
		{Index: 3, Field: "alerts[3].panelURL", Reason: "must be a string, not a number"},
	}
	if diff := cmp.Diff(want, b.Rejected); diff != "" || len(b.Alerts) != 1 {
		t.Errorf("%d alerts; %s", len(b.Alerts), diff)
	}
}

func FuzzGrafana(f *testing.F) { fuzzFormat(f, grafana) }

func FuzzPagerDuty(f *testing.F) { fuzzFormat(f, pagerduty) }

// fuzzFormat: whatever comes, what is kept can be kept, and what is not is named.
func fuzzFormat(f *testing.F, s source.Source) {
	f.Helper()
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := s.Normalize(body, now)
		if err != nil {
			badInput(t, b, err)
			return
		}
		for _, a := range b.Alerts {
			promises(t, a)
			if a.Source != s.Name {
				t.Fatalf("it is of %q", a.Source)
			}
		}
		for _, r := range b.Rejected {
			if r.Field == "" || r.Reason == "" || len(r.Field) > 400 {
				t.Fatalf("rejection %+v", r)
			}
		}
	})
}
