package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"docket/internal/desk/fakedesk"
	"docket/internal/reconcile"
)

// twoDesks files into the local desk, and what is called Shop... into FreeScout.
func twoDesks(f *freescout) string {
	return fmt.Sprintf("desk: local\nfreescout: {api_url: %q, api_key: test-key, mailbox_id: 1, rate: 100000, wait_out: 1s}\n"+
		"routes:\n- {match: ['alertname=~\"Shop.*\"'], desk: freescout}\n", f.url)
}

func TestReconcileComparesWithEachDesk(t *testing.T) {
	f := newFreeScout(t, fakedesk.Options{})
	p := start(t, setup{database: t.TempDir() + "/docket.db", yaml: twoDesks(f)})
	p.mustPost("/hooks/alertmanager", webhook("firing", "Shop", "Here"))
	p.settled(patience)
	docket := func(args ...string) (code int, out, err string) {
		t.Helper()
		var o, e strings.Builder
		code = run(t.Context(), append([]string{"--server", p.url}, args...), environ(nil), strings.NewReader(""), &o, &e)
		return code, o.String(), e.String()
	}

	code, out, _ := docket("reconcile")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitOK || len(lines) != 2 || !strings.Contains(lines[0], " open tickets of local ") ||
		!strings.Contains(lines[1], " open tickets of freescout ") {
		t.Errorf("all desks: %d\n%s", code, out)
	}
	var reports []reconcile.Report
	code, out, _ = docket("reconcile", "--json")
	if err := json.Unmarshal([]byte(out), &reports); err != nil || code != exitOK || len(reports) != 2 || reports[1].Desk != "freescout" {
		t.Errorf("all desks as JSON: %d, %v\n%s", code, err, out)
	}
	var one reconcile.Report
	code, out, _ = docket("reconcile", "--desk", "freescout", "--json")
	if err := json.Unmarshal([]byte(out), &one); err != nil || code != exitOK || one.Desk != "freescout" || one.Tickets != 1 {
		t.Errorf("one desk as JSON: %d, %v\n%s", code, err, out)
	}
	if code, _, err := docket("reconcile", "--desk", "jira"); code != exitErrors || !strings.Contains(err, "jira") {
		t.Errorf("an unknown desk: %d %s", code, err)
	}

	f.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
	code, out, err := docket("reconcile")
	if code != exitErrors || !strings.Contains(out, " open tickets of local ") || !strings.Contains(err, "compare with freescout") {
		t.Errorf("one desk away: %d\n%s%s", code, out, err)
	}
	f.Clear()
}
