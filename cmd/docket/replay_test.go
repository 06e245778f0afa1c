package main

import (
	"docket/internal/query"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// keysOf are the alert_keys of a listing, sorted.
func keysOf(rows []map[string]any) []string {
	keys := []string{}
	for _, r := range rows {
		keys = append(keys, r["alert_key"].(string))
	}
	slices.Sort(keys)
	return keys
}

func TestAReplayBringsTheSameIncidentsAndTwiceNothingMore(t *testing.T) {
	old, fresh := newShell(t), newShell(t)
	stop := old.serve()
	defer fresh.serve()()
	to := "http://" + fresh.env["DOCKET_LISTEN"]
	old.must("send", "--title", "Fires", "--severity", "P1", "--summary", "No <order> came in.", "-l", `odd="x\y`)
	old.must("send", "--title", "Mild", "--severity", "P4")
	old.must("send", "--title", "Over", "--severity", "P2")
	old.must("send", "--title", "Over", "--severity", "P2", "--resolve")
	old.settled()
	firing := keysOf(old.rows("alerts"))[:0]
	for _, r := range old.rows("alerts") {
		if r["status"] == "firing" {
			firing = append(firing, r["alert_key"].(string))
		}
	}
	slices.Sort(firing)
	if out := old.must("replay", "--to", to); out != "replayed 2 alerts in 2 messages to "+to+"\n" {
		t.Errorf("it says %q", out)
	}
	if diff := cmp.Diff(firing, keysOf(fresh.rows("incidents"))); diff != "" || len(firing) != 2 {
		t.Errorf("incidents by the replay: %s", diff)
	}
	stop() // From here on it reads the database.
	if out := old.must("replay", "--ended", "--speed", "1e6", "--to", to); !strings.Contains(out, "replayed 3 alerts in 4 messages") {
		t.Errorf("it says %q", out)
	}
	fresh.settled()
	if diff := cmp.Diff(keysOf(old.rows("alerts")), keysOf(fresh.rows("alerts"))); diff != "" {
		t.Errorf("alerts by the second replay: %s", diff)
	}
	if got, want := len(fresh.rows("tickets")), len(old.rows("tickets")); got != want || want != 2 {
		t.Errorf("%d tickets, of old %d", got, want)
	}
	for _, r := range fresh.rows("alerts") {
		if r["title"] == "Fires" && (r["annotations"].(map[string]any)["summary"] != "No <order> came in." || r["severity"] != "P1") {
			t.Errorf("it became %v", r)
		}
	}
}

func TestAReplayIsPrintedAsAWebhookThatDocketTakes(t *testing.T) {
	s := newShell(t)
	stop := s.serve()
	s.must("send", "--title", "Shop", "-l", "team=shop")
	s.must("send", "--title", "Bank", "-l", "team=bank")
	s.must("send", "--title", "Over")
	s.must("send", "--title", "Over", "--resolve")
	var w replayHook
	printed := s.must("replay", "--ended", "--match", `team!="bank"`, "--since", "1h")
	if err := json.Unmarshal([]byte(printed), &w); err != nil || len(w.Alerts) != 2 || w.Version != "4" || w.Status != "firing" {
		t.Fatalf("%v: %s", err, printed)
	}
	status, answer, err := post("http://"+s.env["DOCKET_LISTEN"]+hook, printed)
	if err != nil || status != 200 || !strings.Contains(answer, `"accepted":2,"new":0`) {
		t.Errorf("%d %s %v", status, answer, err)
	}
	// What came in other words has another key, and is left out with a word about it.
	paged := `{"routing_key":"x","event_action":"trigger","dedup_key":"d","payload":{"summary":"paged","source":"db1","severity":"critical"}}`
	if status, answer, err := post("http://"+s.env["DOCKET_LISTEN"]+"/v2/enqueue", paged); err != nil || status != 202 {
		t.Fatalf("%d %s %v", status, answer, err)
	}
	stop()
	a := s.run("replay")
	if json.Unmarshal([]byte(a.out), &w) != nil || len(w.Alerts) != 2 || a.code != exitWarnings ||
		!strings.Contains(a.err, "1 alert skipped: only alerts from Prometheus") {
		t.Errorf("%+v", a)
	}
}

func TestAReplaySendsNoTokenOfOurs(t *testing.T) {
	const theirs = "theirs-0123456789abcdef"
	s, other := newShell(t), newShell(t)
	other.env["DOCKET_INGEST_TOKEN"] = theirs
	defer other.serve()()
	to := "http://" + other.env["DOCKET_LISTEN"]
	stop := s.serve()
	s.must("send")
	stop()
	s.env["DOCKET_TOKEN"] = theirs
	if a := s.run("replay", "--to", to); a.code != exitErrors || !strings.Contains(a.err, "--token-file") {
		t.Errorf("%+v, want it refused", a)
	}
	if out := s.must("replay", "--to", to, "--token-file",
		writeFile(t, filepath.Join(t.TempDir(), "token"), theirs+"\n")); !strings.HasPrefix(out, "replayed 1 alert in 1 message ") {
		t.Errorf("it says %q", out)
	}
	for _, c := range []struct{ args, says string }{
		{"--to=ftp://x", "--to is not a valid URL"}, {"--speed=2", "--speed and --token-file need --to"}, {"--since=-1h", "cannot be negative"},
		{"--match={", "contains no matcher"},
	} {
		if a := s.run("replay", c.args); a.code != exitErrors || !strings.Contains(a.err, c.says) || a.out != "" {
			t.Errorf("%s: %+v, want %s", c.args, a, c.says)
		}
	}
}

func TestAReplayKeepsTheOrderOfTime(t *testing.T) {
	began := time.Now().Add(-time.Minute)
	row := func(title string, starts, ends time.Duration) query.AlertRow {
		r := query.AlertRow{Title: title, StartsAt: began.Add(starts)}
		if ends > 0 {
			over := began.Add(ends)
			r.EndsAt = &over
		}
		return r
	}
	var all []string
	for _, r := range history([]query.AlertRow{row("late", 5, 0), row("first", 1, 4), row("second", 2, 3)}) {
		word := "+"
		if r.ended {
			word = "-"
		}
		all = append(all, word+r.row.Title)
	}
	if got, want := strings.Join(all, " "), "+first +second -second -first +late"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
