package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/auth"
	"docket/internal/fault"
	"docket/internal/query"
	"docket/internal/source"
)

// pagers are two sources of events, of which the second has no token of its own.
var pagers = []source.Source{{Name: "pager", Format: "pagerduty"}, {Name: "spare", Format: "pagerduty"}}

// pagerTokens is the first one's.
var pagerTokens = map[string]fault.Secret{"pager": "0123456789abcdef0123456789abcdef"}

// page is an event that fires.
func page(routing, dedup string) string {
	return `{"routing_key":"` + routing + `","event_action":"trigger","dedup_key":"` + dedup +
		`","payload":{"summary":"disk full","source":"db1","severity":"critical"}}`
}

func TestWhatCanPageCanFile(t *testing.T) {
	f := newFace(t, plan{sources: pagers, sourceTokens: pagerTokens})
	const key = "0123456789abcdef0123456789abcdef"
	r := f.post("/v2/enqueue", page(key, "disk/db1"))
	want := map[string]any{"status": "success", "message": "Event processed", "dedup_key": "disk/db1"}
	if diff := cmp.Diff(want, r.json(t)); r.status != http.StatusAccepted || diff != "" {
		t.Fatalf("trigger: %d %s", r.status, diff)
	}
	ticket := func() (row query.IncidentRow) {
		var rows []query.IncidentRow
		f.get("/api/v1/incidents", &rows)
		if len(rows) != 1 {
			t.Fatalf("%d incidents, want one", len(rows))
		}
		return rows[0]
	}
	f.eventually("the event has its ticket", func() bool { return ticket().Ticket != nil && ticket().Ticket.State == "filed" })
	for _, again := range []string{page(key, "disk/db1"), `{"routing_key":"` + key +
		`","event_action":"acknowledge","dedup_key":"disk/db1"}`} {
		if r := f.post("/v2/enqueue", again); r.status != http.StatusAccepted {
			t.Errorf("%s: %d %s", again, r.status, r.text)
		}
	}
	if row := ticket(); row.Title != "disk full" || row.Source != "pager" || row.State != "open" {
		t.Errorf("the incident is %+v", row)
	}
	if r := f.post("/v2/enqueue", `{"routing_key":"`+key+
		`","event_action":"resolve","dedup_key":"disk/db1"}`); r.status != http.StatusAccepted {
		t.Fatalf("resolve: %d %s", r.status, r.text)
	}
	f.eventually("the incident is over", func() bool { return ticket().RecoveredAt != nil })
}

func TestRoutingKeyChoosesTheSourceAndNothingElseOpensTheDoor(t *testing.T) {
	api := []auth.Token{{Name: "ci", Secret: "ingest-0123456789", Scopes: []string{string(auth.Ingest)}},
		{Name: "eyes", Secret: "read-0123456789ab", Scopes: []string{string(auth.Read)}}}
	closed := newFace(t, plan{sources: pagers, sourceTokens: pagerTokens, tokens: api})
	open := newFace(t, plan{sources: pagers, sourceTokens: pagerTokens})
	for _, c := range []struct {
		name    string
		face    *face
		routing string
		header  string
		want    string // the source, "" where it is refused
	}{
		{"its own token", closed, "0123456789abcdef0123456789abcdef", "", "pager"},
		{"as a bearer token", closed, "", "Authorization: Bearer 0123456789abcdef0123456789abcdef", "pager"},
		{"a token of scope ingest", closed, "ingest-0123456789", "", "spare"},
		{"a token of scope read", closed, "read-0123456789ab", "", ""},
		{"none", closed, "", "", ""},
		{"a guess", closed, "0123456789abcdef0123456789abcdee", "", ""},
		{"anything, where nothing asks for a token", open, "R0UT1NG", "", "spare"},
	} {
		t.Run(c.name, func(t *testing.T) {
			headers := []string{}
			if c.header != "" {
				headers = append(headers, c.header)
			}
			r := c.face.post("/v2/enqueue", page(c.routing, "k-"+c.name), headers...)
			if c.want == "" {
				want := map[string]any{"status": "invalid event", "message": "Event object is invalid",
					"errors": []any{"'routing_key' is not the token of a source with the format pagerduty"}}
				if diff := cmp.Diff(want, r.json(t)); r.status != http.StatusBadRequest || diff != "" {
					t.Errorf("%d %s", r.status, diff)
				}
				return
			}
			if r.status != http.StatusAccepted {
				t.Fatalf("%d %s", r.status, r.text)
			}
			if got := c.face.metric(`docket_alerts_received_total{result="new",source="` + c.want + `"}`); got == "" || got == "0" {
				t.Errorf("the source %s has taken %q", c.want, got)
			}
		})
	}
}

func TestBadEventIsRefusedAsPagerDutyDoes(t *testing.T) {
	f := newFace(t, plan{sources: pagers})
	for body, want := range map[string]string{
		`{"event_action":"resolve"}`:                           "'dedup_key' is missing: it identifies the alert to resolve",
		`{"event_action":"trigger","payload":{"summary":"x"}}`: "'payload.source' is missing",
		`not json`: "'body' is not valid JSON",
		`{"event_action":"x","a":"` + strings.Repeat("a", 1<<19) + `"}`: "the event is larger than 512 KB",
	} {
		r := f.post("/v2/enqueue", body)
		status := http.StatusBadRequest
		if strings.Contains(want, "larger") {
			status = http.StatusRequestEntityTooLarge
		}
		answer := r.json(t)
		faults, _ := answer["errors"].([]any)
		if r.status != status || answer["status"] != "invalid event" || len(faults) != 1 || !strings.HasPrefix(faults[0].(string), want) {
			t.Errorf("%.60s: %d %s, want %s", body, r.status, r.text, want)
		}
	}
	if titles := f.titles(); len(titles) != 0 {
		t.Errorf("kept are %v", titles)
	}
}
