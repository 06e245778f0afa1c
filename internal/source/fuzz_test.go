package source_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"pgregory.net/rapid"

	"docket/internal/alert"
	"docket/internal/source"
)

// seeds are the recorded replies and a few bodies that once were hard.
func seeds(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no recorded replies", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `[null,1,"x",[],{}]`, hook(good, `null`, `{"labels":{"a":1}}`),
		`[{"labels":{"a":"","b":"1","c":"2"}}]`, `[{"labels":{"a":"1","\u0061":"2"}}]`,
		`[{"labels":{"a\u0000":"b","a\ufffd":"c","a":"\\\"\\"},"endsAt":"9999-12-31T23:59:59Z"}]`,
		"[{\"labels\":{\"a\":\"\xff\"}},{\"labels\":{\"a\":\"\\ud800\"}},{\"labels\":{\"a\":\"\\ud83d\\ude00\"}}]",
		`[{"labels":{"a":"b"},"startsAt":"0001-01-01T00:00:00Z","endsAt":"1969-01-01T00:00:00Z","x":{"y":[1,"]"]}}]`,
		`{"status":"success","data":{"alerts":[{"labels":{"a":"b"},"state":"pending"}]}}`,
	} {
		f.Add([]byte(body))
	}
}

// plain is a body as encoding/json reads it: another reader than ours, to be held against it.
type plain []map[string]json.RawMessage

// fingerprint is Prometheus' own, of the labels of one alert as encoding/json reads them.
func (p plain) fingerprint(t rapid.TB, index int) alert.Key {
	t.Helper()
	var m map[string]*string
	if err := json.Unmarshal(p[index]["labels"], &m); err != nil {
		t.Fatalf("alert %d is kept, encoding/json cannot read its labels: %v", index, err)
	}
	ls := model.LabelSet{}
	for name, value := range m {
		if value != nil && *value != "" {
			ls[model.LabelName(name)] = model.LabelValue(*value)
		}
	}
	return alert.Key(ls.Fingerprint())
}

// promises are what holds for every alert of every decoder.
func promises(t rapid.TB, a alert.Alert) {
	t.Helper()
	for _, ls := range []alert.Labels{a.Labels, a.Annotations} {
		for i, l := range ls {
			if i > 0 && ls[i-1].Name >= l.Name {
				t.Fatalf("%s are not sorted", ls)
			}
			if l.Value == "" {
				t.Fatalf("%s have an empty value", ls)
			}
			if text := l.Name + l.Value; !utf8.ValidString(text) || strings.Contains(text, "\x00") {
				t.Fatalf("%s cannot be kept", ls)
			}
		}
	}
	for _, text := range []string{a.Title, a.Link, a.ID} {
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			t.Fatalf("%q cannot be kept", text)
		}
	}
	for _, at := range []time.Time{a.StartsAt, a.EndsAt, a.ExpiresAt, a.SaidAt} {
		if at.Location() != time.UTC || at.Nanosecond()%1000 != 0 || at.Year() > 2028 || (!at.IsZero() && at.Year() < 1970) {
			t.Fatalf("%s is no time to keep", at)
		}
	}
	switch {
	case len(a.Labels) == 0 || a.Title == "" || a.StartsAt.IsZero() || a.Severity < alert.P1 || a.Severity > alert.P5:
		t.Fatalf("something is missing: %+v", a)
	case a.Status == alert.Firing &&
		(!a.EndsAt.IsZero() || !a.ExpiresAt.IsZero() && (a.ExpiresAt.Before(a.StartsAt) || a.ExpiresAt.Before(now))):
		t.Fatalf("it fires and has ended: %+v", a)
	case a.Status == alert.Resolved && (a.EndsAt.Before(a.StartsAt) || !a.ExpiresAt.IsZero()):
		t.Fatalf("it ends before it starts: %+v", a)
	case a.Status != alert.Firing && a.Status != alert.Resolved:
		t.Fatalf("it neither fires nor has ended: %+v", a)
	}
}

// batchPromises holds a batch against encoding/json's reading of the same alerts.
func batchPromises(t rapid.TB, b source.Batch, p plain) {
	t.Helper()
	if len(b.Alerts)+len(b.Rejected) != len(p) {
		t.Fatalf("%d alerts, of which %d are kept and %d rejected", len(p), len(b.Alerts), len(b.Rejected))
	}
	rejected := map[int]bool{}
	for _, r := range b.Rejected {
		if rejected[r.Index] || r.Field == "" || r.Reason == "" || !utf8.ValidString(r.Field+r.Reason) || len(r.Field) > 400 {
			t.Fatalf("rejection %+v", r)
		}
		rejected[r.Index] = true
	}
	kept := b.Alerts
	for i := range p {
		if rejected[i] {
			continue
		}
		promises(t, kept[0])
		if want := p.fingerprint(t, i); kept[0].Fingerprint != want || kept[0].Key != want {
			t.Fatalf("alert %d has the key %s, Prometheus' library says %s", i, kept[0].Key, want)
		}
		kept = kept[1:]
	}
}

// badInput checks an error of Normalize.
func badInput(t *testing.T, b source.Batch, err error) {
	t.Helper()
	var bad *source.BadInput
	if !errors.As(err, &bad) || bad.Reason == "" || len(bad.Error()) > 1000 || !utf8.ValidString(bad.Error()) ||
		b.Alerts != nil || b.Rejected != nil {
		t.Fatalf("%d alerts with the error %v", len(b.Alerts), err)
	}
}

func FuzzAPIv2(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := prometheus.Normalize(body, now)
		var each []json.RawMessage
		if readable := json.Unmarshal(body, &each) == nil && each != nil; readable != (err == nil) {
			t.Fatalf("encoding/json can read it: %v; err = %v", readable, err)
		}
		if err != nil {
			badInput(t, b, err)
			return
		}
		p := make(plain, len(each))
		for i := range each {
			_ = json.Unmarshal(each[i], &p[i]) // No object: then it must be rejected.
		}
		batchPromises(t, b, p)
	})
}

func FuzzWebhook(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := webhook.Normalize(body, now)
		if err != nil {
			badInput(t, b, err)
			return
		}
		lists := members(t, body, "alerts")
		if len(lists) != 1 {
			return // Which list counts where there are two is another story.
		}
		var each []json.RawMessage
		if err := json.Unmarshal(lists[0], &each); err != nil {
			t.Fatal(err)
		}
		p := make(plain, len(each))
		for i := range each {
			_ = json.Unmarshal(each[i], &p[i]) // No object: then it must be rejected.
		}
		batchPromises(t, b, p)
	})
}

// members returns all top-level members of that name, as encoding/json reads them.
func members(t *testing.T, body []byte, name string) []json.RawMessage {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	if _, err := dec.Token(); err != nil {
		t.Fatalf("it is kept, encoding/json cannot read it: %v", err)
	}
	var all []json.RawMessage
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if key == name {
			all = append(all, value)
		}
	}
	return all
}

func FuzzPoll(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range source.PollKinds() {
			all, err := poll(kind).Decode(body, now)
			var unread *source.UnreadError
			if err != nil && !errors.As(err, &unread) {
				if all != nil || !utf8.ValidString(err.Error()) {
					t.Fatalf("%s: %d alerts with the error %q", kind, len(all), err)
				}
				continue
			}
			if !json.Valid(body) {
				t.Fatalf("%s: it is read and no JSON", kind)
			}
			for _, a := range all {
				promises(t, a)
				if a.Status != alert.Firing || a.Poll != "main" || !a.ExpiresAt.IsZero() {
					t.Fatalf("%s: %+v", kind, a)
				}
			}
		}
	})
}
