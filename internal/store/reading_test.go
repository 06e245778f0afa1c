package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/surface"
)

// Two and a half days of readings each ten minutes, every tenth of them down, are thinned:
// what is raw, what is by the minute, and the sums by hour and day tell the same story.
func TestThinnedReadingsTellTheSameStory(t *testing.T) {
	each(t, func(t *testing.T, st *Store) {
		ids, err := st.EnsureSurfaces(t.Context(), []string{"checkout", "login"})
		if err != nil {
			t.Fatal(err)
		}
		id := ids["checkout"]
		now := time.Date(2026, 6, 19, 12, 0, 0, 0, time.UTC)
		from := now.Add(-60 * time.Hour)
		var batch []Observed
		var state surface.State
		var want surface.Sum
		for at := from; at.Before(now); at = at.Add(10 * time.Minute) {
			r := surface.Reading{At: at, Status: surface.Operational, Latency: 20 * time.Millisecond}
			if len(batch)%10 == 9 {
				r = surface.Reading{At: at, Status: surface.Down, Reason: "connection refused"}
			}
			var turn *surface.Turn
			state, turn = surface.Observe(state, r, surface.Surface{DownAfter: 1, UpAfter: 1})
			batch = append(batch, Observed{ID: id, Reading: r, Turn: turn, State: state})
			want = want.Add(r)
		}
		for n := 0; n < len(batch); n += 7 { // In pieces, as they come.
			if err := st.SaveObserved(t.Context(), batch[n:min(n+7, len(batch))], now); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // Thinning twice changes nothing.
			if err := st.Thin(t.Context(), id, id, now); err != nil {
				t.Fatal(err)
			}
		}
		whole := func(span Span) (sum surface.Sum) {
			sums, err := st.Sums(t.Context(), span, []int64{id}, from.Add(-24*time.Hour), now)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range sums[id] {
				sum = sum.Plus(s)
			}
			sum.At = time.Time{}
			return sum
		}
		raw, err := st.Readings(t.Context(), id, from, now, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) != 48*6 || raw[0].At.Before(now.Add(-48*time.Hour)) {
			t.Errorf("%d raw readings are left from %s on, want two days of them", len(raw), raw[0].At)
		}
		folded := whole(Minute)
		for _, r := range raw {
			folded = folded.Add(r)
		}
		for span, got := range map[string]surface.Sum{"minutes and raw": folded, "hours": whole(Hour), "days": whole(Day)} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", span, diff)
			}
		}
		tile, err := st.Tile(t.Context(), "checkout")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(state, tile.State); diff != "" {
			t.Errorf("the tile (-want +got):\n%s", diff)
		}
	})
}

func TestOvertakenWatcherDoesNotWriteAnOldTile(t *testing.T) {
	each(t, func(t *testing.T, st *Store) {
		ids, err := st.EnsureSurfaces(t.Context(), []string{"checkout"})
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 6, 19, 12, 0, 0, 0, time.UTC)
		save := func(at time.Time, status surface.Status) {
			t.Helper()
			r := surface.Reading{At: at, Status: status}
			state, turn := surface.Observe(surface.State{}, r, surface.Surface{DownAfter: 1, UpAfter: 1})
			if err := st.SaveObserved(t.Context(), []Observed{{ID: ids["checkout"], Reading: r, Turn: turn, State: state}}, now); err != nil {
				t.Fatal(err)
			}
		}
		save(now, surface.Down)
		save(now.Add(-time.Minute), surface.Operational)
		tile, err := st.Tile(t.Context(), "checkout")
		if err != nil {
			t.Fatal(err)
		}
		if tile.State.Status != surface.Down {
			t.Errorf("the tile is %s: an older word has overwritten a newer one", tile.State.Status)
		}
	})
}

func TestJobsCheckIn(t *testing.T) {
	each(t, func(t *testing.T, st *Store) {
		now := time.Date(2026, 6, 19, 12, 0, 0, 0, time.UTC)
		if at, err := st.LastBeat(t.Context(), "backup"); err != nil || !at.IsZero() {
			t.Fatalf("before the first beat: %s, %v", at, err)
		}
		for _, at := range []time.Time{now, now.Add(-time.Hour)} {
			if err := st.CheckIn(t.Context(), "backup", at); err != nil {
				t.Fatal(err)
			}
		}
		if at, err := st.LastBeat(t.Context(), "backup"); err != nil || !at.Equal(now) {
			t.Errorf("last beat %s, %v, want %s", at, err, now)
		}
	})
}
