package doctor_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docket/internal/audit"
	"docket/internal/desk/fakedesk"
	"docket/internal/doctor"
	"docket/internal/store"
	"docket/internal/store/storetest"
)

func TestChangeIsToldOnceAndTheOutsideIsCalledOnlyWhenWell(t *testing.T) {
	c := newClinic(t, storetest.URL(t, "sqlite"))
	c.examine(false)
	var told []string
	pings := 0
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { pings++; _, _ = io.WriteString(w, "ok") }))
	defer outside.Close()
	d := doctor.New(c.patient, slog.New(slog.DiscardHandler))
	round := doctor.Round{Canary: true, PingURL: outside.URL, Client: outside.Client(), Tell: func(_ context.Context, _, text string) error {
		told = append(told, text)
		return nil
	}}
	look := func() {
		t.Helper()
		if err := d.Look(t.Context(), round, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if len(told) != 0 || pings != 1 {
		t.Fatalf("without errors: told %q, called %d times", told, pings)
	}
	c.fake.Order(fakedesk.Fault{Kind: fakedesk.KeyRefused})
	look()
	look()
	if len(told) != 1 || !strings.Contains(told[0], "desk key") || pings != 1 {
		t.Fatalf("with an error: told %q, called %d times", told, pings)
	}
	c.fake.Clear()
	look()
	if len(told) != 2 || pings != 2 {
		t.Fatalf("without errors again: told %q, called %d times", told, pings)
	}
	last, err := d.Last(t.Context(), 10)
	if err != nil || len(last) != 4 || last[0].Verdict == doctor.Error || last[1].Verdict != doctor.Error {
		t.Errorf("kept %d reports, %v", len(last), err)
	}
	outside.Close()
	if err := d.Look(t.Context(), round, time.Now()); err == nil || strings.Contains(err.Error(), outside.URL) {
		t.Errorf("an outside that is away: %v", err)
	}
}

// A database that an earlier version wrote has other words for the levels.
func TestReportsOfEarlierVersionsAreRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		c := newClinic(t, url)
		c.examine(false)
		err := c.opened.AddCheckup(t.Context(), store.Checkup{At: time.Now().Add(-time.Minute), By: audit.System().Name, Verdict: "ill",
			Report: []byte(`{"verdict":"ill","findings":[{"hop":"desk","level":"ill"},{"level":"warned"},{"level":"well"}]}`),
		}, audit.Entry{CreatedAt: time.Now().UTC().Truncate(time.Microsecond), Actor: audit.System(), Action: audit.ActionDoctorRun})
		if err != nil {
			t.Fatal(err)
		}
		d := doctor.New(c.patient, slog.New(slog.DiscardHandler))
		var told []string
		round := doctor.Round{Tell: func(_ context.Context, _, text string) error { told = append(told, text); return nil }}
		if err := d.Look(t.Context(), round, time.Now()); err != nil || len(told) != 1 {
			t.Errorf("the end of an error that an earlier version found: %q, %v", told, err)
		}
		all, err := d.Last(t.Context(), 10)
		if err != nil || len(all) != 2 || all[0].Verdict == doctor.Error || all[1].Verdict != doctor.Error {
			t.Fatalf("%+v, %v", all, err)
		}
		for n, want := range []doctor.Level{doctor.Error, doctor.Warning, doctor.OK} {
			if have := all[1].Findings[n].Level; have != want {
				t.Errorf("a level is %q, want %q", have, want)
			}
		}
	})
}

// Three replicas find the same broken hop, and one of them starts anew meanwhile: the operator is
// told once, and once that it is whole again.
func TestReplicasAndRestartsTellTheSameChangeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		c := newClinic(t, url)
		c.examine(false)
		told := map[string]string{}
		round := doctor.Round{Tell: func(_ context.Context, key, text string) error {
			told[key] = text // As the ledger does: one message for each key.
			return nil
		}}
		replicas := []*doctor.Doctor{}
		for range 3 {
			replicas = append(replicas, doctor.New(c.patient, slog.New(slog.DiscardHandler)))
		}
		look := func(want int) {
			t.Helper()
			for _, d := range replicas {
				if err := d.Look(t.Context(), round, time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			if len(told) != want {
				t.Fatalf("the operator was told %q, want %d messages", told, want)
			}
		}
		look(0)
		c.fake.Order(fakedesk.Fault{Kind: fakedesk.KeyRefused})
		look(1)
		replicas[1] = doctor.New(c.patient, slog.New(slog.DiscardHandler))
		look(1)
		c.fake.Clear()
		replicas[2] = doctor.New(c.patient, slog.New(slog.DiscardHandler)) // It hears of the end only.
		look(2)
		replicas[0] = doctor.New(c.patient, slog.New(slog.DiscardHandler))
		look(2)
		c.fake.Order(fakedesk.Fault{Kind: fakedesk.KeyRefused}) // Another time is another message.
		look(3)
	})
}
