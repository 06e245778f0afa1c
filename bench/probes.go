package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// target is a web server whose pages are surfaces: /N responds at once, /dead/N accepts the request and never responds.
// It records when each one was requested.
type target struct {
	url    string
	server *httptest.Server
	asked  []arrivals
	count  atomic.Int64
}

// arrivals are the times at which one surface was requested.
type arrivals struct {
	mu sync.Mutex // guards at
	at []time.Time
}

func newTarget(surfaces int, secure bool) *target {
	t := &target{asked: make([]arrivals, surfaces)}
	t.server = httptest.NewUnstartedServer(t)
	t.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if secure {
		t.server.StartTLS()
	} else {
		t.server.Start()
	}
	t.url = t.server.URL
	return t
}

// close stops the target, even if requests are still waiting.
func (t *target) close() {
	t.server.CloseClientConnections()
	t.server.Close()
}

// ServeHTTP responds to a probe, or never does.
func (t *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	path, dead := strings.CutPrefix(r.URL.Path, "/dead")
	if n, err := strconv.Atoi(strings.Trim(path, "/")); err == nil && n < len(t.asked) {
		a := &t.asked[n]
		a.mu.Lock()
		a.at = append(a.at, now)
		a.mu.Unlock()
		t.count.Add(1)
	}
	if dead {
		<-r.Context().Done()
		return
	}
	_, _ = io.WriteString(w, "ok") // The caller may have disconnected.
}

// surfaces returns the configuration for n surfaces, every tenth of which is dead if dead is set. Their alerts request
// no ticket, because only probing is measured.
func (t *target) surfaces(n int, every time.Duration, dead bool) string {
	var b strings.Builder
	b.WriteString("surfaces:\n")
	for i := range n {
		path := ""
		if dead && i%10 == 0 {
			path = "/dead"
		}
		fmt.Fprintf(&b, "  - {name: s%d, every: %s, severity: P4, probe: {http: {url: '%s%s/%d', insecure: true}}}\n", i, every, t.url, path, i)
	}
	return b.String()
}

// pace is what a target saw.
type pace struct {
	// inFirst is how many surfaces were requested within one interval of the start.
	inFirst int
	// off is how much later or earlier than the interval each repeated request was.
	off []time.Duration
}

func (t *target) pace(began time.Time, every time.Duration) (p pace) {
	for i := range t.asked {
		a := &t.asked[i]
		a.mu.Lock()
		if len(a.at) > 0 && a.at[0].Sub(began) <= every {
			p.inFirst++
		}
		for k := 1; k < len(a.at); k++ {
			p.off = append(p.off, (a.at[k].Sub(a.at[k-1]) - every).Abs())
		}
		a.mu.Unlock()
	}
	return p
}

// probes measures 5,000 surfaces every 30 s, a tenth of which never respond; then the highest rate, compared with
// net/http alone.
func (b *bench) probes(ctx context.Context) error {
	const every, window = 30 * time.Second, 75 * time.Second
	n := b.count(5000)
	fmt.Printf("Probes: %d surfaces every %s, a tenth of them never answer (seen by the target, for %s)\n", n, every, window)
	row("server", "in first 30 s", "off p50 ms", "off p99 ms", "off max ms", "cores", "RSS MB", "late <= 1 s")
	type site struct {
		name   string
		secure bool
		start  func(context.Context, scene) (*running, error)
	}
	cases := []site{{"docket sqlite", false, b.startDocketSQLite}, {"the same, TLS", true, b.startDocketSQLite}}
	if b.pg != "" {
		cases = append(cases, site{"docket postgres", false, b.startDocketPostgres})
	}
	for _, s := range cases {
		t := newTarget(n, s.secure)
		r, err := s.start(ctx, scene{more: t.surfaces(n, every, true)})
		if err != nil {
			return err
		}
		began, cpu := time.Now(), r.cpu()
		<-time.After(window)
		p, used, rss := t.pace(began, every), r.cpu()-cpu, r.rss()
		punctual, err := r.punctual(ctx)
		r.stop()
		t.close()
		if err != nil {
			return err
		}
		row(s.name, fmt.Sprintf("%d of %d", p.inFirst, n), ms(quantile(p.off, 0.5)), ms(quantile(p.off, 0.99)), ms(quantile(p.off, 1)),
			fmt.Sprintf("%.2f", used.Seconds()/window.Seconds()), fmt.Sprintf("%.0f", rss), fmt.Sprintf("%.2f %%", 100*punctual))
	}
	fmt.Println()
	return b.probeRate(ctx)
}

// probeRate measures how many probes per second are possible.
func (b *bench) probeRate(ctx context.Context) error {
	const settle, window = 5 * time.Second, 10 * time.Second
	fmt.Println("Probes a second at the most (plain HTTP on loopback, the target on the same machine)")
	row("who", "demanded/s", "done/s", "cpu µs a probe")
	for _, demand := range []int{2000, 5000, 10000} {
		n := b.count(demand)
		t := newTarget(n, false)
		r, err := b.startDocketSQLite(ctx, scene{more: t.surfaces(n, time.Second, false)})
		if err != nil {
			return err
		}
		<-time.After(settle)
		before, cpu := t.count.Load(), r.cpu()
		<-time.After(window)
		done, used := t.count.Load()-before, r.cpu()-cpu
		r.stop()
		t.close()
		row("docket sqlite", fmt.Sprint(n), rate(float64(done)/window.Seconds()),
			fmt.Sprintf("%.0f", float64(used.Microseconds())/float64(max(done, 1))))
	}
	for _, fresh := range []bool{false, true} {
		t := newTarget(1, false)
		name := map[bool]string{false: "net/http kept", true: "net/http new"}[fresh]
		row(name, "-", rate(bare(ctx, t.url+"/0", fresh)), "-")
		t.close()
	}
	fmt.Println()
	return nil
}

// bare measures how many requests per second net/http alone makes with 64 clients.
func bare(ctx context.Context, url string, fresh bool) float64 {
	const askers, window = 64, 5 * time.Second
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: fresh, MaxIdleConnsPerHost: askers}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, window)
	defer cancel()
	var done atomic.Int64
	var all sync.WaitGroup
	for range askers {
		all.Go(func() {
			for ctx.Err() == nil {
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
				if err != nil {
					return
				}
				resp, err := client.Do(req)
				if err != nil {
					continue // The end, or a port that is not free yet.
				}
				_, _ = io.Copy(io.Discard, resp.Body) // The body is two bytes.
				_ = resp.Body.Close()                 // The body has been read to its end.
				done.Add(1)
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / window.Seconds()
}

// punctual is the share of all probes that started within a second of their due time, as Docket's metrics report it.
func (r *running) punctual(ctx context.Context) (float64, error) {
	within, err := r.value(ctx, `docket_probe_lateness_seconds_bucket{le="1"}`)
	if err != nil {
		return 0, err
	}
	all, err := r.value(ctx, "docket_probe_lateness_seconds_count")
	return float64(within) / float64(max(all, 1)), err
}
