package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Users have the Alertmanager and the amtool of their distribution, years older than ours:
// Debian 12 has 0.25. Where one is installed, it works with Docket, too.

// installedProgram is one that is on the PATH, other than the pinned one.
func installedProgram(t testing.TB, variable string) string {
	t.Helper()
	notInShort(t)
	path := os.Getenv(variable)
	if path == "" {
		t.Skipf("no other program is installed here that %s could name: apt-get install prometheus-alertmanager", variable)
	}
	return path
}

func TestAnInstalledOlderAmtoolWorksWithDocket(t *testing.T) {
	t.Parallel()
	path := installedProgram(t, "DOCKET_TEST_INSTALLED_AMTOOL")
	p := start(t, setup{yaml: amRoutes})
	must := func(args ...string) string {
		t.Helper()
		out, err := runAmtool(t, path, p.url, args...)
		if err != nil {
			t.Fatalf("amtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return out
	}
	must("alert", "add", "alertname=CheckoutDown", "severity=critical", "team=shop")
	must("alert", "add", "DiskFull", "severity=P4", "node=db1")
	// Older ones print a warning of their version first, which is no part of what was asked for.
	out := must("-o", "json", "alert", "query", "team=shop")
	var alerts []struct{ Labels map[string]string }
	if err := json.Unmarshal([]byte(out[max(0, strings.Index(out, "[{")):]), &alerts); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if len(alerts) != 1 || alerts[0].Labels["alertname"] != "CheckoutDown" {
		t.Errorf("alert query team=shop: %+v", alerts)
	}
	fields := strings.Fields(must("silence", "add", "-a", "anna", "-c", "an upgrade", "-d", "2h", "alertname=DiskFull"))
	id := fields[len(fields)-1]
	if out := must("silence", "query", "-q"); !strings.Contains(out, id) {
		t.Errorf("silence query shows no %s:\n%s", id, out)
	}
	must("silence", "expire", id)
	if out := must("silence", "query", "-q"); strings.Contains(out, id) {
		t.Errorf("an expired silence is shown:\n%s", out)
	}
	if out := must("config", "routes", "test", "--verify.receivers=shop", "team=shop"); !strings.Contains(out, "shop") {
		t.Errorf("config routes test team=shop: %s", out)
	}
}

func TestAnInstalledOlderAlertmanagerMakesOneTicketPerAlert(t *testing.T) {
	t.Parallel()
	path := installedProgram(t, "DOCKET_TEST_INSTALLED_ALERTMANAGER")
	p := start(t, setup{database: "docket.db"})
	address := freeAddress(t)
	config := writeFile(t, filepath.Join(t.TempDir(), "alertmanager.yml"),
		fmt.Sprintf(`route: {receiver: docket, group_wait: 0s, group_interval: 1s, repeat_interval: 1s}
receivers:
- name: docket
  webhook_configs: [{url: '%s/hooks/alertmanager', send_resolved: true}]
`, p.url))
	service(t, "http://"+address+"/-/ready", path, "--config.file="+config, "--web.listen-address="+address, "--storage.path="+t.TempDir(),
		"--cluster.listen-address=")
	const alerts = `[{"labels":{"alertname":"OldOne","severity":"critical"}},{"labels":{"alertname":"OldTwo","severity":"P2"}}]`
	if status, answer, err := post("http://"+address+"/api/v2/alerts", alerts); err != nil || status != http.StatusOK {
		t.Fatalf("Alertmanager refused: %d %v %s", status, err, answer)
	}
	eventually(t, patience, "each alert has its ticket, and was sent again", func() bool {
		by := listed(p)
		return by["OldOne"] == 1 && by["OldTwo"] == 1 && p.metric(`docket_alerts_received_total{result="repeated",source="alertmanager"}`) >= 2
	})
	if by := listed(p); len(by) != 2 || by["OldOne"] != 1 || by["OldTwo"] != 1 {
		t.Errorf("tickets: %v, want one each", by)
	}
}
