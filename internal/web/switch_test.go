package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/flag"
	"docket/internal/query"
	"docket/internal/web"
)

func TestAFlagIsFlippedAndPinnedOneIsRefused(t *testing.T) {
	f := newFace(t, plan{flags: map[string]flag.Env{flag.InvestigateFromStatus: flag.EnvPinnedOff}})
	if r := f.post("/api/v1/flags/alerts.auto_ticket", `{"on":false,"why":"a flood"}`); r.status != http.StatusOK || r.json(t)["on"] != false {
		t.Fatal(r)
	}
	var flags []query.FlagRow
	f.get("/api/v1/flags", &flags)
	if len(flags) != 2 || flags[0].On || flags[0].ChangedBy != "local" || flags[0].Because != "a flood" || flags[0].ChangedAt == nil ||
		!flags[1].Pinned || flags[1].On {
		t.Errorf("%+v", flags)
	}
	for path, want := range map[string]int{"/api/v1/flags/investigate.from_status": http.StatusConflict,
		"/api/v1/flags/no.such": http.StatusNotFound} {
		if r := f.post(path, `{"on":true}`); r.status != want || !strings.Contains(r.text, "flag") && !strings.Contains(r.text, "=0)") {
			t.Errorf("%s: %d %s, want %d", path, r.status, r.text, want)
		}
	}
	// What fires now has no ticket, and gets it once the flag is on again.
	if r := f.post(apiV2, `[{"labels":{"alertname":"Held","severity":"P1"}}]`); r.status != http.StatusOK {
		t.Fatal(r)
	}
	var rows []query.IncidentRow
	f.get("/api/v1/incidents", &rows)
	var x query.Explanation
	f.get("/api/v1/incidents/"+rows[0].ID+"/explain", &x)
	if x.Policy.Filing || !strings.Contains(x.Next, "docket flags set alerts.auto_ticket on") {
		t.Errorf("%+v", x)
	}
	if r := f.post("/api/v1/flags/alerts.auto_ticket", `{"on":true}`); r.status != http.StatusOK {
		t.Fatal(r)
	}
	f.eventually("its ticket is filed", func() bool {
		f.get("/api/v1/incidents", &rows)
		return rows[0].Ticket != nil
	})
	var changed []query.AuditRow
	f.get("/api/v1/audit?action=console.flags.changed", &changed)
	if len(changed) != 2 || changed[1].Actor != "person:local" {
		t.Fatalf("%+v", changed)
	}
	want := map[string]any{"name": "alerts.auto_ticket", "before": true, "after": false, "why": "a flood"}
	if diff := cmp.Diff(want, changed[1].Payload); diff != "" {
		t.Errorf("the audit entry (-want +got):\n%s", diff)
	}
}

func TestASilenceIsMadePreviewedAndEndedEarly(t *testing.T) {
	f := newFace(t, plan{})
	draft, err := json.Marshal(web.SilenceDraft{Matchers: []string{`alertname="Muted"`}, EndsAt: time.Now().Add(time.Hour),
		Comment: "works", CreatedBy: "anna"})
	if err != nil {
		t.Fatal(err)
	}
	r := f.post("/api/v1/silences", string(draft))
	id, _ := r.json(t)["id"].(string)
	if r.status != http.StatusOK || id == "" || r.json(t)["state"] != "active" || r.json(t)["created_by"] != "anna" {
		t.Fatal(r)
	}
	if r := f.post(apiV2, `[{"labels":{"alertname":"Muted","severity":"P1"}}]`); r.status != http.StatusOK {
		t.Fatal(r)
	}
	var rows []query.IncidentRow
	f.get("/api/v1/incidents", &rows)
	var x query.Explanation
	f.get("/api/v1/incidents/"+rows[0].ID+"/explain", &x)
	if rows[0].Reason != "muted" || x.Policy.MutedBy != "silence "+id || !strings.Contains(x.Next, "Docket decides again at") {
		t.Errorf("%s: %+v", rows[0].Reason, x)
	}
	var p query.PreviewRow
	if r := f.post("/api/v1/silences/preview", `{"matchers":["alertname=\"Muted\""]}`); json.Unmarshal([]byte(r.text), &p) != nil ||
		len(p.Alerts) != 1 || len(p.Incidents) != 1 {
		t.Errorf("%+v", p)
	}
	if r := f.post("/api/v1/silences/"+id+"/expire", ""); r.status != http.StatusOK || r.json(t)["state"] != "expired" ||
		r.json(t)["expired_by"] != "local" {
		t.Fatal(r)
	}
	f.eventually("its ticket is filed", func() bool {
		f.get("/api/v1/incidents", &rows)
		return rows[0].Ticket != nil
	})
	var active, expired []query.SilenceRow
	f.get("/api/v1/silences?state=active", &active)
	f.get("/api/v1/silences?state=expired", &expired)
	if len(active) != 0 || len(expired) != 1 || expired[0].ID != id {
		t.Errorf("active %+v, expired %+v", active, expired)
	}
	for body, want := range map[string]string{
		`{"matchers":["="],"ends_at":"2999-01-01T00:00:00Z"}`:         "is not a matcher",
		`{"matchers":["a=~\".*\""],"ends_at":"2999-01-01T00:00:00Z"}`: "at least one must require a value",
		`{"matchers":["a=b"],"ends_at":"2000-01-01T00:00:00Z"}`:       "its end must be in the future",
		`{"matchers":[],"ends_at":"2999-01-01T00:00:00Z"}`:            "length",
	} {
		if r := f.post("/api/v1/silences", body); r.status != http.StatusUnprocessableEntity || !strings.Contains(r.text, want) {
			t.Errorf("%s: %d %s, want %q", body, r.status, r.text, want)
		}
	}
}

func TestAMaintenanceWindowIsMadeAndEnded(t *testing.T) {
	f := newFace(t, plan{})
	r := f.post("/api/v1/maintenance",
		`{"name":"night","matchers":["team=\"shop\""],"weekdays":["mon"],"from":"22:00","until":"06:00","zone":"Europe/Berlin",`+
			`"comment":"backups"}`)
	if r.status != http.StatusOK || r.json(t)["until"] != "06:00" {
		t.Fatal(r)
	}
	var rows []query.WindowRow
	f.get("/api/v1/maintenance", &rows)
	if len(rows) != 1 || rows[0].Name != "night" || rows[0].Weekdays[0] != "monday" || rows[0].Zone != "Europe/Berlin" ||
		rows[0].Comment != "backups" {
		t.Fatalf("%+v", rows)
	}
	if r := f.post("/api/v1/maintenance/"+rows[0].ID+"/end", ""); r.status != http.StatusOK || r.json(t)["state"] != "over" {
		t.Fatal(r)
	}
	if r := f.post("/api/v1/maintenance/"+rows[0].ID+"/end", ""); r.status != http.StatusNotFound {
		t.Error(r)
	}
	if f.get("/api/v1/maintenance", &rows); len(rows) != 0 {
		t.Errorf("%+v still stand", rows)
	}
	if f.get("/api/v1/maintenance?all=true", &rows); len(rows) != 1 || rows[0].EndedBy != "local" {
		t.Errorf("%+v in all", rows)
	}
	if r := f.post("/api/v1/maintenance",
		`{"name":"x","matchers":["a=b"],"weekdays":["noday"],"from":"22:00","until":"06:00"}`); r.status != http.StatusUnprocessableEntity ||
		!strings.Contains(r.text, "is not a weekday") {
		t.Error(r)
	}
}
