package source_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

func poll(kind string) source.Poll { return source.Poll{Name: "main", Kind: kind} }

func TestPolledAlertmanagerFiresAllThatItLists(t *testing.T) {
	all, err := poll("alertmanager").Decode(recorded(t, "poll_alertmanager.json"), now)
	if err != nil {
		t.Fatal(err)
	}
	// 13 are listed, 7 of them suppressed by a silence.
	if len(all) != 13 {
		t.Fatalf("%d alerts, want 13", len(all))
	}
	for _, a := range all {
		if a.Status != alert.Firing || !a.ExpiresAt.IsZero() || !a.EndsAt.IsZero() || a.Poll != "main" ||
			a.Source != "main" || !a.SaidAt.Equal(now) {
			t.Errorf("%s: %+v", a.Labels, a)
		}
		if a.ID != a.Key.String() {
			t.Errorf("%s: Alertmanager's fingerprint is %s, the key %s", a.Labels, a.ID, a.Key)
		}
	}
}

func TestPolledPrometheusFiresOnlyWhatFires(t *testing.T) {
	all, err := poll("prometheus").Decode(recorded(t, "poll_prometheus.json"), now)
	if err != nil {
		t.Fatal(err)
	}
	// SlowCheckout is pending. Prometheus does not list its external labels here.
	ls := labels("alertname", "HighErrorRate", "severity", "critical", "team", "shop")
	want := []alert.Alert{{
		Fingerprint: alert.Fingerprint("", ls), Key: alert.Fingerprint("", ls), Source: "main", Poll: "main",
		Labels:      ls,
		Annotations: labels("description", "über <b>5 %</b> & rising\nsecond line", "summary", "Error rate of checkout is 7%"),
		Severity:    alert.P1, Status: alert.Firing, Title: "HighErrorRate", SaidAt: now,
		StartsAt: time.Date(2026, 11, 23, 10, 36, 55, 821465000, time.UTC),
	}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
}

func TestNothingFiringIsNotAnError(t *testing.T) {
	for kind, body := range map[string]string{
		"alertmanager": `[]`,
		"prometheus":   `{"status":"success","data":{"alerts":[]},"warnings":["x"]}`,
	} {
		if all, err := poll(kind).Decode([]byte(body), now); err != nil || len(all) != 0 {
			t.Errorf("%s: %v, %v", kind, all, err)
		}
	}
}

func TestAnswerOfAnotherShapeIsAnErrorAndNeverAnEmptyList(t *testing.T) {
	tests := []struct{ kind, body, says string }{
		{"alertmanager", ``, "body: is empty"},
		{"alertmanager", `null`, "body: must be an array, not null"},
		{"alertmanager", `{}`, "body: must be an array, not an object"},
		{"alertmanager", `{"status":"success","data":[]}`, "body: must be an array"},
		{"alertmanager", `<!DOCTYPE html><title>Sign in</title>`, "body: is not valid JSON: invalid character '<'"},
		{"alertmanager", `[{"labels":{"a":"b"}}`, "unexpected EOF"},
		{"alertmanager", `[] []`, "more text after"},
		{"alertmanager", `[null]`, "[0].labels: at least one label"},
		{"prometheus", `null`, `status: "" is not success`},
		{"prometheus", `[]`, "body: must be an object, not an array"},
		{"prometheus", `{}`, `status: "" is not success`},
		{"prometheus", `{"status":"error","errorType":"internal","error":"boom","data":{"alerts":[]}}`, `status: "error" is not success`},
		{"prometheus", `{"data":{"alerts":[]}}`, `status: "" is not success`},
		{"prometheus", `{"status":"success"}`, "data.alerts: is missing"},
		{"prometheus", `{"status":"success","data":null}`, "data.alerts: is missing"},
		{"prometheus", `{"status":"success","data":{}}`, "data.alerts: is missing"},
		{"prometheus", `{"status":"success","data":[]}`, "data: must be an object, not an array"},
		{"prometheus", `{"status":"success","data":{"alerts":null}}`, "data.alerts: must be an array, not null"},
		{"prometheus", `{"status":"success","data":{"alerts":{}}}`, "data.alerts: must be an array, not an object"},
		{"prometheus", `{"status":"success","data":{"alerts":[{"state":"firing"}]}}`, "data.alerts[0].labels: at least one label"},
		{"prometheus", `{"status":"success","data":{"alerts":[7]}}`, "data.alerts[0]: must be an object, not a number"},
		{"zabbix", `[]`, `its kind "zabbix" is not one of alertmanager, prometheus`},
	}
	for _, tt := range tests {
		all, err := poll(tt.kind).Decode([]byte(tt.body), now)
		if err == nil || all != nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "main") {
			t.Errorf("Decode(%s, %s) = %d alerts, %v; want an error that names main and says %q", tt.kind, tt.body, len(all), err, tt.says)
		}
	}
}

func TestOneUnreadableAlertCostsThePollNothingElse(t *testing.T) {
	b, c := labels("a", "b"), labels("a", "c")
	keyOf := func(ls alert.Labels) alert.Key { return alert.Fingerprint("", ls) }
	tests := []struct {
		kind, body, says string
		kept, still      []alert.Key
		nameless         bool
	}{
		{"alertmanager", `[{"labels":{"a":"b"}},{"labels":{"a":1}}]`, "[1].labels.a: must be a string", []alert.Key{keyOf(b)}, nil, true},
		{"alertmanager", `[{"labels":{"a":"b"}},{}]`, "[1].labels: at least one label", []alert.Key{keyOf(b)}, nil, true},
		{"alertmanager", `[{"labels":{"a":"b"}},{"labels":{"a":"c"},"labels":{"a":"d"}}]`, "[1].labels: appears twice",
			[]alert.Key{keyOf(b)}, nil, true},
		{"alertmanager", `[{"labels":{"a":"b"},"startsAt":"soon"},{"labels":{"a":"c"}}]`, "[0].startsAt",
			[]alert.Key{keyOf(b), keyOf(c)}, nil, false},
		{"prometheus", `{"status":"success","data":{"alerts":[{"labels":{"a":"b"},"state":"firing"},{"labels":{"a":"c"}}]}}`,
			`data.alerts[1].state: "" is not one of firing`, []alert.Key{keyOf(b)}, []alert.Key{keyOf(c)}, false},
		{"prometheus", `{"status":"success","data":{"alerts":[{"labels":{"a":"b"},"state":"burning"}]}}`,
			`data.alerts[0].state: "burning" is not one of firing`, nil, []alert.Key{keyOf(b)}, false},
		{"prometheus", `{"status":"success","data":{"alerts":[{"state":"firing","labels":{"a":"b"},"activeAt":"soon"},{"labels":{"a":"c"}}]}}`,
			`data.alerts[0].activeAt`, []alert.Key{keyOf(b)}, []alert.Key{keyOf(c)}, false},
	}
	for _, tt := range tests {
		all, err := poll(tt.kind).Decode([]byte(tt.body), now)
		var unread *source.UnreadError
		if !errors.As(err, &unread) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "main") {
			t.Errorf("Decode(%s, %s): %v; want an error that names main and says %q", tt.kind, tt.body, err, tt.says)
			continue
		}
		var kept []alert.Key
		for _, a := range all {
			kept = append(kept, a.Fingerprint)
		}
		if diff := cmp.Diff([]any{tt.kept, tt.still, tt.nameless}, []any{kept, unread.Still, unread.Nameless}); diff != "" {
			t.Errorf("Decode(%s, %s): %s", tt.kind, tt.body, diff)
		}
	}
}

// serve answers polls with h; it returns the server's URL.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestFetchAsksAsTheServersWantIt(t *testing.T) {
	for kind, want := range map[string]string{
		"alertmanager": "/prefix/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true",
		"prometheus":   "/prefix/api/v1/alerts",
	} {
		var asked, auth, accept string
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			asked, auth, accept = r.Method+" "+r.URL.String(), r.Header.Get("Authorization"), r.Header.Get("Accept")
			_, _ = w.Write(recorded(t, "poll_"+kind+".json"))
		})
		p := source.Poll{Name: "main", Kind: kind, URL: url + "/prefix/", Token: "s3cret"}
		all, err := p.Fetch(t.Context(), source.NewPollClient(), now)
		if err != nil || len(all) == 0 {
			t.Fatalf("%s: %d alerts, %v", kind, len(all), err)
		}
		if asked != "GET "+want || auth != "Bearer s3cret" || accept != "application/json" {
			t.Errorf("asked %q with %q, accepting %q", asked, auth, accept)
		}
	}
}

func TestFailedFetchIsSaidInASentenceWithoutTheToken(t *testing.T) {
	elsewhere := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		t.Error("a redirect was followed")
		_, _ = io.WriteString(w, "[]")
	})
	gone := httptest.NewServer(nil)
	gone.Close()
	tests := []struct {
		name, says string
		url        string
	}{
		{"refused", "main cannot be reached", gone.URL},
		{"no URL", "main: the URL is not valid", "http://user:s3cret@[::1"},
		{"error", "main returned 500 Internal Server Error instead of its alerts",
			serve(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "[]", 500) })},
		{"created", "main returned 201 Created",
			serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); _, _ = io.WriteString(w, "[]") })},
		{"no content", "main returned 204 No Content", serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })},
		{"redirect", "main returned 302 Found",
			serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, http.StatusFound) })},
		{"login page", "not valid JSON", serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") })},
		{"cut off", "main was cut off", serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "[]")
		})},
		{"endless", "main is larger than 64 MB", serve(t, func(w http.ResponseWriter, _ *http.Request) {
			spaces := []byte(strings.Repeat(" ", 1<<20))
			for {
				if _, err := w.Write(spaces); err != nil {
					return
				}
			}
		})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := source.Poll{Name: "main", Kind: "alertmanager", URL: tt.url, Token: "s3cret"}
			// A client that follows redirects is overruled.
			all, err := p.Fetch(t.Context(), &http.Client{}, now)
			if err == nil || all != nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("%d alerts, err = %v; want %q", len(all), err, tt.says)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the token stands in %q", err)
			}
		})
	}
	if _, err := (source.Poll{Name: "main", Kind: "zabbix", URL: elsewhere}).Fetch(t.Context(), &http.Client{}, now); err == nil ||
		!strings.Contains(err.Error(), `"zabbix"`) {
		t.Errorf("err = %v", err)
	}
}

func TestFetchGivesUpWhenTold(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	url := serve(t, func(http.ResponseWriter, *http.Request) { close(arrived); <-release })
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		_, err := source.Poll{Name: "main", Kind: "prometheus", URL: url}.Fetch(ctx, source.NewPollClient(), now)
		result <- err
	}()
	<-arrived
	cancel()
	select {
	case err := <-result:
		if err == nil {
			t.Error("a poll that was given up is no error")
		}
	case <-time.After(5 * time.Second):
		t.Error("the poll goes on after it was given up")
	}
}

// silent is a server that never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestFetchWaits10SecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		_, err := source.Poll{Name: "main", Kind: "prometheus", URL: "http://p"}.Fetch(t.Context(), &http.Client{Transport: silent{}}, now)
		if took := time.Since(begin); err == nil || took != 10*time.Second {
			t.Errorf("gave up after %s with %v", took, err)
		}
	})
}

func TestPollNeverPrintsItsToken(t *testing.T) {
	p := source.Poll{Name: "main", Kind: "prometheus", URL: "http://u:s3cret@p", Token: "s3cret"}
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "poll", p, "polls", []source.Poll{p})
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "poll", p)
	fmt.Fprintf(&b, "%v %+v %#v %s %v", p, p, p, p, &p)
	if strings.Contains(b.String(), "s3cret") || !strings.Contains(b.String(), "poll of prometheus main") {
		t.Error(b.String())
	}
	if diff := cmp.Diff([]string{"alertmanager", "prometheus"}, source.PollKinds()); diff != "" {
		t.Error(diff)
	}
}
