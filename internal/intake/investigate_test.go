package intake

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/courier"
	"docket/internal/desk"
	"docket/internal/desk/local"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/queue"
	"docket/internal/store"
	"docket/internal/store/storetest"
)

// office is replicas on one database, each with its own ledger, queue and intake, and one
// local desk.
type office struct {
	t        *testing.T
	store    *store.Store
	desk     *local.Desk
	replicas []*Intake
}

// shared says which engine lets several replicas write, so that one is enough on the other.
func shared(url string) int {
	if store.IsPostgres(url) {
		return 3
	}
	return 1
}

func eachOffice(t *testing.T, change func(*incident.Policy), promise func(o *office)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) {
		policy := incident.DefaultPolicy()
		policy.CallTimeout, policy.WaitOut = 0, 0
		change(&policy)
		o := &office{t: t}
		// As in the app: the ledger stops after the queue, which has its last words for it.
		books, stopBooks := context.WithCancel(context.Background())
		queues, stopQueues := context.WithCancel(context.Background())
		var writing, working sync.WaitGroup
		var stores []*store.Store
		t.Cleanup(func() {
			stopQueues()
			working.Wait()
			stopBooks()
			writing.Wait()
			for _, st := range stores {
				if err := st.Close(); err != nil {
					t.Error(err)
				}
			}
		})
		for range shared(url) {
			st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
			if err != nil {
				t.Fatal(err)
			}
			stores = append(stores, st)
			if err := st.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			log := slog.New(slog.DiscardHandler)
			o.store, o.desk = st, local.New(st, "http://127.0.0.1/")
			always := func(incident.Incident, time.Time) incident.Policy { return policy }
			book := ledger.New(st, ledger.Rules{Route: func(alert.Alert) string { return "" }, Policy: always}, ledger.Counts{}, log)
			couriers := courier.New(st, book, o.desk, courier.Rules{Policy: always}, courier.NewHealth(o.desk, log), log)
			q, err := queue.New(st, couriers.Perform, queue.Options{Logger: log, SoftStop: 5 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			book.Bind(q)
			writing.Go(func() {
				if err := book.Run(books); err != nil {
					t.Error(err)
				}
			})
			working.Go(func() {
				if err := q.Run(queues); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
			o.replicas = append(o.replicas, New(st, book, noon, NewHeard(), log))
		}
		promise(o)
	})
}

// tile is a degraded surface's alert.
func tile(sev alert.Severity) alert.Alert {
	ls := alert.NewLabels(map[string]string{"surface": "checkout"})
	fp := alert.Fingerprint("status", ls)
	now := time.Now().UTC().Truncate(time.Microsecond)
	return alert.Alert{
		Fingerprint: fp, Key: fp, Source: "status", Surface: "checkout", Labels: ls, Severity: sev,
		Status: alert.Firing, StartsAt: now, SaidAt: now, Title: "Checkout is degraded",
	}
}

// click clicks on replica n.
func (o *office) click(n int, by string) (Investigation, error) {
	here := func() (string, bool) { return "", false }
	return o.replicas[n%len(o.replicas)].Investigate(o.t.Context(), Click{
		Alert: tile(alert.P3), Brief: "Three of the last five readings were slow.", Actor: audit.Person(by), DeskAway: here,
	})
}

func (o *office) tickets() []desk.Ticket {
	o.t.Helper()
	all, err := o.store.ListDeskTickets(o.t.Context(), 0, 0)
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

func TestTenClicksAtOnceOnThreeReplicasBringOneTicket(t *testing.T) {
	eachOffice(t, func(p *incident.Policy) { p.FilingOn = false }, func(o *office) {
		brought := make(chan string, 10)
		var wg sync.WaitGroup
		for n := range 10 {
			wg.Go(func() {
				got, err := o.click(n, "ann")
				if err != nil || got.Degraded {
					o.t.Errorf("a click brought %+v, %v", got, err)
				}
				brought <- got.Ticket.ID
			})
		}
		wg.Wait()
		close(brought)
		for id := range brought {
			if id != "1" {
				o.t.Errorf("a click brought ticket %q, want 1", id)
			}
		}
		if all := o.tickets(); len(all) != 1 {
			o.t.Errorf("%d tickets, want 1: %+v", len(all), all)
		}
	})
}

func TestAClickAfterAHumanCloseBringsAFreshTicket(t *testing.T) {
	eachOffice(t, func(*incident.Policy) {}, func(o *office) {
		first, err := o.click(0, "ann")
		if err != nil || first.Ticket.ID != "1" {
			o.t.Fatalf("%+v, %v", first, err)
		}
		// Nobody tells Docket: it has to ask the desk before it hands out an old ticket.
		if err := o.desk.SetStatus(o.t.Context(), "1", desk.StatusClosed); err != nil {
			o.t.Fatal(err)
		}
		again, err := o.click(1, "bob")
		if err != nil || again.Ticket.ID != "2" {
			inc, err1 := o.store.Incident(o.t.Context(), again.Mark)
			effects, err2 := o.store.EffectsOf(o.t.Context(), again.Mark)
			o.t.Fatalf("a click on a closed ticket brought %+v, %v\n%+v, %v\n%+v, %v", again, err, inc, err1, effects, err2)
		}
		if all := o.tickets(); len(all) != 2 {
			o.t.Errorf("%d tickets, want 2", len(all))
		}
	})
}

func TestAClickWhileTheDeskIsAwayIsAnsweredAtOnce(t *testing.T) {
	each(t, noon, func(s *scene) {
		began := time.Now()
		got, err := s.in.Investigate(s.t.Context(),
			Click{Alert: tile(alert.P3), Actor: audit.Person("ann"), DeskAway: func() (string, bool) { return "FreeScout is away.", true }})
		if err != nil {
			s.t.Fatal(err)
		}
		if took := time.Since(began); !got.Degraded || got.Mark.Generation != 1 || took > 3*time.Second {
			s.t.Errorf("%+v after %s", got, took)
		}
		if got.Message == "" {
			s.t.Error("nothing says what happens next")
		}
	})
}

func TestAClickIsRefusedWhileTheFlagIsOff(t *testing.T) {
	eachOffice(t, func(p *incident.Policy) { p.InvestigateOn = false }, func(o *office) {
		if _, err := o.click(0, "ann"); !errors.Is(err, ErrInvestigateOff) {
			o.t.Errorf("got %v, want %v", err, ErrInvestigateOff)
		}
		if all := o.tickets(); len(all) != 0 {
			o.t.Errorf("%d tickets, want none", len(all))
		}
	})
}
