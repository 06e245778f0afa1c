package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"docket/internal/failpoint"
	"docket/internal/store"
)

// Perform does the next step of an effect or a notice. again is when the job must run next; the zero time
// means that it is finished. An error is retried.
type Perform func(ctx context.Context, id string) (again time.Time, err error)

// Options say how the queue runs.
type Options struct {
	// Workers is how many jobs run at once, 16 if zero.
	Workers int
	// Notices sends notices, NoticeWorkers at once (4 if zero). If it is nil, nobody is notified and their
	// jobs wait.
	Notices       Perform
	NoticeWorkers int
	// JobTimeout limits one run of a job, 30 s if zero. A job that runs longer counts as lost a few seconds
	// later and is given to another worker.
	JobTimeout time.Duration
	// Poll is how often the workers look for jobs that nothing woke them for, 1 s if zero.
	Poll time.Duration
	// SoftStop is how long running jobs may take to finish at a stop before their context ends.
	SoftStop time.Duration
	Logger   *slog.Logger
}

// The pace of the queue (docs/performance.md): a commit wakes the workers, the poll is only a backstop, and
// the cooldown limits how often they fetch under load.
const (
	fetchCooldown = 2 * time.Millisecond
	fetchPoll     = time.Second
	// Workers is how many jobs run at once, and JobTimeout how long one may, unless Options say otherwise.
	Workers      = 16
	JobTimeout   = 30 * time.Second
	rescueMargin = 5 * time.Second
	keepDone     = time.Hour
	// defaultNoticeWorkers is low: one recipient can take only about one message a second.
	defaultNoticeWorkers = 4
	maxAttempts          = 30000 // A job ends by its effect, never by running out of attempts.
	longestRetry         = 30 * time.Second
	queueName            = "desk"
	noticeQueue          = "notice"
)

// client is River on one engine.
type client interface {
	insertTx(ctx context.Context, tx *store.Tx, params []river.InsertManyParams) error
	insert(ctx context.Context, params []river.InsertManyParams) error
	// wake starts committed jobs at once.
	wake()
	start(ctx context.Context) error
	stop(ctx context.Context) error
	stopAndCancel(ctx context.Context) error
	// releaseOrphans makes the jobs of a process that is gone available at once.
	releaseOrphans(ctx context.Context) error
	// hasten makes the jobs of these effects due now if they wait for a later time.
	hasten(ctx context.Context, effectIDs []string, now time.Time) error
	// takeUp makes the jobs of other processes that are gone available.
	takeUp(ctx context.Context, now time.Time) error
}

// Queue runs jobs.
type Queue struct {
	client   client
	softStop time.Duration
	log      *slog.Logger
}

// New makes a queue on the store's engine. It does nothing until Run.
func New(st *store.Store, perform Perform, o Options) (*Queue, error) {
	if o.Workers == 0 {
		o.Workers = Workers
	}
	if o.JobTimeout == 0 {
		o.JobTimeout = JobTimeout
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{perform: perform}); err != nil {
		return nil, fmt.Errorf("register the effect worker: %w", err)
	}
	queues := map[string]river.QueueConfig{queueName: {MaxWorkers: o.Workers}}
	if o.Notices != nil {
		if err := river.AddWorkerSafely(workers, &noticeWorker{perform: o.Notices}); err != nil {
			return nil, fmt.Errorf("register the notice worker: %w", err)
		}
		queues[noticeQueue] = river.QueueConfig{MaxWorkers: cmp.Or(o.NoticeWorkers, defaultNoticeWorkers)}
	}
	cfg := &river.Config{
		Queues:                      queues,
		Workers:                     workers,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           cmp.Or(o.Poll, fetchPoll),
		JobTimeout:                  o.JobTimeout,
		RescueStuckJobsAfter:        o.JobTimeout + rescueMargin,
		CompletedJobRetentionPeriod: keepDone,
		MaxAttempts:                 maxAttempts,
		RetryPolicy:                 retryPolicy{},
		Logger:                      slog.New(levelFloor{o.Logger.Handler()}),
	}
	c, err := newClient(st, cfg)
	if err != nil {
		return nil, fmt.Errorf("create the queue's client: %w", err)
	}
	return &Queue{client: c, softStop: o.SoftStop, log: o.Logger}, nil
}

func newClient(st *store.Store, cfg *river.Config) (client, error) {
	if st.Engine() == "sqlite" {
		return newSQLite(st, cfg)
	}
	return newPostgres(st, cfg)
}

// Add enqueues jobs in the transaction: they exist if and only if it commits.
func (q *Queue) Add(ctx context.Context, tx *store.Tx, jobs []Job) error {
	if len(jobs) == 0 {
		return nil
	}
	if err := q.client.insertTx(ctx, tx, insertParams(jobs)); err != nil {
		return fmt.Errorf("enqueue %d jobs: %w", len(jobs), err)
	}
	return nil
}

// Wake starts jobs at once; call it after a commit that added some.
func (q *Queue) Wake() { q.client.wake() }

// Ensure enqueues jobs outside a transaction, without duplicating those that are already waiting or running.
func (q *Queue) Ensure(ctx context.Context, jobs []Job) error {
	if len(jobs) == 0 {
		return nil
	}
	if err := q.client.insert(ctx, insertParams(jobs)); err != nil {
		return fmt.Errorf("enqueue %d jobs: %w", len(jobs), err)
	}
	return nil
}

// BeatEvery is the time between two calls of TakeUp.
const BeatEvery = 3 * time.Second

// TakeUp reports that this process is alive, and takes over the jobs of replicas that no longer do so. Call
// it every BeatEvery.
func (q *Queue) TakeUp(ctx context.Context, now time.Time) error { return q.client.takeUp(ctx, now) }

// Hasten makes the jobs of these effects due now if they wait for a later time, because what they wait for
// may have happened. A job that must still wait says so when it runs.
func (q *Queue) Hasten(ctx context.Context, effectIDs []string, now time.Time) error {
	if len(effectIDs) == 0 {
		return nil
	}
	if err := q.client.hasten(ctx, effectIDs, now); err != nil {
		return fmt.Errorf("run waiting jobs now: %w", err)
	}
	q.client.wake()
	return nil
}

// Run works on jobs until ctx ends and then stops: no new job is started, running ones may finish within
// SoftStop, then their contexts end and they have a moment to record what they know.
func (q *Queue) Run(ctx context.Context) error {
	working := context.WithoutCancel(ctx)
	said := false
	for {
		err := q.begin(ctx, working)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return nil
		}
		if !said {
			q.log.WarnContext(ctx, "queue cannot start, trying again", "err", err)
			said = true
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(startRetry):
		}
	}
	if said {
		q.log.InfoContext(ctx, "queue started")
	}
	<-ctx.Done()
	soft, cancel := context.WithTimeout(working, q.softStop)
	defer cancel()
	if err := q.client.stop(soft); err == nil || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	hard, cancelHard := context.WithTimeout(working, hardStop)
	defer cancelHard()
	return q.client.stopAndCancel(hard)
}

// Drain starts no further jobs, and waits for the running ones to finish, at most as long as a job may run.
// Run stops those that are not finished by then.
func (q *Queue) Drain(ctx context.Context) error {
	soft, cancel := context.WithTimeout(ctx, JobTimeout)
	defer cancel()
	if err := q.client.stop(soft); err != nil && soft.Err() == nil {
		return fmt.Errorf("wait for the running jobs: %w", err)
	}
	return nil
}

// startRetry is the pause after a failed start: another program locked the database, or the server became
// unreachable just then. Both are temporary, and alerts are meanwhile either stored or explicitly refused.
const startRetry = time.Second

// begin cleans up after the last run and starts the client. working outlives ctx, so that running jobs may
// finish at a stop.
func (q *Queue) begin(ctx, working context.Context) error {
	if err := q.client.releaseOrphans(ctx); err != nil {
		return fmt.Errorf("release the jobs of the last run: %w", err)
	}
	failpoint.Hit("queue-before-start")
	if err := q.client.start(working); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	return nil
}

// hardStop is how long canceled jobs have to record what they know.
const hardStop = 3 * time.Second

// levelFloor keeps River's own log lines below WARN out of our log: an idle process logs nothing.
type levelFloor struct{ slog.Handler }

// Enabled returns false for everything below WARN.
func (h levelFloor) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs keeps the minimum level.
func (h levelFloor) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelFloor{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the minimum level.
func (h levelFloor) WithGroup(name string) slog.Handler { return levelFloor{h.Handler.WithGroup(name)} }
