package console_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/console"
	"docket/internal/store"
	"docket/internal/store/storetest"
)

// surfaces is a configuration with one surface that the shop decides about, and one that is well.
func surfaces(s *shop) string {
	return fmt.Sprintf(`surfaces:
  - {name: checkout, title: "Checkout <script>alert(1)</script>", group: Shop, every: 1s, up_after: 1, probe: {http: {url: %q}},
    links: [{title: Runbook, url: "https://example.org/runbook"}]}
  - {name: backup, title: Backup, group: Inner, every: 1s, probe: {heartbeat: {within: 1h}}}
policies: {storm: {limit: 0}}
`, s.URL)
}

// statusOf reads one surface's status from /status.json.
func (d *docket) statusOf(name string) string {
	d.t.Helper()
	var got struct {
		Surfaces []struct{ Name, Status string }
	}
	if err := json.Unmarshal([]byte(d.get("/status.json").text), &got); err != nil {
		d.t.Fatal(err)
	}
	for _, s := range got.Surfaces {
		if s.Name == name {
			return s.Status
		}
	}
	return ""
}

var pages = []string{
	"/console", "/console/status", "/console/status/checkout", "/console/status/checkout?span=90d", "/console/incidents",
	"/console/incidents?show=all", "/console/tickets", "/console/tickets?show=stale",
	"/console/tickets/1", "/console/silences", "/console/flags", "/console/flags?off=alerts.auto_ticket", "/console/audit",
	"/console/audit?q=ticket&from=2020-01-01", "/console/doctor", "/console/settings", "/status",
}

func TestScriptInNamesAndNotesStaysText(t *testing.T) {
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	s.fail(true)
	d.fire(`</td><script>alert("title")</script>`, "P1", "evil", `<img src=x onerror=alert(2)>`, "surface_like", `"><svg onload=alert(3)>`)
	eventually(t, "a ticket", func() bool { return d.get("/console/tickets/1").status == http.StatusOK })
	if r := d.post("/console/tickets/1",
		url.Values{"do": {"note"}, "text": {`<script>alert("note")</script>`}}); r.status != http.StatusSeeOther {
		t.Fatalf("the note was answered %d %s", r.status, r.text)
	}
	eventually(t, "the tile", func() bool { return d.statusOf("checkout") == "down" })
	d.post("/console/silences",
		url.Values{"do": {"create"}, "matchers": {`evil="<script>alert(4)</script>"`}, "for": {"1h"}, "comment": {"<b>why</b>"}})
	all := append([]string{}, pages...)
	for line := range strings.SplitSeq(d.get("/console/incidents").text, `href="/console/incidents/`) {
		if mark, _, ok := strings.Cut(line, `"`); ok && strings.Contains(mark, ".") && !strings.ContainsAny(mark, "< ") {
			all = append(all, "/console/incidents/"+mark)
		}
	}
	for _, page := range all {
		r := d.get(page)
		if r.status != http.StatusOK {
			t.Errorf("%s: %d", page, r.status)
		}
		for _, evil := range []string{"<script>alert", "<img src=x", "<svg onload", "<b>why</b>"} {
			if strings.Contains(r.text, evil) {
				t.Errorf("%s shows %s as markup", page, evil)
			}
		}
		policy := r.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s has the policy %q", page, policy)
		}
	}
	if !strings.Contains(d.get("/console/tickets/1").text, "&lt;script&gt;alert(&#34;note&#34;)") {
		t.Error("the note is not shown as it was written")
	}
}

func TestInvestigateBringsOneTicket(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		s := newShop(t)
		// A mild surface: its alert gets no ticket by itself.
		text := strings.Replace(surfaces(s), "every: 1s, up_after: 1", "every: 1s, up_after: 1, severity: P4", 1)
		d := start(t, database, text, nil)
		eventually(t, "a first reading", func() bool { return d.statusOf("checkout") == "operational" })
		ask := func(name string) reply {
			return d.call(http.MethodPost, "/console/status/"+name+"/investigate", "", "Accept", "application/json")
		}
		if r := ask("nothing"); r.status != http.StatusNotFound {
			t.Errorf("an unknown surface: %d %s", r.status, r.text)
		}
		if r := ask("checkout"); r.status != http.StatusConflict || !strings.Contains(r.text, "operational") {
			t.Errorf("a healthy surface: %d %s", r.status, r.text)
		}
		s.fail(true)
		eventually(t, "the tile is down", func() bool { return d.statusOf("checkout") == "down" })
		ticket := func(r reply) string {
			t.Helper()
			var got struct {
				TicketID  string `json:"ticket_id"`
				TicketURL string `json:"ticket_url"`
				Degraded  bool   `json:"degraded"`
			}
			if err := json.Unmarshal([]byte(r.text), &got); err != nil || r.status != http.StatusOK || got.TicketURL == "" || got.Degraded {
				t.Fatalf("investigate: %d %s (%v)", r.status, r.text, err)
			}
			return got.TicketID
		}
		var wg sync.WaitGroup
		got := make([]reply, 10)
		for n := range got {
			wg.Go(func() { got[n] = ask("checkout") })
		}
		wg.Wait()
		first := ticket(got[0])
		for _, r := range got {
			if id := ticket(r); id != first {
				t.Errorf("ten clicks brought the tickets %s and %s", first, id)
			}
		}
		if id := ticket(ask("checkout")); id != first {
			t.Errorf("a second click brought %s, not %s", id, first)
		}
		body := d.get("/console/tickets/" + first).text
		for _, words := range []string{"has been down since", "HTTP 503", "The last", "latency", "https://example.org/runbook",
			"No other surface has problems", "auto:status"} {
			if !strings.Contains(body, words) {
				t.Errorf("the ticket does not say %q", words)
			}
		}
		d.post("/console/tickets/"+first, url.Values{"do": {"close"}})
		if id := ticket(ask("checkout")); id == first {
			t.Error("a closed ticket came back")
		}
		d.post("/console/flags", url.Values{"name": {"investigate.from_status"}, "on": {"0"}})
		if r := ask("checkout"); r.status != http.StatusConflict || !strings.Contains(r.text, "switched off") {
			t.Errorf("with the flag off: %d %s", r.status, r.text)
		}
		if strings.Contains(d.get("/console/status").text, "/investigate") {
			t.Error("the button is there although the flag is off")
		}
		d.stop()
		d.start()
		if r := ask("checkout"); r.status != http.StatusConflict {
			t.Errorf("after a restart the flag is forgotten: %d %s", r.status, r.text)
		}
	})
}

// Every route of the console, asked by nobody and by who has each right.
func TestNothingIsReachableWithoutTheRightRole(t *testing.T) {
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s)+`auth:
  public_status: true
  tokens:
    - {name: reader, token: reader-0123456789abcdef, scopes: [read]}
    - {name: operator, token: operator-0123456789abcdef, scopes: [operate]}
    - {name: admin, token: admin-0123456789abcdef, scopes: [admin]}
    - {name: sender, token: sender-0123456789abcdef, scopes: [ingest]}
`, nil)
	rights := map[string][]auth.Right{"": nil, "sender": nil, "reader": {auth.Read}, "operator": {auth.Read, auth.Operate},
		"admin": {auth.Read, auth.Operate, auth.Admin}}
	for _, way := range console.Ways() {
		method, pattern, _ := strings.Cut(way.Pattern, " ")
		path := strings.NewReplacer("{surface}", "checkout", "{id}", "1", "{file}", "checkout.svg").Replace(pattern)
		if path == "/console/events" {
			continue // It streams: the browser's test listens.
		}
		for who, has := range rights {
			var header []string
			if who != "" {
				header = []string{"Authorization", "Bearer " + who + "-0123456789abcdef"}
			}
			r := d.call(method, path, "", header...)
			allowed := way.Public || way.Right == ""
			for _, right := range has {
				allowed = allowed || right == way.Right
			}
			refused := r.status == http.StatusUnauthorized || r.status == http.StatusForbidden
			if allowed == refused {
				t.Errorf("%s by %q (needs %q): %d", way.Pattern, who, way.Right, r.status)
			}
		}
	}
	// And no page shows a viewer a button that would be refused.
	s.fail(true)
	d.call(http.MethodPost, "/api/v2/alerts", `[{"labels":{"alertname":"a","severity":"P1"}}]`, "Content-Type", "application/json",
		"Authorization", "Bearer sender-0123456789abcdef")
	eventually(t, "the tile is down", func() bool { return d.statusOf("checkout") == "down" })
	for _, page := range pages {
		r := d.get(page, "Authorization", "Bearer reader-0123456789abcdef")
		if strings.Contains(r.text, `method="post"`) && page != "/console/settings" {
			t.Errorf("%s shows a viewer a form that would be refused", page)
		}
		if strings.Contains(r.text, `href="/console/settings"`) {
			t.Errorf("%s shows a viewer the settings, which would be refused", page)
		}
	}
	if r := d.get("/console/status", "Authorization", "Bearer operator-0123456789abcdef"); !strings.Contains(r.text, "/investigate") {
		t.Error("an operator sees no button")
	}
}

func TestForgedCrossSitePostIsRefused(t *testing.T) {
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	r := d.post("/console/flags", url.Values{"name": {"alerts.auto_ticket"}, "on": {"0"}}, "Origin", "https://evil.example.org",
		"Sec-Fetch-Site", "cross-site")
	if r.status != http.StatusForbidden {
		t.Errorf("it was answered %d", r.status)
	}
	if !strings.Contains(d.get("/console/flags").text, `alerts.auto_ticket <span class="step open">on`) {
		t.Error("the flag was flipped")
	}
}

func TestSilenceMutesAndPreviewSaysWhat(t *testing.T) {
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	d.fire("Disk full", "P4", "team", "shop")
	r := d.post("/console/silences", url.Values{"do": {"preview"}, "matchers": {`team="shop"`}, "for": {"1h"}})
	if r.status != http.StatusOK || !strings.Contains(r.text, "1 firing alert and 1 open incident") || !strings.Contains(r.text, "Disk full") {
		t.Errorf("the preview: %d, without what it mutes", r.status)
	}
	if r = d.post("/console/silences",
		url.Values{"do": {"create"}, "matchers": {`team="shop`},
			"for": {"1h"}}); r.status != http.StatusUnprocessableEntity || !strings.Contains(r.text, `team=&#34;shop`) {
		t.Errorf("a mistake: %d; what was typed must still be there", r.status)
	}
	if r = d.post("/console/silences",
		url.Values{"do": {"create"}, "matchers": {`team="shop"`}, "for": {"soon"}}); r.status != http.StatusUnprocessableEntity {
		t.Errorf("no time: %d", r.status)
	}
	if r = d.post("/console/silences",
		url.Values{"do": {"create"}, "matchers": {`team="shop"`}, "for": {"1h"},
			"comment": {"moving the disk"}}); r.status != http.StatusSeeOther {
		t.Fatalf("create: %d %s", r.status, r.text)
	}
	d.fire("Disk full", "P1", "team", "shop", "disk", "b")
	d.fire("Disk full", "P1", "team", "book")
	eventually(t, "the other team's ticket", func() bool { return strings.Contains(d.get("/console/tickets").text, "Disk full") })
	if n := strings.Count(d.get("/console/tickets").text, "P1 Disk full"); n != 1 {
		t.Errorf("%d tickets, want the other team's alone", n)
	}
	page := d.get("/console/silences").text
	_, after, _ := strings.Cut(page, `action="/console/silences/`)
	id, _, _ := strings.Cut(after, "/expire")
	if r = d.post("/console/silences/"+id+"/expire", nil); r.status != http.StatusSeeOther {
		t.Fatalf("expire: %d %s", r.status, r.text)
	}
	eventually(t, "what still fires gets its ticket",
		func() bool { return strings.Count(d.get("/console/tickets").text, "P1 Disk full") == 2 })
}

func TestPublicPageFeedAndBadges(t *testing.T) {
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	eventually(t, "a first reading", func() bool { return d.statusOf("checkout") == "operational" })
	s.fail(true)
	eventually(t, "the tile is down", func() bool { return d.statusOf("checkout") == "down" })
	var status struct {
		Status    string `json:"status"`
		UpdatedAt string `json:"updated_at"`
		Surfaces  []map[string]any
	}
	if err := json.Unmarshal([]byte(d.get("/status.json").text), &status); err != nil || status.Status != "down" ||
		len(status.Surfaces) != 2 || status.Surfaces[0]["since"] == nil {
		t.Errorf("/status.json: %+v, %v", status, err)
	}
	page := d.get("/status").text
	if !strings.Contains(page, "1 surface down") || strings.Contains(page, "HTTP 503") {
		t.Error("the public page says too little, or what is nobody's business")
	}
	var feed struct {
		Entries []struct {
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(d.get("/status.atom").text), &feed); err != nil || len(feed.Entries) != 1 ||
		!strings.HasSuffix(feed.Entries[0].Title, "is down") {
		t.Errorf("the feed: %+v, %v", feed, err)
	}
	badge := d.get("/badge/checkout.svg")
	if badge.status != http.StatusOK || badge.header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(badge.text, "down") ||
		strings.Contains(badge.text, "<script>") {
		t.Errorf("the badge: %d %s", badge.status, badge.text)
	}
	if r := d.get("/badge/nothing.svg"); r.status != http.StatusNotFound {
		t.Errorf("a badge of nothing: %d", r.status)
	}
}

func TestAuditIsFilteredAndExported(t *testing.T) {
	s := newShop(t)
	d := start(t, storetest.URL(t, "sqlite"), surfaces(s), nil)
	d.post("/console/flags", url.Values{"name": {"alerts.auto_ticket"}, "on": {"0"}, "why": {"=HYPERLINK(evil)"}})
	for range 60 {
		d.post("/console/flags", url.Values{"name": {"alerts.auto_ticket"}, "on": {"1"}})
		d.post("/console/flags", url.Values{"name": {"alerts.auto_ticket"}, "on": {"0"}})
	}
	page := d.get("/console/audit?action=console.flags.changed")
	if strings.Count(page.text, "console.flags.changed</td>") != 50 || !strings.Contains(page.text, ">Older</a>") {
		t.Error("the page has not fifty rows and a way to the older ones")
	}
	csv := d.get("/console/audit/export?format=csv&action=console.flags.changed")
	if n := strings.Count(csv.text, "\n"); n != 122 || !strings.Contains(csv.header.Get("Content-Disposition"), ".csv") {
		t.Errorf("the CSV has %d lines, want 121 rows and a heading", n)
	}
	lines := strings.Split(strings.TrimSpace(d.get("/console/audit/export?format=json&q=hyperlink").text), "\n")
	var row struct{ Action string }
	if err := json.Unmarshal([]byte(lines[0]), &row); err != nil || len(lines) != 1 || row.Action != "console.flags.changed" {
		t.Errorf("the JSON: %q, %v", lines, err)
	}
	if r := d.get("/console/audit?from=yesterday"); r.status != http.StatusBadRequest || !strings.Contains(r.text, "is not a date") {
		t.Errorf("a day that is none: %d", r.status)
	}
	if r := d.post("/console/audit/verify", nil); r.status != http.StatusSeeOther {
		t.Errorf("verify: %d", r.status)
	}
}

func TestTextIsLookedForFurtherBackInTheAuditLog(t *testing.T) {
	database := filepath.Join(t.TempDir(), "docket.db")
	st, err := store.Open(t.Context(), database, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	// One row that is looked for, below more than twice as many as a page looks at.
	err = st.Write(t.Context(), func(tx *store.Tx) error {
		entries := make([]audit.Entry, 45_000)
		for n := range entries {
			entries[n] = audit.Entry{CreatedAt: time.Now().UTC(), Actor: audit.System(), Action: audit.ActionAccepted,
				Payload: map[string]any{"n": n}}
		}
		entries[3].Payload = map[string]any{"text": "needle"}
		head, err := tx.AuditHead(t.Context())
		if err != nil {
			return err
		}
		return tx.AppendAudit(t.Context(), head, entries)
	})
	if err := errors.Join(err, st.Close()); err != nil {
		t.Fatal(err)
	}
	d := start(t, database, "", nil)
	at := "/console/audit?q=needle"
	for range 3 {
		page := d.get(at)
		if strings.Contains(page.text, "&#34;needle&#34;") {
			break
		}
		link := regexp.MustCompile(`href="([^"]+)">Search further back`).FindStringSubmatch(page.text)
		if link == nil {
			t.Fatalf("%s does not have the row, and no link that leads further back: %s", at, page.text)
		}
		at = html.UnescapeString(link[1])
	}
	if page := d.get(at); !strings.Contains(page.text, "&#34;needle&#34;") || strings.Contains(page.text, "Search further back") {
		t.Errorf("%s: %s", at, page.text)
	}
	if file := d.get("/console/audit/export?format=json&q=needle"); !strings.Contains(file.text, "needle") {
		t.Errorf("the export does not have the row: %s", file.text)
	}
}
