package queue

import (
	"context"
	"testing"
	"time"

	"docket/internal/store"
	"docket/internal/store/storetest"
)

// openPostgres opens one more replica's view of a database.
func openPostgres(t *testing.T, url string) *store.Store {
	t.Helper()
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
	return st
}

// running makes a job look as if a process of that name had run it since then.
func running(t *testing.T, st *store.Store, by string, since time.Time) {
	t.Helper()
	tag, err := st.Postgres().Exec(t.Context(),
		`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = $1, attempted_by = ARRAY[$2::text]`, since, by)
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("%d jobs made running: %v", tag.RowsAffected(), err)
	}
}

func stateOf(t *testing.T, st *store.Store) (state string) {
	t.Helper()
	if err := st.Postgres().QueryRow(t.Context(), `SELECT state FROM river_job`).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

func TestWorkOfAReplicaThatIsGoneIsTakenUpAndThatOfALiveOneIsNot(t *testing.T) {
	t.Parallel()
	st := openPostgres(t, storetest.URL(t, "postgres"))
	nothing := func(context.Context, string) (time.Time, error) { return time.Time{}, nil }
	q, other := newQueue(t, st, nothing), newQueue(t, st, nothing)
	if err := q.Ensure(t.Context(), []Job{{Do: Effect{"file/x"}}}); err != nil {
		t.Fatal(err)
	}
	theirs := other.client.(*postgresClient).river.ID()
	now := time.Now().UTC()
	running(t, st, theirs, now)
	beat := func(q *Queue, at time.Duration, want string) {
		t.Helper()
		if err := q.TakeUp(t.Context(), now.Add(at)); err != nil {
			t.Fatal(err)
		}
		if got := stateOf(t, st); got != want {
			t.Fatalf("%s after the start: the job is %s, want %s", at, got, want)
		}
	}
	beat(other, 0, "running")
	beat(q, time.Second, "running")
	for at := BeatEvery; at < lifeLease; at += BeatEvery {
		beat(q, at, "running")
	}
	beat(q, lifeLease+BeatEvery, "available")

	// One that was away itself lets the others say first that they live.
	running(t, st, theirs, now)
	beat(q, time.Hour, "running")
	beat(other, time.Hour+time.Second, "running")
	beat(q, time.Hour+BeatEvery, "running")
}
