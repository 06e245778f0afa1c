package web_test

import (
	"docket/internal/query"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// amDraft is a silence as Alertmanager's clients post it.
func amDraft(id, name, value string, from, until time.Duration) string {
	const layout = "2006-01-02T15:04:05.000Z"
	now := time.Now().UTC()
	return fmt.Sprintf(`{"id":%q,"comment":"works","createdBy":"anna","startsAt":%q,"endsAt":%q,"matchers":[{"name":%q,"value":%q,`+
		`"isRegex":false,"isEqual":true}]}`,
		id, now.Add(from).Format(layout), now.Add(until).Format(layout), name, value)
}

func TestSilencesAreMadeAndShownAsAlertmanagerDoes(t *testing.T) {
	f := newFace(t, plan{})
	id, _ := f.post("/api/v2/silences", amDraft("", "alertname", "Muted", 0, time.Hour)).json(t)["silenceID"].(string)
	f.post(apiV2, `[{"labels":{"alertname":"Muted","severity":"P4"}},{"labels":{"alertname":"Heard","severity":"P4"}}]`)
	var one map[string]any
	f.get("/api/v2/silence/"+id, &one)
	for _, moving := range []string{"startsAt", "endsAt", "updatedAt"} {
		if text, _ := one[moving].(string); !strings.HasSuffix(text, "Z") || len(text) != len("2026-11-23T10:00:00.000Z") {
			t.Errorf("%s reads %v", moving, one[moving])
		}
		delete(one, moving)
	}
	want := map[string]any{
		"id": id, "status": map[string]any{"state": "active"}, "comment": "works", "createdBy": "anna",
		"matchers": []any{map[string]any{"name": "alertname", "value": "Muted", "isRegex": false, "isEqual": true}},
	}
	if diff := cmp.Diff(want, one); diff != "" || len(id) != 36 {
		t.Errorf("%q: %s", id, diff)
	}
	for query, names := range map[string]string{"": "Heard Muted", "silenced=false": "Heard", "active=false": "Muted"} {
		var all []struct {
			Labels map[string]string
			Status struct {
				State      string
				SilencedBy []string
			}
		}
		f.get("/api/v2/alerts?"+query, &all)
		shown := map[string]bool{}
		for _, a := range all {
			shown[a.Labels["alertname"]] = true
			if muted := a.Labels["alertname"] == "Muted"; muted != (a.Status.State == "suppressed") ||
				muted != (len(a.Status.SilencedBy) == 1 && a.Status.SilencedBy[0] == id) {
				t.Errorf("%+v", a)
			}
		}
		for _, name := range []string{"Heard", "Muted"} {
			if shown[name] != strings.Contains(names, name) {
				t.Errorf("%q shows %v, want %s", query, shown, names)
			}
		}
	}
}

func TestSilencesAreListedInAlertmanagersOrder(t *testing.T) {
	f := newFace(t, plan{})
	made := map[string]string{}
	for _, s := range []struct {
		name        string
		from, until time.Duration
	}{{"later", 2 * time.Hour, 5 * time.Hour}, {"sooner", time.Hour, 6 * time.Hour}, {"long", 0, 4 * time.Hour}, {"short", 0, 3 * time.Hour},
		{"over", 0, time.Hour}} {
		id, _ := f.post("/api/v2/silences", amDraft("", "name", s.name, s.from, s.until)).json(t)["silenceID"].(string)
		made[id] = s.name
		if s.name == "over" {
			if r := f.ask(http.MethodDelete, "/api/v2/silence/"+id, nil); r.status != http.StatusOK {
				t.Fatal(r)
			}
		}
	}
	for query, want := range map[string]string{
		"": "short long sooner later over", "expired=false": "short long sooner later", "active=false&pending=false": "over",
		"filter=name%3Dlong": "long", "filter=name%3Dlong&filter=x%3Dy": "",
	} {
		var all []struct{ ID string }
		f.get("/api/v2/silences?"+query, &all)
		names := []string{}
		for _, s := range all {
			names = append(names, made[s.ID])
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
}

func TestWhatIsNoSilenceIsRefusedInAlertmanagersWords(t *testing.T) {
	f := newFace(t, plan{})
	for body, want := range map[string]string{
		`{`: "the body is not a silence",
		`{"endsAt":"2999-01-01T00:00:00Z","matchers":[{"name":"a","value":"(","isRegex":true}]}`:  "matcher 1 is not valid",
		`{"endsAt":"2999-01-01T00:00:00Z","matchers":[{"name":"a","value":".*","isRegex":true}]}`: "at least one must require a value",
		`{"endsAt":"2999-01-01T00:00:00Z","matchers":[]}`:                                         "at least one matcher",
		`{"annotations":{"a":"b"}}`:                     "does not store annotations of silences",
		amDraft("", "a", "b", -2*time.Hour, -time.Hour): "its end must be in the future",
	} {
		if r := f.post("/api/v2/silences", body); r.status != http.StatusBadRequest || !strings.HasPrefix(r.text, `"`) ||
			!strings.Contains(r.text, want) {
			t.Errorf("%s: %d %s, want %q", body, r.status, r.text, want)
		}
	}
	for method, path := range map[string]string{http.MethodGet: "/api/v2/silence/none", http.MethodDelete: "/api/v2/silence/none"} {
		if r := f.ask(method, path, nil); r.status != http.StatusNotFound {
			t.Errorf("%s %s: %d", method, path, r.status)
		}
	}
	if r := f.post("/api/v2/silences", amDraft("none", "a", "b", 0, time.Hour)); r.status != http.StatusNotFound {
		t.Errorf("a change of a silence that is not there: %d %s", r.status, r.text)
	}
	if r := f.ask(http.MethodGet, "/api/v2/silences?active=perhaps", nil); r.status != http.StatusBadRequest {
		t.Error(r)
	}
	var rows []query.SilenceRow
	if f.get("/api/v1/silences", &rows); len(rows) != 0 {
		t.Errorf("%+v", rows)
	}
}
