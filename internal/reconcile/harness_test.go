package reconcile_test

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/await"
	"docket/internal/courier"
	"docket/internal/desk"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/freescout"
	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
	"docket/internal/desk/local"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/queue"
	"docket/internal/reconcile"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// scene is a ledger, a queue, a courier and a desk, all real, and the reconciler over them.
type scene struct {
	t      *testing.T
	st     *store.Store
	book   *ledger.Ledger
	desk   desk.Desk
	fake   *fakedesk.Server   // nil for other desks than FreeScout
	issues *fakegithub.Server // nil for other desks than GitHub
	// place is where the desk's tickets are, "" where it has but one place.
	place string
	rec   *reconcile.Reconciler
	heard []error
	mu    sync.Mutex
}

// each runs a test on both databases and every desk.
func each(t *testing.T, change func(*incident.Policy), test func(s *scene)) {
	for _, kind := range []string{"local", "freescout", "github"} {
		t.Run(kind, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, url string) { test(open(t, url, kind, change)) })
		})
	}
}

func open(t *testing.T, url, kind string, change func(*incident.Policy)) *scene {
	t.Helper()
	st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &scene{t: t, st: st}
	log := slog.New(slog.DiscardHandler)
	s.openDesk(kind)
	rule := incident.DefaultPolicy()
	rule.WaitOut, rule.CallTimeout = time.Millisecond, 0
	if change != nil {
		change(&rule)
	}
	policy := func(incident.Incident, time.Time) incident.Policy { return rule }
	s.book = ledger.New(st, ledger.Rules{Route: func(alert.Alert) string { return "" }, Policy: policy}, ledger.Counts{}, log)
	health := courier.NewHealth(s.desk, log)
	couriers := courier.New(st, s.book, s.desk, courier.Rules{Policy: policy}, health, log)
	jobs, err := queue.New(st, couriers.Perform, queue.Options{SoftStop: time.Second, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	s.book.Bind(jobs)
	s.rec = s.replica("one", policy)
	stopBook, stopJobs := s.loop(s.book.Run), s.loop(jobs.Run)
	t.Cleanup(func() {
		stopJobs()
		stopBook()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// openDesk opens the scene's desk, at a fake if it is outside the house.
func (s *scene) openDesk(kind string) {
	s.t.Helper()
	var err error
	switch kind {
	case "local":
		s.desk = local.New(s.st, "http://docket.test/tickets/")
	case "freescout":
		s.fake, s.place = fakedesk.New(fakedesk.Options{WebhookSecret: "hook-secret"}), "2"
		s.t.Cleanup(s.fake.Close)
		s.desk, err = freescout.New(freescout.Config{
			APIURL: "https://tickets.example.org", APIKey: "key", MailboxID: 2, Rate: 10_000, WaitOut: time.Millisecond, UserAgent: "docket/test",
			Transport: s.fake.Transport(),
		})
	case "github":
		s.issues, s.place = fakegithub.New(fakegithub.Options{Repositories: []string{"octo/ops", "octo/attic"}}), "octo/ops"
		s.t.Cleanup(s.issues.Close)
		s.desk, err = github.New(github.Config{
			Repository: s.place, Keys: github.Keys{Token: "token"}, Rate: 10_000, WaitOut: time.Millisecond, UserAgent: "docket/test",
			Transport: s.issues.Transport(),
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// replica is one more process' reconciler.
func (s *scene) replica(holder string, policy func(incident.Incident, time.Time) incident.Policy) *reconcile.Reconciler {
	return reconcile.New(reconcile.Deps{
		Store: s.st, Ledger: s.book, Desk: s.desk, Holder: holder, Log: slog.New(slog.DiscardHandler),
		Rules: reconcile.Rules{Policy: policy, Place: func(string) string { return s.place }, Every: time.Minute},
		Heard: func(_ context.Context, err error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.heard = append(s.heard, err)
		},
		Away: func() bool { return false }, BackAt: func() time.Time { return time.Time{} },
	})
}

func (s *scene) loop(run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			s.t.Error(err)
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// word is a source's word about an alert.
func word(name string, status alert.Status) alert.Alert {
	ls := alert.NewLabels(map[string]string{"alertname": name})
	now := time.Now().UTC().Truncate(time.Microsecond)
	a := alert.Alert{
		Fingerprint: alert.Fingerprint("", ls), Key: alert.Fingerprint("", ls), Source: "prometheus", Labels: ls, Poll: "am",
		Severity: alert.P1, Status: status, StartsAt: now, SaidAt: now, Title: name,
	}
	if status == alert.Resolved {
		a.EndsAt = now
	}
	return a
}

// says brings a word to the ledger and returns the alert's latest incident.
func (s *scene) says(name string, status alert.Status) incident.Incident {
	s.t.Helper()
	a := word(name, status)
	if _, err := s.book.Apply(s.t.Context(), ledger.AlertReceived{Alert: a}); err != nil {
		s.t.Fatal(err)
	}
	return s.latest(name)
}

func (s *scene) latest(name string) incident.Incident {
	s.t.Helper()
	inc, err := s.st.LatestIncident(s.t.Context(), word(name, alert.Firing).Key)
	if err != nil {
		s.t.Fatal(err)
	}
	return inc
}

// filed lets an alert fire and waits for its ticket and all that belongs to it.
func (s *scene) filed(name string) incident.Incident {
	s.t.Helper()
	s.says(name, alert.Firing)
	s.quiet()
	inc := s.latest(name)
	if inc.Ticket.State != filing.TicketFiled {
		s.t.Fatalf("%s: its ticket is %s", name, inc.Ticket.State)
	}
	return inc
}

// quiet waits until nothing is on its way any more.
func (s *scene) quiet() {
	s.t.Helper()
	await.Until(s.t, time.Minute, "nothing is on its way any more", func() bool {
		busy, err := s.st.Unfinished(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		return len(busy) == 0
	}, nil)
}

// run compares, and waits until what was asked for is done.
func (s *scene) run(o reconcile.Options) reconcile.Report {
	s.t.Helper()
	r, err := s.rec.Run(s.t.Context(), o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.quiet()
	return r
}

func (s *scene) watch() {
	s.t.Helper()
	if err := s.rec.Watch(s.t.Context(), time.Now().UTC()); err != nil {
		s.t.Fatal(err)
	}
	s.quiet()
}

// ticket is an incident's ticket as the desk truly has it.
func (s *scene) ticket(inc incident.Incident) desk.Ticket {
	s.t.Helper()
	t, err := s.desk.Read(s.t.Context(), inc.Ticket.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// number is an issue's number at GitHub.
func (s *scene) number(inc incident.Incident) int64 {
	s.t.Helper()
	_, digits, _ := strings.Cut(inc.Ticket.ID, "/issues/")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *scene) id(inc incident.Incident) int64 {
	s.t.Helper()
	id, err := strconv.ParseInt(inc.Ticket.ID, 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// closes is a person who closes the ticket where docket does not see it.
func (s *scene) closes(inc incident.Incident) {
	s.t.Helper()
	if s.fake != nil {
		s.fake.CloseTicket(s.id(inc))
		return
	}
	if err := s.desk.SetStatus(s.t.Context(), inc.Ticket.ID, desk.StatusClosed); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) reopens(inc incident.Incident) {
	s.t.Helper()
	if err := s.desk.SetStatus(s.t.Context(), inc.Ticket.ID, desk.StatusOpen); err != nil {
		s.t.Fatal(err)
	}
}
