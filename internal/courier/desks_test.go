package courier_test

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/await"
	"docket/internal/courier"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/freescout"
	"docket/internal/desk/local"
	"docket/internal/filing"
	"docket/internal/health"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/queue"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
	"docket/internal/storm"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// pair is FreeScout, the default, and the local desk, each with its courier on one queue.
type pair struct {
	t                  *testing.T
	st                 *store.Store
	book               *ledger.Ledger
	fake               *fakedesk.Server
	far, near          *courier.Courier
	farHealth, nearOne *health.Health
	farDesk            *freescout.Desk
	jobs               *queue.Queue

	mu        sync.Mutex // guards performed
	performed []string
}

// lossy is a queue that loses every job, as one that was restored from an older backup has.
type lossy struct{}

func (lossy) Add(context.Context, *store.Tx, []queue.Job) error { return nil }
func (lossy) Wake()                                             {}

// newPair makes one whose policies are changed, if change is not nil.
func newPair(t *testing.T, url string, change func(*incident.Policy)) *pair {
	t.Helper()
	st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	p := &pair{t: t, st: st, fake: fakedesk.New(fakedesk.Options{})}
	t.Cleanup(p.fake.Close)
	if p.farDesk, err = freescout.New(freescout.Config{
		APIURL: "https://tickets.example.org", APIKey: "key", MailboxID: 2, Rate: 10_000, WaitOut: time.Millisecond, UserAgent: "docket/test",
		Transport: p.fake.Transport(),
	}); err != nil {
		t.Fatal(err)
	}
	nearDesk := local.New(st, "http://docket.test/tickets/")
	policy := func(inc incident.Incident, _ time.Time) incident.Policy {
		rule := incident.DefaultPolicy()
		rule.WaitOut, rule.CallTimeout, rule.Desk = time.Millisecond, 0, inc.Route
		if change != nil {
			change(&rule)
		}
		return rule
	}
	p.book = ledger.New(st, ledger.Rules{Route: func(a alert.Alert) string { return a.Title }, Policy: policy}, ledger.Counts{}, log)
	p.farHealth, p.nearOne = courier.NewHealth(p.farDesk, log), courier.NewHealth(nearDesk, log)
	p.far = courier.New(st, p.book, p.farDesk, courier.Rules{Policy: policy}, p.farHealth, log)
	p.near = courier.New(st, p.book, nearDesk, courier.Rules{Policy: policy}, p.nearOne, log)
	p.far.Lead(queue.Workers, p.near)
	if p.jobs, err = queue.New(st, p.perform, queue.Options{SoftStop: time.Second, Logger: log}); err != nil {
		t.Fatal(err)
	}
	p.book.Bind(lossy{})
	stopBook, stopJobs := p.loop(p.book.Run), p.loop(p.jobs.Run)
	t.Cleanup(func() {
		stopJobs()
		stopBook()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *pair) loop(run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			p.t.Error(err)
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// perform takes note of each job once it was performed.
func (p *pair) perform(ctx context.Context, id string) (time.Time, error) {
	again, err := p.far.Perform(ctx, id)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.performed = append(p.performed, id)
	return again, err
}

func (p *pair) times(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.performed) - len(slices.DeleteFunc(slices.Clone(p.performed), func(one string) bool { return one == id }))
}

// fires lets an alert fire whose ticket goes to a desk, and returns its incident's mark.
func (p *pair) fires(name, desk string) alert.Mark {
	p.t.Helper()
	return p.receives(name, desk, alert.Firing)
}

func (p *pair) receives(name, desk string, status alert.Status) alert.Mark {
	p.t.Helper()
	ls := alert.NewLabels(map[string]string{"alertname": name})
	now := time.Now().UTC().Truncate(time.Microsecond)
	a := alert.Alert{Fingerprint: alert.Fingerprint("", ls), Key: alert.Fingerprint("", ls), Source: "prometheus", Labels: ls,
		Severity: alert.P1, Status: status, StartsAt: now, SaidAt: now, Title: desk}
	if status == alert.Resolved {
		a.EndsAt = now
	}
	if _, err := p.book.Apply(p.t.Context(), ledger.AlertReceived{Alert: a}); err != nil {
		p.t.Fatal(err)
	}
	return alert.Mark{Key: a.Key, Generation: 1}
}

// until waits for something with room for a slow machine.
func (p *pair) until(what string, so func() bool) {
	p.t.Helper()
	await.Until(p.t, time.Minute, what, so, nil)
}

func (p *pair) filed(m alert.Mark) bool {
	p.t.Helper()
	inc, err := p.st.Incident(p.t.Context(), m)
	if err != nil {
		p.t.Fatal(err)
	}
	return inc.Ticket.State == filing.TicketFiled
}

// sweep is a turn of both couriers' sweeps, two minutes from now.
func (p *pair) sweep() {
	p.t.Helper()
	for _, c := range []*courier.Courier{p.far, p.near} {
		if err := c.Sweep(p.t.Context(), p.jobs, time.Now().UTC().Add(2*time.Minute)); err != nil {
			p.t.Fatal(err)
		}
	}
}

// away lets FreeScout fail until it counts as away.
func (p *pair) away() {
	p.t.Helper()
	p.fake.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
	for range 3 {
		p.farHealth.Observe(p.t.Context(), p.farDesk.Check(p.t.Context()))
	}
	if _, away := p.farHealth.Away(); !away {
		p.t.Fatal("the desk does not count as away")
	}
}

func (p *pair) back() {
	p.t.Helper()
	p.fake.Clear()
	p.farHealth.Observe(p.t.Context(), p.farDesk.Check(p.t.Context()))
	if sentence, away := p.farHealth.Away(); away {
		p.t.Fatal(sentence)
	}
}

func TestADesksLostJobsComeBackWhileTheDefaultDeskIsAway(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		p := newPair(t, url, nil)
		far, near, unknown := p.fires("Far", "freescout"), p.fires("Near", "local"), p.fires("Unknown", "")
		p.away()
		p.sweep()
		p.until("the ticket at the desk that answers", func() bool { return p.filed(near) })
		if n := p.times("file/" + far.String()); n != 0 {
			t.Errorf("the effect of the desk that is away was performed %d times", n)
		}
		p.back()
		p.sweep()
		p.until("the tickets at the desk that is back", func() bool { return p.filed(far) && p.filed(unknown) })
		if n := len(p.fake.Tickets()); n != 2 {
			t.Errorf("FreeScout has %d tickets, want 2", n)
		}
	})
}

func TestADesksReturnHastensItsOwnJobsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		p := newPair(t, url, nil)
		far, near := p.fires("Far", "freescout"), p.fires("Near", "local")
		p.away()
		for range 3 {
			p.nearOne.Observe(t.Context(), context.DeadlineExceeded)
		}
		farJob, nearJob := "file/"+far.String(), "file/"+near.String()
		if err := p.jobs.Ensure(t.Context(), []queue.Job{{Do: queue.Effect{ID: farJob}}, {Do: queue.Effect{ID: nearJob}}}); err != nil {
			t.Fatal(err)
		}
		p.until("both wait", func() bool { return p.times(farJob) > 0 && p.times(nearJob) > 0 })
		p.nearOne.Observe(t.Context(), nil)
		// A job may be about to wait only now: it is asked again, as the resumer does.
		p.until("the ticket at the desk that is back", func() bool {
			if err := p.near.Hasten(t.Context(), p.jobs, time.Now().UTC()); err != nil {
				t.Fatal(err)
			}
			return p.filed(near)
		})
		if n := p.times(farJob); n != 1 {
			t.Errorf("the job of the desk that is away ran %d times, want once", n)
		}
		p.back()
		if err := p.far.Hasten(t.Context(), p.jobs, time.Now().UTC()); err != nil {
			t.Fatal(err)
		}
		p.until("the ticket at the other desk", func() bool { return p.filed(far) })
	})
}

// TestWhatRecoversWhileItsSearchWaitsIsNotFiledByItself: a search that is on its way when the alert recovers must not
// end in a ticket that the policy leaves out.
func TestWhatRecoversWhileItsSearchWaitsIsNotFiledByItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		began := time.Now().Add(-time.Hour)
		p := newPair(t, url, func(rule *incident.Policy) {
			rule.Backfill, rule.Outage = storm.BackfillActive, storm.Outage{Began: began}
		})
		m := p.fires("Brief", "freescout")
		p.fake.Order(fakedesk.Fault{Kind: fakedesk.LateAnswer, On: fakedesk.OpFind, Times: 1, Delay: 2 * time.Second})
		if err := p.jobs.Ensure(t.Context(), []queue.Job{{Do: queue.Effect{ID: "file/" + m.String()}}}); err != nil {
			t.Fatal(err)
		}
		p.until("the search is on its way", func() bool { return len(p.fake.Requests()) > 0 })
		p.receives("Brief", "freescout", alert.Resolved)
		p.until("the incident is closed", func() bool {
			inc, err := p.st.Incident(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			return inc.State == incident.Closed
		})
		p.until("the job is done", func() bool { return p.times("file/"+m.String()) > 0 })
		if n := len(p.fake.Tickets()); n != 0 {
			t.Errorf("FreeScout has %d tickets, want none", n)
		}
	})
}
