package queue

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/store/storetest/migrated"
)

func TestMain(m *testing.M) { os.Exit(migrated.Main(m)) }

// patience bounds every wait of these tests.
const patience = 30 * time.Second

// each runs a promise on a fresh store of both engines.
func each(t *testing.T, promise func(t *testing.T, st *store.Store)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) {
		st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
		if err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		promise(t, st)
	})
}

func newQueue(t *testing.T, st *store.Store, perform Perform) *Queue {
	t.Helper()
	q, err := New(st, perform, Options{Logger: slog.New(slog.DiscardHandler), SoftStop: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// run works the queue until stop is called, which waits for its end.
func run(t *testing.T, q *Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := q.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		wg.Wait()
	})
	t.Cleanup(stop)
	return stop
}

func next(t *testing.T, done <-chan string) string {
	t.Helper()
	select {
	case id := <-done:
		return id
	case <-time.After(patience):
		t.Fatal("no job was worked")
		return ""
	}
}

func TestAJobIsWorkedOnlyIfItsTransactionIsKept(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		done := make(chan string, 10)
		q := newQueue(t, st, func(_ context.Context, id string) (time.Time, error) {
			done <- id
			return time.Time{}, nil
		})
		boom := errors.New("boom")
		if err := st.Write(t.Context(), func(tx *store.Tx) error {
			return errors.Join(q.Add(t.Context(), tx, []Job{{Do: Effect{"lost"}}}), boom)
		}); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if err := st.Write(t.Context(), func(tx *store.Tx) error { return q.Add(t.Context(), tx, []Job{{Do: Effect{"kept"}}}) }); err != nil {
			t.Fatal(err)
		}
		run(t, q)
		if id := next(t, done); id != "kept" {
			t.Errorf("%s was worked", id)
		}
	})
}

func TestOneJobPerEffectWhileItWaits(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		done := make(chan string, 10)
		q := newQueue(t, st, func(_ context.Context, id string) (time.Time, error) {
			done <- id
			return time.Time{}, nil
		})
		for range 3 {
			if err := q.Ensure(t.Context(), []Job{{Do: Effect{"same"}}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Ensure(t.Context(), []Job{{Do: Effect{"last"}, At: time.Now().Add(300 * time.Millisecond)}}); err != nil {
			t.Fatal(err)
		}
		run(t, q)
		if first, second := next(t, done), next(t, done); first != "same" || second != "last" {
			t.Errorf("%s and %s were worked, want one of each", first, second)
		}
	})
}

func TestAJobComesAgainWhenItAsksTo(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		done := make(chan string, 10)
		var mu sync.Mutex
		turns := 0
		q := newQueue(t, st, func(_ context.Context, id string) (time.Time, error) {
			mu.Lock()
			defer mu.Unlock()
			turns++
			switch turns {
			case 1:
				return time.Now().Add(100 * time.Millisecond), nil
			case 2:
				return time.Time{}, errors.New("the database failed")
			}
			done <- id
			return time.Time{}, nil
		})
		run(t, q)
		if err := q.Ensure(t.Context(), []Job{{Do: Effect{"again"}}}); err != nil {
			t.Fatal(err)
		}
		next(t, done)
	})
}

func TestAStopEndsTheContextOfAJobThatDoesNotEnd(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		began, told := make(chan string, 1), make(chan string, 1)
		q := newQueue(t, st, func(ctx context.Context, id string) (time.Time, error) {
			began <- id
			<-ctx.Done()
			told <- id // As a courier writes down that the outcome is unknown.
			return time.Time{}, nil
		})
		stop := run(t, q)
		if err := q.Ensure(t.Context(), []Job{{Do: Effect{"long"}}}); err != nil {
			t.Fatal(err)
		}
		next(t, began)
		before := time.Now()
		stop()
		if took := time.Since(before); took > 5*time.Second {
			t.Errorf("the stop took %s", took)
		}
		next(t, told)
	})
}

func TestJobsOfAProcessThatIsGoneAreTakenUpAtOnce(t *testing.T) {
	st, err := store.Open(t.Context(), storetest.URL(t, "sqlite"), store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // Not deferred: the queue is stopped first.
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 1)
	q := newQueue(t, st, func(_ context.Context, id string) (time.Time, error) {
		done <- id
		return time.Time{}, nil
	})
	if err := q.Ensure(t.Context(), []Job{{Do: Effect{"orphan"}}}); err != nil {
		t.Fatal(err)
	}
	db, _ := st.SQLite()
	if _, err := db.ExecContext(t.Context(),
		`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = CURRENT_TIMESTAMP`); err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	run(t, q)
	next(t, done)
	if took := time.Since(before); took > 5*time.Second {
		t.Errorf("it took %s until the orphan was worked", took)
	}
}

func TestLockedDatabaseAtTheStartIsAwaitedAndItsJobsAreDone(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, "sqlite")
	st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 1)
	q := newQueue(t, st, func(_ context.Context, id string) (time.Time, error) {
		done <- id
		return time.Time{}, nil
	})
	if err := q.Ensure(t.Context(), []Job{{Do: Effect{"kept"}}}); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+url+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { ended <- q.Run(ctx) }()
	select {
	case err := <-ended:
		t.Fatalf("the queue gave up: %v", err)
	case id := <-done:
		t.Fatalf("%s was worked although the file is locked", id)
	case <-time.After(8 * time.Second): // Longer than SQLite waits for a lock.
	}
	if _, err := other.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("the job was not done after the lock was gone")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWhatWaitsIsHastened(t *testing.T) {
	each(t, func(t *testing.T, st *store.Store) {
		done := make(chan string, 10)
		q := newQueue(t, st, func(_ context.Context, id string) (time.Time, error) {
			done <- id
			return time.Now().Add(time.Hour), nil
		})
		run(t, q)
		jobs := []Job{{Do: Effect{"mild"}, Severity: 4}, {Do: Effect{"worst"}, Severity: 1}, {Do: Effect{"elsewhere"}, Severity: 1}}
		if err := q.Ensure(t.Context(), jobs); err != nil {
			t.Fatal(err)
		}
		first := []string{next(t, done), next(t, done), next(t, done)}
		for range 5 { // Both wait an hour by now, or are about to: it is asked until they came again.
			if err := q.Hasten(t.Context(), []string{"mild", "worst"}, time.Now().UTC()); err != nil {
				t.Fatal(err)
			}
			select {
			case id := <-done:
				if second := next(t, done); id == second || id == "elsewhere" || second == "elsewhere" {
					t.Errorf("%v, then %s and %s", first, id, second)
				}
				return
			case <-time.After(2 * time.Second):
			}
		}
		t.Error("what waits was not hastened")
	})
}
