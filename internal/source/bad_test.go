package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/source"
)

const good = `{"labels":{"alertname":"Good"},"status":"firing"}`

func TestBodyOfWhichNothingCanBeKeptSaysWhy(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	tests := []struct {
		name   string
		by     source.Source
		body   string
		field  string
		reason string // a part of it
		offset int64  // -1: not looked at
	}{
		{"empty", prometheus, "", "body", "is empty", 0},
		{"only space", webhook, " \r\n\t", "body", "is empty", 0},
		{"half an array", prometheus, `[` + good, "body", "unexpected EOF", 50},
		{"half a string", prometheus, `[{"labels":{"a":"b`, "[0].labels.a", "unexpected EOF", -1},
		{"no JSON", webhook, "<html>", "body", "invalid character '<'", 0},
		{"malformed behind a good alert", prometheus, `[` + good + `,{"labels":{"a" "b"}}]`, "[1].labels.a", "invalid character '\"'", -1},
		{"two values", prometheus, `[] []`, "body", "more text after", 3},
		{"garbage behind", webhook, hook(good) + "x", "body", "more text after", -1},
		{"NUL byte behind", prometheus, "[]\x00", "body", "more text after", 2},
		{"raw control character", prometheus, "[{\"labels\":{\"a\":\"b\nc\"}}]", "[0].labels.a", "invalid character", -1},
		{"byte order mark", prometheus, "\xef\xbb\xbf[]", "body", "invalid character", 0},
		{"UTF-16", prometheus, "[\x00]\x00", "[0]", "invalid character", 1},
		{"depth bomb", prometheus, deep, "", "exceeded max depth", -1},
		{"object bomb", webhook, strings.Repeat(`{"a":`, 100_000), "", "exceeded max depth", -1},
		{"v2: an object", prometheus, `{}`, "body", "must be an array, not an object", -1},
		{"v2: null", prometheus, `null`, "body", "must be an array, not null", -1},
		{"v2: a string", prometheus, `"x"`, "body", "must be an array, not a string", -1},
		{"v2: a number", prometheus, `-1`, "body", "must be an array, not a number", -1},
		{"v2: true", prometheus, `true`, "body", "must be an array, not true or false", -1},
		{"v2: too many", prometheus, "[{}" + strings.Repeat(",{}", 100_000) + "]", "body", "more than 100000 alerts", -1},
		{"webhook: an array", webhook, `[]`, "body", "must be an object, not an array", -1},
		{"webhook: null", webhook, `null`, "version", `is missing; this source accepts Alertmanager's webhook, version "4"`, -1},
		{"webhook: no version", webhook, `{"alerts":[]}`, "version", `version "4"`, -1},
		{"webhook: version 3", webhook, `{"version":"3","alerts":[` + good + `]}`, "version", `"3" is not supported`, -1},
		{"webhook: version 5", webhook, `{"alerts":[` + good + `],"version":"5"}`, "version", `"5" is not supported`, -1},
		{"webhook: version as a number", webhook, `{"version":4,"alerts":[]}`, "version", "must be a string, not a number", -1},
		{"webhook: long version", webhook, `{"version":"` + strings.Repeat("4", 9999) + `","alerts":[]}`, "version",
			`4..." is not supported`, -1},
		{"webhook: no alerts", webhook, `{"version":"4"}`, "alerts", "is missing", -1},
		{"webhook: alerts null", webhook, `{"version":"4","alerts":null}`, "alerts", "must be an array, not null", -1},
		{"webhook: alerts an object", webhook, `{"version":"4","alerts":{}}`, "alerts", "must be an array, not an object", -1},
		{"webhook: truncated negative", webhook, `{"version":"4","truncatedAlerts":-1,"alerts":[]}`, "truncatedAlerts", "whole number", -1},
		{"webhook: truncated as text", webhook, `{"version":"4","truncatedAlerts":"1","alerts":[]}`, "truncatedAlerts",
			"must be a number, not a string", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := tt.by.Normalize([]byte(tt.body), now)
			var bad *source.BadInput
			if !errors.As(err, &bad) {
				t.Fatalf("err = %v, want a *BadInput", err)
			}
			if tt.field != "" && bad.Field != tt.field || !strings.Contains(bad.Reason, tt.reason) || tt.offset >= 0 && bad.Offset != tt.offset {
				t.Errorf("field %q, reason %q, offset %d; want %q, %q, %d", bad.Field, bad.Reason, bad.Offset, tt.field, tt.reason, tt.offset)
			}
			if text := bad.Error(); len(text) > 600 || !strings.Contains(text, bad.Reason) {
				t.Errorf("the sentence is %d bytes long: %.300s", len(text), text)
			}
			if diff := cmp.Diff(source.Batch{}, b); diff != "" {
				t.Errorf("a batch comes with the error: %s", diff)
			}
		})
	}
}

func TestBadAlertIsNamedAndItsNeighboursAreKept(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"l%05d":"x"`, i)
		}
		return `{"alertname":"A"` + b.String() + `}`
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct{ name, alert, field, reason string }{
		{"a number", `7`, "", "must be an object, not a number"},
		{"null", `null`, "labels", "at least one label"},
		{"an array", `[[1],{"labels":{}}]`, "", "must be an object, not an array"},
		{"no labels", `{"status":"firing"}`, "labels", "at least one label"},
		{"labels null", `{"labels":null,"status":"firing"}`, "labels", "at least one label"},
		{"only empty labels", `{"labels":{"a":"","b":null},"status":"firing"}`, "labels", "at least one label"},
		{"labels an array", `{"labels":["a"],"status":"firing"}`, "labels", "must be an object, not an array"},
		{"label a number", `{"labels":{"alertname":"A","n":1,"m":"x"},"status":"firing"}`, "labels.n", "must be a string, not a number"},
		{"label true", `{"labels":{"alertname":true},"status":"firing"}`, "labels.alertname", "must be a string, not true or false"},
		{"label an object", `{"labels":{"a":{"b":["}",{"\"":1}]}},"status":"firing"}`, "labels.a", "must be a string, not an object"},
		{"label an array", `{"labels":{"a":[[],[{}]]},"status":"firing"}`, "labels.a", "must be a string, not an array"},
		{"annotation a number", `{"labels":{"a":"b"},"annotations":{"x":1.5e3},"status":"firing"}`, "annotations.x",
			"must be a string, not a number"},
		{"startsAt a number", `{"labels":{"a":"b"},"startsAt":1795428120,"status":"firing"}`, "startsAt", "must be a string, not a number"},
		{"startsAt no time", `{"labels":{"a":"b"},"startsAt":"yesterday","status":"firing"}`, "startsAt", `"yesterday" is not an RFC 3339 time`},
		{"endsAt year 10000", `{"labels":{"a":"b"},"endsAt":"10000-01-01T00:00:00Z","status":"firing"}`, "endsAt", "is not an RFC 3339 time"},
		{"generatorURL an object", `{"labels":{"a":"b"},"generatorURL":{},"status":"firing"}`, "generatorURL", "must be a string, not an object"},
		{"invalid UTF-8 in a value", "{\"labels\":{\"a\":\"x\xff\"},\"status\":\"firing\"}", "labels.a", "is not valid UTF-8"},
		{"invalid UTF-8 in a name", "{\"labels\":{\"a\xc3\":\"x\"},\"status\":\"firing\"}", "labels", "a name is not valid UTF-8"},
		{"invalid UTF-8 behind an escape", "{\"labels\":{\"a\":\"\\n\xff\"},\"status\":\"firing\"}", "labels.a", "is not valid UTF-8"},
		{"half a surrogate pair", `{"labels":{"a":"\ud83d"},"status":"firing"}`, "labels.a", "is not valid UTF-8"},
		{"name twice", `{"labels":{"a":"1","b":"x","a":"2"},"status":"firing"}`, "labels.a", "appears twice"},
		{"name twice, once escaped", `{"labels":{"a":"1","\u0061":"1"},"status":"firing"}`, "labels.a", "appears twice"},
		{"name twice, once empty", `{"labels":{"a":"","a":"1"},"status":"firing"}`, "labels.a", "appears twice"},
		{"labels twice", `{"labels":{"a":"1"},"labels":{"b":"1"},"status":"firing"}`, "labels", "appears twice"},
		{"empty name", `{"labels":{"":"1"},"status":"firing"}`, "labels", "a name is empty"},
		{"513 labels", `{"labels":` + many(512) + `,"status":"firing"}`, "labels", "holds more than 512"},
		{"two faults", `{"annotations":{"y":1},"labels":{"x":1},"status":"firing"}`, "annotations.y", "must be a string"},
		{"two faults in the labels", `{"labels":{"y":1,"x":{}},"status":"firing"}`, "labels.y", "must be a string, not a number"},
		{"10,000 labels", `{"labels":` + many(9_999) + `,"status":"firing"}`, "labels", "holds more than 512"},
		{"10,000 annotations", `{"labels":{"a":"b"},"annotations":` + many(9_999) + `,"status":"firing"}`, "annotations", "holds more than 512"},
		{"long name", `{"labels":{"` + long(1025) + `":"1"},"status":"firing"}`, "labels", "longer than 1024 bytes"},
		{"long value", `{"labels":{"a":"` + long(65_537) + `"},"status":"firing"}`, "labels.a", "longer than 65536 bytes"},
		{"fault under a long name", `{"labels":{"` + long(1000) + `":1},"status":"firing"}`, "labels." + long(256) + "...", "must be a string"},
	}
	for _, by := range []source.Source{webhook, prometheus} {
		for _, tt := range tests {
			t.Run(by.Format+"/"+tt.name, func(t *testing.T) {
				// Neighbours on both sides, one of them with letters that are hard to tell from broken ones.
				body, prefix := `[`+good+`,`+tt.alert+`,{"labels":{"alertname":"\uFFFD�"},"status":"firing"}]`, "[1]"
				if by.Format == "alertmanager" {
					body, prefix = `{"version":"4","alerts":`+body+`}`, "alerts[1]"
				}
				b := normalize(t, by, body)
				if len(b.Alerts) != 2 || b.Alerts[0].Title != "Good" || b.Alerts[1].Title != "\uFFFD\uFFFD" {
					t.Errorf("kept are %v, want both neighbours", b.Alerts)
				}
				if tt.field != "" {
					prefix += "."
				}
				if len(b.Rejected) != 1 || b.Rejected[0].Index != 1 || b.Rejected[0].Field != prefix+tt.field ||
					!strings.Contains(b.Rejected[0].Reason, tt.reason) {
					t.Errorf("rejected is %+v; want index 1, field %s%s, reason %q", b.Rejected, prefix, tt.field, tt.reason)
				}
			})
		}
	}
}

func TestLimitsThemselvesAreKept(t *testing.T) {
	var labels strings.Builder
	for i := range 511 {
		fmt.Fprintf(&labels, `,"l%05d":"x"`, i)
	}
	a := one(t, prometheus, `[{"labels":{"`+strings.Repeat("n", 1024)+`":"`+strings.Repeat("v", 65_536)+`"`+labels.String()+`}}]`)
	if len(a.Labels) != 512 {
		t.Errorf("%d labels are kept of 512", len(a.Labels))
	}
}

func TestUnknownFieldsAreIgnored(t *testing.T) {
	const extra = `"future":{"labels":{"x":[1,"}",null,true]}},"more":-1.5e-7,"yes":true,"Labels":{"x":"y"},"":[]`
	a := one(t, webhook, `{`+extra+`,"version":"4","alerts":[{`+extra+`,"labels":{"a":"b"},"status":"firing",`+extra+`}],`+extra+`}`)
	b := one(t, prometheus, `[{`+extra+`,"labels":{"a":"b"},"status":{"state":"active"},"fingerprint":7,`+extra+`}]`)
	if a.Key != b.Key || a.Labels.String() != `a="b"` {
		t.Errorf("labels %s and %s", a.Labels, b.Labels)
	}
}

func TestWhiteSpaceChangesNothing(t *testing.T) {
	a := one(t, prometheus, `[{"labels":{"a":"b c","d":"e"},"startsAt":"2026-11-23T10:02:00Z"}]`)
	b := one(t, prometheus, " \r\n[ {\t\"labels\" : { \"a\" :\n\"b c\" , \"d\": \"e\" } ,\"startsAt\" :\"2026-11-23T10:02:00Z\" } ]\n ")
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}
