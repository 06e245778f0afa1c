package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/auth"
)

// shownAlerts are the alertnames at an address, in its order.
func shownAlerts(f *face, query string) []string {
	f.t.Helper()
	var all []struct{ Labels map[string]string }
	f.get("/api/v2/alerts?"+query, &all)
	names := []string{}
	for _, a := range all {
		names = append(names, a.Labels["alertname"])
	}
	return names
}

func TestAlertsAreShownAsAlertmanagerShowsThem(t *testing.T) {
	f := newFace(t, plan{})
	f.post(apiV2, `[{"labels":{"alertname":"A","severity":"P4"},"annotations":{"summary":"s"},"generatorURL":"http://p/",`+
		`"startsAt":"2026-11-23T10:00:00Z","endsAt":"2999-01-01T00:00:00Z"}]`)
	var all []map[string]any
	f.get("/api/v2/alerts", &all)
	if len(all) != 1 {
		t.Fatalf("%d alerts", len(all))
	}
	got := all[0]
	for _, moving := range []string{"endsAt", "updatedAt"} {
		if text, _ := got[moving].(string); !strings.HasSuffix(text, "Z") || len(text) != len("2026-11-23T10:00:00.000Z") {
			t.Errorf("%s reads %v", moving, got[moving])
		}
		delete(got, moving)
	}
	want := map[string]any{
		"labels": map[string]any{"alertname": "A", "severity": "P4"}, "annotations": map[string]any{"summary": "s"}, "generatorURL": "http://p/",
		"startsAt": "2026-11-23T10:00:00.000Z", "fingerprint": "a6ea0af73ca5b2a2", "receivers": []any{map[string]any{"name": "default"}},
		"status": map[string]any{"state": "active", "silencedBy": []any{}, "inhibitedBy": []any{}, "mutedBy": []any{}},
	}
	if len(got["fingerprint"].(string)) == 16 {
		want["fingerprint"] = got["fingerprint"] // Proved equal to Alertmanager's in internal/alert.
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQueriesOfAlertsAreAlertmanagers(t *testing.T) {
	f := newFace(t, plan{})
	f.post(apiV2, `[{"labels":{"alertname":"A","severity":"P4"}},{"labels":{"alertname":"B","severity":"P4","route":"it's"}},`+
		`{"labels":{"alertname":"Over","severity":"P4"},"endsAt":"2020-01-01T00:00:00Z"}]`)
	for query, want := range map[string]string{
		"": "A B", "active=false": "", "active=true&silenced=false&inhibited=false&unprocessed=false": "A B", "filter=alertname%3DA": "A",
		"filter=alertname%3D~%22A%7CB%22&filter=route%21%3D%22%22": "B", "receiver=it%27s": "B", "receiver=def": "", "receiver=def.*": "A",
	} {
		names := shownAlerts(f, query)
		if strings.Contains(want, " ") && len(names) == 2 && names[0] > names[1] {
			names[0], names[1] = names[1], names[0]
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q shows %q, want %q", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"filter=%7B": "bad matcher format", "active=perhaps": "active must be true or false", "receiver=(": "failed to parse receiver param",
		"receiver_matchers=a%3Db": "Docket's receivers have no labels",
	} {
		r := f.ask(http.MethodGet, "/api/v2/alerts?"+query, nil)
		if r.status != http.StatusBadRequest || !strings.HasPrefix(r.text, `"`+want) {
			t.Errorf("%q: %d %s, want %s", query, r.status, r.text, want)
		}
	}
	if r := f.ask(http.MethodGet, "/api/v2/alerts/groups?muted=7x", nil); r.status != http.StatusBadRequest {
		t.Errorf("groups?muted=7x: %d", r.status)
	}
}

func TestGroupsAreTheAlertsOfARouteAndName(t *testing.T) {
	f := newFace(t, plan{})
	f.post(apiV2, `[{"labels":{"alertname":"A","n":"1","severity":"P4"}},{"labels":{"alertname":"A","n":"2","severity":"P4"}},`+
		`{"labels":{"alertname":"A","n":"3","severity":"P4","route":"it's"}}]`)
	var groups []struct {
		Labels, RouteLabels map[string]string
		Receiver            struct{ Name string }
		Alerts              []struct{ Labels map[string]string }
	}
	f.get("/api/v2/alerts/groups", &groups)
	var got []string
	for _, g := range groups {
		got = append(got, g.Labels["alertname"]+"/"+g.Receiver.Name+"/"+strings.Repeat("*", len(g.Alerts)))
		if g.RouteLabels == nil {
			t.Error("routeLabels are null")
		}
	}
	if diff := cmp.Diff([]string{"A/default/**", "A/it's/*"}, got); diff != "" {
		t.Error(diff)
	}
}

// That Alertmanager's own parser reads it, and routes by it, is TestAmtoolShowsConfigurationAndCluster.
func TestRoutesAreShownInAlertmanagersWords(t *testing.T) {
	f := newFace(t, plan{})
	var status struct {
		Config      struct{ Original string }
		VersionInfo struct{ Revision string }
	}
	f.get("/api/v2/status", &status)
	want := "# Docket's routes, in Alertmanager's format.\nroute:\n  receiver: default\n  group_by: [alertname]\n  routes:\n    - receiver: " +
		"'it''s'\n      matchers:\n        - 'route=\"it''s\"'\n" +
		"receivers:\n  - name: default\n  - name: 'it''s'\n"
	if diff := cmp.Diff(want, status.Config.Original); diff != "" || status.VersionInfo.Revision != "1.2.3" {
		t.Errorf("%+v %s", status.VersionInfo, diff)
	}
	var receivers []struct{ Name string }
	f.get("/api/v2/receivers", &receivers)
	if len(receivers) != 2 || receivers[0].Name != "default" || receivers[1].Name != "it's" {
		t.Errorf("receivers are %v", receivers)
	}
}

func TestAlertmanagersAPIAsksForAToken(t *testing.T) {
	f := newFace(t, plan{tokens: []auth.Token{{Name: "eyes", Secret: "read-0123456789ab", Scopes: []string{string(auth.Read)}}}})
	for _, path := range []string{"/api/v2/alerts", "/api/v2/alerts/groups", "/api/v2/receivers", "/api/v2/status"} {
		if r := f.ask(http.MethodGet, path, nil); r.status != http.StatusUnauthorized {
			t.Errorf("GET %s without a token: %d", path, r.status)
		}
		if r := f.ask(http.MethodGet, path, nil, "Authorization: Bearer read-0123456789ab"); r.status != http.StatusOK {
			t.Errorf("GET %s: %d %s", path, r.status, r.text)
		}
	}
}
