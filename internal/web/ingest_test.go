package web_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docket/internal/alert"
	"docket/internal/query"
)

// The two ways in.
const (
	hook  = "/hooks/alertmanager"
	apiV2 = "/api/v2/alerts"
)

// inHook makes a webhook's body of alerts.
func inHook(alerts ...string) string {
	return `{"version":"4","status":"firing","alerts":[` + strings.Join(alerts, ",") + `]}`
}

// named is an alert that both ways take.
func named(name string) string {
	return `{"status":"firing","labels":{"alertname":"` + name + `","severity":"P4"}}`
}

func TestAnswerSaysWhatBecameOfTheAlerts(t *testing.T) {
	f := newFace(t, plan{})
	keyOfA := alert.Fingerprint("", alert.NewLabels(map[string]string{"alertname": "A", "severity": "P4"})).String()
	for _, c := range []struct{ path, body, want string }{
		{hook, inHook(named("A"), named("B")), `{"status":"success","accepted":2,"new":2,"repeated":0}`},
		{hook, inHook(named("A"), named("B"), named("C")), `{"status":"success","accepted":3,"new":1,"repeated":2}`},
		{"/hooks/shop", inHook(named("A")), `{"status":"success","accepted":1,"new":0,"repeated":1,"alert_key":"` + keyOfA + `"}`},
		{apiV2, "[" + named("A") + "," + named("D") + "]", `{"status":"success","accepted":2,"new":1,"repeated":1}`},
		{apiV2, "[]", `{"status":"success","accepted":0,"new":0,"repeated":0}`},
		{hook, inHook(strings.ReplaceAll(named("A"), "firing", "resolved")),
			`{"status":"success","accepted":1,"new":0,"repeated":0,"alert_key":"` + keyOfA + `"}`},
	} {
		r := f.post(c.path, c.body)
		if r.status != http.StatusOK || strings.TrimSpace(r.text) != c.want || r.header.Get("Content-Type") != "application/json" {
			t.Errorf("POST %s %s: %d %s, want %s", c.path, c.body, r.status, r.text, c.want)
		}
	}
	if diff := cmp.Diff([]string{"A", "B", "C", "D"}, f.titles(), cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("kept alerts (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		`docket_alerts_received_total{result="new",source="alertmanager"}`:      "3",
		`docket_alerts_received_total{result="repeated",source="alertmanager"}`: "2",
		`docket_alerts_received_total{result="ended",source="alertmanager"}`:    "1",
		`docket_alerts_received_total{result="repeated",source="prometheus"}`:   "1",
	} {
		if got := f.metric(name); got != want {
			t.Errorf("%s is %q, want %s", name, got, want)
		}
	}
}

func TestBadBodyIsRefusedByTheFieldAndNothingIsKept(t *testing.T) {
	f := newFace(t, plan{})
	good := named("Good")
	for _, c := range []struct{ name, path, body, field, says string }{
		{"no body", hook, "", "body", "is empty"},
		{"malformed", hook, inHook(good) + "}", "body", "more text after"},
		{"half of it", apiV2, "[" + good + `,{"labels":{`, "[1].labels", "unexpected EOF"},
		{"HTML", apiV2, "<html>", "body", "not valid JSON"},
		{"an object for an array", apiV2, `{"alerts":[` + good + `]}`, "body", "must be an array, not an object"},
		{"an array for an object", hook, `[` + good + `]`, "body", "must be an object, not an array"},
		{"alerts are text", hook, `{"version":"4","alerts":"all"}`, "alerts", "must be an array, not a string"},
		{"version 3", hook, strings.Replace(inHook(good), `"4"`, `"3"`, 1), "version", `"3" is not supported`},
		{"version 5", hook, strings.Replace(inHook(good), `"4"`, `"5"`, 1), "version", `"5" is not supported`},
		{"version as a number", hook, strings.Replace(inHook(good), `"4"`, `4`, 1), "version", "must be a string, not a number"},
		{"no version", hook, `{"alerts":[` + good + `]}`, "version", "is missing"},
		{"depth bomb", apiV2, strings.Repeat("[", 1_000_000), "", "exceeded max depth"},
		{"more alerts than a body may hold", apiV2, "[{}" + strings.Repeat(",{}", 100_000) + "]", "body", "more than 100000 alerts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := f.post(c.path, c.body)
			m := r.json(t)
			if r.status != http.StatusBadRequest || (c.field != "" && m["field"] != c.field) ||
				!strings.Contains(fmt.Sprint(m["error"]), c.says) || m["accepted"] != 0.0 {
				t.Errorf("%d %s, want 400 with field %q and %q", r.status, r.text, c.field, c.says)
			}
			if _, ok := m["offset"].(float64); !ok || len(r.text) > 1500 {
				t.Errorf("no offset, or %d bytes: %.300s", len(r.text), r.text)
			}
		})
	}
	if got := f.titles(); len(got) > 0 {
		t.Errorf("kept in spite of a refusal: %q", got)
	}
}

func TestGoodAlertsOfABatchAreKeptBesideABadOne(t *testing.T) {
	f := newFace(t, plan{})
	var kept []string
	number := 0
	var labels strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&labels, `,"l%d":"x"`, i)
	}
	for _, c := range []struct{ name, alert, field, says string }{
		{"10,000 labels", `{"status":"firing","labels":{"alertname":"Bad"` + labels.String() + `}}`, ".labels", "holds more than 512"},
		{"invalid UTF-8", "{\"status\":\"firing\",\"labels\":{\"alertname\":\"Bad\xff\"}}", ".labels.alertname", "is not valid UTF-8"},
		{"a number for a label", `{"status":"firing","labels":{"alertname":"Bad","code":500}}`, ".labels.code", "must be a string, not a number"},
		{"labels as a list", `{"status":"firing","labels":["Bad"]}`, ".labels", "must be an object, not an array"},
		{"no labels", `{"status":"firing","labels":{}}`, ".labels", "at least one label"},
		{"no time", `{"status":"firing","labels":{"alertname":"Bad"},"startsAt":"tomorrow"}`, ".startsAt", "is not an RFC 3339 time"},
		{"text for an alert", `"Bad"`, "", "must be an object, not a string"},
	} {
		for _, path := range []string{hook, apiV2} {
			t.Run(c.name+" to "+path, func(t *testing.T) {
				number++
				first, last := fmt.Sprintf("First%d", number), fmt.Sprintf("Last%d", number)
				kept = append(kept, first, last)
				body, field := "["+named(first)+","+c.alert+","+named(last)+"]", "[1]"+c.field
				if path == hook {
					body, field = `{"version":"4","alerts":`+body+`}`, "alerts[1]"+c.field
				}
				r := f.post(path, body)
				m := r.json(t)
				if r.status != http.StatusBadRequest || m["field"] != field || m["accepted"] != 2.0 ||
					!strings.Contains(fmt.Sprint(m["error"]), "1 of 3 alerts were refused, the others were accepted") {
					t.Errorf("%d %s, want 400 that names %s and 2 kept", r.status, r.text, field)
				}
				rejected, _ := m["rejected"].([]any)
				if len(rejected) != 1 {
					t.Fatalf("rejected: %s", r.text)
				}
				one, _ := rejected[0].(map[string]any)
				if one["index"] != 1.0 || one["field"] != field || !strings.Contains(fmt.Sprint(one["reason"]), c.says) {
					t.Errorf("rejected %v, want index 1, field %s and %q", one, field, c.says)
				}
				if diff := cmp.Diff(kept, f.titles(), cmpopts.SortSlices(strings.Compare)); diff != "" {
					t.Errorf("kept alerts (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestTimesThatNoClockShowsDoNotCostTheAlert(t *testing.T) {
	f := newFace(t, plan{})
	for i, times := range []string{
		`"startsAt":"0001-01-01T00:00:00Z","endsAt":"0001-01-01T00:00:00Z"`,
		`"startsAt":"9999-12-31T23:59:59Z"`,
		`"startsAt":"1969-01-01T00:00:00Z","endsAt":"9999-12-31T23:59:59Z"`,
	} {
		for _, path := range []string{hook, apiV2} {
			alert := fmt.Sprintf(`{"status":"firing","labels":{"alertname":"T%d%s"},%s}`, i, strings.ReplaceAll(path, "/", ""), times)
			body := "[" + alert + "]"
			if path == hook {
				body = inHook(alert)
			}
			if r := f.post(path, body); r.status != http.StatusOK {
				t.Errorf("POST %s %s: %d %s", path, body, r.status, r.text)
			}
		}
	}
	var rows []query.AlertRow
	f.get("/api/v1/alerts", &rows)
	if len(rows) != 6 {
		t.Errorf("%d alerts are kept, want 6", len(rows))
	}
	for _, r := range rows {
		if y := r.StartsAt.Year(); y < 2020 || y > 2100 || r.Status != "firing" {
			t.Errorf("alert %s is %s and began in the year %d", r.Title, r.Status, y)
		}
	}
}

func gzipped(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPackedBodiesAreTakenWithinTheSameBound(t *testing.T) {
	f := newFace(t, plan{})
	good := gzipped(t, []byte("["+named("Packed")+"]"))
	broken := bytes.Clone(good)
	broken[len(broken)-12] ^= 0xff
	for _, c := range []struct {
		name, encoding string
		body           []byte
		status         int
		says           string
	}{
		{"packed", "gzip", good, 200, "success"},
		{"packed, said loudly", "GZIP", good, 200, "success"},
		{"not packed, said", "identity", []byte("[]"), 200, "success"},
		{"a bomb", "gzip", gzipped(t, make([]byte, 50<<20)), 413, "larger than 10 MB"},
		{"not packed, but said to be", "gzip", []byte("[]"), 400, "the body was cut off"},
		{"text, but said to be packed", "gzip", []byte("[" + named("A") + "]"), 400, "not valid gzip"},
		{"damaged", "gzip", broken, 400, "not valid gzip"},
		{"half of it", "gzip", good[:len(good)/2], 400, "the body was cut off"},
		{"another way", "br", good, 415, "send gzip or none"},
		{"two ways", "gzip, gzip", good, 415, "send gzip or none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := f.ask(http.MethodPost, apiV2, bytes.NewReader(c.body), "Content-Encoding: "+c.encoding)
			if r.status != c.status || !strings.Contains(r.text, c.says) {
				t.Errorf("%d %s, want %d with %q", r.status, r.text, c.status, c.says)
			}
		})
	}
	if diff := cmp.Diff([]string{"Packed"}, f.titles()); diff != "" {
		t.Errorf("kept alerts (-want +got):\n%s", diff)
	}
}

func TestBodyOfExactlyTheLimitIsTaken(t *testing.T) {
	f := newFace(t, plan{})
	const limit = 10 << 20
	fill := func(n int) string {
		one := named("Large")
		return "[" + one + strings.Repeat(" ", n-len(one)-2) + "]"
	}
	if r := f.post(apiV2, fill(limit)); r.status != http.StatusOK {
		t.Errorf("10 MB: %d %s", r.status, r.text)
	}
	if r := f.post(apiV2, fill(limit+1)); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("10 MB and a byte: %d %s", r.status, r.text)
	}
}

func TestAlertsThatTheSenderLeftOutAreSaid(t *testing.T) {
	f := newFace(t, plan{})
	r := f.post(hook, `{"version":"4","truncatedAlerts":7,"alerts":[`+named("A")+`]}`)
	if r.status != http.StatusOK || r.json(t)["truncated"] != 7.0 {
		t.Errorf("%d %s, want truncated 7", r.status, r.text)
	}
	if !strings.Contains(f.log.String(), `level=WARN msg="sender omitted alerts" source=alertmanager truncated=7`) {
		t.Error("the log does not say it")
	}
	if got := f.metric(`docket_alerts_left_out_total{source="alertmanager"}`); got != "7" {
		t.Errorf("the metric is %q", got)
	}
}

func TestAlertsThatCannotBeKeptAreToBeSentAgain(t *testing.T) {
	f := newFace(t, plan{})
	f.tamper(`ALTER TABLE audit_head RENAME TO away`)
	r := f.post(apiV2, "["+named("New")+"]")
	if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" ||
		!strings.Contains(r.text, "the alerts could not be stored: ") || !strings.Contains(r.text, "send them again") {
		t.Errorf("%d %v %s", r.status, r.header, r.text)
	}
	if strings.Contains(r.text, "audit_head") {
		t.Errorf("a sentence for people has the database's words: %s", r.text)
	}
	if !strings.Contains(f.log.String(), "level=WARN msg=\"alerts could not be stored") {
		t.Error("the log does not say it")
	}
	if got := f.titles(); len(got) > 0 {
		t.Errorf("kept in spite of the answer: %q", got)
	}
	f.tamper(`ALTER TABLE away RENAME TO audit_head`)
	if r := f.post(apiV2, "["+named("New")+"]"); r.status != http.StatusOK || r.json(t)["new"] != 1.0 {
		t.Errorf("sent again: %d %s", r.status, r.text)
	}
	if got := f.metric(`docket_alerts_received_total{result="failed",source="prometheus"}`); got != "1" {
		t.Errorf("the metric is %q", got)
	}
}

func TestUnknownPlacesAndMethodsAreAnsweredWithASentence(t *testing.T) {
	f := newFace(t, plan{})
	for _, c := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"POST", "/hooks/nobody", 404, `there is no source named "nobody"; the sources are alertmanager, prometheus, shop`},
		{"POST", "/hooks/" + strings.Repeat("x", 5000), 404, "there is no source named"},
		{"GET", "/hooks/alertmanager", 405, "GET is not allowed on \"/hooks/alertmanager\": use POST"},
		{"DELETE", "/api/v2/alerts", 405, "use GET, HEAD, POST"},
		{"DELETE", "/api/v1/alerts", 405, "use GET, HEAD"},
		{"GET", "/api/v1/tickets/1/close", 405, "use POST"},
		{"GET", "/nothing", 404, `there is nothing at \"/nothing\"`},
		{"POST", "/api/v1/nothing", 404, "there is nothing at"},
		{"GET", "/" + strings.Repeat("x", 5000), 404, "there is nothing at"},
		{"GET", "/docs", 404, "there is nothing at"},
	} {
		r := f.ask(c.method, c.path, nil)
		sentence, _ := r.json(t)["error"].(string)
		if r.status != c.status ||
			!strings.Contains(strings.ReplaceAll(sentence, `"`, ""), strings.NewReplacer(`\"`, "", `"`, "").Replace(c.says)) || len(r.text) > 400 {
			t.Errorf("%s %.60s: %d %.200s, want %d with %q", c.method, c.path, r.status, r.text, c.status, c.says)
		}
		if c.status == 405 && r.header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow header", c.method, c.path)
		}
	}
}
