package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// realProgram returns the path of a program that a variable names: the pinned one, never
// what happens to be on the PATH.
func realProgram(t testing.TB, variable string) string {
	t.Helper()
	notInShort(t)
	path := os.Getenv(variable)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s does not name the real program (%v): run the tests by scripts/with-tools, after scripts/setup", variable, err)
	}
	return path
}

// service starts a real program on loopback and waits until it answers at url.
func service(t testing.TB, url, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = t.TempDir()
	out := &logBuffer{}
	cmd.Stdout, cmd.Stderr = writer{out}, writer{out}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // It may be gone already.
		_ = cmd.Wait()         // Its exit is what was asked for.
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(program), out)
		}
	})
	eventually(t, 30*time.Second, program+" answers", func() bool {
		resp, err := http.Get(url)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

type writer struct{ to *logBuffer }

func (w writer) Write(p []byte) (int, error) {
	w.to.add(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func writeFile(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// listed are the local desk's tickets by alert name.
func listed(p *process) map[string]int {
	var rows []struct{ Subject string }
	p.get("/api/v1/tickets", &rows)
	by := map[string]int{}
	for _, r := range rows {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.Subject, "P1 "), "P2 "), " ")
		by[strings.TrimSuffix(name, ":")]++
	}
	return by
}

// TestTour is the README's tour with the real programs: a real Prometheus evaluates rules
// and posts to Docket as if it were an Alertmanager, a real Alertmanager sends its
// notifications, and one ticket per alert comes out, also after a restart and a kill -9.
func TestRealPrometheusAndAlertmanagerMakeOneTicketPerAlert(t *testing.T) {
	t.Parallel()
	prometheus := realProgram(t, "DOCKET_TEST_PROMETHEUS")
	alertmanager := realProgram(t, "DOCKET_TEST_ALERTMANAGER")
	s := setup{dir: t.TempDir(), database: "docket.db"}
	s.env = []string{"DOCKET_LISTEN=" + freeAddress(t)}
	p := startAt(t, s)
	dir := t.TempDir()

	// Prometheus with three rules, two of which fire; Docket is its Alertmanager.
	promAddress := freeAddress(t)
	rules := writeFile(t, filepath.Join(dir, "rules.yml"), `groups:
- name: tour
  interval: 1s
  rules:
  - {alert: PromCritical, expr: vector(1) > 0, labels: {severity: critical}, annotations: {summary: always fires}}
  - {alert: PromError, expr: vector(1) > 0, labels: {severity: error}, annotations: {summary: always fires too}}
  - {alert: PromQuiet, expr: vector(0) > 1, labels: {severity: critical}}
`)
	config := writeFile(t, filepath.Join(dir, "prometheus.yml"), fmt.Sprintf(`global: {evaluation_interval: 1s, scrape_interval: 1s}
rule_files: [%s]
alerting:
  alertmanagers:
  - static_configs: [{targets: [%q]}]
`, rules, strings.TrimPrefix(p.url, "http://")))
	service(t, "http://"+promAddress+"/-/ready", prometheus, "--config.file="+config, "--web.listen-address="+promAddress,
		"--storage.tsdb.path="+filepath.Join(dir, "tsdb"), "--rules.alert.resend-delay=2s")

	// Alertmanager with Docket as its webhook, repeating as fast as it can.
	amAddress := freeAddress(t)
	amConfig := writeFile(t, filepath.Join(dir, "alertmanager.yml"),
		fmt.Sprintf(`route: {receiver: docket, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 2s}
receivers:
- name: docket
  webhook_configs: [{url: '%s/hooks/alertmanager', send_resolved: true}]
`, p.url))
	service(t, "http://"+amAddress+"/-/ready", alertmanager, "--config.file="+amConfig, "--web.listen-address="+amAddress,
		"--storage.path="+filepath.Join(dir, "am"), "--cluster.listen-address=")
	const amAlerts = `[{"labels":{"alertname":"AmOne","severity":"critical"}},{"labels":{"alertname":"AmTwo","severity":"P2"}}]`
	tell := func() {
		if status, answer, err := post("http://"+amAddress+"/api/v2/alerts", amAlerts); err != nil || status != http.StatusOK {
			t.Fatalf("Alertmanager refused: %d %v %s", status, err, answer)
		}
	}
	tell()

	want := []string{"AmOne", "AmTwo", "PromCritical", "PromError"}
	onlyOnce := func(when string) {
		t.Helper()
		eventually(t, 30*time.Second, "one ticket per alert "+when, func() bool { return len(listed(p)) == len(want) })
		by := listed(p)
		for _, name := range want {
			if by[name] != 1 {
				t.Errorf("%s: %s has %d tickets, want 1: %v", when, name, by[name], by)
			}
		}
	}
	onlyOnce("at first")

	// The same alerts again: both programs have repeated themselves by now.
	repeated := func() float64 { return p.metric(`docket_alerts_received_total{result="repeated",source="prometheus"}`) }
	eventually(t, 30*time.Second, "Prometheus and Alertmanager repeat", func() bool {
		return repeated() >= 4 && p.metric(`docket_alerts_received_total{result="repeated",source="alertmanager"}`) >= 4
	})
	onlyOnce("after repeats")

	// A restart, then a crash: after each, both programs tell everything again.
	for _, end := range []struct {
		name string
		do   func()
	}{{"a restart", func() { p.stop() }}, {"a kill -9", func() { p.kill() }}} {
		end.do()
		p = startAt(t, s)
		tell()
		eventually(t, 30*time.Second, "both tell it again after "+end.name, func() bool {
			return repeated() >= 4 && p.metric(`docket_alerts_received_total{result="repeated",source="alertmanager"}`) >= 2
		})
		onlyOnce("after " + end.name)
	}
	var verdict struct{ Whole bool }
	if p.get("/api/v1/audit/verify", &verdict); !verdict.Whole {
		t.Error("the audit log is not whole")
	}
}

// startAt starts docket on the address that its environment names.
func startAt(t testing.TB, s setup) *process {
	t.Helper()
	s.listenByEnv = true
	return start(t, s)
}

// metric reads one metric's value, 0 while it is not there.
func (p *process) metric(name string) float64 {
	p.t.Helper()
	resp, err := http.Get(p.url + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var text strings.Builder
	if _, err := io.Copy(&text, resp.Body); err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.SplitSeq(text.String(), "\n") {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			var v float64
			if _, err := fmt.Sscan(rest, &v); err != nil {
				p.t.Fatal(err)
			}
			return v
		}
	}
	return 0
}

// TestPollOfARealAlertmanager: what it shows gets its ticket, what it does not show any
// more has recovered, and while it cannot be asked nothing changes.
func TestPollOfARealAlertmanager(t *testing.T) {
	t.Parallel()
	alertmanager := realProgram(t, "DOCKET_TEST_ALERTMANAGER")
	address := freeAddress(t)
	config := writeFile(t, filepath.Join(t.TempDir(), "alertmanager.yml"), "route: {receiver: none}\nreceivers: [{name: none}]\n")
	service(t, "http://"+address+"/-/ready", alertmanager, "--config.file="+config, "--web.listen-address="+address, "--storage.path="+
		t.TempDir(), "--cluster.listen-address=")
	p := start(t, setup{database: "docket.db",
		yaml: fmt.Sprintf("sources: [{name: am-main, poll: alertmanager, url: 'http://%s', every: 1s}]\n", address)})
	am := "http://" + address + "/api/v2/alerts"
	if status, answer, err := post(am, `[{"labels":{"alertname":"Polled","severity":"critical"}}]`); err != nil || status != http.StatusOK {
		t.Fatal(status, answer, err)
	}
	eventually(t, 20*time.Second, "the polled alert has its ticket", func() bool { return listed(p)["Polled"] == 1 })
	if status, answer, err := post(am,
		fmt.Sprintf(`[{"labels":{"alertname":"Polled","severity":"critical"},"endsAt":%q}]`,
			time.Now().UTC().Format(time.RFC3339Nano))); err != nil || status != http.StatusOK {
		t.Fatal(status, answer, err)
	}
	eventually(t, 20*time.Second, "the vanished alert has recovered", func() bool {
		var incidents []struct{ State string }
		p.get("/api/v1/incidents", &incidents)
		return len(incidents) == 1 && incidents[0].State == "recovered"
	})
	if n := listed(p)["Polled"]; n != 1 {
		t.Errorf("%d tickets, want 1", n)
	}
}
