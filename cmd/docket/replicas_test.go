package main

import (
	"context"
	"flag"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"docket/internal/desk/fakedesk"
	"docket/internal/store/storetest"
)

// senders tell alerts to replicas as Prometheus does: each alert to all of them, in turn,
// again until somebody takes it.
type senders struct {
	mu   sync.Mutex // guards urls
	urls []string
}

func (s *senders) set(i int, url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urls[i] = url
}

func (s *senders) at(i int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.urls[i%len(s.urls)]
}

// offer tells one replica one alert, and reports whether it was taken.
func (s *senders) offer(i int, name string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.at(i)+hook, strings.NewReader(webhook("firing", name)))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// feed tells every alert, one each pace, until each was taken once at least.
func (s *senders) feed(t *testing.T, alerts []string, pace time.Duration) (wait func()) {
	var wg sync.WaitGroup
	wg.Go(func() {
		next := time.NewTicker(pace)
		defer next.Stop()
		for i, name := range alerts {
			wg.Go(func() { s.offerAll(t, i, name) })
			<-next.C
		}
	})
	return wg.Wait
}

// offerAll tells all replicas one alert, until each was asked and one has taken it.
func (s *senders) offerAll(t *testing.T, i int, name string) {
	again := time.NewTicker(300 * time.Millisecond)
	defer again.Stop()
	taken := false
	for try := 0; try < len(s.urls) || !taken; try++ {
		if try > 300 {
			t.Errorf("nobody took %s", name)
			return
		}
		if s.offer(i+try, name) {
			taken = true
		} else {
			<-again.C
		}
	}
}

// runBy counts the jobs that processes other than the given one are said to run.
func runBy(t *testing.T, conn *pgx.Conn) map[string]int {
	t.Helper()
	rows, err := conn.Query(t.Context(),
		`SELECT attempted_by[array_upper(attempted_by, 1)], COUNT(*) FROM river_job WHERE state = 'running' GROUP BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]int{}
	var who string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&who, &n}, func() error { by[who] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	return by
}

func connectTo(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // The server may be gone before it.
	return conn
}

func TestWorkOfAKilledReplicaIsTakenUpWithinThirtySeconds(t *testing.T) {
	notInShort(t)
	t.Parallel()
	url := storetest.URL(t, "postgres")
	f := newFreeScout(t, fakedesk.Options{})
	// The list of what changed is a find, too.
	f.Order(fakedesk.Fault{Kind: fakedesk.LateAnswer, Delay: 20 * time.Second, On: fakedesk.OpFind})
	dying := start(t, setup{database: url, yaml: f.yaml(time.Second)})
	alerts := names("Taken", 8)
	dying.mustPost(hook, webhook("firing", alerts...))
	conn := connectTo(t, url)
	var who string
	eventually(t, 20*time.Second, "all jobs run", func() bool {
		for by, n := range runBy(t, conn) {
			who = by
			return n == len(alerts)
		}
		return false
	})
	dying.kill()
	began := time.Now()
	f.Clear()
	heir := start(t, setup{database: url, yaml: f.yaml(time.Second)})
	promptly(t, 30*time.Second, "no job is the killed replica's any more", func() bool { return runBy(t, conn)[who] == 0 })
	f.oneTicketEach(t, 30*time.Second, alerts)
	took := time.Since(began)
	t.Logf("all tickets of the killed replica's jobs were there after %s", took)
	if took > stretched(30*time.Second) {
		t.Errorf("that took %s, more than 30 s", took)
	}
	heir.settled(30 * time.Second)
	filedOnce(t, heir, len(alerts))
}

var fireAlerts = flag.Int("fire-alerts", 120, "how many alerts three replicas are fed under fire; make prove: 240")

// alive counts the replicas whose word that they live is still good.
func alive(t *testing.T, conn *pgx.Conn) (n int) {
	t.Helper()
	const q = `SELECT COUNT(*) FROM lease WHERE name LIKE 'replica %' AND until_us > $1`
	if err := conn.QueryRow(t.Context(), q, time.Now().UnixMicro()).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Three replicas on one PostgreSQL are fed the same alerts by the same senders, while one is
// killed, one has its ways to PostgreSQL and to the desk slowed, half closed and cut, one is
// paused for longer than its word that it lives is good for, and PostgreSQL is restarted.
func TestThreeReplicasUnderFireFileEveryAlertOnce(t *testing.T) {
	notInShort(t)
	t.Parallel()
	server := storetest.NewServer(t)
	url := server.Database(t)
	f := newFreeScout(t, fakedesk.Options{CreateDelay: 300 * time.Millisecond})
	toDatabase, toDesk := newProxy(t, hostOf(t, url)), newProxy(t, hostOf(t, f.url))
	far := freescoutAt(f.Server, toDesk.through(t, f.url))

	killedSetup := setup{database: url, yaml: f.yaml(2 * time.Second), dir: t.TempDir()}
	killed := start(t, killedSetup)
	paused := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
	cutOff := start(t, setup{database: toDatabase.through(t, url), yaml: far.yaml(2 * time.Second)})
	s := &senders{urls: []string{killed.url, paused.url, cutOff.url}}
	alerts := names("Fire", *fireAlerts)
	done := s.feed(t, alerts, 250*time.Millisecond)
	tickets := func(n int) {
		t.Helper()
		eventually(t, 60*time.Second, "filing goes on", func() bool { return len(f.Tickets()) >= n })
	}

	tickets(10)
	killed.kill()
	tickets(20)
	for _, mode := range []proxyMode{delay, swallow, cut, carry} {
		toDatabase.set(mode)
		toDesk.set(mode)
		before := len(f.Tickets())
		tickets(before + 8) // The third replica carries on.
	}
	if err := paused.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	conn := connectTo(t, url)
	eventually(t, patience, "the paused replica's word that it lives has run out, as has the killed one's", func() bool {
		return alive(t, conn) == 1
	})
	_ = conn.Close(t.Context()) // The server is stopped next.
	if err := paused.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	server.Stop(t)
	server.Start(t)
	back := start(t, killedSetup)
	s.set(0, back.url)
	done()
	f.oneTicketEach(t, 3*time.Minute, alerts)
	for _, p := range []*process{back, paused, cutOff} {
		p.settled(2 * time.Minute)
	}
	f.oneTicketEach(t, time.Second, alerts)
	filedOnce(t, back, len(alerts))
}
