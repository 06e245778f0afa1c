package rule_test

import (
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
)

func TestAClickWithinTheWindowIsTheOneBeforeOverAgain(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.now = s.now.Add(time.Minute)
	click := func() (notes, files int) {
		t.Helper()
		d := s.step(incident.Investigated{Alert: signal(alert.P2), By: "ann"})
		for _, e := range d.Effects {
			switch e.Kind {
			case filing.KindNote:
				notes++
			case filing.KindFile:
				files++
			case filing.KindTag, filing.KindCheck, filing.KindClose:
			}
		}
		return notes, files
	}
	ticket := s.inc.Ticket.ID
	for _, c := range []struct {
		later time.Duration
		notes int
	}{{0, 1}, {time.Second, 0}, {59 * time.Minute, 0}, {61 * time.Minute, 1}, {10 * time.Minute, 0}} {
		s.now = s.now.Add(c.later)
		if notes, files := click(); notes != c.notes || files != 0 || s.inc.Ticket.ID != ticket {
			t.Errorf("%s after the click before: %d notes, %d tickets asked for, ticket %s", c.later, notes, files, s.inc.Ticket.ID)
		}
	}
}

func TestASurfacesOwnWindowGoesBeforeThePolicys(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.now = s.now.Add(time.Minute)
	notes := func(window time.Duration) (n int) {
		t.Helper()
		for _, e := range s.step(incident.Investigated{Alert: signal(alert.P2), By: "ann", Window: window}).Effects {
			if e.Kind == filing.KindNote {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		later, window time.Duration
		notes         int
	}{{0, 0, 1}, {20 * time.Minute, 0, 0}, {20 * time.Minute, 10 * time.Minute, 1}, {5 * time.Minute, 10 * time.Minute, 0},
		{61 * time.Minute, 2 * time.Hour, 0}} {
		s.now = s.now.Add(c.later)
		if n := notes(c.window); n != c.notes {
			t.Errorf("%s after the click before, with a window of %s: %d notes, want %d", c.later, c.window, n, c.notes)
		}
	}
}
