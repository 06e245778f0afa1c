package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
	"docket/internal/doctor"
	"docket/internal/store/storetest"
)

// What the runbook asks people to do by hand: file one issue about the sender, at the desk of those who can fix it.
func TestASenderWhoseIDsKeepChangingGetsOneTicketByPolicy(t *testing.T) {
	t.Parallel()
	notInShort(t)
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yamlWith(time.Second, "{unstable_ids: ticket}") + `
sources: [{name: old, format: alertmanager, identity: alert_id}]
routes: [{match: ['alertname="UnstableAlertIDs"', 'source="old"'], desk: local, tags: ["type:reliability"]}]
`})
		report := func(poll int) {
			for n, title := range []string{"Flood", "Surge"} {
				p.mustPost("/hooks/old", strings.Replace(webhook("firing", title), `"generatorURL"`,
					fmt.Sprintf(`"fingerprint":"%016x","generatorURL"`, (n+1)<<24+poll), 1))
			}
		}
		atLocal := func() (found []string) {
			var tickets []struct{ Desk, Subject string }
			p.get("/api/v1/tickets", &tickets)
			for _, ticket := range tickets {
				if ticket.Desk == "local" {
					found = append(found, ticket.Subject)
				}
			}
			return found
		}
		polls := 0
		eventually(t, 30*time.Second, "the ticket about the sender is filed", func() bool {
			report(polls)
			polls++
			return len(atLocal()) > 0
		})
		f.oneTicketEach(t, 20*time.Second, []string{"Flood", "Surge"})
		report(polls)
		if all := atLocal(); len(all) != 1 || !strings.Contains(all[0], "UnstableAlertIDs") {
			t.Errorf("the tickets about the sender are %q", all)
		}
	})
}

// The runbook's failure mode 1: the aggregator calls one alert by a new id at every poll.
func TestAnAlertUnderEverNewIDsHasOneTicketAndIsNamed(t *testing.T) {
	t.Parallel()
	notInShort(t)
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yaml(time.Second) + "sources: [{name: old, format: alertmanager, identity: alert_id}]\n"})
		for poll := range 6 {
			body := strings.Replace(webhook("firing", "Flood"), `"generatorURL"`,
				fmt.Sprintf(`"fingerprint":"%016x","generatorURL"`, 0xabc000+poll), 1)
			p.mustPost("/hooks/old", body)
		}
		f.oneTicketEach(t, 20*time.Second, []string{"Flood"})
		eventually(t, 15*time.Second, "it is said", func() bool {
			return strings.Contains(p.log.String(), "alert id changed while the alert fires, keeping the first key")
		})
		if n := strings.Count(p.log.String(), "alert id changed while the alert fires"); n != 1 {
			t.Errorf("it is said %d times", n)
		}
		var rows []map[string]any
		eventually(t, 20*time.Second, "it is audited", func() bool { // The line may come a moment before the row.
			rows = nil
			p.get("/api/v1/audit?action=console.alerts.unstable_id", &rows)
			return len(rows) > 0
		})
		if len(rows) != 1 {
			t.Errorf("%d audit rows", len(rows))
		}
		status, answer, err := post(p.url+"/api/v1/doctor", "{}")
		var e doctor.Examination
		if err != nil || status != 200 || json.Unmarshal([]byte(answer), &e) != nil {
			t.Fatalf("%d %v %s", status, err, answer)
		}
		named := false
		for _, found := range e.Findings {
			named = named || (found.Hop == "alert ids" && found.Name == "ids_unstable" && found.Fix != "")
		}
		if !named {
			t.Errorf("the doctor does not name it: %s", answer)
		}
	})
}
