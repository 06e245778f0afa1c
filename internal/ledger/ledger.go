package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"docket/internal/alert"
	"docket/internal/failpoint"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/notice"
	"docket/internal/queue"
	"docket/internal/silence"
	"docket/internal/store"
)

// Result is what became of one input.
type Result struct {
	// Mark is the incident it touched; the zero Mark if none.
	Mark alert.Mark
	// Changed says whether the incident changed, Reason why it is as it is.
	Changed bool
	Reason  incident.Reason
	// About is what the input was about, as it is now; nil if it was about the incident alone.
	About About
}

// About is what an input was about, besides an incident.
//
//sumtype:decl
type About interface{ isAbout() }

// AboutAlert says what a received alert meant.
type AboutAlert struct{ Change alert.Change }

// AboutEffect is an effect after its answer.
type AboutEffect struct{ Effect filing.Effect }

// AboutNotice is a notice after its answer.
type AboutNotice struct{ Notice notice.Notice }

func (AboutAlert) isAbout()  {}
func (AboutEffect) isAbout() {}
func (AboutNotice) isAbout() {}

// Rules are the configuration's part of a decision.
type Rules struct {
	// Route names the route of an alert, "" for the default one.
	Route func(alert.Alert) string
	// Policy is the policy of a route at a moment.
	Policy incident.Policies
	// Current brings what Policy and Mutes say up to date, where it is older than the
	// switched-th change of flags, silences and windows. So each decision is made by what was
	// switched before it, on every replica. Nil where nothing can be switched.
	Current func(ctx context.Context, switched int64) error
	// Mutes are the silences and windows that hold at a moment; nil for never any.
	Mutes func(now time.Time) silence.Book
	// Recipients are who is notified of incidents and of Docket itself; none where nobody is.
	Recipients []notice.Recipient
}

// Enqueuer is the queue's part of a transaction.
type Enqueuer interface {
	Add(ctx context.Context, tx *store.Tx, jobs []queue.Job) error
	// Wake is called once they are committed.
	Wake()
}

// Ledger applies inputs.
type Ledger struct {
	store    *store.Store
	rules    Rules
	log      *slog.Logger
	queue    Enqueuer
	requests chan *request
	known    *known
	// ids watches for alerts that come under ever new ids.
	ids    *ids
	counts Counts
}

// Counts is called with what happened, for metrics. Each function may be nil.
type Counts struct {
	Decided func(incident.Reason)
	Commit  func(inputs int, took time.Duration, err error)
}

// request is one caller's inputs, waiting for a commit.
type request struct {
	ctx     context.Context //nolint:containedctx // The caller's, while it waits.
	inputs  []Input
	results []Result
	err     error
	done    chan struct{}
}

const (
	// maxInputs bounds one transaction, so that a caller never waits for a long one.
	maxInputs = 4000
	// applyTimeout bounds one transaction.
	applyTimeout = 25 * time.Second
)

// New makes a ledger. Bind gives it the queue; Run must run for Apply to answer.
func New(st *store.Store, rules Rules, counts Counts, log *slog.Logger) *Ledger {
	return &Ledger{store: st, rules: rules, counts: counts, log: log, requests: make(chan *request, 1024), known: newKnown(), ids: newIDs()}
}

// Bind gives the ledger its queue: the two need one another, so one comes first.
func (l *Ledger) Bind(q Enqueuer) { l.queue = q }

// Apply applies the inputs, all in one transaction, and returns after its commit. An
// error means that none was kept, or that the commit's answer was lost; applying the same
// inputs again is safe either way.
func (l *Ledger) Apply(ctx context.Context, inputs ...Input) ([]Result, error) {
	if len(inputs) == 0 {
		return nil, nil
	}
	r := &request{ctx: ctx, inputs: inputs, done: make(chan struct{})}
	select {
	case l.requests <- r:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the ledger: %w", ctx.Err())
	}
	select {
	case <-r.done:
		return r.results, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the commit: %w", ctx.Err())
	}
}

// Run commits what Apply is given, until ctx ends and nothing waits any more.
func (l *Ledger) Run(ctx context.Context) error {
	for {
		select {
		case r := <-l.requests:
			l.commit(ctx, l.batch(r))
		case <-ctx.Done():
			for {
				select {
				case r := <-l.requests:
					l.commit(ctx, l.batch(r))
				default:
					return nil
				}
			}
		}
	}
}

// gather takes what waits along with the first: the callers share one commit.
func (l *Ledger) batch(first *request) []*request {
	all, inputs := []*request{first}, len(first.inputs)
	for inputs < maxInputs {
		select {
		case r := <-l.requests:
			all, inputs = append(all, r), inputs+len(r.inputs)
		default:
			return all
		}
	}
	return all
}

// commit applies all requests in one transaction. Where that fails for a reason of one
// request's own, each is tried alone, so that one cannot spoil the others.
func (l *Ledger) commit(ctx context.Context, all []*request) {
	ctx = context.WithoutCancel(ctx)
	err := l.transact(ctx, all)
	if err != nil && len(all) > 1 && !l.store.Away(err) {
		for _, r := range all {
			r.err = l.transact(ctx, []*request{r})
			close(r.done)
		}
		return
	}
	for _, r := range all {
		r.err = err
		close(r.done)
	}
}

// transact applies requests in one transaction and, once it is kept, tells of it.
func (l *Ledger) transact(ctx context.Context, all []*request) error {
	ctx, cancel := context.WithTimeout(ctx, applyTimeout)
	defer cancel()
	began := time.Now()
	now := began.UTC().Truncate(time.Microsecond)
	var w *work
	failpoint.Hit("ledger-before-transaction")
	err := l.retryConflict(func() error {
		return l.store.Write(ctx, func(tx *store.Tx) error {
			w = newWork(l.rules, tx, func(ctx context.Context, jobs []queue.Job) error { return l.queue.Add(ctx, tx, jobs) }, now)
			return w.apply(ctx, all)
		})
	})
	inputs := 0
	for _, r := range all {
		inputs += len(r.inputs)
	}
	if l.counts.Commit != nil {
		l.counts.Commit(inputs, time.Since(began), err)
	}
	if err != nil {
		// What is remembered may be older than what was kept: forget it.
		l.known.forget(all)
		return fmt.Errorf("apply %d inputs: %w", inputs, err)
	}
	failpoint.Hit("ledger-committed")
	if len(w.fresh)+len(w.asked) > 0 {
		l.queue.Wake()
	}
	if l.store.Exclusive() {
		l.known.learn(w)
	}
	failpoint.Hit("ledger-before-log")
	w.log(ctx, l.log, l.counts)
	failpoint.Hit("ledger-before-answer")
	return nil
}

// retryConflict tries again where another replica got in between.
func (l *Ledger) retryConflict(do func() error) error {
	var err error
	for range 3 {
		if err = do(); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return err
}
