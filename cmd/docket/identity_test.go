package main

import (
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// An operator changes the identity of a source while an incident is open: the alerts that come
// from then on would have another key, and a second ticket, if the key were made anew.
func TestAnOpenIncidentKeepsItsKeyWhateverTheConfigurationBecomes(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		with := func(identity string) string {
			return f.yaml(2*time.Second) + "sources: [{name: prom, format: alertmanager" + identity + "}]\n"
		}
		s := setup{database: url, dir: t.TempDir(), yaml: with("")}
		p := start(t, s)
		p.mustPost("/hooks/prom", webhook("firing", "Kept"))
		f.oneTicketEach(t, 30*time.Second, []string{"Kept"})
		p.settled(20 * time.Second)
		keys := func() (all []string) {
			var rows []struct {
				AlertKey string `json:"alert_key"`
				State    string `json:"state"`
			}
			p.get("/api/v1/incidents", &rows)
			for _, r := range rows {
				all = append(all, r.AlertKey+" "+r.State)
			}
			return all
		}
		before := keys()
		p.stop()
		s.yaml = with(", identity: {drop: [team]}")
		p = start(t, s)
		p.mustPost("/hooks/prom", webhook("firing", "Kept"))
		p.settled(20 * time.Second)
		if now := keys(); len(now) != 1 || now[0] != before[0] {
			t.Errorf("incidents are %q, before the change %q", now, before)
		}
		p.mustPost("/hooks/prom", webhook("resolved", "Kept"))
		eventually(t, 20*time.Second, "the incident recovers", func() bool {
			now := keys()
			return len(now) == 1 && now[0] == before[0][:16]+" recovered"
		})
		f.oneTicketEach(t, time.Second, []string{"Kept"})
	})
}

func TestASourcesOwnSeverityDecidesAboutATicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		p := start(t, setup{database: url,
			yaml: "sources: [{name: eager, format: alertmanager, ticket_at: P3}, {name: strict, format: alertmanager, ticket_at: P1}]\n"})
		body := func(name string) string {
			return strings.Replace(webhook("firing", name), `"severity":"critical"`, `"severity":"warning"`, 1)
		}
		p.mustPost("/hooks/eager", body("Mild"))
		p.mustPost("/hooks/strict", body("MildToo"))
		p.mustPost("/hooks/alertmanager", body("MildThree"))
		p.settled(20 * time.Second)
		var rows []struct{ Subject string }
		p.get("/api/v1/tickets", &rows)
		if len(rows) != 1 || !strings.Contains(rows[0].Subject, "Mild:") {
			t.Errorf("tickets: %+v", rows)
		}
	})
}
