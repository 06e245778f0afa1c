package console_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/app"
	"docket/internal/await"
	"docket/internal/config"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// shop is what the surfaces watch: a test turns it off and on.
type shop struct {
	*httptest.Server

	mu  sync.Mutex
	ill bool
}

func newShop(t *testing.T) *shop {
	s := &shop{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.ill {
			http.Error(w, "no", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *shop) fail(ill bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ill = ill
}

// docket is the real program, in this process.
type docket struct {
	t    *testing.T
	url  string
	stop func()
	// file is the configuration; env what the environment says.
	file string
	env  map[string]string
}

// start runs the program with a configuration, on a database that outlives a restart.
func start(t *testing.T, database, text string, env map[string]string) *docket {
	t.Helper()
	d := &docket{t: t, file: filepath.Join(t.TempDir(), "docket.yaml"), env: env}
	if err := os.WriteFile(d.file, []byte("listen: 127.0.0.1:0\ndatabase: "+database+"\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start()
	return d
}

func (d *docket) start() {
	d.t.Helper()
	cfg, err := config.Load(d.file, func(name string) (string, bool) {
		value, ok := d.env[name]
		return value, ok
	})
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() {
		done <- app.Serve(ctx, cfg, app.Options{Log: slog.New(slog.DiscardHandler), Version: "test", Ready: func(addr string) { ready <- addr }})
	}()
	select {
	case addr := <-ready:
		d.url = "http://" + addr
	case err := <-done:
		cancel()
		d.t.Fatalf("docket did not start: %v", err)
	case <-time.After(30 * time.Second):
		cancel()
		d.t.Fatal("docket did not start in time")
	}
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Errorf("docket stopped with %v", err)
		}
	})
	d.t.Cleanup(d.stop)
}

// reply is an answer.
type reply struct {
	status int
	text   string
	header http.Header
}

// client follows no redirect and keeps no connection that would hold up a stop.
var client = &http.Client{
	Timeout:       20 * time.Second,
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// call asks; header is pairs of names and values.
func (d *docket) call(method, path, body string, header ...string) reply {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	if method == http.MethodPost && !strings.HasPrefix(body, "[") && !strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		d.t.Fatal(err)
	}
	return reply{resp.StatusCode, string(text), resp.Header}
}

func (d *docket) get(path string, header ...string) reply {
	d.t.Helper()
	return d.call(http.MethodGet, path, "", header...)
}

func (d *docket) post(path string, form url.Values, header ...string) reply {
	d.t.Helper()
	return d.call(http.MethodPost, path, form.Encode(), header...)
}

// fire sends one firing alert.
func (d *docket) fire(title, severity string, labels ...string) {
	d.t.Helper()
	var more strings.Builder
	for i := 0; i+1 < len(labels); i += 2 {
		fmt.Fprintf(&more, ",%q:%q", labels[i], labels[i+1])
	}
	r := d.call(http.MethodPost, "/api/v2/alerts",
		fmt.Sprintf(`[{"labels":{"alertname":%q,"severity":%q%s}}]`, title, severity, more.String()), "Content-Type", "application/json")
	if r.status != http.StatusOK {
		d.t.Fatalf("the alert was answered %d %s", r.status, r.text)
	}
}

// eventually waits for a condition; the time is generous, for busy machines.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	await.Until(t, time.Minute, what, condition, nil)
}
