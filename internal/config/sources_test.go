package config

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

func TestMistakesOfReadingAreNamedAtTheirPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{
			"a mapping that misses its key",
			"sources:\n  - {name: a, format: generic, map: {title: body.x}}\n",
			"docket.yaml:2:37: sources.a.map.key: is missing: write an expression, such as body.key",
		},
		{
			"no mapping at all",
			"sources:\n  - {name: a, format: generic}\n",
			"docket.yaml:2:5: sources.a.map.key: is missing: write an expression, such as body.key\ndocket.yaml:2:5: sources.a.map.title: " +
				"is missing: write an expression, such as body.title",
		},
		{"an expression that is none", "sources:\n  - name: a\n    format: generic\n    map:\n      key: body.id +\n      title: bdy.x\n",
			"docket.yaml:5:12: sources.a.map.key: is not a valid expression: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', " +
				"'.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER} (in line 1, column 10 " +
				"of the expression)\n" +
				"docket.yaml:6:14: sources.a.map.title: is not a valid expression: undeclared reference to 'bdy' (did you mean 'body'?) (in line 1, " +
				"column 1 of the expression)"},
		{
			"an unknown field",
			"sources:\n  - {name: a, format: cloudevents, map: {kee: body.x}}\n",
			"docket.yaml:2:47: sources.a.map.kee: is not a field of an alert: use one of annotations, ends_at, id, items, key, " +
				"labels, link, severity, starts_at, status, title, when",
		},
		{
			"a mapping that nothing reads",
			"sources:\n  - {name: a, format: grafana, map: {key: body.x}}\n",
			"docket.yaml:2:37: sources.a.map: is only for sources with the format generic or cloudevents",
		},
		{
			"lines of no log",
			"sources:\n  - {name: a, lines: [{match: x}], codes: {limit: 1}}\n",
			"docket.yaml:2:22: sources.a.lines: is only for sources with the format heroku\ndocket.yaml:2:43: sources.a.codes: " +
				"is only for sources with the format heroku",
		},
		{
			"a log without lines",
			"sources:\n  - {name: a, format: heroku}\n",
			"docket.yaml:2:5: sources.a.lines: is missing: set lines, or codes.limit",
		},
		{
			"a bad pattern",
			"sources:\n  - {name: a, format: heroku, lines: [{match: '(?P<x'}]}\n",
			"docket.yaml:2:47: sources.a.lines[0].match: \"(?P<x\" is not a regular expression: error parsing regexp: invalid " +
				"named capture: `(?P<x`",
		},
		{
			"codes without a limit",
			"sources:\n  - {name: a, format: heroku, lines: [{match: x}], codes: {per: 1m}}\n",
			"docket.yaml:2:59: sources.a.codes.limit: is missing: set how many lines within per raise an alert",
		},
		{
			"a template of a field that is not there",
			"routes:\n  - match: [a=b]\n    subject: '{{.Titel}}'\n    body: '{{range 90000}}{{end}}'\n",
			"docket.yaml:3:14: routes[0].subject: <.Titel>: can't evaluate field Titel in type template.View (in line 1, column " +
				"2 of the template)\ndocket.yaml:4:11: routes[0].body: <step>: error calling step: its loops take more than 10000 " +
				"turns (in line 1, column 2 of the template)",
		},
		{
			"an expectation without its pace",
			"sources:\n  - {name: a, expect: {alert: Watchdog}}\n",
			"docket.yaml:2:23: sources.a.expect.every: is missing: how often the alert must be received, such as 5m",
		},
		{
			"an expectation of nothing",
			"sources:\n  - {name: a, expect: {every: 5ms}}\n",
			"docket.yaml:2:23: sources.a.expect.alert: is missing: the alert to expect, such as Watchdog\ndocket.yaml:2:31: " +
				"sources.a.expect.every: 5ms is too short: the minimum is 1s",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, refuse(t, c.text, nil)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// framed is a line behind its length.
func framed(line string) string { return fmt.Sprintf("%d %s", len(line), line) }

func TestEveryFormatIsMadeOfItsConfiguration(t *testing.T) {
	t.Parallel()
	cfg := load(t, `
sources:
  - {name: own, format: generic, resolve_timeout: 1h, map: {key: body.id, title: body.name}}
  - {name: events, format: cloudevents, map: {severity: "'P1'"}}
  - {name: log, format: heroku, lines: [{match: '^ALERT (?P<alertname>\w+)', severity: P2}], codes: {limit: 2}}
`, nil)
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	read := func(name, body string) alert.Alert {
		t.Helper()
		b, err := Sample(cfg, name, source.Push{Body: []byte(body)}, now)
		if err != nil || len(b.Alerts) != 1 {
			t.Fatalf("%s: %d alerts, %v", name, len(b.Alerts), err)
		}
		return b.Alerts[0]
	}
	if a := read("own", `{"id":1,"name":"N"}`); a.Title != "N" || !a.ExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("generic: %+v", a)
	}
	if a := read("events", `{"specversion":"1.0","id":"1","source":"s","type":"t"}`); a.Severity != alert.P1 {
		t.Errorf("cloudevents: %+v", a)
	}
	if a := read("log", framed("<190>1 2026-11-23T10:41:00+00:00 host app web.1 - ALERT it broke")); a.Title != "it" ||
		a.Severity != alert.P2 {
		t.Errorf("heroku: %+v", a)
	}
	r14 := framed("<45>1 2026-11-23T10:41:02+00:00 host heroku web.3 - Error R14 (Memory exceeded)")
	if a := read("log", r14+r14); a.Title != "Heroku R14 Memory exceeded (web)" || a.Severity != alert.P2 {
		t.Errorf("heroku code: %+v", a)
	}
}
