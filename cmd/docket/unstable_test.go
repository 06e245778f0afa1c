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
