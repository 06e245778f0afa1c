package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// amtool runs the real amtool against a docket, and returns what it prints.
func amtool(t testing.TB, url string, args ...string) (string, error) {
	t.Helper()
	return runAmtool(t, realProgram(t, "DOCKET_TEST_AMTOOL"), url, args...)
}

func runAmtool(t testing.TB, path, url string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, append([]string{"--alertmanager.url=" + url}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TZ=UTC", "USER=ops"}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// mustAmtool runs an amtool that has to go well.
func mustAmtool(t testing.TB, url string, args ...string) string {
	t.Helper()
	out, err := amtool(t, url, args...)
	if err != nil {
		t.Fatalf("amtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// amNames are the alertnames that a query shows.
func amNames(t testing.TB, url string, args ...string) []string {
	t.Helper()
	var all []struct{ Labels map[string]string }
	if err := json.Unmarshal([]byte(mustAmtool(t, url, append([]string{"-o", "json", "alert", "query"}, args...)...)), &all); err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, a := range all {
		names = append(names, a.Labels["alertname"])
	}
	slices.Sort(names)
	return names
}

const amRoutes = "routes:\n  - {name: shop, match: ['team=\"shop\"']}\n"

func TestAmtoolAddsAndQueriesAlerts(t *testing.T) {
	notInShort(t)
	p := start(t, setup{yaml: amRoutes})
	mustAmtool(t, p.url, "alert", "add", "alertname=CheckoutDown", "severity=critical", "team=shop", "--annotation=summary=No order came in.",
		"--generator-url=http://prometheus.example.org/graph")
	mustAmtool(t, p.url, "alert", "add", "DiskFull", "severity=P4", "node=db1")
	if diff := cmp.Diff([]string{"CheckoutDown", "DiskFull"}, amNames(t, p.url)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{`team="shop"`}, []string{"CheckoutDown"}},
		{[]string{`alertname=~"Disk.*"`, "node!=db2"}, []string{"DiskFull"}},
		{[]string{"--receiver", "sho."}, []string{"CheckoutDown"}},
		{[]string{"--receiver", "default"}, []string{"DiskFull"}},
		{[]string{"CheckoutDown"}, []string{"CheckoutDown"}},
		{[]string{"team=none"}, []string{}},
	} {
		if diff := cmp.Diff(c.want, amNames(t, p.url, c.args...)); diff != "" {
			t.Errorf("alert query %v: %s", c.args, diff)
		}
	}
	extended := mustAmtool(t, p.url, "-o", "extended", "alert", "query", "team=shop")
	for _, word := range []string{`summary="No order came in."`, "http://prometheus.example.org/graph", "active"} {
		if !strings.Contains(extended, word) {
			t.Errorf("alert query -o extended does not show %s:\n%s", word, extended)
		}
	}
	// An end counts in whole seconds here, and one before the alert's start is an old word.
	eventually(t, 10*time.Second, "the ended alert is not shown", func() bool {
		mustAmtool(t, p.url, "alert", "add", "DiskFull", "severity=P4", "node=db1", "--end="+time.Now().UTC().Format(time.RFC3339))
		return !slices.Contains(amNames(t, p.url), "DiskFull")
	})
}

func TestAmtoolShowsConfigurationAndCluster(t *testing.T) {
	notInShort(t)
	p := start(t, setup{yaml: amRoutes})
	if out := mustAmtool(t, p.url, "config", "show"); !strings.Contains(out, "receiver: 'shop'") {
		t.Errorf("config show:\n%s", out)
	}
	if out := mustAmtool(t, p.url, "config", "routes", "show"); !strings.Contains(out, `{team="shop"}`) ||
		!strings.Contains(out, "receiver: shop") {
		t.Errorf("config routes show:\n%s", out)
	}
	if out := mustAmtool(t, p.url, "config", "routes", "test", "--verify.receivers=shop", "team=shop"); strings.TrimSpace(out) != "shop" {
		t.Errorf("config routes test team=shop: %s", out)
	}
	if out := mustAmtool(t, p.url, "config", "routes", "test", "--verify.receivers=default",
		"team=other"); strings.TrimSpace(out) != "default" {
		t.Errorf("config routes test team=other: %s", out)
	}
	if out := mustAmtool(t, p.url, "cluster", "show"); !strings.Contains(out, "disabled") {
		t.Errorf("cluster show:\n%s", out)
	}
}

// amSilences are the ids that a query shows.
func amSilences(t testing.TB, url string, args ...string) []string {
	t.Helper()
	return strings.Fields(mustAmtool(t, url, append([]string{"silence", "query", "-q"}, args...)...))
}

func TestAmtoolMakesChangesAndEndsSilences(t *testing.T) {
	notInShort(t)
	s := newShell(t)
	defer s.serve()()
	url := "http://" + s.env["DOCKET_LISTEN"]
	id := strings.TrimSpace(mustAmtool(t, url, "silence", "add", "-a", "anna", "-c", "an upgrade", "-d", "2h",
		"alertname=~Disk.*", `team!="shop"`))
	mustAmtool(t, url, "alert", "add", "DiskFull", "severity=critical", "node=db1")
	mustAmtool(t, url, "alert", "add", "DiskSlow", "severity=critical", "node=db1", "team=shop")
	// The first is muted, the second's ticket is filed.
	eventually(t, 10*time.Second, "one ticket is filed", func() bool {
		return strings.Contains(s.must("tickets"), "DiskSlow")
	})
	if out := s.must("tickets"); strings.Contains(out, "DiskFull") {
		t.Errorf("a muted alert has a ticket:\n%s", out)
	}
	if diff := cmp.Diff([]string{"DiskSlow"}, amNames(t, url)); diff != "" {
		t.Errorf("alert query shows what is muted: %s", diff)
	}
	if diff := cmp.Diff([]string{"DiskFull", "DiskSlow"}, amNames(t, url, "--silenced", "--active")); diff != "" {
		t.Errorf("alert query --silenced: %s", diff)
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{id}}, {[]string{"--created-by", "anna", "--within", "3h"}, []string{id}}, {[]string{"--within", "1h"}, []string{}},
		{[]string{`alertname=~"Disk.*"`}, []string{id}}, {[]string{"alertname=Other"}, []string{}}, {[]string{"--expired"}, []string{}},
	} {
		if diff := cmp.Diff(c.want, amSilences(t, url, c.args...), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("silence query %v: %s", c.args, diff)
		}
	}
	if out := mustAmtool(t, url, "silence", "update", "-d", "5h", "-c", "a longer one", id); !strings.Contains(out, "a longer one") {
		t.Errorf("silence update:\n%s", out)
	}
	if got := amSilences(t, url, "--within", "3h"); len(got) != 0 {
		t.Errorf("after the update %v ends within 3h", got)
	}
	mustAmtool(t, url, "silence", "expire", id)
	if diff := cmp.Diff([]string{id}, amSilences(t, url, "--expired")); diff != "" {
		t.Errorf("silence query --expired: %s", diff)
	}
	eventually(t, 10*time.Second, "what still fires gets its ticket", func() bool {
		return strings.Contains(s.must("tickets"), "DiskFull")
	})
	if out, err := amtool(t, url, "silence", "add", "-c", "all", "alertname=~.*"); err == nil {
		t.Errorf("a silence of everything was made: %s", out)
	}
	if out := s.must("silences", "list"); !strings.Contains(out, "a longer one") || !strings.Contains(out, "expired") {
		t.Errorf("docket silences list:\n%s", out)
	}
}
