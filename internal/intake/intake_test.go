package intake

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/queue"
	"docket/internal/source"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// scene is an intake on a fresh database, and what it logs.
type scene struct {
	t     *testing.T
	in    *Intake
	store *store.Store
	log   *strings.Builder
}

// each runs a promise on both databases; the process began at booted.
func each(t *testing.T, booted time.Time, promise func(s *scene)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) {
		st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		log := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelWarn}))
		book := ledger.New(st, ledger.Rules{
			Route:  func(alert.Alert) string { return "" },
			Policy: func(incident.Incident, time.Time) incident.Policy { return incident.DefaultPolicy() },
		}, ledger.Counts{}, slog.New(slog.DiscardHandler))
		q, err := queue.New(st, func(context.Context, string) (time.Time, error) { return time.Time{}, nil }, queue.Options{Logger: log})
		if err != nil {
			t.Fatal(err)
		}
		book.Bind(q)
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := book.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		t.Cleanup(func() {
			cancel()
			wg.Wait()
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
		promise(&scene{t, New(st, book, booted, NewHeard(), log), st, &text})
	})
}

var noon = time.Now().UTC().Truncate(time.Second)

// fires is a firing alert as of at, which expires after validity (0: never).
func fires(name string, at time.Time, validity time.Duration) alert.Alert {
	ls := alert.NewLabels(map[string]string{"alertname": name})
	fp := alert.Fingerprint("", ls)
	a := alert.Alert{Fingerprint: fp, Key: fp, Source: "prometheus", Labels: ls, Severity: alert.P1, Status: alert.Firing, StartsAt: at,
		SaidAt: at, Title: name}
	if validity > 0 {
		a.ExpiresAt = at.Add(validity)
	}
	return a
}

func (s *scene) receive(all ...alert.Alert) Receipt {
	s.t.Helper()
	r, err := s.in.Receive(s.t.Context(), "prometheus", all, all[0].SaidAt)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// states are the incidents' states by title.
func (s *scene) states() map[string]incident.State {
	s.t.Helper()
	all, err := s.store.ListIncidents(s.t.Context(), store.IncidentFilter{})
	if err != nil {
		s.t.Fatal(err)
	}
	states := map[string]incident.State{}
	for _, i := range all {
		states[i.Title] = i.State
	}
	return states
}

func (s *scene) expire(at time.Time) {
	s.t.Helper()
	if err := s.in.Expire(s.t.Context(), at); err != nil {
		s.t.Fatal(err)
	}
}

func TestAReceiptCountsWhatBecameOfABatch(t *testing.T) {
	each(t, noon, func(s *scene) {
		ended := fires("Gone", noon, 0)
		ended.Status, ended.EndsAt = alert.Resolved, noon
		if got, want := s.receive(fires("A", noon, 0), fires("B", noon, 0), ended), (Receipt{New: 2, Other: 1}); got != want {
			s.t.Errorf("%+v, want %+v", got, want)
		}
		a := fires("A", noon, 0)
		a.Status, a.EndsAt = alert.Resolved, noon.Add(time.Second)
		if got, want := s.receive(fires("B", noon, 0), a, fires("C", noon, 0)), (Receipt{Repeated: 1, Ended: 1, New: 1}); got != want {
			s.t.Errorf("%+v, want %+v", got, want)
		}
	})
}

func TestASourceThatGoesSilentEndsItsAlerts(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.receive(fires("Short", noon, time.Minute), fires("Long", noon, time.Hour), fires("Never", noon, 0))
		s.expire(noon.Add(time.Minute - time.Second))
		if got := s.states()["Short"]; got != incident.Open {
			s.t.Errorf("before its time it is %s", got)
		}
		s.expire(noon.Add(time.Minute))
		got := s.states()
		if got["Short"] != incident.Recovered || got["Long"] != incident.Open || got["Never"] != incident.Open {
			s.t.Errorf("%v, want only Short recovered", got)
		}
	})
}

func TestARepeatPutsTheExpiryOff(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.receive(fires("Repeated", noon, time.Minute))
		s.receive(fires("Repeated", noon.Add(50*time.Second), time.Minute))
		s.expire(noon.Add(time.Minute))
		if got := s.states()["Repeated"]; got != incident.Open {
			s.t.Errorf("it is %s although it was repeated", got)
		}
		s.expire(noon.Add(110 * time.Second))
		if got := s.states()["Repeated"]; got != incident.Recovered {
			s.t.Errorf("it is %s although nobody repeats it any more", got)
		}
	})
}

func TestWhatWasToldBeforeTheStartGetsTimeToBeRepeated(t *testing.T) {
	each(t, noon, func(s *scene) {
		// Told to the process before: its repeats may have been told to it, too.
		s.receive(fires("Before", noon.Add(-time.Minute), 30*time.Second), fires("Since", noon, 30*time.Second))
		s.expire(noon.Add(time.Minute))
		if got := s.states(); got["Before"] != incident.Open || got["Since"] != incident.Recovered {
			s.t.Errorf("%v, want only what was told since to be over", got)
		}
		s.expire(noon.Add(bootGrace))
		if got := s.states()["Before"]; got != incident.Recovered {
			s.t.Errorf("it is %s although nobody repeated it for %s", got, bootGrace)
		}
	})
}

// poll is a poll's answer; nil fails.
func (s *scene) poll(at time.Time, shown []alert.Alert) {
	s.t.Helper()
	s.pollInPart(at, shown, nil)
}

// pollInPart is a poll of which some alerts could not be read.
func (s *scene) pollInPart(at time.Time, shown []alert.Alert, unread *source.UnreadError) {
	s.t.Helper()
	p := Pull{Name: "am", Fetch: func(context.Context, time.Time) ([]alert.Alert, error) {
		if shown == nil {
			return nil, errors.New("am cannot be reached")
		}
		for i := range shown {
			shown[i].Poll, shown[i].SaidAt = "am", at
		}
		if unread != nil {
			return shown, unread
		}
		return shown, nil
	}}
	if err := s.in.Poll(s.t.Context(), p, at); err != nil {
		s.t.Fatal(err)
	}
}

func TestAnAlertThatVanishedFromAPollHasRecovered(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.receive(fires("Pushed", noon, 0))
		s.poll(noon.Add(time.Second), []alert.Alert{fires("Polled", noon, 0), fires("Stays", noon, 0)})
		s.poll(noon.Add(31*time.Second), []alert.Alert{fires("Stays", noon, 0)})
		got := s.states()
		if got["Polled"] != incident.Recovered || got["Stays"] != incident.Open || got["Pushed"] != incident.Open {
			s.t.Errorf("%v, want only Polled recovered", got)
		}
		// It is there again: that is believed at once, although its start is the old one.
		s.poll(noon.Add(61*time.Second), []alert.Alert{fires("Polled", noon, 0), fires("Stays", noon, 0)})
		if got := s.states()["Polled"]; got != incident.Open {
			s.t.Errorf("it is %s although the poll shows it again", got)
		}
	})
}

func TestAFailedPollChangesNothingAndIsSaidOnce(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.poll(noon, []alert.Alert{fires("Polled", noon, 0)})
		s.poll(noon.Add(30*time.Second), nil)
		s.poll(noon.Add(60*time.Second), nil)
		if got := s.states()["Polled"]; got != incident.Open {
			s.t.Errorf("a failed poll made it %s", got)
		}
		if n := strings.Count(s.log.String(), "poll failed"); n != 1 {
			s.t.Errorf("said %d times, want once:\n%s", n, s.log)
		}
		if h := s.in.Heard()["am"]; h.Fault == "" || !h.At.Equal(noon) {
			s.t.Errorf("%+v, want the fault and the last success", h)
		}
		s.poll(noon.Add(90*time.Second), []alert.Alert{})
		if got := s.states()["Polled"]; got != incident.Recovered {
			s.t.Errorf("it is %s although the poll shows nothing", got)
		}
	})
}

func TestAnAlertThatCannotBeReadIsNotTakenForGone(t *testing.T) {
	each(t, noon, func(s *scene) {
		named, nameless := fires("Named", noon, 0), fires("Nameless", noon, 0)
		s.poll(noon, []alert.Alert{named, nameless, fires("Gone", noon, 0)})
		unread := source.UnreadError{Poll: "am", Count: 1, Rejected: []source.Rejection{{Field: "[0].state", Reason: "is odd"}},
			Still: []alert.Key{named.Fingerprint}, Nameless: true}
		s.pollInPart(noon.Add(30*time.Second), []alert.Alert{fires("New", noon, 0)}, &unread)
		if got := s.states(); got["Named"] != incident.Open || got["Nameless"] != incident.Open || got["Gone"] != incident.Open ||
			got["New"] != incident.Open {
			s.t.Errorf("%v: any of them may be the one that has no name", got)
		}
		unread.Nameless = false
		s.pollInPart(noon.Add(60*time.Second), []alert.Alert{fires("New", noon, 0), nameless}, &unread)
		if got := s.states(); got["Named"] != incident.Open || got["Gone"] != incident.Recovered {
			s.t.Errorf("%v, want only Gone recovered", got)
		}
		if n := strings.Count(s.log.String(), "some polled alerts could not be read"); n != 1 {
			s.t.Errorf("said %d times, want once:\n%s", n, s.log)
		}
	})
}

func TestAPollThatBeganEarlierDoesNotEndWhatALaterOneShows(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.poll(noon.Add(time.Second), []alert.Alert{fires("Polled", noon, 0)})
		s.poll(noon, []alert.Alert{}) // A slow answer of a replica that asked before.
		if got := s.states()["Polled"]; got != incident.Open {
			s.t.Errorf("an older poll made it %s", got)
		}
	})
}

func TestWhatIsHeldStaysHeldUntilItsTime(t *testing.T) {
	each(t, noon, func(s *scene) {
		ended := fires("Doubted", noon, 0)
		ended.Status, ended.EndsAt = alert.Resolved, noon.Add(time.Second)
		s.receive(ended)
		s.receive(fires("Doubted", noon, 0))
		if got := s.states()["Doubted"]; got != incident.Held {
			s.t.Fatalf("it is %s, want held", got)
		}
		if err := s.in.Due(s.t.Context(), time.Now().Add(time.Hour)); err != nil {
			s.t.Fatal(err)
		}
		// The ledger decides by its own clock: the hold is not over yet.
		if got := s.states()["Doubted"]; got != incident.Held {
			s.t.Errorf("it is %s before its hold is over", got)
		}
	})
}
