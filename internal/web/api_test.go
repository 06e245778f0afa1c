package web_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/auth"
	"docket/internal/incident"
	"docket/internal/query"
)

func TestOpenAPIDocumentSaysWhatThereIs(t *testing.T) {
	f := newFace(t, plan{})
	r := f.ask(http.MethodGet, "/api/openapi.json", nil)
	var doc struct {
		OpenAPI string `json:"openapi"`
		Info    struct{ Version string }
		Paths   map[string]map[string]struct {
			OperationID, Summary, Description string
			Security                          []map[string][]string
			Responses                         map[string]any
		}
	}
	if err := json.Unmarshal([]byte(r.text), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || doc.Info.Version != "1.2.3" {
		t.Errorf("openapi %q of version %q", doc.OpenAPI, doc.Info.Version)
	}
	var got []string
	for path, operations := range doc.Paths {
		for method, o := range operations {
			got = append(got, strings.ToUpper(method)+" "+path)
			if o.OperationID == "" || o.Summary == "" || len(o.Security) == 0 || o.Responses["200"] == nil || o.Responses["default"] == nil {
				t.Errorf("%s %s lacks its id, summary, scope, answer or error: %+v", method, path, o)
			}
		}
	}
	want := []string{
		"GET /api/v1/alerts", "GET /api/v1/audit", "GET /api/v1/audit/verify", "GET /api/v1/doctor", "GET /api/v1/flags", "GET /api/v1/incidents",
		"GET /api/v1/incidents/{id}", "GET /api/v1/incidents/{id}/explain",
		"GET /api/v1/maintenance", "GET /api/v1/silences", "GET /api/v1/surfaces", "GET /api/v1/tickets",
		"GET /api/v1/tickets/{id}", "GET /api/v1/version",
		"POST /api/v1/doctor", "POST /api/v1/flags/{id}", "POST /api/v1/maintenance", "POST /api/v1/maintenance/{id}/end",
		"POST /api/v1/reconcile",
		"POST /api/v1/silences", "POST /api/v1/silences/preview", "POST /api/v1/silences/{id}", "POST /api/v1/silences/{id}/expire",
		"POST /api/v1/tickets/{id}/close", "POST /api/v1/tickets/{id}/notes", "POST /api/v1/tickets/{id}/reopen",
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	if v := f.ask(http.MethodGet, "/api/v1/version", nil); strings.Contains(v.text, "$schema") || v.header.Get("Link") != "" {
		t.Errorf("an answer links its schema: %v %s", v.header, v.text)
	}
}

// TestRowsHaveTheFieldsOfTheContract is design section 10, word for word.
func TestRowsHaveTheFieldsOfTheContract(t *testing.T) {
	f := newFace(t, plan{})
	f.fire("Fields")
	for path, want := range map[string]string{
		"/api/v1/alerts":    "alert_key source alert_id severity status title labels starts_at ends_at annotations link fingerprint",
		"/api/v1/incidents": "id alert_key generation state severity title source surface opened_at recovered_at reason ticket",
		"/api/v1/tickets":   "desk id number url subject status tags mark incidents created_at",
		"/api/v1/audit":     "id created_at actor action payload hash",
	} {
		var rows []map[string]any
		f.get(path, &rows)
		if len(rows) == 0 {
			t.Errorf("%s is empty", path)
			continue
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(strings.Fields(want))), slices.Sorted(maps.Keys(rows[0]))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestEmptyListingsAreArrays(t *testing.T) {
	f := newFace(t, plan{})
	away := newFace(t, plan{away: true})
	for _, path := range []string{"alerts", "incidents", "tickets", "audit"} {
		for _, face := range []*face{f, away} {
			if r := face.ask(http.MethodGet, "/api/v1/"+path, nil); strings.TrimSpace(r.text) != "[]" {
				t.Errorf("%s: %s", path, r.text)
			}
		}
	}
}

func TestIncidentIsFoundByMarkAndByAlertKey(t *testing.T) {
	f := newFace(t, plan{})
	mark := f.fire("Found")
	f.fire("Other")
	key, _, _ := strings.Cut(mark, ".")
	for _, id := range []string{mark, key, strings.ToUpper(key)} {
		var d query.IncidentDetail
		f.get("/api/v1/incidents/"+id, &d)
		if d.ID != mark || d.Title != "Found" || len(d.Timeline) == 0 || len(d.Effects) == 0 || len(d.Alerts) != 1 || d.Ticket == nil {
			t.Errorf("incident %s is %+v", id, d)
		}
		for _, m := range d.Timeline {
			if m.Sentence == "" || m.At.IsZero() {
				t.Errorf("a moment says nothing: %+v", m)
			}
		}
	}
	var some []query.IncidentRow
	f.get("/api/v1/incidents?alert_key="+key, &some)
	if len(some) != 1 || some[0].ID != mark {
		t.Errorf("by alert_key: %+v", some)
	}
	f.get("/api/v1/incidents?limit=1", &some)
	if len(some) != 1 {
		t.Errorf("limit 1 gives %d", len(some))
	}
}

func TestListingOfLiveIncidentsLeavesOutThoseThatAreOver(t *testing.T) {
	f := newFace(t, plan{})
	live := f.fire("Lives")
	for _, status := range []string{"firing", "resolved"} {
		if r := f.post(hook, inHook(strings.ReplaceAll(named("Over"), "firing", status))); r.status != http.StatusOK {
			t.Fatal(r)
		}
	}
	var all, some []query.IncidentRow
	f.get("/api/v1/incidents", &all)
	f.get("/api/v1/incidents?live=true", &some)
	if len(all) != 2 || len(some) != 1 || some[0].ID != live {
		t.Errorf("all are %+v, live %+v", all, some)
	}
}

func TestWrongQuestionsAreAnsweredByTheField(t *testing.T) {
	f := newFace(t, plan{})
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "/api/v1/alerts?limit=many", "", 422, "query.limit"},
		{"GET", "/api/v1/alerts?limit=-1", "", 422, "query.limit"},
		{"GET", "/api/v1/incidents?live=perhaps", "", 422, "query.live"},
		{"GET", "/api/v1/incidents?alert_key=x", "", 400, "alert_key"},
		{"GET", "/api/v1/incidents/x", "", 404, "does not name an incident: use <alert_key>.<generation> or an alert_key"},
		{"GET", "/api/v1/incidents/0123456789abcdef.7", "", 404, "there is no incident 0123456789abcdef.7"},
		{"GET", "/api/v1/incidents/0123456789abcdef", "", 404, "no incident has the alert_key 0123456789abcdef"},
		{"GET", "/api/v1/incidents/0123456789abcdef/explain", "", 404, "no incident has the alert_key"},
		{"GET", "/api/v1/tickets/7", "", 404, "the local desk has no ticket 7"},
		{"GET", "/api/v1/tickets/-1", "", 404, "is not the number of a ticket of the local desk"},
		{"GET", "/api/v1/tickets/%2e%2e%2fx", "", 404, "is not the number of a ticket of the local desk"},
		{"POST", "/api/v1/tickets/7/close", "", 404, "the local desk has no ticket 7"},
		{"POST", "/api/v1/tickets/x/close", "", 404, "the local desk has no ticket x"},
		{"POST", "/api/v1/tickets/7/notes", `{"text":"hm"}`, 404, "the local desk has no ticket 7"},
		{"POST", "/api/v1/tickets/7/notes", `{"text":""}`, 422, "body.text"},
		{"POST", "/api/v1/tickets/7/notes", `{"text":7}`, 422, "body.text"},
		{"POST", "/api/v1/tickets/7/notes", `{"note":"x"}`, 422, "text"},
		{"POST", "/api/v1/tickets/7/notes", `{"text":`, 400, "unexpected"},
		{"POST", "/api/v1/tickets/7/notes", "", 400, "request body is required"},
		{"POST", "/api/v1/tickets/7/notes", `{"text":"` + strings.Repeat("x", 2<<20) + `"}`, 413, "too large"},
	} {
		r := f.ask(c.method, c.path, strings.NewReader(c.body), "Content-Type: application/json")
		text, err := json.Marshal(r.json(t))
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(text))
		if r.status != c.status || !strings.Contains(plain, c.says) || len(r.text) > 1000 {
			t.Errorf("%s %s %.40s: %d %.500s, want %d with %q", c.method, c.path, c.body, r.status, r.text, c.status, c.says)
		}
	}
}

func TestPersonClosesATicketAndTheLedgerHears(t *testing.T) {
	f := newFace(t, plan{tokens: append(tokens(),
		auth.Token{Name: "ann", Secret: "ann-secret-0123456789", Scopes: []string{string(auth.Admin)}})})
	ann := []string{"Authorization: Bearer ann-secret-0123456789", "Content-Type: application/json"}
	get := func(path string, into any) {
		t.Helper()
		r := f.ask(http.MethodGet, path, nil, ann...)
		if err := json.Unmarshal([]byte(r.text), into); err != nil || r.status != http.StatusOK {
			t.Fatalf("GET %s: %d %s %v", path, r.status, r.text, err)
		}
	}
	if r := f.ask(http.MethodPost, apiV2, strings.NewReader(`[{"labels":{"alertname":"Closing","severity":"P1"}}]`),
		ann...); r.status != http.StatusOK {
		t.Fatal(r)
	}
	var incidents []query.IncidentRow
	f.eventually("it has its ticket", func() bool {
		get("/api/v1/incidents", &incidents)
		return len(incidents) == 1 && incidents[0].Ticket != nil && incidents[0].Ticket.State == "filed"
	})
	id := incidents[0].Ticket.ID

	for _, step := range []struct{ path, body, status, state string }{
		{"/notes", `{"text":"I am on it\u0000."}`, "open", "filed"},
		{"/close", "", "closed", "closed"},
		{"/close", "", "closed", "closed"},
		{"/reopen", "", "open", "filed"},
	} {
		r := f.ask(http.MethodPost, "/api/v1/tickets/"+id+step.path, strings.NewReader(step.body), ann...)
		var ticket query.TicketDetail
		if err := json.Unmarshal([]byte(r.text), &ticket); err != nil || r.status != http.StatusOK {
			t.Fatalf("%s: %d %s %v", step.path, r.status, r.text, err)
		}
		get("/api/v1/incidents", &incidents)
		if ticket.Status != step.status || incidents[0].Ticket.State != step.state {
			t.Errorf("after %s the ticket is %s, its incident says %s; want %s and %s", step.path, ticket.Status, incidents[0].Ticket.State,
				step.status, step.state)
		}
		if diff := cmp.Diff([]string{incidents[0].ID}, ticket.Incidents); diff != "" || ticket.Mark != incidents[0].ID {
			t.Errorf("the ticket's mark is %s, its incidents (-want +got):\n%s", ticket.Mark, diff)
		}
		if len(ticket.Notes) != 1 || ticket.Notes[0] != "I am on it\uFFFD." {
			t.Errorf("notes are %q", ticket.Notes)
		}
	}
	var deeds []string
	var rows []query.AuditRow
	get("/api/v1/audit", &rows)
	for _, r := range slices.Backward(rows) {
		if r.Actor == "person:ann" {
			deeds = append(deeds, r.Action)
		}
	}
	want := []string{"console.tickets.noted", "console.tickets.closed", "console.tickets.reopened"}
	if diff := cmp.Diff(want, deeds); diff != "" {
		t.Errorf("the person's deeds in the audit log (-want +got):\n%s", diff)
	}
}

func TestTicketsOfAnotherDeskAreListedAndLeftToIt(t *testing.T) {
	f := newFace(t, plan{away: true})
	mark := f.fire("Elsewhere")
	var rows []query.TicketRow
	f.get("/api/v1/tickets", &rows)
	if len(rows) != 1 || rows[0].Desk != "elsewhere" || rows[0].Mark != mark || !strings.HasSuffix(rows[0].Subject, "["+mark+"]") ||
		rows[0].Status != "open" || len(rows[0].Incidents) != 1 {
		t.Fatalf("tickets are %+v", rows)
	}
	for _, c := range []struct{ method, path, body string }{
		{"GET", "", ""}, {"POST", "/notes", `{"text":"x"}`}, {"POST", "/close", ""}, {"POST", "/reopen", ""},
	} {
		r := f.ask(c.method, "/api/v1/tickets/"+rows[0].ID+c.path, strings.NewReader(c.body), "Content-Type: application/json")
		if r.status != http.StatusConflict || !strings.Contains(r.text, "the tickets are in elsewhere: open the ticket there") {
			t.Errorf("%s %s: %d %s", c.method, c.path, r.status, r.text)
		}
	}
}

func TestExplanationSaysWhyOrWhyNot(t *testing.T) {
	for _, c := range []struct {
		name, severity  string
		plan            plan
		filed           bool
		sentence, next  string
		because, effect string
	}{
		{"filed", "P1", plan{}, true, "Yes: ticket 1 was created and verified.", "Close the ticket",
			"a ticket is being created", "done"},
		{"too mild", "P4", plan{}, false, "No ticket: the severity is below the ticket level",
			"A ticket is created only if", "tickets from P2", ""},
		{"filing off", "P1", plan{policy: func(p *incident.Policy) { p.FilingOn = false }}, false, "No ticket: filing is switched off",
			"To file it, switch filing on again", "filing off", ""},
		{"muted", "P1", plan{policy: func(p *incident.Policy) { p.MutedBy = "holidays" }}, false, "No ticket yet: a silence mutes this alert.",
			"A ticket is created only if", "(holidays)", ""},
		{"held", "P1", plan{policy: func(p *incident.Policy) { p.Hold = 1 << 40 }}, false,
			"No ticket yet. Waiting: the alert must keep firing", "Docket decides again at ", "hold 18m", ""},
		{"the desk is away", "P1", plan{dead: true}, false,
			"Not yet: Docket is trying to create a ticket, but the help desk has not accepted it. " +
				"The help desk's last response: the desk cannot be reached", "Docket continues at ",
			"a ticket is being created", "queued"},
		{"milder tickets wanted", "P4", plan{policy: func(p *incident.Policy) { p.TicketAt = alert.P4 }}, true, "Yes: ticket 1",
			"Close the ticket", "tickets from P4", "done"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFace(t, c.plan)
			if r := f.post(apiV2, `[{"labels":{"alertname":"Why","severity":"`+c.severity+`"}}]`); r.status != http.StatusOK {
				t.Fatal(r)
			}
			var rows []query.IncidentRow
			f.get("/api/v1/incidents", &rows)
			var x query.Explanation
			f.eventually("it says "+c.sentence, func() bool {
				f.get("/api/v1/incidents/"+rows[0].ID+"/explain", &x)
				return strings.HasPrefix(x.Sentence, c.sentence)
			})
			if x.ID != rows[0].ID || x.Filed != c.filed || !strings.Contains(x.Next, c.next) ||
				!strings.Contains(strings.Join(x.Because, "\n"), c.because) {
				t.Errorf("the explanation is %+v", x)
			}
			if c.effect == "" != (len(x.Effects) == 0) || c.effect != "" && (x.Effects[0].Kind != "file" || x.Effects[0].State != c.effect) {
				t.Errorf("effects are %+v, want the first %q", x.Effects, c.effect)
			}
			if c.name == "the desk is away" && (x.Effects[0].Fault != "unreachable" || x.Effects[0].NotBefore == nil) {
				t.Errorf("the effect does not say what is wrong and when it goes on: %+v", x.Effects[0])
			}
		})
	}
}

func TestAuditIsListedByActionAndVerified(t *testing.T) {
	f := newFace(t, plan{})
	f.fire("One")
	f.fire("Two")
	var filed []query.AuditRow
	f.get("/api/v1/audit?action=console.alerts.ticket_filed", &filed)
	if len(filed) != 2 || filed[0].ID < filed[1].ID {
		t.Fatalf("filed: %+v", filed)
	}
	var one []query.AuditRow
	f.get("/api/v1/audit?limit=1&action=console.alerts.ticket_filed", &one)
	if len(one) != 1 || one[0].ID != filed[0].ID {
		t.Errorf("the latest of them: %+v", one)
	}
	for _, key := range []string{"alert_key", "severity", "ticket_id", "ticket_url"} {
		if filed[0].Payload[key] == "" || filed[0].Payload[key] == nil {
			t.Errorf("the payload has no %s: %v", key, filed[0].Payload)
		}
	}
	var v query.Verdict
	f.get("/api/v1/audit/verify", &v)
	if !v.Whole || v.Checked < 4 || v.FirstBad != 0 || !strings.HasPrefix(v.Sentence, "the audit log is intact: ") {
		t.Errorf("untouched: %+v", v)
	}
	f.tamper(`UPDATE audit_log SET actor = 'nobody' WHERE id = ?`, filed[1].ID)
	f.get("/api/v1/audit/verify", &v)
	if v.Whole || v.FirstBad != filed[1].ID || v.Fault == "" || v.Sentence == "" {
		t.Errorf("row %d was changed: %+v", filed[1].ID, v)
	}
}

func TestDatabaseThatIsAwayIsSaidInASentence(t *testing.T) {
	f := newFace(t, plan{})
	f.tamper(`ALTER TABLE alert RENAME TO away`)
	r := f.ask(http.MethodGet, "/api/v1/alerts", nil)
	if r.status != http.StatusServiceUnavailable || !strings.Contains(r.text, "the database failed") ||
		strings.Contains(r.text, "no such table") {
		t.Errorf("%d %s", r.status, r.text)
	}
	if got := f.metric("docket_database_up"); got != "0" {
		t.Errorf("docket_database_up is %q", got)
	}
	f.tamper(`ALTER TABLE away RENAME TO alert`)
	if got := f.metric("docket_database_up"); got != "1" {
		t.Errorf("docket_database_up is %q", got)
	}
}
