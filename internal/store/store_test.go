package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/desk"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/store/migrate"
	"docket/internal/store/storetest"
)

func TestMain(m *testing.M) {
	os.Exit(storetest.MainMigrated(m, func(url string) error {
		s, err := Open(context.Background(), url, Options{Exclusive: true, Create: true})
		if err != nil {
			return err
		}
		return errors.Join(s.Migrate(context.Background()), s.Close())
	}))
}

// each runs a promise on a fresh, migrated store of both engines.
func each(t *testing.T, promise func(t *testing.T, s *Store)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) {
		s, err := Open(t.Context(), url, Options{Exclusive: true, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		promise(t, s)
	})
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC)

func firing(n int) alert.Alert {
	ls := alert.NewLabels(map[string]string{"alertname": fmt.Sprintf("A%d", n), "odd": "ä\"'\\ <script>☃\n\t%_?$1"})
	fp := alert.Fingerprint("", ls)
	return alert.Alert{
		Fingerprint: fp, Key: fp, Source: "prometheus", ID: "id", Labels: ls, Annotations: alert.NewLabels(map[string]string{"summary": "s"}),
		Severity: alert.P2, Status: alert.Firing, StartsAt: noon, SaidAt: noon, ExpiresAt: noon.Add(time.Minute), Title: "A",
		Link: "http://x", Poll: "am",
	}
}

func opened(n, generation int) incident.Incident {
	a := firing(n)
	return incident.Incident{
		Mark: alert.Mark{Key: a.Key, Generation: generation}, Version: 1, Recipe: alert.Recipe, State: incident.Open, Severity: alert.P2,
		Title: a.Title, Source: a.Source, OpenedAt: noon, FiredAt: noon, Ticket: filing.Ticket{State: filing.TicketNone},
		Reason: incident.ReasonTicketAsked,
		Timeline: []incident.Moment{{At: noon, Event: incident.AlertFired{}.Kind(), To: incident.Open,
			Reason: incident.ReasonTicketAsked, Detail: "d"}},
	}
}

func write(t *testing.T, s *Store, do func(ctx context.Context, tx *Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx *Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func TestAlertsComeBackAsTheyWereSaved(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		var saved []alert.Alert
		var fingerprints []alert.Key
		for n := range 700 { // More than one batch of every size.
			saved = append(saved, firing(n))
			fingerprints = append(fingerprints, saved[n].Fingerprint)
		}
		write(t, s, func(ctx context.Context, tx *Tx) error { return tx.SaveAlerts(ctx, saved) })
		saved[3].Status, saved[3].EndsAt, saved[3].ExpiresAt, saved[3].Inferred = alert.Resolved, noon.Add(time.Hour), time.Time{}, true
		write(t, s, func(ctx context.Context, tx *Tx) error { return tx.SaveAlerts(ctx, saved[3:4]) })
		got, err := s.Alerts(t.Context(), append(fingerprints, 42))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(saved) {
			t.Errorf("%d alerts came back, want %d", len(got), len(saved))
		}
		for _, want := range saved {
			if diff := cmp.Diff(want, got[want.Fingerprint]); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestIncidentsAndEffectsComeBackAsTheyWereSaved(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		inc := opened(1, 1)
		inc.Ticket = filing.Ticket{State: filing.TicketFiled, Desk: "local", ID: "7", Number: "8", URL: "http://x/7"}
		inc.Earlier = filing.Ticket{State: filing.TicketClosed, Desk: "local", ID: "5", Number: "5", URL: "http://x/5"}
		inc.DueAt, inc.RecoveredAt, inc.FlapNotedAt, inc.RecoveryNotedAt = noon, noon.Add(time.Second), noon.Add(time.Minute), noon.Add(time.Hour)
		inc.DueAt = noon.Add(time.Microsecond)
		inc.Fires, inc.FiresNoted, inc.MaybeStale, inc.Route, inc.Surface, inc.Link = 3, 2, true, "shop", "checkout", "http://l"
		eff := filing.Effect{
			ID: "note/x", Version: 1, Kind: filing.KindNote, Mark: inc.Mark, State: filing.Unknown, Attempt: 2, Fails: 3, SentAt: noon,
			NotBefore: noon.Add(time.Minute),
			TicketID:  "7", Text: "t ☃", Tags: []string{"a", "b"}, Fault: "timeout", Detail: "d", CreatedAt: noon,
		}
		write(t, s, func(ctx context.Context, tx *Tx) error {
			return errors.Join(tx.AddIncidents(ctx, []incident.Incident{inc}), tx.AddEffects(ctx, []filing.Effect{eff}))
		})
		got, err := s.Incident(t.Context(), inc.Mark)
		if diff := cmp.Diff(inc, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
		gotEff, err := s.Effect(t.Context(), eff.ID)
		if diff := cmp.Diff(eff, gotEff); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}

func TestOneLiveIncidentPerKey(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		write(t, s, func(ctx context.Context, tx *Tx) error {
			return tx.AddIncidents(ctx, []incident.Incident{opened(1, 1)})
		})
		err := s.Write(t.Context(), func(tx *Tx) error { return tx.AddIncidents(t.Context(), []incident.Incident{opened(1, 2)}) })
		if err == nil {
			t.Fatal("a second live incident of one key was kept")
		}
		// Closed first, in one transaction, the next generation may live.
		first := opened(1, 1)
		first.State, first.ClosedAt, first.Version = incident.Closed, noon, 2
		write(t, s, func(ctx context.Context, tx *Tx) error {
			return errors.Join(tx.SaveIncident(ctx, first), tx.AddIncidents(ctx, []incident.Incident{opened(1, 2)}))
		})
		latest := map[alert.Key]incident.Incident{}
		write(t, s, func(ctx context.Context, tx *Tx) (err error) {
			latest, err = tx.LatestIncidents(ctx, []alert.Key{first.Key})
			return err
		})
		if latest[first.Key].Generation != 2 {
			t.Errorf("the latest generation is %d, want 2", latest[first.Key].Generation)
		}
	})
}

func TestSavesAreCompareAndSet(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		inc := opened(1, 1)
		eff := filing.Effect{ID: "file/x", Version: 1, Kind: filing.KindFile, Mark: inc.Mark, State: filing.Queued, CreatedAt: noon}
		write(t, s, func(ctx context.Context, tx *Tx) error {
			return errors.Join(tx.AddIncidents(ctx, []incident.Incident{inc}), tx.AddEffects(ctx, []filing.Effect{eff}))
		})
		for _, version := range []int64{1, 3} { // 2 is the next.
			inc.Version, eff.Version = version, version
			if err := s.Write(t.Context(), func(tx *Tx) error { return tx.SaveIncident(t.Context(), inc) }); !errors.Is(err, ErrConflict) {
				t.Errorf("saving incident version %d over 1: %v, want a conflict", version, err)
			}
			if err := s.Write(t.Context(), func(tx *Tx) error { return tx.SaveEffect(t.Context(), eff) }); !errors.Is(err, ErrConflict) {
				t.Errorf("saving effect version %d over 1: %v, want a conflict", version, err)
			}
		}
		inc.Version, eff.Version = 2, 2
		write(t, s, func(ctx context.Context, tx *Tx) error {
			return errors.Join(tx.SaveIncident(ctx, inc), tx.SaveEffect(ctx, eff))
		})
	})
}

func TestEffectAskedForTwiceIsOne(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		inc := opened(1, 1)
		eff := filing.Effect{ID: "file/x", Version: 1, Kind: filing.KindFile, Mark: inc.Mark, State: filing.Queued, CreatedAt: noon}
		again := eff
		again.Text = "another"
		write(t, s, func(ctx context.Context, tx *Tx) error {
			return errors.Join(tx.AddIncidents(ctx, []incident.Incident{inc}), tx.AddEffects(ctx, []filing.Effect{eff}),
				tx.AddEffects(ctx, []filing.Effect{again}))
		})
		got, err := s.EffectsOf(t.Context(), inc.Mark)
		if err != nil || len(got) != 1 || got[0].Text != "" {
			t.Errorf("%v %+v, want the first effect alone", err, got)
		}
	})
}

func TestTransactionThatFailsLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		boom := errors.New("boom")
		err := s.Write(t.Context(), func(tx *Tx) error {
			head, err := tx.AuditHead(t.Context())
			return errors.Join(err,
				tx.SaveAlerts(t.Context(), []alert.Alert{firing(1)}), tx.AddIncidents(t.Context(), []incident.Incident{opened(1, 1)}),
				tx.AppendAudit(t.Context(), head, []audit.Entry{{CreatedAt: noon, Action: "a", Payload: map[string]any{}}}), boom)
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		alerts, err1 := s.ListAlerts(t.Context(), 0)
		incidents, err2 := s.ListIncidents(t.Context(), IncidentFilter{})
		entries, err3 := s.ListAudit(t.Context(), AuditFilter{})
		if err := errors.Join(err1, err2, err3); err != nil || len(alerts)+len(incidents)+len(entries) > 0 {
			t.Errorf("%v: %d alerts, %d incidents, %d audit rows were left", err, len(alerts), len(incidents), len(entries))
		}
	})
}

func TestExpiriesAreOnlyPutOff(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		never := firing(2)
		never.ExpiresAt = time.Time{}
		write(t, s, func(ctx context.Context, tx *Tx) error { return tx.SaveAlerts(ctx, []alert.Alert{firing(1), never}) })
		fp := firing(1).Fingerprint
		write(t, s, func(ctx context.Context, tx *Tx) error {
			return tx.SaveExpiries(ctx, []Expiry{{fp, noon.Add(time.Hour)}, {fp, noon}, {never.Fingerprint, noon}})
		})
		got, err := s.Alerts(t.Context(), []alert.Key{fp, never.Fingerprint})
		if err != nil || !got[fp].ExpiresAt.Equal(noon.Add(time.Hour)) || !got[never.Fingerprint].ExpiresAt.IsZero() {
			t.Errorf("%v: expiries %s and %s", err, got[fp].ExpiresAt, got[never.Fingerprint].ExpiresAt)
		}
		for at, want := range map[time.Time]int{noon: 0, noon.Add(time.Hour): 1} {
			expired, err := s.ExpiredAlerts(t.Context(), at, time.Time{}, 10)
			if err != nil || len(expired) != want {
				t.Errorf("%v: %d expired at %s, want %d", err, len(expired), at, want)
			}
		}
	})
}

func TestOthersFiringCountsTheGroupOfAKey(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		a, b, c := firing(1), firing(2), firing(3)
		b.Key, c.Key = a.Key, a.Key
		c.Status = alert.Resolved
		write(t, s, func(ctx context.Context, tx *Tx) error { return tx.SaveAlerts(ctx, []alert.Alert{a, b, c}) })
		for _, but := range []alert.Alert{a, b} {
			write(t, s, func(ctx context.Context, tx *Tx) error {
				n, err := tx.OthersFiring(ctx, a.Key, but.Fingerprint)
				if n != 1 {
					t.Errorf("%d others fire beside %s, want 1", n, but.Fingerprint)
				}
				return err
			})
		}
		of, err := s.AlertsOf(t.Context(), a.Key)
		if err != nil || len(of) != 3 || of[2].Status != alert.Resolved {
			t.Errorf("%v: %d alerts of the key, want 3 with the ended one last", err, len(of))
		}
	})
}

func TestMigratingAgainDoesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		if err := errors.Join(s.Migrate(t.Context()), s.Current(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

func TestMigrationsAreNumberedTheSameInBothFolders(t *testing.T) {
	names := func(folder string) (all []string) {
		entries, err := fs.ReadDir(migrate.Files, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return all
	}
	if diff := cmp.Diff(names("sqlite"), names("postgres")); diff != "" {
		t.Error(diff)
	}
}

func TestLocalDeskKeepsOneTicketPerMark(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		d := desk.Draft{Mark: "m.1", Subject: "s [m.1]", Body: "b"}
		first, err1 := s.AddDeskTicket(t.Context(), d, noon)
		second, err2 := s.AddDeskTicket(t.Context(), d, noon.Add(time.Hour))
		if err := errors.Join(err1, err2); err != nil || first != second {
			t.Errorf("%v: tickets %d and %d for one mark", err, first, second)
		}
	})
}

func TestAwayIsTheDatabaseAndNotTheRows(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		bad := firing(1)
		bad.Severity = 9
		err := s.Write(t.Context(), func(tx *Tx) error { return tx.SaveAlerts(t.Context(), []alert.Alert{bad}) })
		if err == nil || s.Away(err) {
			t.Errorf("a row that the schema refuses: %v, away %t", err, s.Away(err))
		}
		ended, cancel := context.WithTimeout(t.Context(), -1)
		defer cancel()
		if err := s.Beat(ended, noon); err == nil || !s.Away(err) {
			t.Errorf("no time left: %v, away %t", err, s.Away(err))
		}
		if s.Away(nil) || s.Away(ErrConflict) || s.Away(ErrNotFound) {
			t.Error("a conflict is not the database's fault")
		}
	})
}

func TestATagNeverUndoesAPersonsClose(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for n := range 20 {
			number, err := s.AddDeskTicket(t.Context(), desk.Draft{Mark: fmt.Sprintf("m.%d", n), Subject: "s", Body: "b"}, noon)
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for _, do := range []func() error{
				func() error { return s.TagDeskTicket(t.Context(), number, []string{"a"}, time.Now()) },
				func() error { return s.TagDeskTicket(t.Context(), number, []string{"b", "a"}, time.Now()) },
				func() error { return s.SetDeskStatus(t.Context(), number, desk.StatusClosed, noon) },
			} {
				wg.Go(func() {
					if err := do(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			got, _, err := s.DeskTicket(t.Context(), number)
			slices.Sort(got.Tags)
			if err != nil || got.Status != desk.StatusClosed || !slices.Equal(got.Tags, []string{"a", "b"}) {
				t.Fatalf("%+v, %v: want it closed, with both tags", got, err)
			}
		}
	})
}
