package source_test

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

// mapping compiles expressions that are good.
func mapping(t testing.TB, whole bool, expressions map[string]string) *source.Mapping {
	t.Helper()
	m, faults := source.NewMapping(expressions, whole)
	if faults != nil {
		t.Fatal(faults)
	}
	return m
}

// generic is a source with a mapping.
func generic(t testing.TB, expressions map[string]string) source.Source {
	return source.Source{Name: "own", Format: "generic", Map: mapping(t, true, expressions)}
}

// uptime maps what Uptime Kuma sends.
var uptime = map[string]string{
	"key":         "body.monitor.id",
	"title":       "body.monitor.name + ' is ' + (body.heartbeat.status == 1 ? 'up' : 'down')",
	"status":      "body.heartbeat.status == 1 ? 'resolved' : 'firing'",
	"severity":    "'critical'",
	"labels":      "{'monitor': body.monitor.name, 'team': body.monitor.tags.filter(t, t.name == 'team')[0].value, 'n': body.monitor.id}",
	"annotations": "{'summary': body.heartbeat.msg}",
	"starts_at":   "body.heartbeat.time",
	"link":        "body.monitor.url",
	"id":          "body.heartbeat.monitorID",
}

func TestMappedBodyIsAnAlert(t *testing.T) {
	a := one(t, generic(t, uptime), string(recorded(t, "generic_uptime.json")))
	key := alert.Fingerprint("own", labels("dedup_key", "7"))
	want := alert.Alert{
		Fingerprint: key, Key: key, Source: "own", ID: "7", Severity: alert.P1, Status: alert.Firing,
		StartsAt: clock(10, 41, 12, 345), SaidAt: now,
		Labels:      labels("alertname", "Shop front is down", "monitor", "Shop front", "n", "7", "team", "shop"),
		Annotations: labels("summary", "connect ECONNREFUSED 10.0.0.7:443"), Title: "Shop front is down", Link: "https://shop.example.org",
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
	ended := one(t, generic(t, uptime), strings.Replace(string(recorded(t, "generic_uptime.json")), `"status": 0`, `"status": 1`, 1))
	if ended.Key != a.Key || ended.Status != alert.Resolved {
		t.Errorf("the end is %s, %s", ended.Key, ended.Status)
	}
}

func TestMissingNameIsAnErrorAndNeverAnEmptyKey(t *testing.T) {
	s := generic(t, map[string]string{"key": "body.id", "title": "body.name"})
	for body, want := range map[string]string{
		`{"name":"x"}`:           "map.key: cannot be read from this body: no such key: id (at byte 0)",
		`{"id":null,"name":"x"}`: "map.key: is empty: an alert must have a key (at byte 0)",
		`{"id":" ","name":"x"}`:  "map.key: is empty: an alert must have a key (at byte 0)",
		`{"id":1}`:               "map.title: cannot be read from this body: no such key: name (at byte 0)",
		`{"id":1,"name":"\n "}`:  "map.title: is empty: an alert must have a title (at byte 0)",
		`7`:                      "map.key: cannot be read from this body: no such key: id (at byte 0)",
		`{`:                      "body: is not valid JSON: unexpected EOF (at byte 1)",
		``:                       "body: is empty (at byte 0)",
	} {
		b, err := s.Normalize([]byte(body), now)
		if err == nil || err.Error() != want || len(b.Alerts) > 0 {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

func TestItemsAreReadOneByOne(t *testing.T) {
	s := generic(t, map[string]string{"items": "body.alerts", "when": "item.kind == 'alert'", "key": "item.id", "title": "item.name",
		"severity": "has(item.sev) ? item.sev : ''", "labels": "{'env': body.env}"})
	b := normalize(t, s, `{"env":"prod","alerts":[{"kind":"alert","id":"a","name":"A","sev":"P2"},{"kind":"note"},{"kind":"alert",`+
		`"name":"B"},{"kind":"alert","id":"c","name":"C"}]}`)
	var got []string
	for _, a := range b.Alerts {
		got = append(got, fmt.Sprint(a.Title, a.Severity, a.Labels.Get("env")))
	}
	if diff := cmp.Diff([]string{"AP2prod", "CP3prod"}, got); diff != "" {
		t.Error(diff)
	}
	want := []source.Rejection{{Index: 2, Field: "items[2] map.key", Reason: "cannot be read from this body: no such key: id"}}
	if diff := cmp.Diff(want, b.Rejected); diff != "" {
		t.Error(diff)
	}
	if b := normalize(t, s, `{"alerts":[]}`); len(b.Alerts)+len(b.Rejected) != 0 {
		t.Errorf("nothing is %v", b)
	}
	if _, err := s.Normalize([]byte(`{"alerts":{}}`), now); err == nil || !strings.HasPrefix(err.Error(), "map.items: is not a list") {
		t.Errorf("items that are no list: %v", err)
	}
}

func TestHeaderCanBeReadAndHoldsNoSecret(t *testing.T) {
	s := generic(t, map[string]string{"key": "header['x-event']", "title": "header.map(name, name).join(' ')"})
	header := http.Header{"X-Event": {"push"}, "Authorization": {"Bearer hunter2"}, "Cookie": {"hunter2"},
		"Cf-Access-Client-Secret": {"hunter2"}}
	b, err := s.Read(source.Push{Header: header, Body: []byte("{}")}, now)
	if err != nil || len(b.Alerts) != 1 || b.Alerts[0].Title != "x-event" {
		t.Errorf("%+v %v", b, err)
	}
}

func TestEveryMistakeOfAMappingIsNamedWithItsPlace(t *testing.T) {
	_, faults := source.NewMapping(map[string]string{
		"key": "bod.id", "when": "'yes'", "items": "1 +", "labels": "'a'", "colour": "body.x", "link": "body.a ==\n body.b + )",
		"id": strings.Repeat("1+", 5000) + "1",
	}, true)
	var got []string
	for _, f := range faults {
		got = append(got, fmt.Sprintf("%s %d:%d %.59s", f.Field, f.Line, f.Column, f.Reason))
	}
	want := []string{
		"colour 0:0 is not a field of an alert: use one of annotations, ends_at",
		"id 1:1 is longer than 8192 bytes",
		"items 1:4 is not a valid expression: Syntax error: mismatched input '",
		"key 1:1 is not a valid expression: undeclared reference to 'bod' (d",
		"labels 1:1 is a string and must be a map of strings",
		"link 2:11 is not a valid expression: Syntax error: mismatched input '",
		"when 1:1 is a string and must be true or false",
		"title 0:0 is missing: write an expression, such as body.title",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNoBodyMakesAnExpressionRunForLong(t *testing.T) {
	s := generic(t, map[string]string{"key": "body.all(a, body.all(b, body.all(c, a + b + c >= 0))) ? 'k' : 'l'", "title": "'t'"})
	began := processorTime(t)
	_, err := s.Normalize([]byte("["+strings.Repeat("1,", 2000)+"1]"), now)
	if err == nil || !strings.Contains(err.Error(), "cost limit exceeded") || processorTime(t)-began > 5*time.Second {
		t.Errorf("after %s: %v", processorTime(t)-began, err)
	}
	many := generic(t, map[string]string{"items": "body", "key": "body.all(a, a >= 0) ? string(item) : 'l'", "title": "'t'"})
	began = processorTime(t)
	b, err := many.Normalize([]byte("["+strings.Repeat("1,", 9000)+"1]"), now)
	if err == nil || !strings.Contains(err.Error(), "too many steps") || len(b.Alerts) > 0 || processorTime(t)-began > 20*time.Second {
		t.Errorf("after %s: %v", processorTime(t)-began, err)
	}
	if _, err := many.Normalize([]byte("["+strings.Repeat("1,", 10_000)+"1]"), now); err == nil ||
		!strings.Contains(err.Error(), "more than 10000 alerts") {
		t.Errorf("too many alerts: %v", err)
	}
}

// processorTime is what this process has used so far: unlike the clock, it does not count others' work.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano())
}

func TestMappedTimesNumbersAndWordsAreRead(t *testing.T) {
	for _, c := range []struct {
		body string
		want time.Time
	}{
		{`{"at":1795430460}`, clock(10, 41, 0, 0)},
		{`{"at":1795430460123}`, clock(10, 41, 0, 123)},
		{`{"at":1795430460.5}`, clock(10, 41, 0, 500)},
		{`{"at":"2026-11-23T11:41:00+01:00"}`, clock(10, 41, 0, 0)},
		{`{"at":""}`, now},
		{`{"at":null}`, now},
		{`{"at":-5}`, now},
		{`{"at":1e300}`, now},
	} {
		a := one(t, generic(t, map[string]string{"key": "'k'", "title": "'t'", "starts_at": "body.at"}), c.body)
		if !a.StartsAt.Equal(c.want) {
			t.Errorf("%s: %s, want %s", c.body, a.StartsAt, c.want)
		}
	}
	status := generic(t, map[string]string{"key": "'k'", "title": "'t'", "status": "body.s"})
	for word, want := range map[string]alert.Status{`"OK"`: alert.Resolved, `"Alerting"`: alert.Firing,
		`true`: alert.Firing, `0`: alert.Resolved} {
		if a := one(t, status, `{"s":`+word+`}`); a.Status != want {
			t.Errorf("%s is %s", word, a.Status)
		}
	}
	if _, err := status.Normalize([]byte(`{"s":"maybe"}`), now); err == nil ||
		!strings.Contains(err.Error(), `"maybe" is neither firing nor resolved`) {
		t.Errorf("an unknown word: %v", err)
	}
	if a := one(t, generic(t, map[string]string{"key": "body.n", "title": "'t'"}), `{"n":9007199254740993}`); a.Key != alert.Fingerprint("own",
		labels("dedup_key", "9007199254740993")) {
		t.Error("a large number lost digits in the key")
	}
}

func TestSourceThatNeverResolvesCanExpire(t *testing.T) {
	s := generic(t, map[string]string{"key": "'k'", "title": "'t'"})
	if a := one(t, s, `{}`); !a.ExpiresAt.IsZero() {
		t.Errorf("it expires at %s, and nobody said so", a.ExpiresAt)
	}
	s.ResolveTimeout = time.Hour
	if a := one(t, s, `{}`); !a.ExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("it expires at %s", a.ExpiresAt)
	}
}

func FuzzGeneric(f *testing.F) {
	f.Add([]byte(`{"id":"a","name":"b","labels":{"x":1},"at":5,"s":"ok","sev":"P1","link":"http://x/"}`))
	f.Add(recorded(f, "generic_uptime.json"))
	s := generic(f, map[string]string{
		"items": "type(body) == list ? body : [body]", "key": "item.id", "title": "item.name", "labels": "item.?labels.orValue({})",
		"annotations": "{'all': item}",
		"severity":    "item.?sev.orValue('')", "status": "item.?s.orValue('firing')", "starts_at": "item.?at.orValue(null)",
		"ends_at": "item.?at.orValue(null)", "link": "item.?link.orValue('')",
	})
	fuzzFormat(f, s)
}
