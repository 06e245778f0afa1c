package source_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Fuzzing by bytes seldom stays valid JSON. Here every body is valid, and its members are
// mostly right and now and then of any other type, with any text and any white space.

var (
	anyText = rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-c]{0,2}`), rapid.SampledFrom([]string{
		"", "\x00", `"`, `\`, `\"`, "}", "]", ",", ":", "\u2028", "\U0001F6A8", "\uFFFD", "alertname", "severity", "critical"}))
	anyJSON = rapid.SampledFrom([]string{`null`, `true`, `-1.5e+7`, `""`, `"\ud83d"`, `"\u0000"`, "\"\xff\"", `[]`, `{}`,
		`[[{"a":["}"]}],"\\"]`, `{"labels":{"a":1}}`})
	anyTime = rapid.SampledFrom([]string{"", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
		"2026-11-23T10:02:00.123456789+01:00",
		"2026-11-23T10:42:59.9999999Z", "2026-11-23T10:43:00Z", "2026-11-23T10:43:00.0000001Z", "2026-11-24T10:43:00Z",
		"2026-11-24T10:43:00.1Z", "9999-12-31T23:59:59Z", "2026-11-23T10:50:00-00:30", "2026-11-23 10:02:00"})
	anySpace = rapid.SampledFrom([]string{"", "", "", " ", "\n\t\r "})
)

func quoted(s string) string {
	text, _ := json.Marshal(s) // A string always has a form.
	return string(text)
}

func drawObject(t *rapid.T, draw func(i int) (name, value string), n int) string {
	var b strings.Builder
	space := func() { b.WriteString(anySpace.Draw(t, "space")) }
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		name, value := draw(i)
		space()
		b.WriteString(name)
		space()
		b.WriteByte(':')
		space()
		b.WriteString(value)
		space()
	}
	b.WriteByte('}')
	return b.String()
}

// rarely is true about once in 30 times; rapid likes small numbers and edges, so it is neither.
func rarely(t *rapid.T) bool { return rapid.IntRange(0, 29).Draw(t, "rarely") == 17 }

func drawLabels(t *rapid.T) string {
	return drawObject(t, func(i int) (string, string) {
		name := anyText.Draw(t, "name")
		if !rarely(t) {
			name += string(rune('a' + i)) // Mostly neither empty nor there already.
		}
		value := quoted(anyText.Draw(t, "value"))
		if rarely(t) {
			value = anyJSON.Draw(t, "odd value")
		}
		return quoted(name), value
	}, rapid.IntRange(0, 6).Draw(t, "labels"))
}

func drawAlert(t *rapid.T) string {
	if rarely(t) {
		return anyJSON.Draw(t, "odd alert")
	}
	known := []string{"labels", "annotations", "startsAt", "endsAt", "generatorURL", "status", "fingerprint", "future"}
	order := rapid.Permutation(known).Draw(t, "order")[:rapid.IntRange(5, len(known)).Draw(t, "members")]
	return drawObject(t, func(i int) (string, string) {
		if rarely(t) {
			return quoted(order[i]), anyJSON.Draw(t, "odd member")
		}
		switch order[i] {
		case "labels", "annotations":
			return quoted(order[i]), drawLabels(t)
		case "startsAt", "endsAt":
			return quoted(order[i]), quoted(anyTime.Draw(t, "time"))
		case "status":
			return quoted(order[i]), quoted(rapid.SampledFrom([]string{"firing", "resolved"}).Draw(t, "status"))
		case "future":
			return quoted(order[i]), anyJSON.Draw(t, "future")
		}
		return quoted(order[i]), quoted("http://" + anyText.Draw(t, "text"))
	}, len(order))
}

func TestAnyMixOfAlertsIsReadAsPrometheusLibraryReadsIt(t *testing.T) {
	kept, rejected := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		alerts := rapid.SliceOfN(rapid.Custom(drawAlert), 0, 6).Draw(rt, "alerts")
		list := "[" + strings.Join(alerts, ",") + "]"
		p := make(plain, len(alerts))
		for i := range alerts {
			_ = json.Unmarshal([]byte(alerts[i]), &p[i]) // No object: then it must be rejected.
		}
		for _, body := range []string{list, fmt.Sprintf(` {"version":"4","x":%s,"alerts":%s}`, anyJSON.Draw(rt, "x"), list)} {
			by := prometheus
			if body != list {
				by = webhook
			}
			b, err := by.Normalize([]byte(body), now)
			if err != nil {
				rt.Fatalf("Normalize(%q): %v", body, err)
			}
			batchPromises(rt, b, p)
			kept, rejected = kept+len(b.Alerts), rejected+len(b.Rejected)
		}
	})
	t.Logf("%d kept, %d rejected", kept, rejected)
	if kept < rejected/9 || rejected < kept/9 {
		t.Errorf("%d kept, %d rejected: the mix tries too little", kept, rejected)
	}
}
