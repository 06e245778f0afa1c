package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"docket/internal/alert"
	"docket/internal/app"
	"docket/internal/config"
	"docket/internal/desk/fakedesk"
	"docket/internal/fault"
	"docket/internal/probe"
	"docket/internal/store"
	"docket/internal/surface"
	"docket/internal/web"
)

type demoCmd struct {
	Listen string        `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"The loopback address to serve the pages on."`
	For    time.Duration `placeholder:"DURATION" help:"Stop after this long."`
}

// demoKey is the API key of the demo's own help desk.
const demoKey = "demo-key"

// scene is the demo's made-up company: the surfaces that users touch, and a help desk.
type scene struct {
	desk    *fakedesk.Server
	deskURL string
	shopURL string

	mu  sync.Mutex // guards failures
	ill map[string]illness
}

// illness is how a made-up surface responds right now.
type illness struct {
	status int
	delay  time.Duration
}

// stage lists the demo's surfaces with their groups.
var stage = []struct{ name, title, group string }{
	{"checkout", "Checkout", "Shop"}, {"search", "Search", "Shop"}, {"catalogue", "Catalogue", "Shop"}, {"images", "Images", "Shop"},
	{"login", "Login", "Accounts"}, {"profile", "Profile", "Accounts"}, {"mail", "Mail", "Accounts"},
	{"api", "Public API", "Platform"}, {"webhooks", "Webhooks", "Platform"}, {"exports", "Exports", "Platform"},
}

// Run plays the whole demo with nothing else installed: surfaces that break and recover, alerts, and a help desk that
// is unreachable for a minute.
func (c *demoCmd) Run(s *session) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || (host != "localhost" && (ip == nil || !ip.IsLoopback())) {
		return &exitError{exitErrors, fmt.Sprintf("the demo only listens on this machine: %.60q is not a loopback address", c.Listen)}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	if c.For > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	folder, err := os.MkdirTemp("", "docket-demo-")
	if err != nil {
		return fmt.Errorf("create a folder for the demo: %w", err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // It is in the system's folder for such things.

	scene := &scene{desk: fakedesk.New(fakedesk.Options{APIKey: demoKey}), ill: map[string]illness{}}
	defer scene.desk.Close()
	var loops sync.WaitGroup
	defer loops.Wait()
	defer cancel()
	if err := scene.open(ctx, &loops); err != nil {
		return err
	}
	cfg := scene.config(c.Listen, filepath.Join(folder, "docket.db"))
	if err := scene.history(ctx, cfg); err != nil {
		return fmt.Errorf("make up the past: %w", err)
	}
	err = app.Serve(ctx, cfg, app.Options{Log: newLogger(io.Discard, slog.LevelError), Version: version, Ready: func(addr string) {
		_, _ = fmt.Fprintf(s.out, `The Docket demo. Everything in it is made up, and is deleted when you stop it (Ctrl-C).

  Console      http://%[1]s/console
  Status page  http://%[1]s/status
  Help desk    %[2]s (a small imitation of one; the console shows its tickets)

In the next few minutes, Checkout goes down, alerts arrive, and the help desk is down for a minute.
`, addr, scene.deskURL)
		loops.Go(func() { scene.play(ctx, web.NewClient("http://"+addr, "")) })
	}})
	if errors.Is(err, context.DeadlineExceeded) && c.For > 0 {
		return nil
	}
	return err
}

// open starts the made-up company and its help desk on loopback.
func (s *scene) open(ctx context.Context, loops *sync.WaitGroup) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open the made-up shop: %w", err)
	}
	s.shopURL = "http://" + listener.Addr().String()
	server := &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second}
	loops.Go(func() { _ = server.Serve(listener) }) // It is closed below.
	loops.Go(func() {
		<-ctx.Done()
		_ = server.Close() // It only holds made-up data.
	})
	ready := make(chan string, 1)
	failed := make(chan error, 1)
	loops.Go(func() {
		failed <- s.desk.Listen(ctx, "127.0.0.1:0", func(url string) { ready <- url })
	})
	select {
	case s.deskURL = <-ready:
		return nil
	case err := <-failed:
		return fmt.Errorf("open the help desk: %w", err)
	}
}

// serve responds the way the named surface would right now.
func (s *scene) serve(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[1:]
	s.mu.Lock()
	ill := s.ill[name]
	s.mu.Unlock()
	// Add a little noise so that the latency chart looks real.
	wait := ill.delay + time.Duration(20+15*math.Sin(float64(time.Now().UnixMilli())/4000))*time.Millisecond
	select {
	case <-time.After(wait):
	case <-r.Context().Done():
		return
	}
	if ill.status != 0 {
		w.WriteHeader(ill.status)
	}
	_, _ = io.WriteString(w, "ok\n") // If this fails, the probe has disconnected.
}

func (s *scene) set(name string, ill illness) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ill[name] = ill
}

// config returns the demo's configuration.
func (s *scene) config(listen, database string) config.Config {
	cfg := config.Defaults()
	cfg.Listen, cfg.Demo, cfg.Desk = listen, true, fakedesk.Name
	cfg.Database = fault.Secret(database)
	cfg.Desks[fakedesk.Name] = fakedesk.Settings(s.deskURL, demoKey)
	for _, at := range stage {
		cfg.Surfaces = append(cfg.Surfaces, config.SurfaceConfig{
			Name: at.name, Title: at.title, Group: at.group, Every: 2 * time.Second, Timeout: 2 * time.Second, DownAfter: 2, UpAfter: 2,
			Severity: alert.P2, DegradedSeverity: alert.P3,
			InvestigateWindow: time.Hour,
			Probe:             probe.Spec{Settings: &probe.HTTP{URL: s.shopURL + "/" + at.name, DegradedOver: 400 * time.Millisecond}},
			Links:             []surface.Link{{Title: "Runbook", URL: "https://example.org/runbooks/" + at.name}},
		})
	}
	return cfg
}

// history makes up ninety days of readings, so that the pages look as they would in real use.
func (s *scene) history(ctx context.Context, cfg config.Config) error {
	st, err := store.Open(ctx, cfg.Database.Reveal(), store.Options{Exclusive: true, Create: true})
	if err != nil {
		return err
	}
	defer st.Close() //nolint:errcheck // A failed write was already reported.
	if err := st.Migrate(ctx); err != nil {
		return err
	}
	names := make([]string, len(stage))
	for n, at := range stage {
		names[n] = at.name
	}
	ids, err := st.EnsureSurfaces(ctx, names)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Minute)
	for n, name := range names {
		var state surface.State
		var batch []store.Observed
		for at := now.AddDate(0, 0, -89); at.Before(now); at = at.Add(pace(now.Sub(at))) {
			r := pastReading(n, at, now)
			var turn *surface.Turn
			state, turn = surface.Observe(state, r, surface.Surface{DownAfter: 2, UpAfter: 2})
			batch = append(batch, store.Observed{ID: ids[name], Reading: r, Turn: turn, State: state})
		}
		if err := st.SaveObserved(ctx, batch, now); err != nil {
			return err
		}
	}
	return nil
}

// pace is the interval between made-up past readings. The more recent they are, the closer together.
func pace(ago time.Duration) time.Duration {
	switch {
	case ago > 48*time.Hour:
		return time.Hour
	case ago > 3*time.Hour:
		return 5 * time.Minute
	}
	return time.Minute
}

// pastReading makes up a reading of surface n for a time in the past. Most readings are healthy.
func pastReading(n int, at, now time.Time) surface.Reading {
	day := int(now.Sub(at) / (24 * time.Hour))
	wave := math.Sin(float64(at.Unix())/7000+float64(n)) + math.Sin(float64(at.Unix())/47000)
	r := surface.Reading{At: at, Status: surface.Operational, Latency: time.Duration(40+12*wave+float64(n)*3) * time.Millisecond}
	switch {
	case day == 11+n*7 && at.Hour() > 8 && at.Hour() < 12:
		r.Status, r.Latency, r.Reason = surface.Down, 0, "HTTP 503 Service Unavailable (expected 2xx)"
	case day == 30+n*3 && at.Hour() > 13 && at.Hour() < 19:
		r.Status, r.Latency, r.Reason = surface.Degraded, 900*time.Millisecond, "responded in 900ms, more than 400ms"
	}
	return r
}

// play makes things happen, in rounds of about three minutes, until ctx is done.
func (s *scene) play(ctx context.Context, client *web.Client) {
	for {
		for _, act := range []struct {
			after time.Duration
			do    func()
		}{
			{3 * time.Second, func() { s.set("search", illness{delay: 600 * time.Millisecond}) }},
			{2 * time.Second, func() { s.set("checkout", illness{status: http.StatusServiceUnavailable}) }},
			{5 * time.Second, func() {
				s.alert(ctx, client, "Payments are declined", "P1", "team", "payments", "region", "eu-west")
			}},
			{4 * time.Second, func() { s.alert(ctx, client, "Disk almost full", "P3", "host", "db-2", "mount", "/var") }},
			{8 * time.Second, func() { s.desk.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503}) }},
			{4 * time.Second, func() { s.set("login", illness{status: http.StatusBadGateway}) }},
			{3 * time.Second, func() { s.alert(ctx, client, "Queue is growing", "P2", "queue", "emails", "team", "accounts") }},
			{8 * time.Second, func() { s.set("checkout", illness{}) }},
			{45 * time.Second, s.desk.Clear},
			{15 * time.Second, func() { s.set("login", illness{}) }},
			{10 * time.Second, func() { s.set("search", illness{}) }},
			{60 * time.Second, func() {}},
		} {
			select {
			case <-ctx.Done():
				return
			case <-time.After(act.after):
				act.do()
			}
		}
	}
}

// alert sends one alert the way Prometheus would. The demo carries on if it fails.
func (s *scene) alert(ctx context.Context, client *web.Client, title, severity string, labels ...string) {
	all := map[string]string{"alertname": title, "severity": severity}
	for i := 0; i+1 < len(labels); i += 2 {
		all[labels[i]] = labels[i+1]
	}
	_ = client.Post(ctx, "/api/v2/alerts",
		[]map[string]any{{"labels": all, "annotations": map[string]string{"summary": title + " (made up for the demo)."},
			"endsAt": time.Now().Add(2 * time.Minute)}}, nil)
}
