package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"docket/internal/desk/fakedesk"
	"docket/internal/doctor"
	"docket/internal/notify/fakeslack"
	"docket/internal/store/storetest"
)

// The operators' runbook, held against the running program: its greps, its SQL and its curls
// stand here as they stand there, but for the hosts and the names of the platform.

// The runbook's greps over the log.
const (
	grepNormal   = `freescout|auto_ticket|investigate|ticket_filed`
	grepDegraded = `freescout.*degraded|freescout.*WARNING|ticket.*failed`
	grepErrors   = `freescout|ticket|HTTPError|ConnectionError`
)

// runbookSQL is failure mode 1's query, word for word.
const runbookSQL = `SELECT created_at, payload->>'alert_key' AS alert_key, payload->>'severity' AS severity
FROM audit_log
WHERE action = 'console.alerts.ticket_filed'
AND created_at > NOW() - INTERVAL '2 hours'
ORDER BY created_at DESC
LIMIT 20;`

// Of the gate and the key; the id has the form of Cloudflare's.
const (
	runbookID     = "0123456789abcdef0123456789abcdef.access"
	runbookSecret = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
)

// rota is what the runbook is about: a docket on PostgreSQL that files into a FreeScout
// behind Cloudflare Access and tells people by Slack, watching one surface that is down.
type rota struct {
	*process
	fake  *freescout
	slack *fakeslack.Server
	env   map[string]string
}

func newRota(t testing.TB, headers bool) *rota {
	t.Helper()
	notInShort(t)
	r := &rota{fake: newFreeScout(t, fakedesk.Options{AccessClientID: runbookID, AccessClientSecret: runbookSecret}),
		slack: fakeslack.New("xoxb-runbook", "U0RUNBOOK")}
	slack := httptest.NewServer(r.slack)
	t.Cleanup(slack.Close)
	r.env = map[string]string{
		"FREESCOUT_API_URL": r.fake.url, "FREESCOUT_INSTANCE_URL": r.fake.url, "FREESCOUT_API_KEY": "test-key",
		"FREESCOUT_OPERATIONS_MAILBOX_ID": "2", "FREESCOUT_USER_ID": "4",
		"SLACK_BOT_TOKEN": "xoxb-runbook", "SLACK_DM_USER_IDS": "U0RUNBOOK", "SLACK_API_URL": slack.URL + "/",
		"FLAG_CONSOLE_ALERTS_AUTO_TICKET": "1", "FLAG_CONSOLE_INVESTIGATE_FROM_STATUS": "1", "DATABASE_URL": storetest.URL(t, "postgres"),
	}
	if headers {
		r.env["CF_ACCESS_SVC_TICKETS_CLIENT_ID"], r.env["CF_ACCESS_SVC_TICKETS_CLIENT_SECRET"] = runbookID, runbookSecret
	}
	var env []string
	for name, value := range r.env {
		if name != "DATABASE_URL" {
			env = append(env, name+"="+value)
		}
	}
	r.process = start(t, setup{database: r.env["DATABASE_URL"], env: env,
		yaml: "freescout: {rate: 1000}\nsurfaces:\n- {name: checkout, every: 1s, down_after: 2, up_after: 2, severity: P3, probe: {tcp: " +
			"{address: \"127.0.0.1:1\"}}}\n"})
	return r
}

// grep returns the log's lines that a grep -iE finds.
func (r *rota) grep(pattern string) []string {
	re := regexp.MustCompile("(?i)" + pattern)
	return slices.DeleteFunc(strings.Split(r.log.String(), "\n"), func(line string) bool { return !re.MatchString(line) })
}

// curl runs the real curl as the runbook does, and returns the status.
func curl(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "curl", append([]string{"-s", "-o", "/dev/null", "-w", "%{http_code}"}, args...)...).Output()
	if err != nil {
		t.Fatalf("curl: %v", err)
	}
	return string(out)
}

// filed runs the runbook's SQL.
func (r *rota) filed() (keys []string) {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.env["DATABASE_URL"])
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close(r.t.Context())
	rows, err := conn.Query(r.t.Context(), runbookSQL)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var at time.Time
		var key, severity string
		if err := rows.Scan(&at, &key, &severity); err != nil {
			r.t.Fatal(err)
		}
		if severity != "P1" || !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(key) || time.Since(at).Abs() > time.Minute {
			r.t.Errorf("the query shows %s %q %s", at, key, severity)
		}
		keys = append(keys, key)
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return keys
}

// docket runs a command against the running docket.
func (r *rota) docket(args ...string) (code int, out string) {
	r.t.Helper()
	var b strings.Builder
	code = run(r.t.Context(), append([]string{"--server", r.url}, args...), environ(r.env), strings.NewReader(""), &b, io.Discard)
	return code, b.String()
}

func (r *rota) told(words string) bool {
	return slices.ContainsFunc(r.slack.Messages(), func(m fakeslack.Message) bool {
		return strings.Contains(m.Text+m.Blocks, words)
	})
}

// investigate clicks the button.
func (r *rota) investigate() (status int, answer struct {
	Degraded  bool   `json:"degraded"`
	TicketURL string `json:"ticket_url"`
	Message   string `json:"message"`
}) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/console/status/checkout/investigate", http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil && resp.StatusCode == http.StatusOK {
		r.t.Fatal(err)
	}
	return resp.StatusCode, answer
}

// tileDown waits until the tile is down: then Investigate can be clicked.
func (r *rota) tileDown() {
	r.t.Helper()
	eventually(r.t, 30*time.Second, "the tile is down", func() bool {
		var page struct {
			Surfaces []struct{ Name, Status string }
		}
		r.get("/status.json", &page)
		return len(page.Surfaces) == 1 && page.Surfaces[0].Status == "down"
	})
}

func TestRunbook(t *testing.T) {
	t.Parallel()
	r := newRota(t, true)
	t.Run("silent while nothing happens", func(t *testing.T) {
		for _, line := range r.grep(grepNormal) {
			t.Errorf("the first grep finds %q", line)
		}
	})
	t.Run("failure mode 1: one ticket, however often it is polled", func(t *testing.T) {
		for range 5 {
			r.mustPost("/hooks/alertmanager", webhook("firing", "Flood"))
		}
		r.settled(20 * time.Second)
		for range 5 {
			r.mustPost("/hooks/alertmanager", webhook("firing", "Flood"))
		}
		if keys := r.filed(); len(keys) != 1 {
			t.Errorf("the audit log shows %d filings", len(keys))
		}
		lines := r.grep(`ticket_filed`)
		if len(lines) != 1 || !strings.Contains(lines[0], "level=INFO") || !strings.Contains(lines[0], "msg=ticket_filed") {
			t.Errorf("ticket_filed stands in the log as %q", lines)
		}
		if lines := r.grep(`auto_ticket`); len(lines) != 1 {
			t.Errorf("a key not seen before is one auto_ticket line, these are %q", lines)
		}
		r.fake.oneTicketEach(t, 5*time.Second, []string{"Flood"})
		if tags := r.fake.Tickets()[0].Tags; !slices.Contains(tags, "auto:alert") || r.fake.Tickets()[0].MailboxID != 2 {
			t.Errorf("the ticket has the tags %q in mailbox %d", tags, r.fake.Tickets()[0].MailboxID)
		}
	})
	t.Run("step 3: the emit hook", func(t *testing.T) {
		if lines := r.grep(`alert_aggregator emit`); len(lines) == 0 {
			t.Error("no alert_aggregator emit line")
		}
	})
	t.Run("step 4: Slack", func(t *testing.T) {
		eventually(t, 10*time.Second, "a direct message", func() bool { return r.told("Flood") })
	})
	t.Run("mitigation: the flag by its variable's name", func(t *testing.T) {
		// The environment's 1 makes it on by default; an operator may still turn it off.
		if code, out := r.docket("flags", "set", "FLAG_CONSOLE_ALERTS_AUTO_TICKET", "off"); code != 0 {
			t.Fatalf("exit %d %s", code, out)
		}
		r.mustPost("/hooks/alertmanager", webhook("firing", "WhileOff"))
		eventually(t, 10*time.Second, "Slack goes on while filing is off", func() bool { return r.told("WhileOff") })
		if n := len(r.fake.Tickets()); n != 1 {
			t.Errorf("%d tickets while filing is off", n)
		}
		if code, out := r.docket("flags", "set", "alerts.auto_ticket", "on"); code != 0 {
			t.Fatalf("exit %d %s", code, out)
		}
		eventually(t, 30*time.Second, "what still fires is filed", func() bool { return len(r.fake.Tickets()) == 2 })
		r.settled(20 * time.Second)
	})
	t.Run("step 1.5: curl", func(t *testing.T) {
		list := r.fake.url + "/api/conversations?page=1&pageSize=1"
		id, secret, agent := "CF-Access-Client-Id: "+runbookID, "CF-Access-Client-Secret: "+runbookSecret, "User-Agent: sre-probe/1.0"
		if got := curl(t, "-H", id, "-H", secret, "-H", "X-FreeScout-API-Key: test-key", "-H", agent, list); got != "200" {
			t.Errorf("all is well, and curl says %s", got)
		}
		if got := curl(t, "-H", "X-FreeScout-API-Key: test-key", "-H", agent, list); got != "302" && got != "403" {
			t.Errorf("without the service token curl says %s", got)
		}
		if got := curl(t, "-H", id, "-H", secret, "-H", "X-FreeScout-API-Key: wrong", "-H", agent, list); got != "401" && got != "403" {
			t.Errorf("with a wrong key curl says %s", got)
		}
		if got := curl(t, "-H", "Authorization: Bearer test-key", r.fake.url+"/api/mailboxes"); got != "403" {
			t.Errorf("a 403 means that Access is blocking, curl says %s", got)
		}
	})
	t.Run("steps 0 to 5: the doctor", func(t *testing.T) {
		code, out := r.docket("doctor", "--canary", "--json")
		var e doctor.Examination
		if err := json.Unmarshal([]byte(out), &e); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if code == exitErrors || e.Verdict == doctor.Error {
			t.Errorf("exit %d: %s", code, e.Sentence)
		}
		for _, want := range []string{"environment", "access gate", "desk key", "mailbox", "canary", "emit", "slack"} {
			if !slices.ContainsFunc(e.Findings, func(f doctor.HopResult) bool { return f.Hop == want && f.Level == doctor.OK }) {
				t.Errorf("%s is not well: %+v", want, e.Findings)
			}
		}
		if strings.Contains(out, runbookSecret) || strings.Contains(out, "xoxb-runbook") {
			t.Errorf("the doctor shows a secret:\n%s", out)
		}
	})
	t.Run("failure mode 3: Investigate", func(t *testing.T) {
		r.tileDown()
		status, first := r.investigate()
		if status != http.StatusOK || !strings.HasPrefix(first.TicketURL, r.fake.url+"/conversation/") {
			t.Fatalf("the click: %d %+v", status, first)
		}
		if _, again := r.investigate(); again.TicketURL != first.TicketURL {
			t.Errorf("a second click brings %s, want %s", again.TicketURL, first.TicketURL)
		}
		if lines := r.grep(`investigate`); len(lines) == 0 {
			t.Error("no investigate line")
		}
		var id int64
		if _, err := fmt.Sscanf(strings.TrimPrefix(first.TicketURL, r.fake.url), "/conversation/%d", &id); err != nil {
			t.Fatal(err)
		}
		r.settled(20 * time.Second)
		tagged := slices.ContainsFunc(r.fake.Tickets(), func(ticket fakedesk.Ticket) bool {
			return ticket.ID == id && slices.Contains(ticket.Tags, "auto:status")
		})
		if !tagged {
			t.Error("the ticket is not tagged auto:status")
		}
		// A person resolves it: the window is checked against open tickets only. The close is
		// noticed within a minute, where no webhook tells of it at once.
		r.fake.CloseTicket(id)
		eventually(t, time.Minute, "a click brings a fresh ticket once it was resolved", func() bool {
			status, fresh := r.investigate()
			return status == http.StatusOK && !fresh.Degraded && fresh.TicketURL != "" && fresh.TicketURL != first.TicketURL
		})
	})
	t.Run("failure mode 4: FreeScout is away", func(t *testing.T) {
		r.settled(20 * time.Second)
		before := len(r.fake.Tickets())
		r.fake.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503, Times: 100000})
		r.mustPost("/hooks/alertmanager", webhook("firing", "InOutage"))
		eventually(t, 10*time.Second, "Slack goes on in an outage", func() bool { return r.told("InOutage") })
		eventually(t, 30*time.Second, "the outage is said", func() bool { return len(r.grep(grepDegraded)) > 0 })
		for _, line := range r.grep(grepErrors) {
			if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") {
				t.Errorf("an outage is no error: %s", line)
			}
		}
		for _, line := range r.grep(grepDegraded) {
			if !strings.Contains(line, "level=WARNING") {
				t.Errorf("an outage is a warning: %s", line)
			}
		}
		r.closeAll()
		eventually(t, 60*time.Second, "a click answers degraded", func() bool {
			status, answer := r.investigate()
			return status == http.StatusOK && answer.Degraded
		})
		r.get("/healthz", &struct{}{})
		if n := len(r.fake.Tickets()); n != before {
			t.Errorf("%d tickets were made in the outage", n-before)
		}
		r.fake.Clear()
		eventually(t, 90*time.Second, "what still fires gets its ticket", func() bool {
			return slices.ContainsFunc(r.fake.Tickets(), func(ticket fakedesk.Ticket) bool { return strings.Contains(ticket.Subject, "InOutage") })
		})
	})
	t.Run("escalation: what the audit log calls filed is there", func(t *testing.T) {
		r.settled(30 * time.Second)
		if code, out := r.docket("audit", "verify"); code != 0 {
			t.Errorf("exit %d: %s", code, out)
		}
		code, out := r.docket("reconcile", "--dry-run")
		if code == exitErrors {
			t.Errorf("exit %d: %s", code, out)
		}
	})
}

// closeAll resolves every ticket at the desk, so that a click needs a new one.
func (r *rota) closeAll() {
	for _, ticket := range r.fake.Tickets() {
		if slices.Contains(ticket.Tags, "auto:status") {
			r.fake.CloseTicket(ticket.ID)
		}
	}
}

// The incident of 2026-06-19: the service token's headers were missing, every call was
// refused by Access, no ticket came, and nobody was told. Docket names it within a minute in
// log, Slack and doctor, though nobody asked and no alert came.
func TestMissingHeadersAreNamedWithinAMinute(t *testing.T) {
	t.Parallel()
	r := newRota(t, false)
	began := time.Now()
	eventually(t, time.Minute, "the log names the gate", func() bool {
		return slices.ContainsFunc(r.grep(`freescout_auth_error`), func(line string) bool {
			return strings.Contains(line, "level=WARNING") && strings.Contains(line, "gate=access_token_missing") &&
				strings.Contains(line, "CF_ACCESS_SVC_TICKETS_CLIENT_ID")
		})
	})
	eventually(t, time.Minute-time.Since(began), "Slack names it", func() bool { return r.told("CF_ACCESS_SVC_TICKETS_CLIENT_ID") })
	eventually(t, time.Minute-time.Since(began), "the doctor's log line names it",
		func() bool { return len(r.grep(`doctor found a broken hop.*access gate`)) > 0 })
	code, out := r.docket("doctor", "--json")
	var e doctor.Examination
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		t.Fatal(err)
	}
	named := slices.ContainsFunc(e.Findings, func(f doctor.HopResult) bool {
		return f.Hop == "access gate" && f.Level == doctor.Error && f.Name == "access_token_missing"
	})
	if code != exitErrors || !named || !strings.Contains(e.Next, "CF_ACCESS_SVC_TICKETS_CLIENT_ID") {
		t.Errorf("exit %d, next %q: %s", code, e.Next, e.Sentence)
	}
	resp, err := http.Get(r.url + "/console/doctor")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(page), "access_token_missing") && !strings.Contains(string(page), "no service token") {
		t.Errorf("the console does not name it (%v)", err)
	}
	r.mustPost("/hooks/alertmanager", webhook("firing", "Silent"))
	eventually(t, 20*time.Second, "people are told of the alert all the same", func() bool { return r.told("Silent") })
	if n := len(r.fake.Tickets()); n != 0 {
		t.Errorf("%d tickets went through the gate", n)
	}
}
