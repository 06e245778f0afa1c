package alert_test

import (
	"fmt"
	"testing"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"
	"pgregory.net/rapid"

	"docket/internal/alert"
)

// alertmanagers returns the labels as Alertmanager holds them, and its own fingerprint of
// them. Its API leaves out labels without a value before it makes one (removeEmptyLabels
// in api/v2/api.go, v0.34.0); Prometheus does so before it sends.
func alertmanagers(m map[string]string) string {
	ls := model.LabelSet{}
	for name, value := range m {
		if value != "" {
			ls[model.LabelName(name)] = model.LabelValue(value)
		}
	}
	a := &amalert.Alert{Alert: model.Alert{Labels: ls}}
	if a.Fingerprint() != ls.Fingerprint() {
		return "Alertmanager and prometheus/common differ"
	}
	return a.Fingerprint().String()
}

func TestFingerprintEqualsAlertmanagers(t *testing.T) {
	tables := []map[string]string{
		{},
		{"alertname": "HighErrorRate", "cluster": "eu-west-1", "severity": "critical", "team": "shop"},
		{"b": "2", "a": "1"},
		{"a": "", "b": "x"},
		{"名前": "値", "größe": "ß", "a.b/c": "🚨"},
		{"a": "b\x00c", "d": "\xff"},
	}
	for _, m := range tables {
		if got, want := alert.Fingerprint("", alert.NewLabels(m)).String(), alertmanagers(m); got != want {
			t.Errorf("Fingerprint(%q) = %s, Alertmanager's is %s", m, got, want)
		}
	}
	// As a real Alertmanager 0.25.0 printed it.
	printed := alert.NewLabels(tables[1])
	if got := alert.Fingerprint("", printed).String(); got != "43a16e21fde0686d" {
		t.Errorf("Fingerprint(%s) = %s, a real Alertmanager said 43a16e21fde0686d", printed, got)
	}
}

func TestFingerprintEqualsAlertmanagersForAnyLabels(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z_]{1,8}`), rapid.Just(""))
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.MapOf(text, text).Draw(t, "labels")
		if got, want := alert.Fingerprint("", alert.NewLabels(m)).String(), alertmanagers(m); got != want {
			t.Fatalf("Fingerprint(%q) = %s, Alertmanager's is %s", m, got, want)
		}
	})
}

func FuzzFingerprintEqualsAlertmanagers(f *testing.F) {
	f.Add("alertname", "A", "", "b")
	f.Add("ü", "\x00", "a", "\xff\xfe")
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string) {
		m := map[string]string{n1: v1, n2: v2}
		if got, want := alert.Fingerprint("", alert.NewLabels(m)).String(), alertmanagers(m); got != want {
			t.Fatalf("Fingerprint(%q) = %s, Alertmanager's is %s", m, got, want)
		}
	})
}

func TestKeyDependsOnNeitherOrderNorSpelling(t *testing.T) {
	a := alert.Labels{{"b", "2"}, {"a", "1"}, {"c", ""}}.Sort()
	b := alert.Labels{{"a", "0"}, {"a", "1"}, {"b", "2"}}.Sort()
	if alert.Fingerprint("", a) != alert.Fingerprint("", b) {
		t.Errorf("%s and %s are the same labels and have two keys", a, b)
	}
	if alert.Fingerprint("", a) == alert.Fingerprint("grafana", a) {
		t.Error("another source's alert has the same key, though the source counts there")
	}
	if alert.Fingerprint("", alert.Labels{{"a", "bc"}}) == alert.Fingerprint("", alert.Labels{{"ab", "c"}}) {
		t.Error("the border between name and value does not count")
	}
}

func TestIdentityChoosesWhatNamesAProblem(t *testing.T) {
	ls := alert.NewLabels(map[string]string{"alertname": "A", "pod": "p1", "team": "shop"})
	of := func(pairs ...string) alert.Key {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return alert.Fingerprint("", alert.NewLabels(m))
	}
	all := of("alertname", "A", "pod", "p1", "team", "shop")
	tests := []struct {
		name string
		id   alert.Identity
		aid  string
		want alert.Key
	}{
		{"zero takes all", alert.Identity{}, "x", all},
		{"drop", alert.Identity{Drop: []string{"pod", "absent"}}, "", of("alertname", "A", "team", "shop")},
		{"keep", alert.Identity{Keep: []string{"team", "absent"}}, "", of("team", "shop")},
		{"drop wins over keep", alert.Identity{Keep: []string{"team", "pod"}, Drop: []string{"pod"}}, "", of("team", "shop")},
		{"nothing left is all", alert.Identity{Keep: []string{"absent"}}, "", all},
		{"by id", alert.Identity{ByAlertID: true}, "short", of("alert_id", "short")},
		{"by the id's first 16 characters", alert.Identity{ByAlertID: true}, "0123456789äbcdefgh", of("alert_id", "0123456789äbcdef")},
		{"by id, without one", alert.Identity{ByAlertID: true}, "", all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.id.Key("", ls, tt.aid); got != tt.want {
				t.Errorf("Key = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestKeyPrintsAndReadsAs16HexCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := alert.Key(rapid.Uint64().Draw(t, "key"))
		text, err := k.MarshalText()
		if err != nil || len(text) != 16 || string(text) != fmt.Sprintf("%016x", uint64(k)) {
			t.Fatalf("MarshalText = %q, %v", text, err)
		}
		var back alert.Key
		if err := back.UnmarshalText(text); err != nil || back != k {
			t.Fatalf("UnmarshalText(%q) = %s, %v", text, back, err)
		}
	})
	for _, bad := range []string{"", "1", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeg", "-123456789abcdef",
		"+123456789abcdef", "0x23456789abcdef"} {
		if k, err := alert.ParseKey(bad); err == nil {
			t.Errorf("ParseKey(%q) = %s, want an error", bad, k)
		}
	}
}
