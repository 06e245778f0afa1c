package main

import (
	"docket/internal/config"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func deployed(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestProcfileStartsWhatThereIs(t *testing.T) {
	want := map[string]string{"release": "migrate", "web": "serve"}
	got := map[string]string{}
	for line := range strings.Lines(deployed(t, "Procfile")) {
		kind, command, _ := strings.Cut(strings.TrimSpace(line), ": bin/docket ")
		got[kind] = command
		s := newShell(t)
		if help := s.run(command, "--help"); help.code != exitOK {
			t.Errorf("%s: %s", command, help.err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestPlatformSetsWhatIsRead: a platform's environment, as app.json makes it, is a good
// configuration that listens on PORT; each variable of Docket's in it is one that is read.
func TestPlatformSetsWhatIsRead(t *testing.T) {
	var file struct {
		Env map[string]struct {
			Value     string
			Generator string
			Required  *bool
		}
	}
	if err := json.Unmarshal([]byte(deployed(t, "app.json")), &file); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	cfg, err := config.Load(writeFile(t, filepath.Join(t.TempDir(), "docket.yaml"), ""), func(name string) (string, bool) {
		asked[name] = true
		switch v, there := file.Env[name]; {
		case name == "PORT":
			return "5000", true
		case name == "DATABASE_URL":
			return "postgres://u:p@ec2.example.org:5432/d", true
		case there && v.Generator == "secret":
			return name + "-0123456789abcdef", true
		default:
			return v.Value, v.Value != ""
		}
	})
	if err != nil || cfg.Listen != ":5000" || len(cfg.Auth.Tokens) != 2 {
		t.Fatalf("listens on %s with %d tokens: %v", cfg.Listen, len(cfg.Auth.Tokens), err)
	}
	// The buildpack and PostgreSQL's driver read these.
	others := []string{"GO_INSTALL_PACKAGE_SPEC", "CGO_ENABLED", "PGSSLMODE"}
	for name, v := range file.Env {
		if !asked[name] && !slices.Contains(others, name) {
			t.Errorf("app.json sets %s, which nothing reads", name)
		}
		if v.Value == "" && v.Generator == "" && (v.Required == nil || *v.Required) {
			t.Errorf("app.json requires %s and gives no value", name)
		}
	}
}

// metricName is a metric of Docket's in an expression.
var metricName = regexp.MustCompile(`\bdocket_[a-z0-9_]+`)

// exercised is a docket that has done a little of everything that it counts.
func exercised(t testing.TB) *process {
	t.Helper()
	f := newShell(t) // For a free address.
	p := start(t, setup{env: []string{"DOCKET_LISTEN=" + f.env["DOCKET_LISTEN"]}, listenByEnv: true, yaml: "policies: {stale_after: 1s}\n"})
	p.mustPost(hook, strings.Replace(webhook("firing", "Exercise"), `"truncatedAlerts":0`, `"truncatedAlerts":2`, 1))
	eventually(t, 20*time.Second, "the desk was heard", func() bool { return p.metric(`docket_desk_up{desk="local"}`) == 1 })
	return p
}

// exposed are the names of what a docket exposes.
func exposed(t testing.TB, p *process) map[string]bool {
	t.Helper()
	resp, err := http.Get(p.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if name := metricName.FindString(line); name != "" && !strings.HasPrefix(line, "#") {
			names[name] = true
		}
	}
	return names
}

func TestEveryMetricOfRulesAndDashboardIsThere(t *testing.T) {
	notInShort(t)
	have := exposed(t, exercised(t))
	// What is waiting is only there while something waits.
	have["docket_effects_waiting"] = true
	for _, file := range []string{"deploy/prometheus-rules.yml", "deploy/grafana-dashboard.json"} {
		for _, name := range metricName.FindAllString(deployed(t, file), -1) {
			if !have[name] {
				t.Errorf("%s names %s, which /metrics does not have", file, name)
			}
		}
	}
	var dashboard struct {
		Title  string
		Panels []struct {
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(deployed(t, "deploy/grafana-dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	taken := map[[2]int]string{}
	for _, p := range dashboard.Panels {
		if len(p.Targets) == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %q shows nothing or is too wide", p.Title)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" {
					t.Fatalf("panels %q and %q lie on each other", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

// TestPrometheusTakesRulesAndDashboard: the real one loads the rules without a fault, finds
// none firing on a healthy Docket but the alerts it really left out, and runs every
// expression of the dashboard.
func TestPrometheusTakesRulesAndDashboard(t *testing.T) {
	t.Parallel()
	prometheus := realProgram(t, "DOCKET_TEST_PROMETHEUS")
	p := exercised(t)
	dir, address := t.TempDir(), freeAddress(t)
	rules := writeFile(t, filepath.Join(dir, "rules.yml"), deployed(t, "deploy/prometheus-rules.yml"))
	config := writeFile(t, filepath.Join(dir, "prometheus.yml"), fmt.Sprintf(`global: {evaluation_interval: 1s, scrape_interval: 1s}
rule_files: [%q]
scrape_configs: [{job_name: docket, static_configs: [{targets: [%q]}]}]
`, rules, strings.TrimPrefix(p.url, "http://")))
	service(t, "http://"+address+"/-/ready", prometheus, "--config.file="+config, "--web.listen-address="+address, "--storage.tsdb.path="+
		filepath.Join(dir, "data"))
	prom := &process{t: t, url: "http://" + address}
	type rule struct{ Name, Health, State, LastError string }
	var loaded struct {
		Data struct{ Groups []struct{ Rules []rule } }
	}
	eventually(t, 30*time.Second, "every rule is evaluated", func() bool {
		prom.get("/api/v1/rules", &loaded)
		return len(loaded.Data.Groups) == 1 &&
			!slices.ContainsFunc(loaded.Data.Groups[0].Rules, func(r rule) bool { return r.Health == "unknown" })
	})
	for _, r := range loaded.Data.Groups[0].Rules {
		if r.Health != "ok" || r.State == "firing" && r.Name != "DocketAlertsLeftOut" {
			t.Errorf("rule %s is %s and %s: %s", r.Name, r.Health, r.State, r.LastError)
		}
	}
	if want := strings.Count(deployed(t, "deploy/prometheus-rules.yml"), "- alert:"); len(loaded.Data.Groups[0].Rules) != want {
		t.Errorf("%d rules are loaded of %d", len(loaded.Data.Groups[0].Rules), want)
	}
	exprs := map[string]bool{}
	for _, m := range regexp.MustCompile(`"expr": ("(?:[^"\\]|\\.)*")`).FindAllStringSubmatch(deployed(t, "deploy/grafana-dashboard.json"),
		-1) {
		var expr string
		if err := json.Unmarshal([]byte(m[1]), &expr); err != nil {
			t.Fatal(err)
		}
		exprs[expr] = true
	}
	for expr := range maps.Keys(exprs) {
		resp, err := http.PostForm(prom.url+"/api/v1/query", map[string][]string{"query": {expr}})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", expr, text)
		}
	}
	if len(exprs) < 10 {
		t.Errorf("the dashboard has only %d expressions", len(exprs))
	}
}
