package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthIsAnExitCodeForChecksOfContainers(t *testing.T) {
	s := newShell(t)
	if a := s.run("health"); a.code != exitWarnings || a.out != "" || !strings.Contains(a.err, "no docket is running there") {
		t.Errorf("without a server: exit %d\n%s%s", a.code, a.out, a.err)
	}
	stop := s.serve()
	if out := s.must("health"); !strings.Contains(out, "is ready") {
		t.Errorf("it says %q", out)
	}
	var row healthRow
	if err := json.Unmarshal([]byte(s.must("health", "--json")), &row); err != nil || !row.Alive || !row.Ready ||
		row.Version == "" || row.Error != "" {
		t.Errorf("%+v, %v", row, err)
	}
	stop()

	full := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(`{"ready":false,"error":"the disk is full"}`))
			return
		}
		_, _ = w.Write([]byte(`{"status":"alive","version":"1"}`))
	}))
	defer full.Close()
	if a := s.run("--server", full.URL, "health"); a.code != exitWarnings || a.err != "docket: alive, but not ready: the disk is full\n" {
		t.Errorf("not ready: exit %d\n%s%s", a.code, a.out, a.err)
	}
	if a := s.run("--server", full.URL, "health", "--json"); a.code != exitWarnings || !strings.Contains(a.out, `"ready": false`) ||
		!strings.Contains(a.out, "the disk is full") {
		t.Errorf("not ready: exit %d\n%s%s", a.code, a.out, a.err)
	}
}
