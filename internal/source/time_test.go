package source_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

// told is what became of an alert's times.
type told struct {
	Status               alert.Status
	Starts, Ends, Expiry string
}

func timesOf(a alert.Alert) told {
	text := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339Nano)
	}
	return told{a.Status, text(a.StartsAt), text(a.EndsAt), text(a.ExpiresAt)}
}

const (
	atNow = "2026-11-23T10:43:00Z"
	begun = "2026-11-23T10:02:00Z"
	ended = "2026-11-23T10:30:00Z"
	ahead = "2026-11-23T10:47:00Z"
	in5m  = "2026-11-23T10:48:00Z"
	never = "2027-11-23T10:43:00Z"
)

func TestAPIv2TimesFollowAlertmanager(t *testing.T) {
	tests := []struct {
		name, starts, ends string
		want               told
	}{
		{"neither", "", "", told{alert.Firing, atNow, "", in5m}},
		{"both null", "null", "null", told{alert.Firing, atNow, "", in5m}},
		{"both empty", `""`, `""`, told{alert.Firing, atNow, "", in5m}},
		{"year 1", `"0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`, told{alert.Firing, atNow, "", in5m}},
		{"year 1 in a zone", `"0001-01-01T00:00:00+14:00"`, `"0000-12-31T23:59:59Z"`, told{alert.Firing, atNow, "", in5m}},
		{"end in year 1 in another zone", `"` + begun + `"`, `"0001-01-01T00:00:00-05:00"`, told{alert.Firing, begun, "", in5m}},
		{"start only", `"` + begun + `"`, "", told{alert.Firing, begun, "", in5m}},
		{"end ahead", `"` + begun + `"`, `"` + ahead + `"`, told{alert.Firing, begun, "", ahead}},
		{"end ahead, no start", "", `"` + ahead + `"`, told{alert.Firing, atNow, "", ahead}},
		{"end passed", `"` + begun + `"`, `"` + ended + `"`, told{alert.Resolved, begun, ended, ""}},
		{"end passed, no start", "", `"` + ended + `"`, told{alert.Resolved, ended, ended, ""}},
		{"end now", `"` + begun + `"`, `"` + atNow + `"`, told{alert.Resolved, begun, atNow, ""}},
		{"start is end", `"` + ended + `"`, `"` + ended + `"`, told{alert.Resolved, ended, ended, ""}},
		{"end year 9999", `"` + begun + `"`, `"9999-12-31T23:59:59Z"`, told{alert.Firing, begun, "", never}},
		{"start year 9999", `"9999-12-31T23:59:59Z"`, "", told{alert.Firing, atNow, "", in5m}},
		{"start year 9999, end ahead", `"9999-12-31T23:59:59Z"`, `"` + ahead + `"`, told{alert.Firing, atNow, "", ahead}},
		{"start year 9999, end passed", `"9999-12-31T23:59:59Z"`, `"` + ended + `"`, told{alert.Resolved, ended, ended, ""}},
		{"start before 1970", `"1969-12-31T23:59:59Z"`, "", told{alert.Firing, atNow, "", in5m}},
		{"start in 1970", `"1970-01-01T00:00:00Z"`, "", told{alert.Firing, "1970-01-01T00:00:00Z", "", in5m}},
		{"both before 1970", `"1901-01-01T00:00:00Z"`, `"1902-01-01T00:00:00Z"`, told{alert.Resolved, atNow, atNow, ""}},
		{"sender's clock an hour ahead", `"2026-11-23T11:43:00Z"`, "", told{alert.Firing, "2026-11-23T11:43:00Z", "", "2026-11-23T11:48:00Z"}},
		{"sender's clock a day ahead", `"2026-11-24T10:43:00.000001Z"`, "", told{alert.Firing, atNow, "", in5m}},
		{"other zone", `"2026-11-23T16:32:00+05:30"`, "", told{alert.Firing, "2026-11-23T11:02:00Z", "", "2026-11-23T11:07:00Z"}},
		{"nanoseconds", `"2026-11-23T10:02:00.123456789Z"`, `"2026-11-23T10:47:00.987654321Z"`,
			told{alert.Firing, "2026-11-23T10:02:00.123456Z", "", "2026-11-23T10:47:00.987654Z"}},
		{"escaped", `"2026-11-23T10\u003a02:00Z"`, "", told{alert.Firing, begun, "", in5m}},
		{"no zone", `"2026-11-23T10:02:00"`, "", told{alert.Firing, begun, "", in5m}},
		{"no zone, fraction", `"2026-11-23T10:02:00.5"`, "", told{alert.Firing, "2026-11-23T10:02:00.5Z", "", in5m}},
		{"no seconds", `"2026-11-23T10:02"`, "", told{alert.Firing, begun, "", in5m}},
		{"no seconds but a zone", `"2026-11-23T10:02Z"`, "", told{alert.Firing, begun, "", in5m}},
		{"a space", `"2026-11-23 10:02:00"`, "", told{alert.Firing, begun, "", in5m}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := `[{"labels":{"alertname":"A"}` + member("startsAt", tt.starts) + member("endsAt", tt.ends) + `}]`
			if diff := cmp.Diff(tt.want, timesOf(one(t, prometheus, body))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// member is a JSON member, nothing where value is.
func member(name, value string) string {
	if value == "" {
		return ""
	}
	return `,"` + name + `":` + value
}

func TestAPIv2StartAfterEndIsRejected(t *testing.T) {
	for _, ends := range []string{begun, "1970-01-01T00:00:00Z", "1902-01-01T00:00:00Z"} {
		b := normalize(t, prometheus, `[{"labels":{"alertname":"A"},"startsAt":"`+ended+`","endsAt":"`+ends+`"}]`)
		want := []source.Rejection{{Index: 0, Field: "[0].endsAt", Reason: "lies before startsAt"}}
		if diff := cmp.Diff(want, b.Rejected); diff != "" || len(b.Alerts) != 0 {
			t.Errorf("end %s: %d alerts kept, %s", ends, len(b.Alerts), diff)
		}
	}
}

func TestResolveTimeoutIsTheSources(t *testing.T) {
	s := prometheus
	s.ResolveTimeout = 90 * time.Second
	if a := one(t, s, `[{"labels":{"alertname":"A"}}]`); !a.ExpiresAt.Equal(now.Add(90 * time.Second)) {
		t.Errorf("expires at %s", a.ExpiresAt)
	}
}

func TestWebhookTimesFollowTheAlertsOwnStatus(t *testing.T) {
	tests := []struct {
		name, status, starts, ends string
		want                       told
	}{
		// A webhook is repeated every 4 hours only: what fires does not expire.
		{"firing", "firing", begun, "0001-01-01T00:00:00Z", told{alert.Firing, begun, "", ""}},
		{"firing with an end ahead", "firing", begun, ahead, told{alert.Firing, begun, "", ""}},
		{"firing with an end passed", "firing", begun, ended, told{alert.Firing, begun, "", ""}},
		{"firing since year 1", "firing", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", told{alert.Firing, atNow, "", ""}},
		{"resolved", "resolved", begun, ended, told{alert.Resolved, begun, ended, ""}},
		{"resolved without an end", "resolved", begun, "0001-01-01T00:00:00Z", told{alert.Resolved, begun, atNow, ""}},
		{"resolved in year 9999", "resolved", begun, "9999-12-31T23:59:59Z", told{alert.Resolved, begun, atNow, ""}},
		{"resolved by a clock ahead", "resolved", begun, ahead, told{alert.Resolved, begun, ahead, ""}},
		{"resolved, started in year 9999", "resolved", "9999-12-31T23:59:59Z", ended, told{alert.Resolved, ended, ended, ""}},
		// It says that it has ended: that must not be lost for a confused clock.
		{"resolved before its start", "resolved", ended, begun, told{alert.Resolved, ended, ended, ""}},
		{"resolved, started ahead, without an end", "resolved", ahead, "", told{alert.Resolved, ahead, ahead, ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// The group's status says firing for all of them.
			a := one(t, webhook, hook(fmt.Sprintf(`{"status":%q,"labels":{"alertname":"A"},"startsAt":%q,"endsAt":%q}`,
				tt.status, tt.starts, tt.ends)))
			if diff := cmp.Diff(tt.want, timesOf(a)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWebhookAlertWithoutAStatusIsRejected(t *testing.T) {
	for status, reason := range map[string]string{
		``:                     "is missing: firing or resolved",
		`"status":null,`:       `"" is neither firing nor resolved`,
		`"status":"open",`:     `"open" is neither firing nor resolved`,
		`"status":"Firing",`:   `"Firing" is neither firing nor resolved`,
		`"status":{"a":"}"},`:  "must be a string, not an object",
		`"status":["firing"],`: "must be a string, not an array",
	} {
		b := normalize(t, webhook, hook(`{`+status+`"labels":{"alertname":"A"}}`))
		want := []source.Rejection{{Index: 0, Field: "alerts[0].status", Reason: reason}}
		if diff := cmp.Diff(want, b.Rejected); diff != "" || len(b.Alerts) != 0 {
			t.Errorf("status %s: %d alerts kept, %s", status, len(b.Alerts), diff)
		}
	}
}

func TestWebhookSaysWhatItsSenderLeftOut(t *testing.T) {
	b := normalize(t, webhook, `{"truncatedAlerts":17,"version":"4","alerts":[`+good+`]}`)
	if b.Truncated != 17 || len(b.Alerts) != 1 {
		t.Errorf("truncated %d, %d alerts; want 17 and 1", b.Truncated, len(b.Alerts))
	}
	if b := normalize(t, webhook, `{"truncatedAlerts":null,"version":"4","alerts":[]}`); b.Truncated != 0 {
		t.Errorf("truncated %d, want 0", b.Truncated)
	}
}

func TestWebhookFingerprintOfAnotherMakeDoesNotCount(t *testing.T) {
	a := one(t, webhook, hook(`{"status":"firing","labels":{"alertname":"A"},"fingerprint":"0000000000000001"}`))
	if want := alert.Fingerprint("", labels("alertname", "A")); a.Key != want || a.ID != "0000000000000001" {
		t.Errorf("key %s, id %s; want %s and what the sender called it", a.Key, a.ID, want)
	}
}
