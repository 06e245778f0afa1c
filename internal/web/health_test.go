package web_test

import (
	"net/http"
	"runtime"
	"strings"
	"testing"

	"docket/internal/health"
	"docket/internal/web"
)

func TestReadinessIsAboutAlertsAndNotAboutTheDesk(t *testing.T) {
	state := web.Readiness{Ready: true, Database: "sqlite",
		Desk: web.DeskHealthOf(health.State{Name: "freescout", Asked: true, Fault: "timeout"}), Waiting: 3}
	f := newFace(t, plan{ready: func() web.Readiness { return state }})
	r := f.ask(http.MethodGet, "/readyz", nil)
	m := r.json(t)
	if d, _ := m["desk"].(map[string]any); r.status != http.StatusOK || m["ready"] != true || d["fault"] != "timeout" || m["waiting"] != 3.0 {
		t.Errorf("with an ill desk: %d %s", r.status, r.text)
	}
	state.Ready, state.Error = false, "alerts cannot be stored: the disk is full"
	r = f.ask(http.MethodGet, "/readyz", nil)
	if r.status != http.StatusServiceUnavailable || r.json(t)["error"] != state.Error {
		t.Errorf("with a full disk: %d %s", r.status, r.text)
	}
	if r := f.ask(http.MethodGet, "/healthz", nil); r.status != http.StatusOK || r.json(t)["version"] != "1.2.3" {
		t.Errorf("the process: %d %s", r.status, r.text)
	}
}

func TestMetricsSayWhatAnOperatorIsWokenFor(t *testing.T) {
	f := newFace(t, plan{})
	key, _, _ := strings.Cut(f.fire("Measured"), ".")
	f.eventually("the tags are on the ticket", func() bool { return f.metric(`docket_effects_waiting{kind="tag",state="queued"}`) == "" })
	text := f.ask(http.MethodGet, "/metrics", nil).text
	for _, want := range []string{
		`docket_build_info{go_version="` + runtime.Version() + `",version="1.2.3"} 1`,
		"docket_alerts_firing 1", `docket_incidents{state="open"} 1`, "docket_database_up 1", `docket_desk_up{desk="local"} 1`,
		`docket_source_up{source="prometheus"} 1`,
		`docket_decisions_total{reason="ticket_asked"} 1`, "docket_ledger_failures_total 0", "docket_ledger_commit_seconds_count ",
		`docket_desk_last_success_timestamp_seconds{desk="local"} 1.`,
		`docket_source_last_heard_timestamp_seconds{source="prometheus"} 1.`,
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("there is no %s", want)
		}
	}
	if strings.Contains(text, key) || strings.Contains(text, "Measured") {
		t.Error("a metric is labelled by an alert")
	}
	if r := f.post("/hooks/made-up", "{}"); r.status != http.StatusNotFound ||
		strings.Contains(f.ask(http.MethodGet, "/metrics", nil).text, "made-up") {
		t.Error("a stranger can make up a metric")
	}
}

func TestIllDeskIsInTheMetrics(t *testing.T) {
	f := newFace(t, plan{dead: true})
	if r := f.post(apiV2, `[{"labels":{"alertname":"Stuck","severity":"P1"}}]`); r.status != http.StatusOK {
		t.Fatal(r)
	}
	f.eventually("the desk is down", func() bool { return f.metric(`docket_desk_up{desk="local"}`) == "0" })
	f.eventually("one ticket waits", func() bool { return f.metric(`docket_effects_waiting{kind="file",state="queued"}`) == "1" })
}
