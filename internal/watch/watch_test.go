package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/await"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
	"docket/internal/surface"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// street is surfaces whose answers a test sets, and a record of who asked them when.
type street struct {
	mu      sync.Mutex
	answers map[string]surface.Status
	asked   map[string][]time.Time
	inside  map[string]int
	twice   []string
	slow    map[string]bool
	told    []alert.Alert
	tellErr error
	turned  chan surface.State
}

func newStreet() *street {
	return &street{answers: map[string]surface.Status{}, asked: map[string][]time.Time{}, inside: map[string]int{}, slow: map[string]bool{},
		turned: make(chan surface.State, 1000)}
}

func (s *street) items(n int, every, timeout time.Duration) []Item {
	items := make([]Item, n)
	for i := range items {
		on := surface.Surface{
			Name: fmt.Sprintf("s%03d", i), Title: "Surface", Every: every, Timeout: timeout, DownAfter: 2, UpAfter: 2, Severity: alert.P2,
			DegradedSeverity: alert.P3,
		}
		items[i] = Item{on, func(ctx context.Context) surface.Reading { return s.ask(ctx, on.Name) }}
	}
	return items
}

func (s *street) ask(ctx context.Context, name string) surface.Reading {
	s.mu.Lock()
	s.asked[name] = append(s.asked[name], time.Now())
	s.inside[name]++
	if s.inside[name] > 1 {
		s.twice = append(s.twice, name)
	}
	answer, slow := s.answers[name], s.slow[name]
	s.mu.Unlock()
	if slow {
		<-ctx.Done()
		answer = surface.Down
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside[name]--
	if answer == "" {
		answer = surface.Operational
	}
	return surface.Reading{Status: answer, Latency: time.Millisecond, Reason: map[bool]string{true: "it does not answer"}[answer.Affected()]}
}

func (s *street) tell(_ context.Context, all []alert.Alert) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tellErr != nil {
		return s.tellErr
	}
	s.told = append(s.told, all...)
	return nil
}

func (s *street) set(name string, status surface.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[name] = status
}

// lastTold returns the status of the alert told last of a surface.
func (s *street) lastTold(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range slices.Backward(s.told) {
		if a.Surface == name {
			return a.Status.String() + " " + a.Title
		}
	}
	return ""
}

func (s *street) askedSince(name string, since time.Time) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.asked[name] {
		if at.After(since) {
			n++
		}
	}
	return n
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// begin runs a watch until the returned function is called, or the test ends.
func (s *street) begin(t *testing.T, st *store.Store, name string, items []Item) (stop func()) {
	t.Helper()
	w := New(st, items, Options{
		Name: name, Tell: s.tell, Log: slog.New(slog.DiscardHandler),
		Turned: func(_ surface.Surface, state surface.State) { s.turned <- state },
	})
	w.hold, w.deals, w.seen = 2*time.Second, 200*time.Millisecond, time.Second
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("watch: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// eventually waits for a condition; the time is generous, for busy machines.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	await.Until(t, time.Minute, what, condition, nil)
}

func TestEverySurfaceIsReadInEachIntervalWhateverItsNeighboursDo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s := newStreet()
		items := s.items(60, time.Second, 900*time.Millisecond)
		for n := range 20 { // A third is dead.
			s.slow[items[n].Surface.Name] = true
		}
		began := time.Now()
		stop := s.begin(t, open(t, url), "one", items)
		eventually(t, "four readings of each", func() bool {
			return !slices.ContainsFunc(items, func(i Item) bool { return s.askedSince(i.Surface.Name, began) < 4 })
		})
		stop()
		if len(s.twice) > 0 {
			t.Errorf("probed twice at once: %v", s.twice)
		}
		for _, item := range items[20:] {
			asked := s.asked[item.Surface.Name]
			for n := 1; n < len(asked); n++ {
				// The second after it is due is a bound for a very busy machine; make bench has the figures.
				if gap := asked[n].Sub(asked[n-1]); gap > 1900*time.Millisecond {
					t.Errorf("%s waited %s for its next reading", item.Surface.Name, gap)
				}
			}
		}
	})
}

func TestTileThatTurnsIsKeptToldAndShown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s, st := newStreet(), open(t, url)
		items := s.items(3, time.Second, 500*time.Millisecond)
		stop := s.begin(t, st, "one", items)
		status := func(name string) surface.Status {
			tile, err := st.Tile(t.Context(), name)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
			return tile.State.Status
		}
		eventually(t, "all operational", func() bool {
			return !slices.ContainsFunc(items, func(i Item) bool { return status(i.Surface.Name) != surface.Operational })
		})
		s.set("s001", surface.Down)
		eventually(t, "down", func() bool { return status("s001") == surface.Down })
		eventually(t, "the alert", func() bool { return s.lastTold("s001") == "firing Surface is down" })
		s.set("s001", surface.Unknown)
		eventually(t, "unknown", func() bool { return status("s001") == surface.Unknown })
		if got := s.lastTold("s001"); got != "firing Surface is down" {
			t.Errorf("told %q although nobody knows that it is over", got)
		}
		stop()

		// A restart goes on with what was known, and says that it is over.
		s.set("s001", surface.Operational)
		stop = s.begin(t, st, "two", items)
		eventually(t, "operational again", func() bool { return status("s001") == surface.Operational })
		eventually(t, "the end of the alert", func() bool { return s.lastTold("s001") == "resolved Surface is down" })
		stop()

		turns, err := st.Turns(t.Context(), "s001", time.Time{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		var path []surface.Status
		for _, turn := range slices.Backward(turns) {
			path = append(path, turn.To)
		}
		if want := []surface.Status{surface.Operational, surface.Down, surface.Unknown, surface.Operational}; !slices.Equal(path, want) {
			t.Errorf("it turned %v, want %v", path, want)
		}
		if len(s.turned) < 6 {
			t.Errorf("only %d turns were shown", len(s.turned))
		}
	})
}

func TestLostWordOfATileIsSaidAgain(t *testing.T) {
	s, st := newStreet(), open(t, storetest.URL(t, "sqlite"))
	s.tellErr = errors.New("the intake is away")
	s.set("s000", surface.Down)
	s.begin(t, st, "one", s.items(1, time.Second, 500*time.Millisecond))
	eventually(t, "down", func() bool {
		tile, err := st.Tile(t.Context(), "s000")
		return err == nil && tile.State.Status == surface.Down
	})
	s.mu.Lock()
	s.tellErr = nil
	s.mu.Unlock()
	eventually(t, "the alert", func() bool { return s.lastTold("s000") == "firing Surface is down" })
}

func TestReplicasShareSurfacesAndNoneIsProbedTwiceAtOnce(t *testing.T) {
	url := storetest.URL(t, "postgres")
	s := newStreet()
	a, b := open(t, url), open(t, url)
	items := s.items(80, time.Second, 500*time.Millisecond)
	stopA := s.begin(t, a, "a", items)
	eventually(t, "all read by the first", func() bool {
		return !slices.ContainsFunc(items, func(i Item) bool { return s.askedSince(i.Surface.Name, time.Time{}) == 0 })
	})
	stopB := s.begin(t, b, "b", items)
	share := func(name string) int {
		n := 0
		own, err := a.WatchedBy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, watcher := range own {
			if watcher == name {
				n++
			}
		}
		return n
	}
	eventually(t, "half of the shares each", func() bool { return share("a") == store.Shares/2 && share("b") == store.Shares/2 })
	both := time.Now()
	eventually(t, "all read by both together", func() bool {
		return !slices.ContainsFunc(items, func(i Item) bool { return s.askedSince(i.Surface.Name, both) < 2 })
	})
	stopA()
	gone := time.Now()
	eventually(t, "all read by the other", func() bool {
		return !slices.ContainsFunc(items, func(i Item) bool { return s.askedSince(i.Surface.Name, gone) < 2 })
	})
	stopB()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.twice) > 0 {
		t.Errorf("probed twice at once: %v", s.twice)
	}
}

func TestPhaseSpreadsSurfacesOverOneInterval(t *testing.T) {
	const every, n = 30 * time.Second, 3000
	var tenths [10]int
	var shares [store.Shares]int
	for i := range n {
		name := fmt.Sprintf("surface-%d", i)
		phase := phaseOf(name, every)
		if phase < 0 || phase >= every {
			t.Fatalf("phase %s", phase)
		}
		tenths[phase*10/every]++
		shares[shareOf(name)]++
	}
	for tenth, got := range tenths {
		if got < n/10*7/10 || got > n/10*13/10 {
			t.Errorf("%d of %d surfaces are due in tenth %d of the interval", got, n, tenth)
		}
	}
	for share, got := range shares {
		if got < n/store.Shares/2 || got > n/store.Shares*2 {
			t.Errorf("share %d has %d surfaces", share, got)
		}
	}
	at := time.Date(2026, 6, 19, 10, 0, 0, 0, time.UTC)
	due := nextDue(at, every, 7*time.Second)
	if !due.After(at) || due.Sub(at) > every || !nextDue(due, every, 7*time.Second).Equal(due.Add(every)) {
		t.Errorf("due %s", due)
	}
}

func TestWhatFellDueWhileTheWatchBeganIsReadAtOnce(t *testing.T) {
	s := newStreet()
	items := s.items(200, time.Hour, time.Second)
	w := New(open(t, storetest.URL(t, "sqlite")), items, Options{Name: "one", Tell: s.tell, Log: slog.New(slog.DiscardHandler)})
	if err := w.dealOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var loop sync.WaitGroup
	// An hour ago every surface had yet to fall due once until now.
	loop.Go(func() { w.schedule(ctx, time.Now().Add(-time.Hour)) })
	eventually(t, "all read once", func() bool {
		return !slices.ContainsFunc(items, func(i Item) bool { return s.askedSince(i.Surface.Name, time.Time{}) != 1 })
	})
	cancel()
	loop.Wait()
}
