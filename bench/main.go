// Bench measures Docket side by side with Alertmanager, in one run on one machine, and prints a table.
//
// Load generator, servers and database share the machine, all on loopback, so the ratios mean more than the numbers.
// Alertmanager is measured if it is installed or DOCKET_TEST_ALERTMANAGER names it; PostgreSQL if its programs are
// found.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	runs := flag.Int("runs", 3, "how often each ingest figure is measured; the median is printed")
	only := flag.String("only", "", "only the measures whose name holds this text")
	scale := flag.Float64("scale", 1, "a factor on the number of alerts")
	flag.Parse()
	b := &bench{runs: *runs, only: *only, scale: *scale}
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // The deferred stop only resets signals.
	}
}

// bench is one run.
type bench struct {
	runs  int
	only  string
	scale float64
	dir   string
	// docket and alertmanager are the programs; pg is the folder with PostgreSQL's programs.
	docket, alertmanager, pg string
	servers                  []server
}

// server is one program to measure; start starts a new instance.
type server struct {
	name  string
	start func(ctx context.Context, s scene) (*running, error)
}

// scene is the setup that a server is started with.
type scene struct {
	// sink is where outgoing requests are counted: a help desk for Docket, a webhook for Alertmanager; "" for none.
	sink string
	// state is existing data to start with, "" for none.
	state string
	// more is additional Docket configuration.
	more string
}

func (b *bench) run(ctx context.Context) error {
	var err error
	if b.dir, err = os.MkdirTemp("", "docket-bench-"); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(b.dir) //nolint:errcheck // A temporary folder.
	b.docket = filepath.Join(b.dir, "docket")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.docket, "./cmd/docket") //nolint:gosec // Our own program, into our own folder.
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build docket: %w: %s", err, out)
	}
	b.find()
	fmt.Printf("%s, %s, %d cores\n\n", time.Now().UTC().Format("2006-01-02 15:04 UTC"), runtime.Version(), runtime.NumCPU())
	for _, m := range []struct {
		name string
		do   func(context.Context) error
	}{{"ingest", b.ingest}, {"lone", b.lone}, {"tickets", b.tickets}, {"hundred", b.hundredThousand},
		{"probes", b.probes}, {"pages", b.pages}} {
		if b.only != "" && !strings.Contains(m.name, b.only) {
			continue
		}
		if err := m.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// find looks for the programs to measure.
func (b *bench) find() {
	b.servers = []server{{"docket sqlite", b.startDocketSQLite}}
	if b.pg = postgresBin(); b.pg != "" {
		b.servers = append(b.servers, server{"docket postgres", b.startDocketPostgres})
	} else {
		fmt.Println("PostgreSQL is not installed: measured without it (make setup gets it).")
	}
	for _, name := range []string{os.Getenv("DOCKET_TEST_ALERTMANAGER"), "alertmanager", "prometheus-alertmanager"} {
		if path, err := exec.LookPath(name); err == nil && name != "" {
			b.alertmanager = path
			b.servers = append(b.servers, server{"alertmanager", b.startAlertmanager})
			return
		}
	}
	fmt.Println("Alertmanager is not installed: measured without it (make setup gets it).")
}

func (b *bench) count(n int) int { return max(int(float64(n)*b.scale), 1) }

// ingest measures alerts per second, new and known, in batches of 1, 64 and 1000, over 4 connections. Docket has stored
// an alert durably when it responds; Alertmanager keeps alerts in memory.
func (b *bench) ingest(ctx context.Context) error {
	fmt.Println("Ingest, alerts a second (4 connections, about 960 bytes an alert, no ticket asked for)")
	row("batch", "server", "new", "known", "new p50/p99 ms", "known p50/p99 ms", "cpu µs/alert new, known")
	for _, c := range []struct{ batch, n int }{{1, 20000}, {64, 64000}, {1000, 100000}} {
		n := b.count(c.n)
		fresh, known := map[string][]load{}, map[string][]load{}
		for range b.runs { // Take turns, so that a slow minute of the machine affects all of them.
			for _, s := range b.servers {
				r, err := s.start(ctx, scene{})
				if err != nil {
					return err
				}
				posts := bodies(n, c.batch, "warning")
				first, err := r.load(ctx, posts, n)
				if err == nil {
					var again load
					again, err = r.load(ctx, append(slices.Clone(posts), posts...), 2*n)
					fresh[s.name], known[s.name] = append(fresh[s.name], first), append(known[s.name], again)
				}
				r.stop()
				if err != nil {
					return err
				}
			}
		}
		for _, s := range b.servers {
			f, k := median(fresh[s.name]), median(known[s.name])
			row(fmt.Sprint(c.batch), s.name, rate(f.rate), rate(k.rate), f.latencies(), k.latencies(), fmt.Sprintf("%.0f, %.0f", f.cpu, k.cpu))
		}
	}
	fmt.Println()
	return nil
}

// lone measures the time from a POST to the outgoing request, one alert at a time, 50 per second.
func (b *bench) lone(ctx context.Context) error {
	fmt.Println("Lone alert: from its POST to the request that leaves (Docket: the desk's create, after its look; Alertmanager: the webhook)")
	row("server", "alerts", "p50 ms", "p99 ms", "max ms")
	for _, s := range b.servers {
		sink := newSink()
		r, err := s.start(ctx, scene{sink: sink.url})
		if err != nil {
			return err
		}
		n := b.count(300)
		delays, err := r.lone(ctx, sink, n)
		r.stop()
		sink.close()
		if err != nil {
			return err
		}
		row(s.name, fmt.Sprint(n), ms(quantile(delays, 0.5)), ms(quantile(delays, 0.99)), ms(quantile(delays, 1)))
	}
	fmt.Println()
	return nil
}

// tickets measures new incidents that request a ticket: how many are accepted per second, and what reaches the desk
// meanwhile.
func (b *bench) tickets(ctx context.Context) error {
	fmt.Println("New incidents with a ticket job each (batch 64, 4 connections; for Alertmanager: one notified group each)")
	row("server", "incidents", "accepted/s", "out/s until the last")
	n := b.count(10000)
	for _, s := range b.servers {
		sink := newSink()
		r, err := s.start(ctx, scene{sink: sink.url})
		if err != nil {
			return err
		}
		began := time.Now()
		l, err := r.load(ctx, bodies(n, 64, "critical"), n)
		if err == nil {
			err = sink.wait(ctx, n, 5*time.Minute)
		}
		took := time.Since(began)
		r.stop()
		sink.close()
		if err != nil {
			return err
		}
		row(s.name, fmt.Sprint(n), rate(l.rate), rate(float64(n)/took.Seconds()))
	}
	fmt.Println()
	return nil
}

// hundredThousand measures memory with 100,000 active alerts, and how soon a killed server accepts alerts again.
func (b *bench) hundredThousand(ctx context.Context) error {
	n := b.count(100000)
	fmt.Printf("With %d active alerts\n", n)
	row("server", "RSS empty MB", "RSS 5 s after MB", "ready after kill -9, ms", "alerts still known")
	for _, s := range b.servers {
		sc := scene{state: filepath.Join(b.dir, "state-"+strings.ReplaceAll(s.name, " ", "-"))}
		r, err := s.start(ctx, sc)
		if err != nil {
			return err
		}
		empty := r.rss()
		if _, err := r.load(ctx, bodies(n, 1000, "warning"), n); err != nil {
			r.stop()
			return err
		}
		<-time.After(5 * time.Second)
		full := r.rss()
		r.kill()
		began := time.Now()
		r, err = s.start(ctx, sc)
		if err != nil {
			return err
		}
		ready := time.Since(began)
		firing, err := r.firing(ctx)
		r.stop()
		if err != nil {
			return err
		}
		row(s.name, fmt.Sprintf("%.0f", empty), fmt.Sprintf("%.0f", full),
			fmt.Sprintf("%.0f", float64(ready.Microseconds())/1000), fmt.Sprint(firing))
	}
	fmt.Println()
	return nil
}

func row(cells ...string) {
	for i, c := range cells {
		width := 18
		if i == 0 {
			width = 16
		}
		fmt.Printf("%-*s ", width, c)
	}
	fmt.Println()
}

func rate(perSecond float64) string { return fmt.Sprintf("%.0f", perSecond) }

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
