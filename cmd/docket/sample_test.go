package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSampleShowsWhatASourceMakesOfABody(t *testing.T) {
	s := newShell(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "docket.yaml")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(config, `
sources:
  - name: orders
    format: generic
    resolve_timeout: 1h
    map: {items: body.checks, key: item.id, title: 'item.name + " " + header["x-site"]', severity: item.level,
      labels: '{"team": body.team}', annotations: '{"summary": item.text}'}
`)
	body := filepath.Join(dir, "body.json")
	write(body, `{"team":"shop","checks":[{"id":7,"name":"Queue","level":"critical","text":"<stuck>"},{"name":"no id"}]}`)
	args := []string{"--config", config, "config", "check", "--sample", body, "--source", "orders", "--header", "X-Site: north"}
	shown := s.run(args...)
	var rows []map[string]any
	if err := json.Unmarshal([]byte(shown.out), &rows); err != nil || len(rows) != 1 || shown.code != exitWarnings {
		t.Fatalf("exit %d, %v\n%s\n%s", shown.code, err, shown.out, shown.err)
	}
	got := map[string]any{}
	for _, field := range []string{"title", "severity", "status", "source", "labels", "annotations"} {
		got[field] = rows[0][field]
	}
	want := map[string]any{
		"title": "Queue north", "severity": "P1", "status": "firing", "source": "orders",
		"labels": map[string]any{"alertname": "Queue north", "team": "shop"}, "annotations": map[string]any{"summary": "<stuck>"},
	}
	if diff := cmp.Diff(want, got); diff != "" || rows[0]["expires_at"] == nil {
		t.Errorf("%s\n%s", diff, shown.out)
	}
	if !strings.Contains(shown.err, "items[1] map.key cannot be read from this body: no such key: id") {
		t.Errorf("the bad one is not named: %s", shown.err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--sample", body}, "--sample and --source go together"},
		{[]string{"--sample", body, "--source", "nobody"},
			`there is no pushed source named "nobody"; the pushed sources are alertmanager, grafana, orders, pagerduty, prometheus`},
		{[]string{"--sample", filepath.Join(dir, "none"), "--source", "orders"}, "no such file"},
		{[]string{"--sample", body, "--source", "grafana"}, "alerts: is missing"},
		{[]string{"--sample", body, "--source", "orders", "--header", "x"}, "is not valid: write NAME:VALUE"},
	} {
		if got := s.run(append([]string{"--config", config, "config", "check"}, c.args...)...); got.code != exitErrors ||
			!strings.Contains(got.err, c.says) {
			t.Errorf("%v: exit %d, %s", c.args, got.code, got.err)
		}
	}
}
