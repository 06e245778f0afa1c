package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/queue"
	"docket/internal/store"
)

// Work is one kind of thing to be done outside: effects at a desk, notices to people.
type Work[T any] struct {
	// Load reads a thing as it is now; store.ErrNotFound says that there is none any more.
	Load func(ctx context.Context, id string) (T, error)
	// Move makes the next move. more says that another one may follow at once; otherwise again is
	// when to come again, zero once it is finished. An error means that the database failed.
	Move func(ctx context.Context, thing T) (again time.Time, more bool, err error)
	// Most bounds the moves of one run.
	Most int
	// Overdue lists what should have been done before then, at most so many.
	Overdue func(ctx context.Context, before time.Time, limit int) ([]string, error)
	// Job is the job of a thing.
	Job func(id string) queue.Job
	// LostAfter is how long a thing may be overdue before its job counts as lost.
	LostAfter time.Duration
}

// Perform moves a thing as far as it will go now. It returns when to come again, or the zero
// time once it is finished. An error means that the database failed.
func (w Work[T]) Perform(ctx context.Context, id string) (time.Time, error) {
	for range w.Most {
		thing, err := w.Load(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return time.Time{}, nil // It was never kept, or a backup was restored.
		}
		if err != nil {
			return time.Time{}, err
		}
		again, more, err := w.Move(ctx, thing)
		if err != nil || !more {
			return again, err
		}
	}
	return time.Now().Add(time.Second), nil
}

// sweepLimit bounds how many lost jobs are brought back at a time.
const sweepLimit = 1000

// Sweep puts things whose job was lost back into the queue: after a restored backup, or where
// a job was deleted by hand. Jobs that wait or run already stay one.
func (w Work[T]) Sweep(ctx context.Context, q *queue.Queue, now time.Time) error {
	ids, err := w.Overdue(ctx, now.Add(-w.LostAfter), sweepLimit)
	if err != nil {
		return fmt.Errorf("find lost jobs: %w", err)
	}
	jobs := make([]queue.Job, len(ids))
	for i, id := range ids {
		jobs[i] = w.Job(id)
	}
	return q.Ensure(ctx, jobs)
}

// Ledger is where answers go: *ledger.Ledger, or a simulation's.
type Ledger interface {
	Apply(ctx context.Context, inputs ...ledger.Input) ([]ledger.Result, error)
}

// recordTimeout bounds writing an answer down; it outlives the job's own context, so that a
// stop never loses what the other side answered.
const recordTimeout = 10 * time.Second

// Record brings an answer to the ledger, even if the job's own context has ended, and returns what it was about, as it
// is now. id and outcome are for the error.
func Record[About ledger.About](ctx context.Context, l Ledger, id, outcome string, answer ledger.Input) (
	about About, reason incident.Reason, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	results, err := l.Apply(ctx, answer)
	if err != nil {
		return about, "", fmt.Errorf("record that %s is %s: %w", id, outcome, err)
	}
	about, ok := results[0].About.(About)
	if !ok {
		return about, "", fmt.Errorf("record that %s is %s: the ledger returned a %T", id, outcome, results[0].About)
	}
	return about, results[0].Reason, nil
}
