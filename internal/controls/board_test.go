package controls_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/controls"
	"docket/internal/filing"
	"docket/internal/flag"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/queue"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
	"docket/internal/storm"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

var (
	anna = audit.Person("anna")
	noon = time.Now().UTC().Truncate(time.Microsecond)
)

// replica is one Docket's board and ledger on a database.
type replica struct {
	t     *testing.T
	store *store.Store
	board *controls.Board
	book  *ledger.Ledger
	storm storm.Policy
}

func newReplica(t *testing.T, url string, env map[string]flag.Env) *replica {
	t.Helper()
	st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	board, err := controls.New(t.Context(), st, env, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := board.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &replica{t: t, store: st, board: board, storm: incident.DefaultPolicy().Storm}
	r.book = ledger.New(st, ledger.Rules{
		Route: func(alert.Alert) string { return "" },
		Policy: func(incident.Incident, time.Time) incident.Policy {
			p := incident.DefaultPolicy()
			p.FilingOn, p.Storm = board.On(context.Background(), flag.AutoTicket), r.storm
			return p
		},
		Current: board.Current, Mutes: board.Mutes,
	}, ledger.Counts{}, log)
	q, err := queue.New(st, func(context.Context, string) (time.Time, error) { return time.Time{}, nil }, queue.Options{Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	r.book.Bind(q)
	stop := r.loop(r.book.Run)
	t.Cleanup(func() {
		stop()
		if err := errors.Join(board.Close(context.Background()), st.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// loop runs a loop until stop is called.
func (r *replica) loop(run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			r.t.Error(err)
		}
	})
	return sync.OnceFunc(func() {
		cancel()
		wg.Wait()
	})
}

// each runs a promise on both databases.
func each(t *testing.T, promise func(t *testing.T, r *replica)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) { promise(t, newReplica(t, url, nil)) })
}

// said is a word about an alert; team and pod are labels, and pod does not identify.
func said(problem, team, pod string, status alert.Status) alert.Alert {
	ls := alert.NewLabels(map[string]string{"alertname": problem, "team": team, "pod": pod})
	a := alert.Alert{
		Fingerprint: alert.Fingerprint("", ls), Key: alert.Identity{Drop: []string{"pod"}}.Key("", ls, ""), Source: "prometheus", Labels: ls,
		Severity: alert.P2, Status: status, StartsAt: noon, SaidAt: time.Now().UTC(), Title: problem,
	}
	if status == alert.Resolved {
		a.EndsAt = noon.Add(time.Second)
	}
	return a
}

// hear applies words about alerts, and returns the reasons of what was decided.
func (r *replica) hear(all ...alert.Alert) []incident.Reason {
	r.t.Helper()
	inputs := make([]ledger.Input, len(all))
	for i := range all {
		inputs[i] = ledger.AlertReceived{Alert: all[i]}
	}
	results, err := r.book.Apply(r.t.Context(), inputs...)
	if err != nil {
		r.t.Fatal(err)
	}
	reasons := make([]incident.Reason, len(results))
	for i, res := range results {
		reasons[i] = res.Reason
	}
	return reasons
}

// settle takes turns until nothing is left to be asked again.
func (r *replica) settle() {
	r.t.Helper()
	for range 100 {
		if err := r.board.Settle(r.t.Context(), r.book, time.Now()); err != nil {
			r.t.Fatal(err)
		}
		all, err := r.store.LoadSwitches(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		if all.Resettled == all.Switched {
			return
		}
	}
	r.t.Fatal("it is never settled")
}

// incidents are all by title.
func (r *replica) incidents() map[string]incident.Incident {
	r.t.Helper()
	all, err := r.store.ListIncidents(r.t.Context(), store.IncidentFilter{})
	if err != nil {
		r.t.Fatal(err)
	}
	found := map[string]incident.Incident{}
	for _, i := range all {
		found[i.Title] = i
	}
	return found
}

func (r *replica) expect(title string, ticket filing.TicketState, reason incident.Reason) {
	r.t.Helper()
	if i := r.incidents()[title]; i.Ticket.State != ticket || i.Reason != reason {
		r.t.Errorf("%s: ticket %s because %s, want %s because %s", title, i.Ticket.State, i.Reason, ticket, reason)
	}
}

func (r *replica) flip(on bool) {
	r.t.Helper()
	if _, err := r.board.SetFlag(r.t.Context(), flag.AutoTicket, on, "a test", anna); err != nil {
		r.t.Fatal(err)
	}
}

func (r *replica) silence(matcher string, from, until time.Duration) string {
	r.t.Helper()
	now := time.Now()
	s, err := r.board.AddSilence(r.t.Context(),
		controls.Draft{Matchers: []string{matcher}, StartsAt: now.Add(from), EndsAt: now.Add(until), Comment: "a test"}, anna)
	if err != nil {
		r.t.Fatal(err)
	}
	return s.ID
}

func (r *replica) expire(id string) {
	r.t.Helper()
	if _, err := r.board.ExpireSilence(r.t.Context(), id, anna); err != nil {
		r.t.Fatal(err)
	}
}

func (r *replica) audited(action string) []map[string]any {
	r.t.Helper()
	entries, err := r.store.ListAudit(r.t.Context(), store.AuditFilter{Action: action, OldestFirst: true})
	if err != nil {
		r.t.Fatal(err)
	}
	var payloads []map[string]any
	for _, e := range entries {
		if e.Actor != anna {
			r.t.Errorf("%s was done by %+v", e.Action, e.Actor)
		}
		payloads = append(payloads, e.Payload)
	}
	if _, err := r.store.VerifyAudit(r.t.Context()); err != nil {
		r.t.Error(err)
	}
	return payloads
}

// within waits until something holds.
func within(t *testing.T, d time.Duration, what string, holds func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		if <-tick.C; time.Since(began) > d {
			t.Fatalf("not within %s: %s", d, what)
		}
	}
	return time.Since(began)
}

func TestAFlipIsAuditedWithItsReasonAndStandsAfterARestart(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		r.flip(false)
		r.flip(false) // Once more is nothing new.
		r.flip(true)
		want := []map[string]any{
			{"name": flag.AutoTicket, "before": true, "after": false, "why": "a test"},
			{"name": flag.AutoTicket, "before": false, "after": true, "why": "a test"},
		}
		if diff := cmp.Diff(want, r.audited(audit.ActionFlagChanged)); diff != "" {
			t.Errorf("the audit log (-want +got):\n%s", diff)
		}
		r.flip(false)
		again, err := controls.New(t.Context(), r.store, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close(t.Context())
		if err := again.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		f := again.Flags()[0]
		if f.On || again.On(t.Context(), flag.AutoTicket) || f.ChangedBy != "anna" || f.Because != "a test" ||
			f.Reason != flag.SetByOperator || f.ChangedAt.IsZero() {
			t.Errorf("%+v, want it off by anna", f)
		}
	})
}

func TestAPinnedFlagCannotBeSetAndSaysWhy(t *testing.T) {
	r := newReplica(t, storetest.URL(t, "sqlite"),
		map[string]flag.Env{flag.AutoTicket: flag.EnvPinnedOff, flag.InvestigateFromStatus: flag.EnvDefaultOn})
	_, err := r.board.SetFlag(t.Context(), flag.AutoTicket, true, "", anna)
	if !errors.Is(err, controls.ErrPinned) || !strings.Contains(err.Error(), "FLAG_CONSOLE_ALERTS_AUTO_TICKET=0") {
		t.Errorf("%v, want the variable named", err)
	}
	if f := r.board.Flags(); f[0].On || !f[0].Pinned || !f[1].On || f[1].Reason != flag.DefaultByEnvironment {
		t.Errorf("%+v", f)
	}
	if _, err := r.board.SetFlag(t.Context(), "FLAG_CONSOLE_ALERTS_AUTO_TICKET", true, "", anna); !errors.Is(err, controls.ErrPinned) {
		t.Errorf("%v, want it pinned by its other name, too", err)
	}
	if f, err := r.board.SetFlag(t.Context(), "FLAG_CONSOLE_INVESTIGATE_FROM_STATUS", false, "", anna); err != nil ||
		f.Name != flag.InvestigateFromStatus || r.board.On(t.Context(), flag.InvestigateFromStatus) {
		t.Errorf("%+v %v, want it off by its other name", f, err)
	}
	if _, err := r.board.SetFlag(t.Context(), "no.such", true, "", anna); !errors.Is(err, controls.ErrNoSuch) {
		t.Errorf("%v, want no such flag", err)
	}
	if r.board.On(t.Context(), "no.such") {
		t.Error("a flag that is not known is on")
	}
}

func TestFilingOffStartsNothingAndFilingOnAsksForWhatStillFires(t *testing.T) {
	each(t, func(_ *testing.T, r *replica) {
		r.flip(false)
		r.hear(said("Fires", "shop", "a", alert.Firing), said("Ends", "shop", "a", alert.Firing))
		r.hear(said("Ends", "shop", "a", alert.Resolved))
		r.expect("Fires", filing.TicketNone, incident.ReasonFilingOff)
		r.settle()
		r.expect("Fires", filing.TicketNone, incident.ReasonFilingOff)
		r.flip(true)
		r.settle()
		r.expect("Fires", filing.TicketAsked, incident.ReasonTicketAsked)
		r.expect("Ends", filing.TicketNone, incident.ReasonOver)
	})
}

func TestAStartWithoutThePinAsksForWhatStillFires(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		t.Run("pinned", func(t *testing.T) {
			r := newReplica(t, url, map[string]flag.Env{flag.AutoTicket: flag.EnvPinnedOff})
			r.hear(said("Fires", "shop", "a", alert.Firing))
			r.settle()
			r.expect("Fires", filing.TicketNone, incident.ReasonFilingOff)
		})
		r := newReplica(t, url, nil)
		r.settle()
		r.expect("Fires", filing.TicketAsked, incident.ReasonTicketAsked)
	})
}

func TestTurningFilingOnNeverFloods(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		r.flip(false)
		var all []alert.Alert
		for i := range 250 {
			all = append(all, said("Flood"+string(rune('A'+i/26))+string(rune('A'+i%26)), "shop", "a", alert.Firing))
		}
		r.hear(all...)
		r.flip(true)
		r.settle()
		own, gathered := 0, 0
		for _, i := range r.incidents() {
			switch {
			case i.Shared != storm.NotShared:
			case i.Within != alert.Mark{}:
				gathered++
			case i.Ticket.State == filing.TicketAsked:
				own++
			}
		}
		if own != r.storm.Limit || own+gathered != len(all) {
			t.Errorf("%d tickets of their own and %d in the storm's, want %d and the rest", own, gathered, r.storm.Limit)
		}
	})
}

func TestASweepThatACrashCutOffIsFinishedAfterTheRestart(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		r.storm.Limit = 0
		r.flip(false)
		var all []alert.Alert
		for i := range 150 {
			all = append(all, said("Crash"+string(rune('A'+i/26))+string(rune('A'+i%26)), "shop", "a", alert.Firing))
		}
		r.hear(all...)
		r.settle()
		r.flip(true)
		if err := r.board.Settle(t.Context(), r.book, time.Now()); err != nil {
			t.Fatal(err)
		}
		// The next process has only what was kept.
		next, err := controls.New(t.Context(), r.store, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer next.Close(t.Context())
		if err := next.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.board = next
		r.settle()
		for title, i := range r.incidents() {
			if i.Ticket.State != filing.TicketAsked {
				t.Fatalf("%s has ticket %s", title, i.Ticket.State)
			}
		}
	})
}
