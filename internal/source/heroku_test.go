package source_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/source"
)

// drain is a log drain with one pattern.
func drain(codes *source.Codes) source.Source {
	return source.Source{Name: "shop-log", Format: "heroku", ResolveTimeout: 10 * time.Minute, Lines: &source.Lines{
		Patterns: []source.LinePattern{{Match: regexp.MustCompile(`^(?P<status>ALERT|RECOVERED) (?P<alertname>\w+)(?: ` +
			`severity=(?P<severity>\w+))?: (?P<summary>.*)`)}},
		Codes: codes,
	}}
}

// framed makes a delivery of lines.
func framed(lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		l = "<190>1 2026-11-23T10:41:00+00:00 host " + l + "\n"
		fmt.Fprintf(&b, "%d %s", len(l), l)
	}
	return b.String()
}

func TestLineThatAPatternMatchesIsAnAlert(t *testing.T) {
	a := one(t, drain(nil), string(recorded(t, "heroku.logplex")))
	key := alert.Fingerprint("shop-log", labels("alertname", "payments"))
	want := alert.Alert{
		Fingerprint: key, Key: key, Source: "shop-log", Severity: alert.P1, Status: alert.Firing, StartsAt: clock(10, 41, 1, 0), SaidAt: now,
		ExpiresAt: now.Add(10 * time.Minute), Labels: labels("alertname", "payments"), Title: "payments",
		Annotations: labels("line", "ALERT payments severity=critical: gateway answers 502 for 3 minutes", "process", "web.1", "summary",
			"gateway answers 502 for 3 minutes"),
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
	ended := one(t, drain(nil), framed("app web.1 - RECOVERED payments: all is well"))
	if ended.Key != a.Key || ended.Status != alert.Resolved || !ended.ExpiresAt.IsZero() {
		t.Errorf("the end is %+v", ended)
	}
}

func TestLastLineOfADeliveryCounts(t *testing.T) {
	a := one(t, drain(nil), framed("app web.1 - ALERT a: x", "app web.2 - ALERT a: y"))
	if a.Annotations.Get("summary") != "y" {
		t.Errorf("it says %q", a.Summary())
	}
	if a := one(t, drain(nil), framed("app web.1 - ALERT a: x", "app web.2 - RECOVERED a: y")); a.Status != alert.Resolved {
		t.Errorf("it is %s", a.Status)
	}
}

func TestHerokuCodeIsAnAlertOnceItComesTooOften(t *testing.T) {
	const timeout = `heroku router - at=error code=H12 desc="Request timeout" method=GET path="/"`
	s := drain(&source.Codes{Limit: 3, Per: time.Minute, Severity: alert.P2})
	read := func(at time.Duration, lines ...string) []alert.Alert {
		t.Helper()
		b, err := s.Read(source.Push{Body: []byte(framed(lines...))}, now.Add(at))
		if err != nil || len(b.Rejected) > 0 {
			t.Fatal(err, b.Rejected)
		}
		return b.Alerts
	}
	if all := read(0, timeout, timeout, "heroku web.1 - Error R14 (Memory quota exceeded)",
		"app web.1 - at=error code=H12 desc=\"forged by the app\""); len(all) != 0 {
		t.Fatalf("two are too many: %v", all)
	}
	all := read(50*time.Second, timeout)
	if len(all) != 1 || all[0].Title != "Heroku H12 Request timeout (router)" || all[0].Severity != alert.P2 || !all[0].StartsAt.Equal(now) {
		t.Fatalf("the third within a minute is %+v", all)
	}
	if again := read(70*time.Second, timeout); len(again) != 0 {
		t.Errorf("three within 70 s are too many: %v", again)
	}
	// Dynos of one type are counted together.
	if all := read(0, "heroku web.2 - Error R14 (Memory quota exceeded)", "heroku web.3 - Error R14 (Memory quota exceeded)"); len(all) != 1 ||
		all[0].Labels.Get("process") != "web" {
		t.Errorf("three of R14 are %+v", all)
	}
}

func TestBrokenDeliveryIsNamedAndWhatStoodBeforeIsKept(t *testing.T) {
	good := framed("app web.1 - ALERT a: x")
	for tail, want := range map[string]string{
		"99 <190>1 cut": fmt.Sprintf("the last frame is incomplete (at byte %d)", len(good)),
		"x y":           fmt.Sprintf("a frame's length must be a number from 1 to 65536 (at byte %d)", len(good)),
		"0 ":            fmt.Sprintf("a frame's length must be a number from 1 to 65536 (at byte %d)", len(good)),
		"999999 x":      fmt.Sprintf("a frame's length must be a number from 1 to 65536 (at byte %d)", len(good)),
		"12345678901 x": fmt.Sprintf("a frame must start with its length and a space (at byte %d)", len(good)),
		"5 hello":       "is not a syslog line such as <40>1 2026-11-23T10:41:00+00:00 host app web.1 - text",
	} {
		b := normalize(t, drain(nil), good+tail)
		if len(b.Alerts) != 1 || len(b.Rejected) != 1 || b.Rejected[0].Field != "frames[1]" || b.Rejected[0].Reason != want {
			t.Errorf("%q: %d alerts, %+v; want %s", tail, len(b.Alerts), b.Rejected, want)
		}
	}
	if _, err := drain(nil).Normalize([]byte(`{"no":"log"}`), now); err == nil ||
		!strings.Contains(err.Error(), "must start with its length") {
		t.Errorf("JSON: %v", err)
	}
	// Without line breaks inside of the frames, or with them outside.
	if b := normalize(t, drain(nil), "67 <190>1 2026-11-23T10:41:00+00:00 host app web.1 - ALERT quiet: hush\n\n"+good); len(b.Alerts) != 2 {
		t.Errorf("%d alerts; %v", len(b.Alerts), b.Rejected)
	}
	if b := normalize(t, drain(nil), ""); len(b.Alerts)+len(b.Rejected) != 0 {
		t.Errorf("nothing is %v", b)
	}
}

func FuzzHeroku(f *testing.F) {
	f.Add(recorded(f, "heroku.logplex"))
	f.Add([]byte(framed("app web.1 - ALERT a: x", "heroku web.1 - Error R14 (x)") + "7 \xff\xfe"))
	fuzzFormat(f, drain(&source.Codes{Limit: 1, Per: time.Minute, Severity: alert.P2}))
}
