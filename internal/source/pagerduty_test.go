package source_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

var pagerduty = source.Source{Name: "pager", Format: "pagerduty"}

func TestPagerDutysOwnExampleIsOneAlert(t *testing.T) {
	a := one(t, pagerduty, string(recorded(t, "pagerduty_trigger.json")))
	key := alert.Fingerprint("pager", labels("dedup_key", "samplekeyhere"))
	want := alert.Alert{
		Fingerprint: key, Key: key, Source: "pager", ID: "samplekeyhere",
		Labels: labels("class", "deploy", "client", "Sample Monitoring Service", "component", "postgres", "dedup_key", "samplekeyhere",
			"group", "prod-datapipe",
			"severity", "info", "source", "monitoringtool:cloudvendor:central-region-dc-01:852559987:cluster/api-stats-prod-003"),
		Annotations: labels("load avg", "0.75", "ping time", "1500ms"),
		Severity:    alert.P4, Status: alert.Firing, StartsAt: time.Date(2015, 7, 17, 8, 42, 58, 315000000, time.UTC), SaidAt: now,
		Title: "Example alert on host1.example.com", Link: "https://example.com/",
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
}

func TestResolveWithNothingButTheDedupKeyEndsTheAlert(t *testing.T) {
	fired := one(t, pagerduty, string(recorded(t, "pagerduty_trigger.json")))
	ended := one(t, pagerduty, string(recorded(t, "pagerduty_resolve.json")))
	if ended.Fingerprint != fired.Fingerprint || ended.Key != fired.Key || ended.Status != alert.Resolved {
		t.Errorf("trigger is %s, resolve is %s and %s", fired.Key, ended.Key, ended.Status)
	}
	merged, change := alert.Merge(&fired, ended)
	if change != alert.Ended || merged.Title != fired.Title || merged.Labels.Get("component") != "postgres" {
		t.Errorf("the end is %v and leaves %+v", change, merged)
	}
}

func TestTriggerWithoutDedupKeyIsOneProblemHoweverOftenItIsTold(t *testing.T) {
	trigger := func(summary, when string) alert.Alert {
		return one(t, pagerduty, `{"event_action":"trigger","payload":{"summary":"`+summary+
			`","source":"db1","severity":"critical","timestamp":"`+when+`"}}`)
	}
	first, again, other := trigger("disk full", "2026-11-23T10:00:00Z"), trigger("disk full",
		"2026-11-23T10:05:00Z"), trigger("no network", "")
	if first.Key != again.Key || first.Key == other.Key || len(first.ID) != 16 {
		t.Errorf("keys %s, %s and %s; dedup_key %q", first.Key, again.Key, other.Key, first.ID)
	}
	ended := one(t, pagerduty, `{"event_action":"resolve","dedup_key":"`+first.ID+`"}`)
	if ended.Key != first.Key {
		t.Error("the dedup_key of the answer does not resolve the alert")
	}
}

func TestAcknowledgeKeepsNothingAndIsSaid(t *testing.T) {
	b := normalize(t, pagerduty, `{"event_action":"acknowledge","dedup_key":"k"}`)
	if diff := cmp.Diff(source.Batch{Acknowledged: "k"}, b); diff != "" {
		t.Error(diff)
	}
}

func TestEventThatPagerDutyWouldRefuseIsNamedByItsField(t *testing.T) {
	const payload = `"payload":{"summary":"s","source":"h","severity":"critical"}`
	tests := []struct{ body, field, reason string }{
		{`{}`, "event_action", `"" is not one of trigger, acknowledge, resolve`},
		{`{"event_action":"page",` + payload + `}`, "event_action", `"page" is not one of`},
		{`{"event_action":"trigger"}`, "payload", "is missing"},
		{`{"event_action":"trigger","payload":null}`, "payload", "is missing"},
		{`{"event_action":"trigger","payload":[]}`, "payload", "must be an object, not an array"},
		{`{"event_action":"trigger","payload":{"source":"h","severity":"error"}}`, "payload.summary", "is missing"},
		{`{"event_action":"trigger","payload":{"summary":" ","source":"h","severity":"error"}}`, "payload.summary", "is missing"},
		{`{"event_action":"trigger","payload":{"summary":"s","severity":"error"}}`, "payload.source", "is missing"},
		{`{"event_action":"trigger","payload":{"summary":"s","source":"h"}}`, "payload.severity", "is missing"},
		{`{"event_action":"trigger","payload":{"summary":"s","source":"h","severity":"fatal"}}`, "payload.severity",
			`"fatal" is not one of critical, error, warning, info`},
		{`{"event_action":"trigger","payload":{"summary":7}}`, "payload.summary", "must be a string, not a number"},
		{`{"event_action":"resolve"}`, "dedup_key", "is missing: it identifies the alert to resolve"},
		{`{"event_action":"acknowledge"}`, "dedup_key", "is missing: it identifies the alert to acknowledge"},
		{`{"event_action":"resolve","dedup_key":"` + strings.Repeat("ü", 256) + `"}`, "dedup_key", "is longer than 255 characters"},
		{`[]`, "body", "must be an object, not an array"},
	}
	for _, tt := range tests {
		_, err := pagerduty.Normalize([]byte(tt.body), now)
		bad, ok := errors.AsType[*source.BadInput](err)
		if !ok || bad.Field != tt.field || !strings.Contains(bad.Reason, tt.reason) {
			t.Errorf("%s: %v; want %s %s", tt.body, err, tt.field, tt.reason)
		}
	}
}

func TestDetailsOfAnyShapeBecomeAnnotations(t *testing.T) {
	event := func(details string) alert.Labels {
		return one(t, pagerduty, `{"event_action":"trigger","payload":{"summary":"s","source":"h","severity":"error","custom_details":`+
			details+`}}`).Annotations
	}
	for details, want := range map[string]alert.Labels{
		`null`:                         {},
		`"free text"`:                  labels("details", "free text"),
		`{"a":{"b":1e2,"c":[1,"x"]}}`:  labels("a.b", "1e2", "a.c", `[1,"x"]`),
		`{"on":true,"none":null}`:      labels("on", "true"),
		`12345678901234567890123`:      labels("details", "12345678901234567890123"),
		`{"nul":"a\u0000b","":"word"}`: labels("details", "word", "nul", "a\uFFFDb"),
	} {
		if diff := cmp.Diff(want, event(details)); diff != "" {
			t.Errorf("%s: %s", details, diff)
		}
	}
}

func TestUnsafeLinksOfAnEventAreLeftOut(t *testing.T) {
	a := one(t, pagerduty,
		`{"event_action":"trigger","client_url":"javascript:alert(1)","links":[7,{"href":8},{"href":"data:x"},{"text":"no"}],`+
			`"payload":{"summary":"s","source":"h","severity":"error"}}`)
	if a.Link != "" {
		t.Errorf("the link is %q", a.Link)
	}
}

func TestTheSourcesNameIsInTheKeyOutsideThePrometheusFamilyOnly(t *testing.T) {
	event := `{"event_action":"trigger","dedup_key":"disk","payload":{"summary":"disk full","source":"db1","severity":"critical"}}`
	first, other := one(t, pagerduty, event), one(t, source.Source{Name: "other pager", Format: "pagerduty"}, event)
	if first.Key == other.Key {
		t.Error("the same words of two pagers are one problem")
	}
	fired := hook(`{"status":"firing","labels":{"alertname":"Disk"},"startsAt":"2026-11-23T10:00:00Z"}`)
	a, b := one(t, source.Source{Name: "am-1", Format: "alertmanager"}, fired), one(t,
		source.Source{Name: "am-2", Format: "alertmanager"}, fired)
	if a.Key != b.Key {
		t.Error("the same alert by two Alertmanagers is two problems")
	}
}
