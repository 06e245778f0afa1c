package intake

import (
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
	"docket/internal/store"
)

// watchdog must come every four minutes.
var watchdog = Expectation{Source: "prometheus", Alert: "Watchdog", Every: 4 * time.Minute, Severity: alert.P1}

// bark is the alert that must come.
func bark(at time.Time, s alert.Status) alert.Alert {
	ls := alert.NewLabels(map[string]string{"alertname": "Watchdog"})
	a := alert.Alert{Fingerprint: alert.Fingerprint("", ls), Key: alert.Fingerprint("", ls), Source: "prometheus", Labels: ls,
		Severity: alert.P3, Status: s, StartsAt: at, SaidAt: at, Title: "Watchdog"}
	if s == alert.Resolved {
		a.EndsAt = at
	}
	return a
}

// missing are the incidents of the alert that did not come.
func (s *scene) missing() []incident.Incident {
	s.t.Helper()
	all, err := s.store.ListIncidents(s.t.Context(), store.IncidentFilter{})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, inc := range all {
		if inc.Title != "MissingWatchdog" {
			s.t.Errorf("an incident %s is open", inc.Title)
		}
	}
	return all
}

func (s *scene) bark(at time.Time, status alert.Status) {
	s.t.Helper()
	if _, err := s.in.Receive(s.t.Context(), "prometheus", []alert.Alert{bark(at, status)}, at); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) look(at time.Time) {
	s.t.Helper()
	if err := s.in.Missing(s.t.Context(), at); err != nil {
		s.t.Fatal(err)
	}
}

func TestAlertThatDoesNotComeAnyMoreIsAnIncidentUntilItComes(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.in.Expect([]Expectation{watchdog})
		for at := noon; at.Before(noon.Add(10 * time.Minute)); at = at.Add(time.Minute) {
			s.bark(at, alert.Firing)
			s.look(at.Add(time.Second))
		}
		if n := len(s.missing()); n != 0 {
			t.Fatalf("it comes every minute, and there are %d incidents", n)
		}
		last := noon.Add(9 * time.Minute)
		s.look(last.Add(4 * time.Minute))
		if n := len(s.missing()); n != 0 {
			t.Fatal("it is missed before its time is over")
		}
		for at := last.Add(5*time.Minute + time.Second); at.Before(last.Add(20 * time.Minute)); at = at.Add(time.Minute) {
			s.look(at)
		}
		all := s.missing()
		if len(all) != 1 || all[0].Severity != alert.P1 || all[0].Source != "prometheus" || !all[0].RecoveredAt.IsZero() {
			t.Fatalf("its absence is %+v", all)
		}
		// That it is over upstream is no sign of life.
		s.bark(last.Add(21*time.Minute), alert.Resolved)
		if all := s.missing(); !all[0].RecoveredAt.IsZero() {
			t.Error("an end of the alert ended its absence")
		}
		s.bark(last.Add(22*time.Minute), alert.Firing)
		s.look(last.Add(22*time.Minute + time.Second))
		if all := s.missing(); len(all) != 1 || all[0].RecoveredAt.IsZero() {
			t.Errorf("it came again, and its absence is %+v", all)
		}
	})
}

func TestTimeWithoutDocketIsNotHeldAgainstTheAlert(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.in.Expect([]Expectation{watchdog})
		s.bark(noon.Add(-time.Hour), alert.Firing) // Told to the process before.
		s.look(noon.Add(4 * time.Minute))
		if n := len(s.missing()); n != 0 {
			t.Fatal("what nobody could hear is held against the alert")
		}
		s.look(noon.Add(6 * time.Minute))
		if n := len(s.missing()); n != 1 {
			t.Fatalf("it never came since the start, and there are %d incidents", n)
		}
	})
}

func TestWhatAnotherReplicaHeardCounts(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.in.Expect([]Expectation{watchdog})
		other := New(s.store, s.in.ledger, noon, NewHeard(), s.in.log)
		other.Expect([]Expectation{watchdog})
		for at := noon; at.Before(noon.Add(30 * time.Minute)); at = at.Add(time.Minute) {
			if _, err := other.Receive(t.Context(), "prometheus", []alert.Alert{bark(at, alert.Firing)}, at); err != nil {
				t.Fatal(err)
			}
			s.look(at.Add(30 * time.Second))
		}
		if n := len(s.missing()); n != 0 {
			t.Errorf("the other one hears it, and there are %d incidents", n)
		}
	})
}

func TestSameAlertOfAnotherSourceIsAnAlert(t *testing.T) {
	each(t, noon, func(s *scene) {
		s.in.Expect([]Expectation{watchdog})
		if r, err := s.in.Receive(t.Context(), "other", []alert.Alert{bark(noon, alert.Firing)}, noon); err != nil || r.New != 1 {
			t.Errorf("%+v %v", r, err)
		}
	})
}
