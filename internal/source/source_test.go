package source_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

// now is shortly after the recorded replies were recorded.
var now = time.Date(2026, 11, 23, 10, 43, 0, 0, time.UTC)

var (
	webhook    = source.Source{Name: "alertmanager", Format: "alertmanager"}
	prometheus = source.Source{Name: "prometheus", Format: "prometheus"}
)

func recorded(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// normalize reads a body of which something can be kept.
func normalize(t testing.TB, s source.Source, body string) source.Batch {
	t.Helper()
	b, err := s.Normalize([]byte(body), now)
	if err != nil {
		t.Fatalf("Normalize(%.200s): %v", body, err)
	}
	return b
}

// one reads a body of exactly one good alert.
func one(t testing.TB, s source.Source, body string) alert.Alert {
	t.Helper()
	b := normalize(t, s, body)
	if len(b.Alerts) != 1 || len(b.Rejected) != 0 {
		t.Fatalf("Normalize(%.200s) keeps %d and rejects %v", body, len(b.Alerts), b.Rejected)
	}
	return b.Alerts[0]
}

// hook is a webhook with these alerts.
func hook(alerts ...string) string {
	return `{"version":"4","status":"firing","alerts":[` + strings.Join(alerts, ",") + `]}`
}

func key(t testing.TB, hex string) alert.Key {
	t.Helper()
	k, err := alert.ParseKey(hex)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// labels makes labels of names and values in turn.
func labels(pairs ...string) alert.Labels {
	var ls alert.Labels
	for i := 0; i < len(pairs); i += 2 {
		ls = append(ls, alert.Label{Name: pairs[i], Value: pairs[i+1]})
	}
	return ls.Sort()
}

func clock(h, m, s, ms int) time.Time {
	return time.Date(2026, 11, 23, h, m, s, ms*1e6, time.UTC)
}

// highErrorRate is the recorded alert, as every way of telling it has it.
func highErrorRate(t testing.TB) alert.Alert {
	return alert.Alert{
		Fingerprint: key(t, "43a16e21fde0686d"), Key: key(t, "43a16e21fde0686d"),
		Labels: labels("alertname", "HighErrorRate", "cluster", "eu-west-1", "severity", "critical", "team", "shop"),
		Annotations: labels(
			"description", "über <b>5 %</b> & rising\nsecond line", "summary", "Error rate of checkout is 7%",
		),
		Severity: alert.P1, Status: alert.Firing, StartsAt: clock(10, 40, 40, 821), SaidAt: now, Title: "HighErrorRate",
		Link: "http://monitor.example.org:9090/graph?g0.expr=%28vector%28time%28%29%29+%25+40+%3C+20%29+%2A+0+%2B+0.07&g0.tab=1",
	}
}

func TestRecordedAlertIsOneProblemByEveryWay(t *testing.T) {
	fired := highErrorRate(t)
	fromHook := fired
	fromHook.Source, fromHook.ID = "alertmanager", "43a16e21fde0686d"
	endedHook := fromHook
	endedHook.Status, endedHook.EndsAt = alert.Resolved, clock(10, 41, 0, 821)
	fromPost := fired
	fromPost.Source, fromPost.ExpiresAt = "prometheus", clock(10, 44, 40, 821)
	endedPost := fired
	endedPost.Source, endedPost.Status, endedPost.EndsAt = "prometheus", alert.Resolved, clock(10, 41, 0, 821)
	tests := []struct {
		file string
		by   source.Source
		want alert.Alert
	}{
		{"webhook_firing.json", webhook, fromHook},
		{"webhook_resolved.json", webhook, endedHook},
		{"prometheus_firing.json", prometheus, fromPost},
		{"prometheus_resolved.json", prometheus, endedPost},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			body := strings.ReplaceAll(string(recorded(t, tt.file)), "monitor.example.org:29090", "monitor.example.org:9090")
			if diff := cmp.Diff(tt.want, one(t, tt.by, body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRecordedGroupIsReadAlertByAlert(t *testing.T) {
	b := normalize(t, webhook, string(recorded(t, "webhook_group.json")))
	if len(b.Alerts) != 7 || len(b.Rejected) != 0 {
		t.Fatalf("%d alerts, rejected %v; want 7 and none", len(b.Alerts), b.Rejected)
	}
	for _, a := range b.Alerts {
		if a.ID != a.Key.String() || a.Key != a.Fingerprint {
			t.Errorf("%s: Alertmanager's fingerprint is %s, ours %s, the key %s", a.Labels, a.ID, a.Fingerprint, a.Key)
		}
		if a.Severity != alert.P3 || a.Title != "t" || !a.ExpiresAt.IsZero() {
			t.Errorf("%s: severity %s, title %q, expires %s", a.Labels, a.Severity, a.Title, a.ExpiresAt)
		}
	}
}

func TestNULIsReplacedAfterTheKeyIsMade(t *testing.T) {
	a := one(t, webhook, string(recorded(t, "webhook_nul.json")))
	if a.Key.String() != a.ID {
		t.Errorf("key %s, Alertmanager's fingerprint is %s", a.Key, a.ID)
	}
	if got := a.Labels.Get("x"); got != "a\uFFFDb" {
		t.Errorf("the label is kept as %q, which PostgreSQL cannot or people should not see", got)
	}
	a = one(t, prometheus, `[{"labels":{"alertname":"A\u0000","z":"1","a\u0000":"2"},"annotations":{"\u0000":"\u0000"}}]`)
	want := labels("alertname", "A\uFFFD", "a\uFFFD", "2", "z", "1")
	if diff := cmp.Diff(want, a.Labels); diff != "" {
		t.Error(diff)
	}
	if a.Title != "A\uFFFD" || a.Annotations.Get("\uFFFD") != "\uFFFD" {
		t.Errorf("title %q, annotations %s", a.Title, a.Annotations)
	}
}

func TestSendersBufferMayBeUsedAgain(t *testing.T) {
	body := recorded(t, "prometheus_firing.json")
	b, err := prometheus.Normalize(body, now)
	if err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprintf("%+v", b.Alerts)
	clear(body)
	if after := fmt.Sprintf("%+v", b.Alerts); after != before {
		t.Errorf("the alerts changed with the buffer:\n%s\n%s", before, after)
	}
}

func TestSeverityAndIdentityAreTheSources(t *testing.T) {
	const body = `[{"labels":{"alertname":"A","severity":"page","pod":"p-1"}},{"labels":{"alertname":"A","severity":"page","pod":"p-2"}}]`
	s := prometheus
	s.Severity = map[string]alert.Severity{"page": alert.P1}
	s.Identity = alert.Identity{Drop: []string{"pod"}}
	b := normalize(t, s, body)
	if b.Alerts[0].Severity != alert.P1 {
		t.Errorf("severity %s, the source says page is P1", b.Alerts[0].Severity)
	}
	if b.Alerts[0].Key != b.Alerts[1].Key || b.Alerts[0].Fingerprint == b.Alerts[1].Fingerprint {
		t.Errorf("two pods have the keys %s and %s, fingerprints %s and %s; want one key, two fingerprints",
			b.Alerts[0].Key, b.Alerts[1].Key, b.Alerts[0].Fingerprint, b.Alerts[1].Fingerprint)
	}
}

func TestIdentityByAlertIDIsOneProblemByEveryWay(t *testing.T) {
	hooked, posted := webhook, prometheus
	hooked.Identity.ByAlertID, posted.Identity.ByAlertID = true, true
	a := one(t, hooked, string(recorded(t, "webhook_firing.json")))
	b := one(t, posted, string(recorded(t, "prometheus_firing.json")))
	if a.Key != b.Key {
		t.Errorf("the webhook's key is %s, the API's %s", a.Key, b.Key)
	}
	if c := one(t, posted, `[{"labels":{"alertname":"other"}}]`); c.Key == b.Key {
		t.Error("another alert has the same key")
	}
}

func TestTitleIsWhatPeopleCallIt(t *testing.T) {
	tests := []struct{ labels, annotations, want string }{
		{`"alertname":"A"`, `"title":"T","summary":"S"`, "A"},
		{`"alertname":"  "`, `"title":"T","summary":"S"`, "T"},
		{`"job":"x"`, `"summary":"  first\nsecond"`, "first"},
		{`"job":"x"`, `"title":"\nlate","summary":"S"`, "S"},
		{`"job":"x"`, `"description":"D"`, "alert"},
	}
	for _, tt := range tests {
		a := one(t, prometheus, `[{"labels":{`+tt.labels+`},"annotations":{`+tt.annotations+`}}]`)
		if a.Title != tt.want {
			t.Errorf("labels %s, annotations %s: title %q, want %q", tt.labels, tt.annotations, a.Title, tt.want)
		}
	}
}

func TestOnlyWebLinksAreKept(t *testing.T) {
	for link, want := range map[string]string{
		"http://p.example.org/graph?a=1&b=2": "http://p.example.org/graph?a=1&b=2",
		"https://p":                          "https://p",
		"":                                   "",
		"javascript:alert(1)":                "",
		"/graph":                             "",
		"http://":                            "",
		"http://p/%zz":                       "",
		"ftp://p/":                           "",
		`http://p/\u0000`:                    "",
		`http://p/\n`:                        "",
		`http://p/#\u0000`:                   "",
		"http://p/" + strings.Repeat("x", 65_536): "",
		`http://p/#\u0085`:                        "",
	} {
		body := `[{"labels":{"alertname":"A"},"generatorURL":"http://first/"},{"labels":{"alertname":"B"},"generatorURL":"` + link + `"}]`
		if got := normalize(t, prometheus, body).Alerts[1].Link; got != want {
			t.Errorf("link %q is kept as %q, want %q", link, got, want)
		}
	}
}

func TestUnknownFormatIsNamed(t *testing.T) {
	_, err := source.Source{Name: "x", Format: "carrier-pigeon"}.Normalize([]byte("[]"), now)
	var bad *source.BadInput
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), "carrier-pigeon") {
		t.Errorf("err = %v", err)
	}
	if diff := cmp.Diff([]string{"alertmanager", "cloudevents", "generic", "grafana", "heroku", "pagerduty", "prometheus"},
		source.Formats()); diff != "" {
		t.Error(diff)
	}
}
