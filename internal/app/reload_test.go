package app

import (
	"bytes"
	"context"
	"docket/internal/config"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// followed is a follower of a file, and what it logs.
type followed struct {
	*follower

	t    *testing.T
	path string
	text bytes.Buffer
}

func follow(t *testing.T, text string) *followed {
	t.Helper()
	f := &followed{t: t, path: filepath.Join(t.TempDir(), "docket.yaml")}
	if text != "" {
		f.write(text)
	}
	load := func() (config.Config, error) {
		return config.Load(f.path, func(string) (string, bool) { return "", false })
	}
	if text == "" { // No file is named: docket.yaml need not exist.
		load = func() (config.Config, error) {
			if _, err := os.Stat(f.path); err != nil {
				return config.Parse("", nil, func(string) (string, bool) { return "", false })
			}
			return config.Load(f.path, func(string) (string, bool) { return "", false })
		}
	}
	cfg, err := load()
	if err != nil {
		t.Fatal(err)
	}
	f.follower = newFollower(Reload{Path: f.path, Load: load}, cfg, slog.New(slog.NewTextHandler(&f.text, nil)))
	return f
}

func (f *followed) write(text string) {
	f.t.Helper()
	if err := os.WriteFile(f.path, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *followed) look() {
	f.t.Helper()
	if err := f.turn(f.t.Context(), time.Now().UTC()); err != nil {
		f.t.Fatal(err)
	}
}

func TestAFileThatIsBeingWrittenIsReadOnceItStandsStill(t *testing.T) {
	t.Parallel()
	f := follow(t, "policies: {hold: 1m}\n")
	f.look()
	f.write("policies: {hold: 2m")
	f.look()
	f.write("policies: {hold: 2m}\n")
	f.look()
	if _, offered := f.next(); offered || f.text.Len() > 0 {
		t.Errorf("it was read while it was written: %s", &f.text)
	}
	f.look()
	cfg, offered := f.next()
	if !offered || cfg.Policies.Hold != 2*time.Minute {
		t.Errorf("offered %t, hold %s", offered, cfg.Policies.Hold)
	}
	if got := strings.Join(f.changes(cfg), ","); got != "policies" {
		t.Errorf("changed: %s", got)
	}
	f.took(t.Context(), cfg)
	f.look()
	if _, offered := f.next(); offered {
		t.Error("it was offered twice")
	}
}

func TestAFileThatComesLaterIsTakenUp(t *testing.T) {
	t.Parallel()
	f := follow(t, "")
	f.look()
	f.write("policies: {hold: 2m}\n")
	f.look()
	f.look()
	if cfg, offered := f.next(); !offered || cfg.Policies.Hold != 2*time.Minute {
		t.Errorf("offered %t, hold %s", offered, cfg.Policies.Hold)
	}
}

func TestWhatOnlyARestartCanChangeIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	for key, text := range map[string]string{"listen": "listen: 127.0.0.1:9\n", "database": "database: other.db\n"} {
		f := follow(t, "policies: {hold: 1m}\n")
		f.write(text + "policies: {hold: 2m}\n")
		f.look()
		f.look()
		if _, offered := f.next(); offered {
			t.Errorf("%s: it is offered", key)
		}
		if fault := f.state().Fault; !strings.HasPrefix(fault, key+" cannot change") {
			t.Errorf("%s: %q", key, fault)
		}
		if n := strings.Count(f.text.String(), "configuration has mistakes"); n != 1 {
			t.Errorf("%s: said %d times: %s", key, n, &f.text)
		}
	}
}

func TestAConfigurationThatDoesNotStartIsGivenUpForTheOneBefore(t *testing.T) {
	t.Parallel()
	f := follow(t, "policies: {hold: 1m}\n")
	good := f.running
	f.write("policies: {hold: 2m}\n")
	f.look()
	f.look()
	cfg, _ := f.next()
	f.failed(t.Context(), errors.New("no such issuer"))
	if got := f.state(); got.Fault != "no such issuer" || f.running.Policies.Hold != good.Policies.Hold {
		t.Errorf("%+v", got)
	}
	if cfg.Policies.Hold == good.Policies.Hold {
		t.Error("nothing was offered")
	}
}

func TestRequestsWaitAtTheGateWhileOneHandlerFollowsAnother(t *testing.T) {
	t.Parallel()
	g := newGate()
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) })
	}
	ask := func(path string) (int, string) {
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	if code, _ := ask("/x"); code != http.StatusServiceUnavailable {
		t.Errorf("before the start: %d", code)
	}
	inside, leave := make(chan struct{}), make(chan struct{})
	g.open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-leave
		_, _ = w.Write([]byte("old"))
	}))
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, body := ask("/x"); body != "old" {
			t.Errorf("the request that was inside is answered %q", body)
		}
	})
	<-inside
	shut := make(chan struct{})
	wg.Go(func() {
		g.shut(time.Minute)
		close(shut)
	})
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for g.ready() { // Until the gate is shut.
		<-again.C
	}
	wg.Go(func() {
		if code, body := ask("/x"); code != http.StatusOK || body != "new" {
			t.Errorf("the request that waited is answered %d %q", code, body)
		}
	})
	if code, _ := ask("/healthz"); code != http.StatusOK {
		t.Errorf("/healthz: %d", code)
	}
	select {
	case <-shut:
		t.Error("the gate did not wait for the request inside")
	case <-time.After(20 * time.Millisecond):
	}
	close(leave)
	<-shut
	g.open(answer("new"))
	wg.Wait()

	// A database that is away: nobody waits for it at the gate.
	g.shut(time.Second)
	wg.Go(func() {
		if code, body := ask("/x"); code != http.StatusServiceUnavailable || !strings.Contains(body, "the database is away") {
			t.Errorf("%d %s", code, body)
		}
	})
	<-again.C // The request may be at the gate by now; what is true of it holds either way.
	g.wait("the database is away")
	wg.Wait()
}
