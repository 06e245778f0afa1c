package source_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

var cloudevents = source.Source{Name: "events", Format: "cloudevents"}

// event reads one event in structured form.
func event(t testing.TB, body string) alert.Alert {
	t.Helper()
	return oneOf(t, cloudevents, http.Header{"Content-Type": {"application/cloudevents+json; charset=utf-8"}}, body)
}

// oneOf reads a push of exactly one good alert.
func oneOf(t testing.TB, s source.Source, header http.Header, body string) alert.Alert {
	t.Helper()
	b, err := s.Read(source.Push{Header: header, Body: []byte(body)}, now)
	if err != nil || len(b.Alerts) != 1 || len(b.Rejected) != 0 {
		t.Fatalf("%d alerts, rejected %v, %v", len(b.Alerts), b.Rejected, err)
	}
	return b.Alerts[0]
}

func TestCloudEventIsAnAlert(t *testing.T) {
	a := event(t, string(recorded(t, "cloudevent.json")))
	key := alert.Fingerprint("events", labels("dedup_key", "/hosts/db1\n/var\ncom.example.disk.alert"))
	want := alert.Alert{
		Fingerprint: key, Key: key, Source: "events", ID: "A234-1234-1234", Severity: alert.P1, Status: alert.Firing,
		StartsAt: clock(10, 31, 0, 0), SaidAt: now,
		Labels: labels("alertname", "Disk is almost full", "severity", "critical", "source", "/hosts/db1", "subject", "/var", "team",
			"storage", "type", "com.example.disk.alert"),
		Annotations: labels("labels.team", "storage", "link", "https://disks.example.org/db1", "title", "Disk is almost full", "used", "0.97"),
		Title:       "Disk is almost full", Link: "https://disks.example.org/db1",
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
}

func TestBinaryModeSaysTheSameAsStructured(t *testing.T) {
	structured := event(t, string(recorded(t, "cloudevent.json")))
	header := http.Header{
		"Content-Type": {"application/json"}, "Ce-Specversion": {"1.0"}, "Ce-Type": {"com.example.disk.alert.firing"},
		"Ce-Source":  {"/hosts/db1"},
		"Ce-Subject": {"%2Fvar"}, "Ce-Id": {"A234-1234-1234"}, "Ce-Time": {"2026-11-23T10:31:00Z"}, "Ce-Severity": {"critical"},
	}
	binary := oneOf(t, cloudevents, header,
		`{"title": "Disk is almost full", "used": 0.97, "labels": {"team": "storage"}, "link": "https://disks.example.org/db1"}`)
	if diff := cmp.Diff(structured, binary); diff != "" {
		t.Error(diff)
	}
	header.Set("Content-Type", "text/plain")
	if a := oneOf(t, cloudevents, header, "it is full\nreally"); a.Annotations.Get("details") != "it is full\nreally" ||
		a.Key != structured.Key {
		t.Errorf("data that is no JSON: %+v", a)
	}
	header.Del("Content-Type")
	if a := oneOf(t, cloudevents, header, ""); a.Title != "com.example.disk.alert /var" {
		t.Errorf("without data it is called %q", a.Title)
	}
}

func TestTypeThatEndsInAWordEndsTheAlert(t *testing.T) {
	body := string(recorded(t, "cloudevent.json"))
	fired := event(t, body)
	for _, c := range []struct{ old, new string }{
		{".firing", ".resolved"},
		{".firing", ".OK"},
		{`"used": 0.97`, `"status": "recovered"`},
	} {
		ended := event(t, strings.Replace(body, c.old, c.new, 1))
		if ended.Status != alert.Resolved || ended.Key != fired.Key || !ended.EndsAt.Equal(clock(10, 31, 0, 0)) {
			t.Errorf("%s is %s at %s with the key %s", c.new, ended.Status, ended.EndsAt, ended.Key)
		}
	}
	if other := event(t, strings.Replace(body, "disk.alert", "cpu.alert", 1)); other.Key == fired.Key {
		t.Error("another type is the same problem")
	}
}

func TestBatchOfEventsCostsOnlyTheBadOne(t *testing.T) {
	good := string(recorded(t, "cloudevent.json"))
	b, err := cloudevents.Read(source.Push{Header: http.Header{"Content-Type": {"application/cloudevents-batch+json"}},
		Body: []byte("[" + good + `,{"specversion":"1.0"},7]`)}, now)
	if err != nil || len(b.Alerts) != 1 {
		t.Fatalf("%d alerts, %v", len(b.Alerts), err)
	}
	want := []source.Rejection{
		{Index: 1, Field: "[1].id", Reason: "is missing: a CloudEvent must have it, as text"},
		{Index: 2, Field: "[2].event", Reason: "must be an object"},
	}
	if diff := cmp.Diff(want, b.Rejected); diff != "" {
		t.Error(diff)
	}
}

func TestBadCloudEventIsNamedByItsField(t *testing.T) {
	for body, want := range map[string]string{
		`{}`: "specversion: is missing",
		`{"specversion":"0.3","id":"a","source":"b","type":"c"}`: `specversion: "0.3" is not supported`,
		`{"specversion":"1.0","id":7,"source":"b","type":"c"}`:   "id: is missing: a CloudEvent must have it, as text",
		`{"specversion":"1.0","id":"a","source":"","type":"c"}`:  "source: is missing",
		`[`: "body: is not valid JSON",
	} {
		if _, err := cloudevents.Normalize([]byte(body), now); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
	header := http.Header{"Ce-Specversion": {"1.0"}, "Ce-Subject": {"%zz"}}
	if _, err := cloudevents.Read(source.Push{Header: header}, now); err == nil || !strings.Contains(err.Error(), "is not percent-encoded") {
		t.Errorf("a bad header: %v", err)
	}
}

func TestMappingGoesBeforeTheEventsOwnWords(t *testing.T) {
	s := cloudevents
	s.Map = mapping(t, false, map[string]string{"key": "body.data.labels.team", "severity": "'P5'"})
	a := oneOf(t, s, nil, string(recorded(t, "cloudevent.json")))
	if a.Key != alert.Fingerprint("events", labels("dedup_key", "storage")) || a.Severity != alert.P5 || a.Title != "Disk is almost full" {
		t.Errorf("%+v", a)
	}
}

func FuzzCloudEvents(f *testing.F) {
	f.Add(recorded(f, "cloudevent.json"))
	fuzzFormat(f, cloudevents)
}
