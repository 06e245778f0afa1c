package fakedesk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/desk/fakedesk"

	"github.com/google/go-cmp/cmp"
)

// client calls a fake directly, as one goroutine with no network.
type client struct {
	t    *testing.T
	fake *fakedesk.Server
}

func newClient(t *testing.T, options fakedesk.Options) client {
	t.Helper()
	fake := fakedesk.New(options)
	t.Cleanup(fake.Close)
	return client{t, fake}
}

func (c client) call(method, path, body string) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("X-FreeScout-API-Key", "k")
	w := httptest.NewRecorder()
	c.fake.ServeHTTP(w, r)
	return w
}

func (c client) create(subject string) string {
	c.t.Helper()
	body := fmt.Sprintf(`{"type":"email","mailboxId":2,"subject":%q,"customer":{"email":"a@b"},"threads":[{"type":"customer","text":"t",`+
		`"customer":{"email":"a@b"}}]}`, subject)
	w := c.call("POST", "/api/conversations", body)
	if w.Code != http.StatusCreated || w.Header().Get("Resource-ID") == "" {
		c.t.Fatalf("create: %d %s", w.Code, w.Body)
	}
	return w.Header().Get("Resource-ID")
}

type listing struct {
	Embedded struct {
		Conversations []struct {
			ID      int64
			Subject string
		}
	} `json:"_embedded"`
	Page struct{ Size, TotalElements, TotalPages, Number int }
}

func (c client) list(query string) listing {
	c.t.Helper()
	var l listing
	if err := json.Unmarshal(c.call("GET", "/api/conversations?"+query, "").Body.Bytes(), &l); err != nil {
		c.t.Fatal(err)
	}
	return l
}

func TestInvalidRequestsAreRefusedInFreeScoutsShape(t *testing.T) {
	c := newClient(t, fakedesk.Options{})
	id := c.create("s [m.1]")
	for _, row := range []struct{ method, path, body, field string }{
		{"POST", "conversations", `{"type":"email",`, "subject"}, // broken JSON is not told as such
		{"POST", "conversations", `{"type":"email"}`, "subject"},
		{"POST", "conversations", `{"subject":"s"}`, "type"},
		{"POST", "conversations", `{"subject":"s","type":"email","mailboxId":7}`, "mailboxId"},
		{"POST", "conversations", `{"subject":"s","type":"email","mailboxId":1}`, "threads"},
		{"POST", "conversations", `{"subject":"s","type":"email","mailboxId":1,"threads":[{}]}`, "customer"},
		{"POST", "conversations",
			`{"subject":"s","type":"email","mailboxId":1,"customer":{"id":1},"threads":[{"type":"customer","text":"t"}]}`, "customer"},
		{"POST", "conversations/" + id + "/threads", `{"type":"note","text":"t"}`, "user"},
		{"POST", "conversations/" + id + "/threads", `{"type":"note","user":4}`, "text"},
		{"POST", "conversations/" + id + "/threads", `{"type":"note","text":"t","user":999}`, "user"},
		{"PUT", "conversations/" + id, `{"status":"closed"}`, "byUser"},
		{"PUT", "conversations/" + id, `{"status":"resolved","byUser":4}`, "status"},
		{"PUT", "conversations/" + id + "/tags", `{}`, "tags"},
	} {
		w := c.call(row.method, "/api/"+row.path, row.body)
		var got struct {
			Message  string
			Embedded struct {
				Errors []struct{ Path, Message, Source string }
			} `json:"_embedded"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusBadRequest || got.Message != "Error occurred" ||
			len(got.Embedded.Errors) != 1 || got.Embedded.Errors[0].Path != row.field {
			t.Errorf("%s %s %s: %d %s, want a 400 about %s", row.method, row.path, row.body, w.Code, w.Body, row.field)
		}
	}
	if n := len(c.fake.Tickets()); n != 1 {
		t.Errorf("%d tickets, want the first one only", n)
	}
}

func TestListsFilterSortAndPage(t *testing.T) {
	c := newClient(t, fakedesk.Options{})
	for i := range 7 {
		c.create(fmt.Sprintf("Disk %d [m.%d]", i, i))
	}
	all := c.fake.Tickets()
	c.fake.CloseTicket(all[0].ID)
	c.fake.Trash(all[1].ID)
	c.fake.Move(all[2].ID, 1)
	c.call("PUT", fmt.Sprintf("/api/conversations/%d/tags", all[3].ID), `{"tags":["Auto:Alert","auto:alert"]}`)
	for query, want := range map[string][]int{
		"":               {6, 5, 4, 3, 2, 1, 0},
		"sortOrder=asc":  {0, 1, 2, 3, 4, 5, 6},
		"subject=DISK+3": {3},
		"subject=%25":    {},
		"status=closed":  {0},
		"status=closed,active&state=published&sortOrder=asc": {0, 2, 3, 4, 5, 6},
		"state=deleted":                     {1},
		"mailboxId=1":                       {2},
		"tag=auto:alert":                    {3},
		"number=5":                          {4},
		"no_such_filter=x&pageSize=2":       {6, 5},
		"pageSize=3&page=3":                 {0},
		"pageSize=3&page=4":                 {},
		"pageSize=3&page=99999999999999999": {},
	} {
		got := []int{}
		for _, shown := range c.list(query).Embedded.Conversations {
			for i, ticket := range all {
				if ticket.ID == shown.ID {
					got = append(got, i)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("?%s (-want +got):\n%s", query, diff)
		}
	}
	if page := c.list("pageSize=3&page=2").Page; page.Size != 3 || page.TotalElements != 7 || page.TotalPages != 3 || page.Number != 2 {
		t.Errorf("page %+v", page)
	}
	if page := c.list("subject=nothing").Page; page.TotalElements != 0 || page.TotalPages != 1 {
		t.Errorf("page of an empty list %+v", page)
	}
}

func TestIdsAreNotNumbers(t *testing.T) {
	c := newClient(t, fakedesk.Options{})
	for range 3 {
		c.create("s [m.1]")
	}
	for _, ticket := range c.fake.Tickets() {
		if w := c.call("GET", fmt.Sprintf("/api/conversations/%d", ticket.Number), ""); w.Code != http.StatusNotFound {
			t.Errorf("number %d was taken for an id: %d", ticket.Number, w.Code)
		}
	}
	if got := c.fake.Stats().Creates["m.1"]; got != 3 {
		t.Errorf("%d creates were counted, want 3", got)
	}
}

func TestGatesStandInOrder(t *testing.T) {
	c := newClient(t, fakedesk.Options{APIKey: "right", AccessClientID: "id", AccessClientSecret: "secret"})
	for _, row := range []struct {
		key, id, secret string
		status          int
		json            bool
	}{
		{"right", "", "", 403, false}, {"right", "id", "wrong", 403, false}, {"wrong", "", "", 403, false},
		{"wrong", "id", "secret", 401, true}, {"", "id", "secret", 401, true}, {"right", "id", "secret", 200, true},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/mailboxes", nil)
		r.Header.Set("X-FreeScout-API-Key", row.key)
		r.Header.Set("CF-Access-Client-Id", row.id)
		r.Header.Set("CF-Access-Client-Secret", row.secret)
		w := httptest.NewRecorder()
		c.fake.ServeHTTP(w, r)
		if w.Code != row.status || json.Valid(w.Body.Bytes()) != row.json {
			t.Errorf("%+v: %d %s", row, w.Code, w.Body)
		}
	}
}

func TestFaultsHitAsOftenAsOrdered(t *testing.T) {
	c := newClient(t, fakedesk.Options{})
	c.fake.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503, On: fakedesk.OpFind, Times: 2, RetryAfter: 1500 * time.Millisecond})
	c.fake.Order(fakedesk.Fault{Kind: fakedesk.Error500, On: fakedesk.OpFind, Mark: "m.7"})
	got := []int{}
	for _, query := range []string{"", "subject=m.7", "subject=m.7", "subject=m.8", "subject=m.7"} {
		w := c.call("GET", "/api/conversations?"+query, "")
		got = append(got, w.Code)
		if w.Code == 503 && w.Header().Get("Retry-After") != "2" {
			t.Errorf("Retry-After %q, want 2 whole seconds", w.Header().Get("Retry-After"))
		}
	}
	if diff := cmp.Diff([]int{503, 503, 500, 200, 500}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if w := c.call("GET", "/api/mailboxes", ""); w.Code != http.StatusOK {
		t.Errorf("another operation was hit: %d", w.Code)
	}
	c.fake.Clear()
	if w := c.call("GET", "/api/conversations?subject=m.7", ""); w.Code != http.StatusOK || len(c.fake.Faults()) != 0 {
		t.Errorf("after Clear: %d, %v", w.Code, c.fake.Faults())
	}
}

func TestVanishedTicketWasCreatedAndIsGone(t *testing.T) {
	c := newClient(t, fakedesk.Options{})
	c.fake.Order(fakedesk.Fault{Kind: fakedesk.Vanish, On: fakedesk.OpCreate, Times: 1})
	id := c.create("s [m.1]")
	if w := c.call("GET", "/api/conversations/"+id, ""); w.Code != http.StatusNotFound {
		t.Errorf("the vanished ticket answers %d", w.Code)
	}
	if c.fake.Stats().Creates["m.1"] != 1 || len(c.fake.Tickets()) != 0 {
		t.Errorf("%+v", c.fake.Stats())
	}
}

func TestManyCreatesAtOnceAreManyTickets(t *testing.T) {
	c := newClient(t, fakedesk.Options{})
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() { c.create(fmt.Sprintf("s [m.%d]", i%10)) })
	}
	all.Wait()
	stats := c.fake.Stats()
	if stats.Tickets != 50 || stats.Requests[fakedesk.OpCreate] != 50 || stats.Creates["m.3"] != 5 {
		t.Errorf("%+v", stats)
	}
}

func TestAnotherProcessCanOrderFaultsAndReadTheTruth(t *testing.T) {
	fake := fakedesk.New(fakedesk.Options{APIKey: "k", BasePath: "/helpdesk"})
	t.Cleanup(fake.Close)
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- fake.Listen(ctx, "127.0.0.1:0", func(url string) { ready <- url }) }()
	var url string
	select {
	case url = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	site := strings.TrimSuffix(url, "/helpdesk")
	ask := func(method, address, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-FreeScout-API-Key", "k")
		w, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = w.Body.Close() }()
		read, err := io.ReadAll(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		return w.StatusCode, string(read)
	}
	create := `{"type":"email","mailboxId":2,"subject":"s [m.1]","customer":{"email":"a@b"},"threads":[{"type":"customer","text":"t",` +
		`"customer":{"email":"a@b"}}]}`
	if status, body := ask("POST", site+"/_fake/faults",
		`{"kind":"500_after_commit","on":"create","times":1}`); status != http.StatusNoContent {
		t.Fatalf("order: %d %s", status, body)
	}
	for _, bad := range []string{`{"kind":"no such"}`, `{"kind":"503","on":"no such"}`, `{"kind":"503","times":-1}`, `{"knd":"503"}`, `{`} {
		if status, _ := ask("POST", site+"/_fake/faults", bad); status != http.StatusBadRequest {
			t.Errorf("%s was ordered: %d", bad, status)
		}
	}
	if status, _ := ask("POST", url+"/api/conversations", create); status != http.StatusInternalServerError {
		t.Errorf("create under the fault: %d", status)
	}
	_, body := ask("GET", site+"/_fake/tickets", "")
	var tickets []fakedesk.Ticket
	if err := json.Unmarshal([]byte(body), &tickets); err != nil || len(tickets) != 1 || tickets[0].Mark != "m.1" {
		t.Fatalf("tickets: %v %s", err, body)
	}
	path := fmt.Sprintf("%s/_fake/tickets/%d/", site, tickets[0].ID)
	for _, step := range []struct {
		action string
		status int
		want   func(fakedesk.Ticket) bool
	}{
		{"close", 204, func(ticket fakedesk.Ticket) bool { return ticket.Status == "closed" && !ticket.ClosedAt.IsZero() }},
		{"reopen", 204, func(ticket fakedesk.Ticket) bool { return ticket.Status == "active" && ticket.ClosedAt.IsZero() }},
		{"move?mailbox=1", 204, func(ticket fakedesk.Ticket) bool { return ticket.MailboxID == 1 }},
		{"rename?subject=other", 204, func(ticket fakedesk.Ticket) bool { return ticket.Subject == "other" }},
		{"dance", 400, func(fakedesk.Ticket) bool { return true }},
		{"trash", 204, func(ticket fakedesk.Ticket) bool { return ticket.State == "deleted" }},
	} {
		if status, _ := ask("POST", path+step.action, ""); status != step.status || !step.want(fake.Tickets()[0]) {
			t.Errorf("%s: %d %+v", step.action, status, fake.Tickets()[0])
		}
	}
	if status, _ := ask("POST", path+"purge", ""); status != http.StatusNoContent || len(fake.Tickets()) != 0 {
		t.Errorf("purge: %d", status)
	}
	if status, _ := ask("POST", path+"close", ""); status != http.StatusNotFound {
		t.Errorf("close what is gone: %d", status)
	}
	_, body = ask("GET", site+"/_fake/stats", "")
	var stats fakedesk.Stats
	if err := json.Unmarshal([]byte(body), &stats); err != nil || stats.Creates["m.1"] != 1 || stats.Requests[fakedesk.OpCreate] != 1 {
		t.Errorf("stats: %v %s", err, body)
	}
	_, body = ask("GET", site+"/_fake/requests", "")
	var diary []fakedesk.Request
	if err := json.Unmarshal([]byte(body), &diary); err != nil || len(diary) != 1 || diary[0].Subject != "s [m.1]" ||
		diary[0].At.IsZero() || !diary[0].Keyed {
		t.Errorf("requests: %v %s", err, body)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Listen ended with %v", err)
	}
}

func TestListenServesLoopbackOnly(t *testing.T) {
	c := newClient(t, fakedesk.Options{})
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0", "nonsense"} {
		if err := c.fake.Listen(t.Context(), address, func(string) { t.Errorf("%s is served", address) }); err == nil {
			t.Errorf("%s: no error", address)
		}
	}
}

// TestSlowCommitOutlivesItsClient in a bubble: the action is done at its time though nobody
// waits for it, and not done if the server closes before.
func TestSlowCommitOutlivesItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := fakedesk.New(fakedesk.Options{})
		fake.Order(fakedesk.Fault{Kind: fakedesk.SlowCommit, On: fakedesk.OpCreate, Delay: time.Minute})
		post := func() {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			body := `{"type":"email","mailboxId":2,"subject":"s [m.1]","customer":{"email":"a@b"},"threads":[{"type":"customer","text":"t",` +
				`"customer":{"email":"a@b"}}]}`
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://fake/api/conversations", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-FreeScout-API-Key", "k")
			if w, err := fake.Transport().RoundTrip(r); err == nil {
				_ = w.Body.Close()
				t.Error("the client was answered")
			}
		}
		post()
		time.Sleep(58 * time.Second)
		if n := len(fake.Tickets()); n != 0 {
			t.Errorf("%d tickets before the delay is over", n)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := len(fake.Tickets()); n != 1 {
			t.Errorf("%d tickets after the delay, want 1", n)
		}
		post()
		fake.Close()
		if n := len(fake.Tickets()); n != 1 {
			t.Errorf("%d tickets: the closed server went on", n)
		}
	})
}
