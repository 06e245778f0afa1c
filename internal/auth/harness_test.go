package auth_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"docket/internal/audit"
	"docket/internal/auth"
	"docket/internal/fault"
	"docket/internal/store"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

const (
	password = "correct horse battery"
	mistyped = "correct house battery"
)

// open opens a database.
func open(t *testing.T, database string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), database, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// account makes one, or gives it another password, as docket auth set does.
func account(t *testing.T, st *store.Store, name string, role auth.Role, secret fault.Secret) {
	t.Helper()
	hash, err := auth.HashPassword(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.PutAccount(t.Context(), store.Account{Name: name, Role: string(role), Password: hash},
		entry(audit.ActionAccountSet)); err != nil {
		t.Fatal(err)
	}
}

func entry(action string) audit.Entry {
	return audit.Entry{CreatedAt: time.Now().UTC(), Actor: audit.Person("test"), Action: action, Payload: map[string]any{}}
}

// site is a guard before one page for each right.
type site struct {
	t   *testing.T
	url string
	st  *store.Store
	log *strings.Builder
}

// newSite starts a site on a store; several on one store are replicas.
func newSite(t *testing.T, st *store.Store, cfg auth.Config) *site {
	t.Helper()
	s := &site{t: t, st: st, log: &strings.Builder{}}
	mux := http.NewServeMux()
	srv := httptest.NewUnstartedServer(mux)
	if cfg.URL == "" {
		cfg.URL = "http://" + srv.Listener.Addr().String()
	}
	guard, err := auth.New(cfg, st, slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	guard.Mount(mux)
	for _, right := range []auth.Right{auth.Read, auth.Operate, auth.Admin} {
		mux.Handle("/console/"+string(right), guard.Require(right, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, auth.From(r.Context()).Name) // The test sees what is missing.
		})))
	}
	mux.HandleFunc("POST /hooks/{source}", func(w http.ResponseWriter, r *http.Request) {
		signed, refusal := guard.Sender(r, r.PathValue("source"))
		body, err := io.ReadAll(r.Body)
		if refusal == 0 && signed && (err != nil || !guard.Signed(r, r.PathValue("source"), body)) {
			refusal = http.StatusUnauthorized
		}
		if refusal != 0 {
			guard.Refuse(w, r, refusal, auth.Ingest)
		}
	})
	srv.Config.Handler = guard.Wrap(mux)
	srv.Start()
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// reply is an answer.
type reply struct {
	status  int
	text    string
	header  http.Header
	cookies []*http.Cookie
}

// cookie is the value of a cookie that the answer sets, "" for none.
func (r reply) cookie(name string) *http.Cookie {
	for _, c := range r.cookies {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// ask sends a request as a browser does; header is lines such as "Cookie: a=b".
func (s *site) ask(method, path, body string, header ...string) reply {
	s.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = s.url + path
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	client := &http.Client{Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{resp.StatusCode, string(text), resp.Header, resp.Cookies()}
}

// login sends the login form.
func (s *site) login(name, secret string, header ...string) reply {
	s.t.Helper()
	return s.ask(http.MethodPost, "/console/login",
		url.Values{"name": {name}, "password": {secret}, "next": {"/console/read"}}.Encode(), header...)
}

// session logs in and returns the session's cookie as a header line.
func (s *site) session(name, secret string, header ...string) string {
	s.t.Helper()
	r := s.login(name, secret, header...)
	c := r.cookie("docket_session")
	if r.status != http.StatusSeeOther || c == nil || c.Value == "" {
		s.t.Fatalf("%s is not let in: %d %s", name, r.status, r.text)
	}
	return "Cookie: docket_session=" + c.Value
}

// wants checks the status of a page for somebody.
func (s *site) wants(status int, path string, header ...string) {
	s.t.Helper()
	if r := s.ask(http.MethodGet, path, "", header...); r.status != status {
		s.t.Errorf("GET %s: %d %s, want %d", path, r.status, r.text, status)
	}
}

// audited are the entries of an action, and proves that the chain of all holds.
func (s *site) audited(action string) []audit.Entry {
	s.t.Helper()
	if _, err := s.st.VerifyAudit(s.t.Context()); err != nil {
		s.t.Errorf("the chain of audit entries is broken: %v", err)
	}
	all, err := s.st.ListAudit(s.t.Context(), store.AuditFilter{Action: action, OldestFirst: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}
