package web_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"docket/internal/fault"
	"docket/internal/query"
	"docket/internal/web"
)

func TestClientReadsAndChanges(t *testing.T) {
	f := newFace(t, plan{})
	mark := f.fire("Client")
	c := web.NewClient(f.url+"/", "")
	var rows []query.IncidentRow
	if err := c.Get(t.Context(), "/api/v1/incidents", url.Values{"limit": {"1"}}, &rows); err != nil || len(rows) != 1 || rows[0].ID != mark {
		t.Errorf("incidents: %+v %v", rows, err)
	}
	var ticket query.TicketDetail
	if err := c.Post(t.Context(), "/api/v1/tickets/1/notes", map[string]string{"text": "a note"}, &ticket); err != nil ||
		len(ticket.Notes) != 1 {
		t.Errorf("note: %+v %v", ticket, err)
	}
	if err := c.Post(t.Context(), "/api/v1/tickets/1/close", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestClientSaysWhatTheServerSaid(t *testing.T) {
	const secret = "client-secret-0123456789"
	f := newFace(t, plan{tokens: tokens()})
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "http://evil.example/", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte("<html>")) // The client is gone if this fails.
	}))
	defer page.Close()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	admin := fault.Secret("admin-secret-0123456789")
	for _, c := range []struct {
		name, base, path string
		token            fault.Secret
		says             string
	}{
		{"our own refusal", f.url, "/api/v1/alerts", secret, "refused (401): a token with the scope read is needed"},
		{"the API's detail", f.url, "/api/v1/tickets/7", admin, "the local desk has no ticket 7"},
		{"the API's field", f.url, "/api/v1/alerts?limit=x", admin, "query.limit: invalid integer"},
		{"not ours", page.URL, "/", secret, "is not Docket's"},
		{"sent elsewhere", page.URL, "/moved", secret, "refused (302)"},
		{"nobody there", nobody, "/", secret, "no docket is running there"},
		{"no address", "http://[::1", "/", secret, "is not valid"},
		{"no scheme", "localhost:8080", "/", secret, "cannot be reached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out []query.AlertRow
			err := web.NewClient(c.base, c.token).Get(t.Context(), c.path, nil, &out)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("err = %v, want %q", err, c.says)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is more than a sentence: %v", err)
			}
			if errors.Is(err, web.ErrNoServer) != (c.name == "nobody there") {
				t.Errorf("ErrNoServer: %v", err)
			}
		})
	}
}
