package app

import (
	"docket/internal/intake"
	"docket/internal/storm"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/config"
	"docket/internal/incident"
)

func load(t *testing.T, text string) config.Config {
	t.Helper()
	cfg, err := config.Parse("docket.yaml", []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestARouteMayHaveItsOwnStormLimit(t *testing.T) {
	cfg := load(t, "policies: {storm: {limit: 20, per: 5m}}\nroutes:\n  - {name: loud, match: ['team=\"loud\"'], storm: {limit: 3}}\n  - "+
		"{name: long, match: ['team=\"long\"'], storm: {per: 1h}}\n  - {name: free, match: ['team=\"free\"'], storm: {limit: 0}}\n")
	r, err := newRules(cfg, map[string]deskRule{cfg.Desk: {outage: func() storm.Outage { return storm.Outage{} }}},
		func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for route, want := range map[string]storm.Policy{
		"":     {Limit: 20, Per: 5 * time.Minute},
		"loud": {Limit: 3, Per: 5 * time.Minute},
		"long": {Limit: 20, Per: time.Hour},
		"free": {Limit: 0, Per: 5 * time.Minute},
	} {
		if got := r.policy(incident.Incident{Route: route}, time.Now()).Storm; got != want {
			t.Errorf("route %q: %+v, want %+v", route, got, want)
		}
	}
}

func TestASourceAndARouteMayHaveTheirOwnSeverityForATicket(t *testing.T) {
	cfg := load(t, "policies: {ticket_at: P2}\nsources:\n  - {name: strict, format: grafana, ticket_at: P1}\n  - {name: eager, poll: "+
		"prometheus, url: 'http://127.0.0.1:9090', ticket_at: P4}\n  - {name: plain, format: grafana}\n"+
		"routes:\n  - {name: own, match: ['team=\"own\"'], ticket_at: P3}\n  - {name: tags, match: ['team=\"tags\"'], tags: [x]}\n")
	r, err := newRules(cfg, map[string]deskRule{cfg.Desk: {outage: func() storm.Outage { return storm.Outage{} }}},
		func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		route, source string
		want          alert.Severity
	}{
		{"", "plain", alert.P2},
		{"", "unknown", alert.P2},
		{"", "strict", alert.P1},
		{"", "eager", alert.P4},
		{"own", "plain", alert.P3},
		{"own", "strict", alert.P3}, // The route's goes before the source's.
		{"tags", "strict", alert.P1},
		{"tags", "plain", alert.P2},
		{"gone", "eager", alert.P4},
	} {
		if got := r.policy(incident.Incident{Route: c.route, Source: c.source}, time.Now()).TicketAt; got != c.want {
			t.Errorf("route %q, source %q: a ticket at %s, want %s", c.route, c.source, got, c.want)
		}
	}
}

func TestARouteMayHaveItsOwnHoldSettleRecoveryMailboxAndTags(t *testing.T) {
	cfg := load(t, "freescout: {api_url: 'http://desk.example.org', api_key: key, mailbox_id: 1}\n"+
		"policies: {hold: 1m, settle: 2m, on_recovery: note}\nroutes:\n"+
		"  - {name: own, match: ['team=\"own\"'], hold: 5m, settle: 0s, on_recovery: close, mailbox_id: 7, tags: [shop]}\n  - {name: plain, "+
		"match: ['team=~\".+\"']}\n")
	r, err := newRules(cfg, map[string]deskRule{cfg.Desk: {outage: func() storm.Outage { return storm.Outage{} }}},
		func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for team, want := range map[string]struct {
		route        string
		hold, settle time.Duration
		recovery     incident.OnRecovery
		mailbox      string
		tags         []string
	}{
		"own":   {"own", 5 * time.Minute, 0, incident.RecoveryClose, "7", []string{incident.TagAlert, "shop"}}, // The first that matches counts.
		"other": {"plain", time.Minute, 2 * time.Minute, incident.RecoveryNote, "", []string{incident.TagAlert}},
		"":      {"", time.Minute, 2 * time.Minute, incident.RecoveryNote, "", []string{incident.TagAlert}},
	} {
		route := r.route(alert.Alert{Labels: alert.NewLabels(map[string]string{"team": team})})
		p := r.policy(incident.Incident{Route: route}, time.Now())
		if route != want.route || p.Hold != want.hold || p.Settle != want.settle || p.OnRecovery != want.recovery ||
			r.place(route) != want.mailbox || !slices.Equal(p.Tags, want.tags) {
			t.Errorf("team %q: route %q, hold %s, settle %s, %s, mailbox %q, tags %v", team, route, p.Hold, p.Settle,
				p.OnRecovery, r.place(route), p.Tags)
		}
	}
}

func TestAnExpectedAlertIsMissedBySourceNameAndPace(t *testing.T) {
	t.Parallel()
	cfg := load(t, "sources:\n  - {name: prometheus, format: prometheus, expect: {alert: Watchdog, every: 5m}}\n")
	want := []intake.Expectation{{Source: "prometheus", Alert: "Watchdog", Every: 5 * time.Minute, Severity: alert.P2}}
	if diff := cmp.Diff(want, expectations(cfg)); diff != "" {
		t.Error(diff)
	}
}
