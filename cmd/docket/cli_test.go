package main

import (
	"database/sql"
	"docket/internal/config"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommandsTellTheStoryOfAnAlert(t *testing.T) {
	s := newShell(t)
	s.show("version")
	s.show("alerts")
	stop := s.serve()
	s.show("alerts")
	s.show("send", "--title", "CheckoutDown", "--severity", "critical", "--summary", "No order came in.", "-l",
		"team=shop", "-l", "query=a=1;b=2")
	s.settled()
	s.show("send", "--title", "CheckoutDown", "--severity", "critical", "--summary", "No order came in.", "-l",
		"team=shop", "-l", "query=a=1;b=2")
	s.show("send", "--title", "DiskHalfFull", "--severity", "info")
	s.show("alerts")
	s.show("incidents")
	mark, _ := s.rows("incidents", "--limit", "2")[1]["id"].(string)
	mild, _ := s.rows("incidents", "--limit", "1")[0]["id"].(string)
	s.show("incidents", "show", mark)
	s.show("incidents", "explain", mark)
	s.show("incidents", "explain", mild)
	s.show("tickets")
	s.show("tickets", "show", "1")
	s.show("tickets", "note", "1", "Restarted", "the", "queue.")
	s.show("tickets", "close", "1")
	s.show("tickets", "reopen", "1")
	s.show("send", "--title", "CheckoutDown", "--severity", "critical", "-l", "team=shop", "-l", "query=a=1;b=2", "--resolve")
	s.settled()
	s.show("tickets", "show", "1")
	s.show("incidents", "list", "--live")
	s.show("audit", "--action", "console.alerts.ticket_filed")
	s.show("incidents", "show", "x")
	s.show("tickets", "show", "99")
	s.show("tickets", "close", "99")
	stop()
	s.show("incidents")
	s.show("incidents", "explain", mild)
	s.show("tickets", "show", "1")
	s.show("tickets", "close", "1")
	s.show("send")
	s.golden("story.golden")
}

func TestMisuseIsOneSentenceAndExitTwo(t *testing.T) {
	s := newShell(t)
	nobody := "http://" + freeAddress(t)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"serv"}, `unexpected argument serv, did you mean one of "serve"`},
		{[]string{"alerts", "--limit", "many"}, `--limit: expected a valid 64 bit int but got "many"`},
		{[]string{"alerts", "--colour"}, "unknown flag --colour"},
		{[]string{"tickets", "show"}, `expected "<id>"`},
		{[]string{"tickets", "note", "1", " "}, "the note is empty"},
		{[]string{"tickets", "note", "1", "-"}, "the note is empty"},
		{[]string{"send", "--severity", "P9"}, `severity "P9" is not one of P1..P5`},
		{[]string{"send", "--label", "team"}, "team"},
		{[]string{"send"}, "no docket is running there: start it with docket serve"},
		{[]string{"--server", nobody, "alerts"}, "no docket is running there: start it, or omit the address to read the database directly"},
		{[]string{"--server", "127.0.0.1", "alerts"}, "cannot be reached"},
		{[]string{"config", "check", "more"}, "unexpected argument more"},
		{[]string{"tickets", "close", "1"}, "only the running server can change tickets; start it with docket serve"},
		{[]string{"alerts"}, "there is no database at "},
		{[]string{"audit", "verify"}, "there is no database at "},
		{[]string{"--config", "/nowhere/docket.yaml", "alerts"}, "/nowhere/docket.yaml"},
	} {
		a := s.run(c.args...)
		if a.code != exitErrors || a.out != "" || !strings.Contains(a.err, c.says) || strings.Count(a.err, "\n") != 1 {
			t.Errorf("docket %s: exit %d, stdout %q, stderr %q; want a line with %q", strings.Join(c.args, " "), a.code, a.out, a.err, c.says)
		}
	}
	if _, err := os.Stat(s.db); err == nil {
		t.Error("a command that only reads made a database")
	}
}

func TestHelpIsNoFault(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{nil, {"--help"}, {"serve", "--help"}, {"incidents", "explain", "--help"}} {
		if a := s.run(args...); a.code != exitOK || a.err != "" || !strings.Contains(a.out, "Usage: docket") {
			t.Errorf("docket %v: exit %d\n%s%s", args, a.code, a.out, a.err)
		}
	}
}

func TestListingsShowAScreenfulAndScriptsGetAll(t *testing.T) {
	s := newShell(t)
	writeFile(t, s.env["DOCKET_CONFIG"], "policies: {storm: {limit: 0}}\n")
	stop := s.serve()
	var alerts []string
	for i := range 60 {
		alerts = append(alerts, fmt.Sprintf(`{"labels":{"alertname":"Many%02d","severity":"P1"}}`, i))
	}
	if status, text, err := post("http://"+s.env["DOCKET_LISTEN"]+"/api/v2/alerts", "["+strings.Join(alerts, ",")+"]"); err != nil ||
		status != http.StatusOK {
		t.Fatal(status, text, err)
	}
	s.settled()
	for _, way := range []string{"by the server", "by the database"} {
		for _, listing := range []string{"alerts", "incidents", "tickets", "audit"} {
			if n := strings.Count(s.must(listing), "\n"); n != 51 {
				t.Errorf("%s %s: %d lines, want a heading and 50", listing, way, n)
			}
			if n := strings.Count(s.must(listing, "--limit", "3"), "\n"); n != 4 {
				t.Errorf("%s --limit 3 %s: %d lines, want 4", listing, way, n)
			}
			if n := len(s.rows(listing)); n < 60 {
				t.Errorf("%s --json %s: %d rows, want all", listing, way, n)
			}
			if n := len(s.rows(listing, "--limit", "3")); n != 3 {
				t.Errorf("%s --json --limit 3 %s: %d rows", listing, way, n)
			}
		}
		for _, row := range s.rows("incidents", "--limit", "5") {
			if at, _ := row["opened_at"].(string); !strings.HasSuffix(at, "Z") {
				t.Errorf("opened_at is %q, want UTC", at)
			}
		}
		stop()
	}
}

func TestServerAndDatabaseTellTheSame(t *testing.T) {
	s := newShell(t)
	stop := s.serve()
	s.must("send", "--title", "Same", "--severity", "P1")
	s.must("send", "--title", "Mild", "--severity", "P5")
	s.settled()
	mark, _ := s.rows("incidents")[0]["id"].(string)
	commands := [][]string{
		{"alerts"}, {"incidents"}, {"incidents", "--live"}, {"incidents", "show", mark}, {"incidents", "explain", mark}, {"tickets"},
		{"tickets", "show", "1"},
		{"audit"}, {"audit", "--action", "console.alerts.ticket_filed"}, {"audit", "verify"},
	}
	var before []string
	for _, c := range commands {
		before = append(before, s.must(c...), s.must(append(c, "--json")...))
	}
	stop()
	var after []string
	for _, c := range commands {
		after = append(after, s.must(c...), s.must(append(c, "--json")...))
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("(-server +database):\n%s", diff)
	}
}

func TestAuditVerifyNamesTheFirstBadRow(t *testing.T) {
	s := newShell(t)
	stop := s.serve()
	s.must("send", "--title", "Audited", "--severity", "P1")
	s.settled()
	stop()
	if out := s.must("audit", "verify"); !strings.HasPrefix(out, "the audit log is intact: ") {
		t.Errorf("untouched: %q", out)
	}
	db, err := sql.Open("sqlite", s.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `UPDATE audit_log SET payload = '{}' WHERE id = 2`); err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"database", "server"} {
		if way == "server" {
			s.serve()
		}
		a := s.run("audit", "verify")
		if a.code != exitErrors || a.out != "" || !strings.Contains(a.err, "row 2 ") || strings.Count(a.err, "\n") != 1 {
			t.Errorf("row 2 was changed, by the %s: exit %d, stdout %q, stderr %q", way, a.code, a.out, a.err)
		}
		a = s.run("audit", "verify", "--json")
		var v struct {
			Whole    bool  `json:"whole"`
			FirstBad int64 `json:"first_bad"`
		}
		if err := json.Unmarshal([]byte(a.out), &v); err != nil || a.code != exitErrors || v.Whole || v.FirstBad != 2 {
			t.Errorf("by the %s, as JSON: exit %d %s %v", way, a.code, a.out, err)
		}
	}
}

func TestNothingThatAnAlertSaysSteersTheTerminal(t *testing.T) {
	s := newShell(t)
	stop := s.serve()
	const evil = "Evil\x1b[2J\x1b]0;owned\x07\u009b31m\u202egnp.exe"
	s.must("send", "--title", evil, "--severity", "P1", "--summary", "line\n\x1b[31mtwo", "-l", "x="+evil)
	s.settled()
	s.must("tickets", "note", "1", evil)
	mark, _ := s.rows("incidents")[0]["id"].(string)
	for range 2 {
		for _, c := range [][]string{{"alerts"}, {"incidents"}, {"incidents", "show", mark}, {"incidents", "explain", mark}, {"tickets"},
			{"tickets", "show", "1"}, {"audit"}} {
			out := s.must(c...)
			if strings.ContainsAny(out, "\x1b\x07\u009b\u202e") {
				t.Errorf("docket %s prints what steers a terminal: %q", strings.Join(c, " "), out)
			}
		}
		stop()
	}
}

func TestNoteCanComeFromAPipe(t *testing.T) {
	s := newShell(t)
	s.serve()
	s.must("send", "--title", "Piped", "--severity", "P1")
	s.settled()
	if a := s.feed("first line\nsecond line\n", "tickets", "note", "1", "-"); a.code != exitOK {
		t.Fatal(a)
	}
	if out := s.must("tickets", "show", "1"); !strings.Contains(out, "first line\nsecond line\n") {
		t.Errorf("the ticket is\n%s", out)
	}
	if a := s.feed(strings.Repeat("x", maxNote+1), "tickets", "note", "1", "-"); a.code != exitErrors ||
		!strings.Contains(a.err, "longer than 100000 bytes") {
		t.Errorf("too long: %+v", a)
	}
}

func TestTokenOpensTheServerForTheCommandLine(t *testing.T) {
	s := newShell(t)
	const secret = "operator-0123456789abcdef"
	writeFile(t, s.env["DOCKET_CONFIG"], "auth: {tokens: [{name: ann, token: "+secret+", scopes: [operate, ingest]}]}\n")
	s.serve()
	a := s.run("alerts")
	if a.code != exitErrors || !strings.Contains(a.err, "a token with the scope read is needed") {
		t.Errorf("without a token: %+v", a)
	}
	file := writeFile(t, filepath.Join(t.TempDir(), "token"), secret+"\n")
	for _, env := range []map[string]string{{"DOCKET_TOKEN": secret}, {"DOCKET_TOKEN_FILE": file}} {
		maps.Copy(s.env, env)
		s.must("alerts")
		s.must("send")
		for name := range env {
			delete(s.env, name)
		}
	}
	s.env["DOCKET_TOKEN"], s.env["DOCKET_TOKEN_FILE"] = secret, file
	if a := s.run("alerts"); a.code != exitErrors || !strings.Contains(a.err, "set only one of them") || strings.Contains(a.err, secret) {
		t.Errorf("with both: %+v", a)
	}
	s.env["DOCKET_TOKEN"], s.env["DOCKET_TOKEN_FILE"] = "", "/nowhere"
	if a := s.run("alerts"); a.code != exitErrors || !strings.Contains(a.err, "DOCKET_TOKEN_FILE: its file cannot be read") {
		t.Errorf("without the file: %+v", a)
	}
}

func TestConfigCheckPrintsEveryMistake(t *testing.T) {
	s := newShell(t)
	if out := s.must("config", "check"); !strings.HasPrefix(out, "the configuration is valid: ") {
		t.Errorf("a good one: %q", out)
	}
	path := writeFile(t, s.env["DOCKET_CONFIG"], "desk: paper\nsources:\n  - {name: a, format: smoke}\npolicies: {hold: long}\n")
	s.env["FREESCOUT_OPERATIONS_MAILBOX_ID"] = "abc"
	a := s.run("config", "check")
	if a.code != exitErrors || a.out != "" {
		t.Errorf("exit %d, stdout %q", a.code, a.out)
	}
	for _, want := range []string{path + ":1:7: desk: ", path + ":3:", path + ":4:", "FREESCOUT_OPERATIONS_MAILBOX_ID: "} {
		if !strings.Contains("\n"+a.err, "\n"+want) {
			t.Errorf("no line begins with %s:\n%s", want, a.err)
		}
	}
}

func TestConfigShowSaysWhereEachValueComesFrom(t *testing.T) {
	s := newShell(t)
	path := writeFile(t, s.env["DOCKET_CONFIG"], "policies: {hold: 2m}\nslack: {token: s3cret}\nsources:\n  - {name: shop}\n")
	s.env["DOCKET_LOG_LEVEL"] = "warning"
	out := s.must("config", "show")
	for _, want := range []string{
		`policies\.hold +2m +` + regexp.QuoteMeta(path) + ":1", `slack\.token +\[redacted\] +` + regexp.QuoteMeta(path) + ":2",
		`log\.level +warning +DOCKET_LOG_LEVEL`, `policies\.settle +0s +default`, `sources\.shop\.format +alertmanager +default`,
	} {
		if !regexp.MustCompile("(?m)^" + want + "$").MatchString(out) {
			t.Errorf("no line is %s:\n%s", want, out)
		}
	}
	if strings.Contains(out, "s3cret") {
		t.Error("a secret is shown")
	}
	var rows []config.Setting
	if err := json.Unmarshal([]byte(s.must("config", "show", "--json")), &rows); err != nil || len(rows) < 80 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if out := s.must("config", "schema"); !json.Valid([]byte(out)) {
		t.Error("the schema is no JSON")
	}
}

func TestAnUnknownVariableIsAWarning(t *testing.T) {
	s := newShell(t)
	s.env["DOCKET_LISTN"] = "127.0.0.1:1"
	a := s.run("config", "check")
	if want := "Docket does not read the variable DOCKET_LISTN; did you mean DOCKET_LISTEN?"; a.code != exitWarnings ||
		!strings.Contains(a.err, want) {
		t.Errorf("exit %d, %s", a.code, a.err)
	}
}

func TestMigrateMakesADatabaseThatCommandsCanRead(t *testing.T) {
	s := newShell(t)
	for range 2 {
		if out := s.must("migrate"); out != "the database has this version's schema\n" {
			t.Errorf("migrate: %q", out)
		}
	}
	if out := s.must("incidents"); out != "No incidents yet.\n" {
		t.Errorf("incidents: %q", out)
	}
}

func TestDatabaseOnTheCommandLineGoesFirst(t *testing.T) {
	s := newShell(t)
	other := filepath.Join(t.TempDir(), "other.db")
	s.env["DATABASE_URL_FILE"] = writeFile(t, filepath.Join(t.TempDir(), "url"), s.db)
	for _, set := range []bool{true, false} {
		if !set {
			delete(s.env, "DATABASE_URL")
		}
		s.must("migrate", "--database", other)
		if out := s.must("--database", other, "incidents"); out != "No incidents yet.\n" {
			t.Errorf("incidents: %q", out)
		}
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.db); err == nil {
		t.Error("the environment's database was made, too")
	}
}
