package queue

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"docket/internal/alert"
	"docket/internal/failpoint"
)

// Job asks for something to be done, not before At (zero: at once). Of the waiting jobs, those with the worst
// Severity come first; zero is the mildest.
type Job struct {
	Do       Do
	At       time.Time
	Severity alert.Severity
}

// Do is what a job is to do: perform an Effect or send a Notice.
//
//sumtype:decl
type Do interface{ args() args }

// Effect performs the effect with this id. Asked for twice, it is one job.
type Effect struct{ ID string }

// Notice sends the notice with this id. Notices have workers of their own, so that neither kind ever waits for the
// other. Round distinguishes the requests for one notice: a request while an earlier one is running is not lost, and
// the same request twice is one.
type Notice struct {
	ID    string
	Round int64
}

// args is a job's content as River keeps it.
type args interface {
	river.JobArgs
	river.JobArgsWithInsertOpts
}

func (e Effect) args() args { return effectArgs{e.ID} }
func (n Notice) args() args { return noticeArgs{n.ID, n.Round} }

// priority is River's priority, from 1 (first) to 4.
func (j Job) priority() int {
	if j.Severity == 0 {
		return 4
	}
	return min(int(j.Severity), 4)
}

// effectArgs is the only content of an effect's job.
type effectArgs struct {
	EffectID string `json:"effect_id" river:"unique"`
}

func (effectArgs) Kind() string { return "effect" }

func (effectArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueName, MaxAttempts: maxAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
}

// noticeArgs is the content of a notice's job.
type noticeArgs struct {
	NoticeID string `json:"notice_id" river:"unique"`
	Round    int64  `json:"round" river:"unique"`
}

func (noticeArgs) Kind() string { return "notice" }

func (noticeArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: noticeQueue, MaxAttempts: maxAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
}

// unfinished are the states in which a job prevents a second one for its effect.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable,
	rivertype.JobStateScheduled,
}

func insertParams(jobs []Job) []river.InsertManyParams {
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		args := j.Do.args()
		opts := args.InsertOpts()
		opts.Priority, opts.ScheduledAt = j.priority(), j.At
		params[i] = river.InsertManyParams{Args: args, InsertOpts: &opts}
	}
	return params
}

// worker passes jobs to Perform.
type worker struct {
	river.WorkerDefaults[effectArgs]
	perform Perform
}

// Work performs one job.
func (w *worker) Work(ctx context.Context, job *river.Job[effectArgs]) error {
	return work(ctx, w.perform, job.Args.EffectID)
}

// noticeWorker passes notices to Perform.
type noticeWorker struct {
	river.WorkerDefaults[noticeArgs]
	perform Perform
}

// Work performs one job.
func (w *noticeWorker) Work(ctx context.Context, job *river.Job[noticeArgs]) error {
	return work(ctx, w.perform, job.Args.NoticeID)
}

func work(ctx context.Context, perform Perform, id string) error {
	failpoint.Hit("queue-job-begun")
	again, err := perform(ctx, id)
	failpoint.Hit("queue-job-performed")
	if err != nil {
		return err
	}
	if !again.IsZero() {
		return river.JobSnooze(max(time.Until(again), 0))
	}
	return nil
}

// retryPolicy schedules retries of jobs whose run failed, which means that the database failed.
type retryPolicy struct{}

// NextRetry returns the time of the next attempt: one second later at first, at most longestRetry.
func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	wait := min(time.Second<<min(len(job.Errors), 5), longestRetry)
	return time.Now().UTC().Add(wait)
}
