package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// deliver sends a webhook as FreeScout does.
func (f *face) deliver(h fakedesk.Hook, headers ...string) reply {
	f.t.Helper()
	return f.post("/hooks/desk/freescout", string(h.Body),
		append([]string{"X-FreeScout-Event: " + h.Event, "X-FreeScout-Signature: " + h.Signature}, headers...)...)
}

func TestAPersonsCloseIsKnownAtOnceByWebhook(t *testing.T) {
	fake := fakedesk.New(fakedesk.Options{WebhookSecret: "the-secret"})
	t.Cleanup(fake.Close)
	f := newFace(t, plan{fake: fake, deskSecret: "the-secret"})
	mark := f.fire("Disk")
	id := fake.Tickets()[0].ID
	state := func() string {
		var d struct {
			Ticket struct{ State string }
		}
		f.get("/api/v1/incidents/"+mark, &d)
		return d.Ticket.State
	}
	// Docket's own deeds come back as echoes, and are no questions.
	f.eventually("the tag is on", func() bool { return len(fake.Tickets()[0].Tags) > 0 })
	reads := fake.Stats().Requests[fakedesk.OpGet]
	for _, h := range fake.Hooks() {
		if r := f.deliver(h); r.status != http.StatusOK || !strings.Contains(r.text, "no_news") {
			t.Errorf("%s: %d %s", h.Event, r.status, r.text)
		}
	}
	if n := fake.Stats().Requests[fakedesk.OpGet]; n != reads {
		t.Errorf("echoes cost %d reads", n-reads)
	}
	fake.CloseTicket(id)
	closed := fake.Hooks()[0]
	if r := f.deliver(closed); r.status != http.StatusOK || !strings.Contains(r.text, "asked") {
		t.Fatalf("%d %s", r.status, r.text)
	}
	f.eventually("the close is known", func() bool { return state() == "closed" })
	// A duplicate is no news; reopened, the old word is asked about, and the desk knows better.
	if r := f.deliver(closed); !strings.Contains(r.text, "no_news") {
		t.Errorf("a duplicate: %s", r.text)
	}
	fake.ReopenTicket(id)
	if r := f.deliver(fake.Hooks()[0]); !strings.Contains(r.text, "asked") {
		t.Errorf("reopened: %s", r.text)
	}
	f.eventually("the reopening is known", func() bool { return state() == "filed" })
	before := f.metric(`docket_desk_watch_calls_total{desk="freescout",for="watch"}`)
	if r := f.deliver(closed); !strings.Contains(r.text, "asked") {
		t.Errorf("late and out of order: %s", r.text)
	}
	f.eventually("the desk is asked", func() bool { return f.metric(`docket_desk_watch_calls_total{desk="freescout",for="watch"}`) != before })
	if state() != "filed" {
		t.Error("an old webhook was believed")
	}
	if got := f.metric(`docket_desk_hooks_total{result="asked"}`); got != "3" {
		t.Errorf("%s hooks were asked about, want 3", got)
	}
}

func TestAWebhookThatIsNotTheDesksIsRefused(t *testing.T) {
	fake := fakedesk.New(fakedesk.Options{WebhookSecret: "the-secret"})
	t.Cleanup(fake.Close)
	f := newFace(t, plan{fake: fake, deskSecret: "the-secret"})
	f.fire("Disk")
	fake.Hooks()
	fake.CloseTicket(fake.Tickets()[0].ID)
	good := fake.Hooks()[0]
	forged := good
	forged.Body = []byte(strings.Replace(string(good.Body), `"closed"`, `"active"`, 1))
	for name, h := range map[string]fakedesk.Hook{
		"forged": forged, "unsigned": {Event: good.Event, Body: good.Body}, "no base64": {Event: good.Event, Signature: "%%%", Body: good.Body},
		"empty": {Signature: good.Signature},
	} {
		if r := f.deliver(h); r.status != http.StatusUnauthorized || strings.Contains(r.text, "the-secret") {
			t.Errorf("%s: %d %s", name, r.status, r.text)
		}
	}
	if r := f.ask(http.MethodGet, "/hooks/desk/freescout", nil); r.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", r.status)
	}
	if r := f.post("/hooks/desk/zammad", "{}"); r.status != http.StatusNotFound {
		t.Errorf("another desk: %d", r.status)
	}
	if r := f.deliver(fakedesk.Hook{Signature: good.Signature,
		Body: []byte(strings.Repeat("x", 11<<20))}); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", r.status)
	}
	// Signed, and about something else: a customer, another's ticket.
	for body, want := range map[string]int{`{"id":77,"email":"a@example.org"}`: http.StatusOK, `[]`: http.StatusBadRequest,
		`{}`: http.StatusBadRequest} {
		if r := f.deliver(fake.Sign("customer.updated", []byte(body))); r.status != want {
			t.Errorf("%s: %d %s", body, r.status, r.text)
		}
	}
}

func TestWithoutASecretNoWebhookIsTaken(t *testing.T) {
	fake := fakedesk.New(fakedesk.Options{WebhookSecret: "the-secret"})
	t.Cleanup(fake.Close)
	f := newFace(t, plan{fake: fake})
	if r := f.deliver(fake.Sign("convo.status", []byte(`{"id":1}`))); r.status != http.StatusNotFound ||
		!strings.Contains(r.text, "FREESCOUT_WEBHOOK_SECRET") {
		t.Errorf("%d %s", r.status, r.text)
	}
}

func TestReconcileByAPI(t *testing.T) {
	fake := fakedesk.New(fakedesk.Options{})
	t.Cleanup(fake.Close)
	f := newFace(t, plan{fake: fake})
	f.fire("Disk")
	f.eventually("the tag is on", func() bool { return len(fake.Tickets()[0].Tags) > 0 })
	f.eventually("nothing is on its way", func() bool { return f.metric(`docket_effects_waiting{kind="tag",state="queued"}`) == "" })
	fake.Lose(fake.Tickets()[0].ID)
	r := f.post("/api/v1/reconcile", `{"dry_run":true}`)
	if r.status != http.StatusOK || !strings.Contains(r.text, `"kind":"missing"`) || !strings.Contains(r.text, `"did":"planned"`) ||
		len(fake.Tickets()) != 0 {
		t.Fatalf("%d %s", r.status, r.text)
	}
	if r := f.post("/api/v1/reconcile", `{}`); r.status != http.StatusOK || !strings.Contains(r.text, `"did":"repaired"`) {
		t.Fatalf("%d %s", r.status, r.text)
	}
	f.eventually("it is filed again", func() bool { return len(fake.Tickets()) == 1 })
	if got := f.metric(`docket_reconcile_findings_total{desk="freescout",kind="missing"}`); got != "1" {
		t.Errorf("%s missing counted", got)
	}
}

func TestStaleTicketsAreCountedAndListed(t *testing.T) {
	f := newFace(t, plan{})
	mark := f.fire("Disk")
	f.fire("Other")
	if r := f.post("/api/v2/alerts", `[{"labels":{"alertname":"Disk","severity":"P1"},"endsAt":"`+time.Now().UTC().Format(time.RFC3339Nano)+
		`"}]`); r.status != http.StatusOK {
		t.Fatal(r)
	}
	f.eventually("it recovered", func() bool { return f.metric(`docket_incidents{state="recovered"}`) == "1" })
	stale := func() string { return f.ask(http.MethodGet, "/api/v1/tickets?stale=true", nil).text }
	if got := stale(); strings.TrimSpace(got) != "[]" || f.metric("docket_tickets_stale") != "0" {
		t.Errorf("just recovered: %s", got)
	}
	f.tamper(`UPDATE incident SET recovered_at_us = recovered_at_us - 7200000000 WHERE state = 'recovered'`)
	if got := stale(); !strings.Contains(got, mark) || strings.Contains(got, "Other") || f.metric("docket_tickets_stale") != "1" {
		t.Errorf("two hours later: %s", got)
	}
}
