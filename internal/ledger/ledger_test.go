package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
	"docket/internal/queue"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// open makes a running ledger on a fresh store. Jobs are kept and not worked.
func open(t *testing.T, url string, policy incident.Policy) (*Ledger, *store.Store) {
	t.Helper()
	st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return run(t, st, policy), st
}

func run(t *testing.T, st *store.Store, policy incident.Policy) *Ledger {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	l := New(st, Rules{Route: func(alert.Alert) string { return "" },
		Policy: func(incident.Incident, time.Time) incident.Policy { return policy }}, Counts{}, log)
	q, err := queue.New(st, func(context.Context, string) (time.Time, error) { return time.Time{}, nil }, queue.Options{Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	l.Bind(q)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := l.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
		_ = st.Close() // A second ledger may have closed it.
	})
	return l
}

var began = time.Now().UTC().Truncate(time.Microsecond)

// said is a source's word about an alert of one problem; pod tells alerts of it apart.
func said(problem, pod string, status alert.Status, starts time.Time) alert.Alert {
	ls := alert.NewLabels(map[string]string{"alertname": problem, "pod": pod})
	a := alert.Alert{
		Fingerprint: alert.Fingerprint("", ls), Key: alert.Identity{Drop: []string{"pod"}}.Key("", ls, ""), Source: "prometheus", Labels: ls,
		Severity: alert.P1, Status: status, StartsAt: starts, SaidAt: time.Now().UTC(), Title: problem,
	}
	if status == alert.Resolved {
		a.EndsAt = starts.Add(time.Minute)
	}
	return a
}

func apply(t *testing.T, l *Ledger, all ...alert.Alert) []Result {
	t.Helper()
	inputs := make([]Input, len(all))
	for i := range all {
		inputs[i] = AlertReceived{Alert: all[i]}
	}
	results, err := l.Apply(t.Context(), inputs...)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func incidents(t *testing.T, st *store.Store) []incident.Incident {
	t.Helper()
	all, err := st.ListIncidents(t.Context(), store.IncidentFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheSameAlertAHundredTimesAtOnceIsOneIncidentAndOneTicketJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		l, st := open(t, url, incident.DefaultPolicy())
		ledgers := []*Ledger{l}
		if !st.Exclusive() { // A second replica on the same database.
			ledgers = append(ledgers, run(t, st, incident.DefaultPolicy()))
		}
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				a := said("Same", "a", alert.Firing, began)
				if _, err := ledgers[i%len(ledgers)].Apply(t.Context(), AlertReceived{Alert: a}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all := incidents(t, st)
		if len(all) != 1 {
			t.Fatalf("%d incidents, want 1", len(all))
		}
		effects, err := st.EffectsOf(t.Context(), all[0].Mark)
		if err != nil || len(effects) != 1 {
			t.Errorf("%v: %d effects, want 1", err, len(effects))
		}
		if _, err := st.VerifyAudit(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestAnIncidentRecoversWithItsLastAlert(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		l, st := open(t, url, incident.DefaultPolicy())
		apply(t, l, said("Pods", "a", alert.Firing, began), said("Pods", "b", alert.Firing, began), said("Pods", "c", alert.Firing, began))
		if all := incidents(t, st); len(all) != 1 || all[0].State != incident.Open {
			t.Fatalf("%+v, want one open incident", all)
		}
		// Two end in one batch with a new one: the transaction counts its own alerts, too.
		apply(t, l, said("Pods", "a", alert.Resolved, began), said("Pods", "d", alert.Firing, began), said("Pods", "b", alert.Resolved, began))
		apply(t, l, said("Pods", "c", alert.Resolved, began))
		if all := incidents(t, st); all[0].State != incident.Open {
			t.Errorf("the incident is %s while an alert of it fires", all[0].State)
		}
		apply(t, l, said("Pods", "d", alert.Resolved, began))
		if all := incidents(t, st); len(all) != 1 || all[0].State != incident.Recovered {
			t.Errorf("%+v, want one recovered incident", all)
		}
	})
}

func TestALateEndDoesNotTouchANewerEpisode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		l, st := open(t, url, incident.DefaultPolicy())
		apply(t, l, said("Late", "a", alert.Firing, began.Add(time.Hour)))
		res := apply(t, l, said("Late", "a", alert.Resolved, began.Add(-time.Hour)))
		if all := incidents(t, st); res[0].About != About(AboutAlert{alert.Late}) || all[0].State != incident.Open {
			t.Errorf("%v, state %s: an old end was taken for a new one", res[0].About, all[0].State)
		}
	})
}

func TestAnEndBeforeItsStartHoldsTheLateStart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		l, st := open(t, url, incident.DefaultPolicy())
		apply(t, l, said("Disorder", "a", alert.Resolved, began))
		apply(t, l, said("Disorder", "a", alert.Firing, began))
		all := incidents(t, st)
		if len(all) != 1 || all[0].State != incident.Held || all[0].DueAt.IsZero() {
			t.Errorf("%+v, want one held incident with a time to decide", all)
		}
	})
}

func TestRepeatsAreNoNews(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		l, st := open(t, url, incident.DefaultPolicy())
		a := said("Known", "a", alert.Firing, began)
		a.ExpiresAt = began.Add(time.Minute)
		apply(t, l, a)
		before, err := st.ListAudit(t.Context(), store.AuditFilter{})
		if err != nil {
			t.Fatal(err)
		}
		again := a
		again.ExpiresAt = began.Add(10 * time.Minute)
		worse := a
		worse.Severity = alert.P2
		ended := a
		ended.Status, ended.EndsAt = alert.Resolved, began.Add(time.Second)
		other := said("New", "a", alert.Firing, began)
		for _, c := range []struct {
			name string
			said []alert.Alert
			news int
		}{
			{"a repeat", []alert.Alert{again}, 0},
			{"a new alert", []alert.Alert{other}, 1},
			{"another severity", []alert.Alert{worse}, 1},
			{"its end", []alert.Alert{ended}, 1},
			{"its end and then a repeat", []alert.Alert{ended, again}, 2},
		} {
			news, err := l.DropRepeats(t.Context(), c.said, began)
			if err != nil || len(news) != c.news {
				t.Errorf("%s: %d are news, want %d (%v)", c.name, len(news), c.news, err)
			}
		}
		// The repeat put the expiry off, in memory first and then together with others'.
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := st.Alerts(t.Context(), []alert.Key{a.Fingerprint})
		if err != nil || !got[a.Fingerprint].ExpiresAt.Equal(again.ExpiresAt) {
			t.Errorf("%v: expires %s, want %s", err, got[a.Fingerprint].ExpiresAt, again.ExpiresAt)
		}
		after, err := st.ListAudit(t.Context(), store.AuditFilter{})
		if err != nil || len(after) != len(before) {
			t.Errorf("%v: repeats wrote %d audit rows", err, len(after)-len(before))
		}
	})
}

func TestOneBadInputCostsOnlyItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		l, st := open(t, url, incident.DefaultPolicy())
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				a := said(fmt.Sprint("Good", i), "a", alert.Firing, began)
				if _, err := l.Apply(t.Context(), AlertReceived{Alert: a}); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				bad := said(fmt.Sprint("Bad", i), "a", alert.Firing, began)
				bad.Severity = 9 // The schema refuses it.
				if _, err := l.Apply(t.Context(), AlertReceived{Alert: bad}); err == nil {
					t.Error("an alert that the schema refuses was kept")
				}
			})
		}
		wg.Wait()
		if all := incidents(t, st); len(all) != 20 {
			t.Errorf("%d incidents, want the 20 good ones", len(all))
		}
		if _, err := st.VerifyAudit(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestAnAnswerToAnUnknownEffectIsAnError(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		l, _ := open(t, url, incident.DefaultPolicy())
		if _, err := l.Apply(t.Context(), EffectAnswered{EffectID: "file/nothing"}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%v, want not found", err)
		}
	})
}
