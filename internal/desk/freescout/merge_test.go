package freescout_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/fakedesk"
)

func TestMergedTicketIsTheOneThatItWasMergedInto(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	id, err := d.Create(t.Context(), draft(newMark))
	if err != nil {
		t.Fatal(err)
	}
	into, err := d.Create(t.Context(), desk.Draft{Mark: "fedcba9876543210.7", Subject: "other [fedcba9876543210.7]", Body: "other"})
	if err != nil {
		t.Fatal(err)
	}
	made := fake.Tickets()
	fake.Merge(made[0].ID, made[1].ID)
	read, err := d.Get(t.Context(), id)
	if err != nil || read.ID != into {
		t.Fatalf("%v: read %s, want %s", err, read.ID, into)
	}
	if err := d.Note(t.Context(), id, "recovered"); err != nil {
		t.Fatal(err)
	}
	if err := d.Tag(t.Context(), id, []string{"shop"}); err != nil {
		t.Fatal(err)
	}
	if err := d.SetStatus(t.Context(), id, desk.StatusClosed); err != nil {
		t.Fatal(err)
	}
	left := fake.Tickets()
	if len(left) != 1 || left[0].Status != "closed" || len(left[0].Tags) != 1 || left[0].Threads[len(left[0].Threads)-1].HTML != "recovered" {
		t.Errorf("left %+v", left)
	}
}

func TestRedirectThatNamesNoOtherConversationHereIsAWrongAddress(t *testing.T) {
	for _, location := range []string{
		"https://elsewhere.example/api/conversations/9", "/api/conversations/7", "/api/conversations/x", "/api/conversations", "/login",
		"//elsewhere.example/api/conversations/9",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusMovedPermanently)
		}))
		if _, err := open(t, configFor(server.URL)).Get(t.Context(), "7"); outcomeOf(err) != "refused wrong_base_url" {
			t.Errorf("%s: %v", location, err)
		}
		server.Close()
	}
}

func TestTicketsMergedInACircleComeToAnEnd(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		to := "/api/conversations/8"
		if strings.HasSuffix(r.URL.Path, "/8") {
			to = "/api/conversations/7"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusMovedPermanently)
	}))
	t.Cleanup(server.Close)
	if _, err := open(t, configFor(server.URL)).Get(t.Context(), "7"); outcomeOf(err) != "refused merged" || calls > 4 {
		t.Errorf("%d calls, then %v", calls, err)
	}
}

func TestTenThousandOpenTicketsAreListedInAHundredCalls(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	for i := range 1000 { // A tenth, for the test's time.
		mark := fmt.Sprintf("%016x.1", i+1)
		if _, err := d.Create(t.Context(), desk.Draft{Mark: mark, Subject: "x [" + mark + "]", Body: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	l, err := d.List(t.Context(), desk.Query{Open: true})
	if err != nil || len(l.Tickets) != 1000 || !l.Whole || l.Calls != 10 || fake.Stats().Requests[fakedesk.OpFind] != 10 {
		t.Errorf("%v: %d tickets in %d calls, whole: %v", err, len(l.Tickets), l.Calls, l.Whole)
	}
	l, err = d.List(t.Context(), desk.Query{Open: true, Most: 200})
	if err != nil || l.Whole || len(l.Tickets) != 200 {
		t.Errorf("%v: %d of at most 200 tickets, whole: %v", err, len(l.Tickets), l.Whole)
	}
	fake.Order(fakedesk.Fault{Kind: fakedesk.BadGateway502, On: fakedesk.OpFind, Times: 1})
	if l, err := d.List(t.Context(), desk.Query{}); err == nil || len(l.Tickets) != 0 {
		t.Errorf("a list that broke off shows %d tickets and %v", len(l.Tickets), err)
	}
}

func TestFilterThatFreeScoutIgnoresIsNoticed(t *testing.T) {
	fake, url := start(t, gated)
	config := configFor(url)
	others := config
	others.CustomerEmail = "people@example.org"
	if _, err := open(t, others).Create(t.Context(), draft(newMark)); err != nil {
		t.Fatal(err)
	}
	d := open(t, config)
	if l, err := d.List(t.Context(), desk.Query{UpdatedSince: time.Now().Add(-time.Hour)}); err != nil || len(l.Tickets) != 0 {
		t.Errorf("%v: another customer's ticket is listed: %+v", err, l.Tickets)
	}
	id := fake.Tickets()[0].ID
	fake.CloseTicket(id)
	fake.Order(fakedesk.Fault{Kind: fakedesk.IgnoreFilters, On: fakedesk.OpFind, Times: 1})
	if l, err := d.List(t.Context(), desk.Query{Open: true}); err != nil || len(l.Tickets) != 0 {
		t.Errorf("%v: a closed ticket is listed as open: %+v", err, l.Tickets)
	}
}
