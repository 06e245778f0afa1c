package alert_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"docket/internal/alert"
)

// at is a moment, minutes after ten.
func at(minutes int) time.Time { return time.Date(2026, 11, 23, 10, minutes, 0, 0, time.UTC) }

func firing(start, expires int) alert.Alert {
	a := alert.Alert{Key: 1, Status: alert.Firing, Severity: alert.P2, StartsAt: at(start), SaidAt: at(start)}
	if expires != 0 {
		a.ExpiresAt = at(expires)
	}
	return a
}

func resolved(start, end int) alert.Alert {
	return alert.Alert{Key: 1, Status: alert.Resolved, Severity: alert.P2, StartsAt: at(start), EndsAt: at(end), SaidAt: at(end)}
}

// with changes a copy.
func with(a alert.Alert, change func(*alert.Alert)) alert.Alert {
	change(&a)
	return a
}

func TestMergeTellsWhatAWordMeans(t *testing.T) {
	inferred := func(a *alert.Alert) { a.Inferred = true }
	polled := func(a *alert.Alert) { a.Poll = "main" }
	tests := []struct {
		name  string
		known alert.Alert // Status 0: nothing known
		said  alert.Alert
		want  alert.Change
	}{
		{"first word", alert.Alert{}, firing(0, 5), alert.Fired},
		{"an end of what was never known", alert.Alert{}, resolved(0, 5), alert.Strayed},
		{"a repeat", firing(0, 5), firing(0, 6), alert.Repeated},
		{"worse", firing(0, 5), with(firing(0, 5), func(a *alert.Alert) { a.Severity = alert.P1 }), alert.Changed},
		{"a poll shows it, too", firing(0, 5), with(firing(0, 5), polled), alert.Changed},
		{"it does not expire any more", firing(0, 5), firing(0, 0), alert.Changed},
		{"it would expire again", firing(0, 0), firing(0, 5), alert.Repeated},
		{"its end", firing(0, 5), resolved(0, 4), alert.Ended},
		{"its end at its start", firing(3, 5), resolved(0, 3), alert.Ended},
		{"an end before its start", firing(3, 5), resolved(0, 2), alert.Late},
		{"expired", firing(0, 5), with(resolved(0, 5), inferred), alert.Ended},
		{"expired, but repeated meanwhile", firing(0, 9), with(resolved(0, 5), inferred), alert.Late},
		{"expired, but it never does", firing(0, 0), with(resolved(0, 5), inferred), alert.Late},
		{"gone from its poll", with(firing(0, 0), polled), with(with(resolved(0, 5), inferred), polled), alert.Ended},
		{"gone from another's poll", firing(0, 0), with(with(resolved(0, 5), inferred), polled), alert.Late},
		{"gone from a poll older than its last word", with(firing(6, 0), polled),
			with(with(resolved(0, 7), inferred), func(a *alert.Alert) { a.Poll, a.SaidAt = "main", at(5) }), alert.Late},
		{"a second end", resolved(0, 5), resolved(0, 6), alert.Repeated},
		{"again", resolved(0, 5), firing(6, 9), alert.Fired},
		{"again, by a start before the told end", resolved(0, 5), firing(4, 9), alert.MaybeStale},
		{"again, by a start before a concluded end", with(resolved(0, 5), inferred), firing(0, 9), alert.Fired},
		{"again, in a poll", with(resolved(0, 5), polled), firing(0, 9), alert.Fired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			known := &tt.known
			if tt.known.Status == 0 {
				known = nil
			}
			if _, got := alert.Merge(known, tt.said); got != tt.want {
				t.Errorf("change %d, want %d", got, tt.want)
			}
		})
	}
}

func TestRepeatsKeepTheEarliestStartAndTheLatestExpiry(t *testing.T) {
	known := with(firing(1, 5), func(a *alert.Alert) { a.Poll = "main" })
	next, _ := alert.Merge(&known, with(firing(2, 4), func(a *alert.Alert) { a.Key, a.Title = 2, "new" }))
	want := with(known, func(a *alert.Alert) { a.Title, a.SaidAt = "new", at(2) })
	if diff := cmp.Diff(want, next); diff != "" {
		t.Error(diff)
	}
}

func TestMergeNeverMovesBackwards(t *testing.T) {
	minute := rapid.IntRange(0, 9)
	draw := rapid.Custom(func(t *rapid.T) alert.Alert {
		start := minute.Draw(t, "start")
		a := firing(start, 0)
		if rapid.Bool().Draw(t, "resolved") {
			a = resolved(start, start+minute.Draw(t, "length"))
			a.Inferred = rapid.Bool().Draw(t, "inferred")
		} else if rapid.Bool().Draw(t, "expires") {
			a.ExpiresAt = at(start + minute.Draw(t, "expiry"))
		}
		a.SaidAt = at(minute.Draw(t, "said"))
		a.Poll = rapid.SampledFrom([]string{"", "main", "other"}).Draw(t, "poll")
		return a
	})
	rapid.Check(t, func(t *rapid.T) {
		known := draw.Draw(t, "first")
		for range rapid.IntRange(1, 6).Draw(t, "words") {
			said := draw.Draw(t, "said")
			next, change := alert.Merge(&known, said)
			switch {
			case next.Status == alert.Resolved && !next.ExpiresAt.IsZero() || next.Status == alert.Firing && !next.EndsAt.IsZero():
				t.Fatalf("%+v both fires and has ended", next)
			case change == alert.Late && !cmp.Equal(known, next):
				t.Fatalf("a late word changed %+v to %+v", known, next)
			case change == alert.Repeated && next.Status != known.Status, change == alert.Ended &&
				next.Status != alert.Resolved, change == alert.Fired && next.Status != alert.Firing:
				t.Fatalf("change %d, from %s to %s", change, known.Status, next.Status)
			case known.Status == alert.Firing && next.Status == alert.Firing &&
				(next.StartsAt.After(known.StartsAt) || next.SaidAt.Before(known.SaidAt)):
				t.Fatalf("from %+v back to %+v", known, next)
			case known.Status == alert.Firing && next.Status == alert.Resolved && next.EndsAt.Before(next.StartsAt):
				t.Fatalf("it ends before it starts: %+v", next)
			}
			known = next
		}
	})
}
