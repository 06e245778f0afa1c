package main

import (
	"strings"
	"testing"
	"time"
)

func TestFlagsAreSetWithAndWithoutAServer(t *testing.T) {
	s := newShell(t)
	s.must("migrate")
	set := func(to string) {
		t.Helper()
		if out := s.must("flags", "set", "alerts.auto_ticket", to, "--why", "a drill"); out != "alerts.auto_ticket is "+to+"\n" {
			t.Errorf("it says %q", out)
		}
	}
	off := func() bool {
		t.Helper()
		rows := s.rows("flags", "list")
		for _, field := range []string{"name", "on", "pinned", "changed_at", "changed_by"} {
			if _, there := rows[0][field]; !there {
				t.Errorf("%v lacks %s", rows[0], field)
			}
		}
		return rows[0]["name"] == "alerts.auto_ticket" && rows[0]["on"] == false
	}
	if set("off"); !off() {
		t.Error("it is not off")
	}
	stop := s.serve()
	if !off() {
		t.Error("what was set without a server is forgotten by one")
	}
	s.must("send", "--title", "Held", "--severity", "P1")
	if set("on"); off() {
		t.Error("it is not on")
	}
	eventually(t, 20*time.Second, "what was held back has its ticket", func() bool { return len(s.rows("tickets")) == 1 })
	stop()
	if off() {
		t.Error("the flip is forgotten")
	}
	s.env["FLAG_CONSOLE_ALERTS_AUTO_TICKET"] = "0"
	a := s.run("flags", "set", "alerts.auto_ticket", "on")
	if a.code != exitErrors || !strings.Contains(a.err, "pinned off by the environment (FLAG_CONSOLE_ALERTS_AUTO_TICKET=0)") {
		t.Errorf("exit %d: %s", a.code, a.err)
	}
	if rows := s.rows("flags"); rows[0]["pinned"] != true || rows[0]["on"] != false {
		t.Errorf("%v, want it pinned off", rows[0])
	}
	var changes int
	for _, row := range s.rows("audit") {
		if row["action"] == "console.flags.changed" {
			changes++
		}
	}
	if changes != 2 {
		t.Errorf("%d flips are in the audit log, want 2", changes)
	}
	s.must("audit", "verify")
}

func TestSilencesAreMadeAndEndedWithAndWithoutAServer(t *testing.T) {
	s := newShell(t)
	s.must("migrate")
	s.must("silences", "add", `alertname="Muted"`, "--for", "1h", "-m", "without a server")
	stop := s.serve()
	s.must("send", "--title", "Muted", "--severity", "P1")
	s.must("send", "--title", "Heard", "--severity", "P1")
	eventually(t, 20*time.Second, "the other has its ticket", func() bool { return len(s.rows("tickets")) == 1 })
	if out := s.must("silences", "preview", `alertname="Muted"`); !strings.Contains(out, "1 firing alert would be muted") ||
		!strings.Contains(out, "Muted") {
		t.Errorf("the preview says %q", out)
	}
	id, _ := s.rows("silences")[0]["id"].(string)
	if out := s.must("silences", "expire", id); out != "silence "+id+" is over\n" {
		t.Errorf("it says %q", out)
	}
	eventually(t, 20*time.Second, "it has its ticket", func() bool { return len(s.rows("tickets")) == 2 })
	s.must("maintenance", "add", "night", `team="shop"`, "--on", "mon,tue", "--from", "22:00", "--until", "06:00", "--zone", "Europe/Berlin")
	stop()
	windows := s.rows("maintenance")
	if len(windows) != 1 || windows[0]["from"] != "22:00" || windows[0]["until"] != "06:00" {
		t.Fatalf("%v", windows)
	}
	s.must("maintenance", "end", windows[0]["id"].(string))
	if rows := s.rows("maintenance"); len(rows) != 0 {
		t.Errorf("%v still stand", rows)
	}
	for _, c := range []struct{ args, want string }{
		{"silences expire " + id, "there is no silence"},
		{"silences expire ..", "there is no silence"},
		{"silences add a=b", "set the duration with --for 2h"},
		{"silences add a=b --for 1h --until 2999-01-01T00:00:00Z", "exclude each other: set one of them"},
		{"silences add = --for 1h", "is not a matcher"},
		{"silences preview =", "is not a matcher"},
		{"maintenance add x a=b", "is not a time of day"},
		{"maintenance end nothing", "there is no maintenance window"},
		{"flags set no.such on", "there is no flag"},
	} {
		if a := s.run(strings.Fields(c.args)...); a.code != exitErrors || !strings.Contains(a.err, c.want) || strings.Count(a.err, "\n") != 1 {
			t.Errorf("docket %s: exit %d: %s, want %q", c.args, a.code, a.err, c.want)
		}
	}
}
