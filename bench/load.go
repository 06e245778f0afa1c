package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"docket/internal/desk/fakedesk"
)

// load is one measured load.
type load struct {
	rate float64 // alerts per second
	cpu  float64 // CPU of the server, microseconds per alert
	took []time.Duration
}

func (l load) latencies() string {
	return ms(quantile(l.took, 0.5)) + " / " + ms(quantile(l.took, 0.99))
}

// median returns the load with the median rate.
func median(all []load) load {
	slices.SortFunc(all, func(a, b load) int { return int(a.rate - b.rate) })
	return all[len(all)/2]
}

func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(int(q*float64(len(all))), len(all)-1)]
}

// bodies returns POST bodies with n distinct alerts in batches.
func bodies(n, batch int, severity string) [][]byte {
	padding := strings.Repeat("The error rate is high. ", 16)
	starts := time.Now().UTC().Format(time.RFC3339)
	var all [][]byte
	for from := 0; from < n; from += batch {
		var b bytes.Buffer
		b.WriteByte('[')
		for i := from; i < min(from+batch, n); i++ {
			if i > from {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"labels":{"alertname":"Bench%d","cluster":"eu-west-%d","container":"checkout","env":"production",`+
				`"instance":"10.%d.%d.%d:8080","job":"checkout","namespace":"shop","pod":"checkout-7d9c6b5f4-%07d","severity":%q,"team":"shop"},`+
				`"annotations":{"description":%q,"runbook_url":"https://example.org/runbooks/high-error-rate","summary":"Error rate of checkout is `+
				`above 5 %% for 10 minutes"},"startsAt":%q,"generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=rate&g0.tab=1"}`,
				i%10, i/10%10, i>>16, i>>8&255, i&255, i, severity, padding, starts)
		}
		b.WriteByte(']')
		all = append(all, b.Bytes())
	}
	return all
}

const connections = 4

// load posts all bodies over four connections.
func (r *running) load(ctx context.Context, posts [][]byte, alerts int) (load, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	took := make([]time.Duration, len(posts))
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, connections)
	cpu, began := r.cpu(), time.Now()
	for c := range connections {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(posts) || errs[c] != nil {
					return
				}
				start := time.Now()
				errs[c] = r.post(ctx, client, posts[i])
				took[i] = time.Since(start)
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(began)
	l := load{rate: float64(alerts) / elapsed.Seconds(), cpu: float64((r.cpu() - cpu).Microseconds()) / float64(alerts), took: took}
	return l, errors.Join(errs...)
}

func (r *running) post(ctx context.Context, client *http.Client, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/api/v2/alerts", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, text)
	}
	return err
}

// firing reads from the server's metrics how many firing alerts it knows.
func (r *running) firing(ctx context.Context) (int, error) { return r.value(ctx, r.metric) }

// value reads one of the server's metrics, 0 if it does not exist.
func (r *running) value(ctx context.Context, metric string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // Only read from.
	text, err := io.ReadAll(resp.Body)
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, metric+" "); ok {
			v, err := strconv.ParseFloat(rest, 64)
			return int(v), err
		}
	}
	return 0, err
}

// sink receives the results: it is a FreeScout for Docket, a webhook for Alertmanager. It records when each alert's
// request arrived.
type sink struct {
	url    string
	server *httptest.Server
	desk   *fakedesk.Server

	mu   sync.Mutex // guards seen
	seen map[string]time.Time
}

func newSink() *sink {
	s := &sink{desk: fakedesk.New(fakedesk.Options{APIKey: "bench"}), seen: map[string]time.Time{}}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.url = s.server.URL
	return s
}

func (s *sink) serve(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	create := r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/conversations")
	if !create && r.URL.Path != "/webhook" {
		s.desk.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if at := bytes.Index(body, []byte("checkout-7d9c6b5f4-")); at >= 0 {
		s.mu.Lock()
		s.seen[string(body[at+19:at+26])] = now
		s.mu.Unlock()
	}
	if create {
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.desk.ServeHTTP(w, r)
	}
}

func (s *sink) close() {
	s.desk.Close()
	s.server.CloseClientConnections()
	s.server.Close()
}

func (s *sink) at(key string) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.seen[key]
	return t, ok
}

// wait waits until n alerts have arrived.
func (s *sink) wait(ctx context.Context, n int, within time.Duration) error {
	deadline := time.Now().Add(within)
	for {
		s.mu.Lock()
		have := len(s.seen)
		s.mu.Unlock()
		if have >= n {
			return nil
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return fmt.Errorf("%d of %d came out within %s", have, n, within)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// lone posts n alerts, 50 per second, and returns how long each one took to come out.
func (r *running) lone(ctx context.Context, s *sink, n int) ([]time.Duration, error) {
	client := &http.Client{Timeout: time.Minute}
	defer client.CloseIdleConnections()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	sent := make([]time.Time, n)
	for i, body := range bodies(n, 1, "critical") {
		<-tick.C
		sent[i] = time.Now()
		if err := r.post(ctx, client, body); err != nil {
			return nil, err
		}
	}
	if err := s.wait(ctx, n, time.Minute); err != nil {
		return nil, err
	}
	delays := make([]time.Duration, n)
	for i := range delays {
		at, ok := s.at(fmt.Sprintf("%07d", i))
		if !ok {
			return nil, fmt.Errorf("alert %d never came out", i)
		}
		delays[i] = at.Sub(sent[i])
	}
	return delays, nil
}
