package notifier

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"docket/internal/alert"
	"docket/internal/failpoint"
	"docket/internal/fault"
	"docket/internal/filing"
	"docket/internal/health"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/notice"
	"docket/internal/notify"
	"docket/internal/outbox"
	"docket/internal/queue"
	"docket/internal/store"
)

// Herald notifies people through its notifiers.
type Herald struct {
	store     *store.Store
	ledger    *ledger.Ledger
	ways      map[string]*way
	publicURL string
	told      func(notifier string, outcome filing.Outcome)
	log       *slog.Logger
}

// Options are what a herald works with.
type Options struct {
	Notifiers []notify.Notifier
	// PublicURL is where people reach Docket's pages, "" for nowhere.
	PublicURL string
	// Told is called with what became of each attempt, for metrics. It may be nil.
	Told func(notifier string, outcome filing.Outcome)
	Log  *slog.Logger
}

// New makes a herald.
func New(st *store.Store, l *ledger.Ledger, o Options) *Herald {
	h := &Herald{store: st, ledger: l, ways: map[string]*way{}, publicURL: o.PublicURL, told: o.Told, log: o.Log}
	for _, n := range o.Notifiers {
		h.ways[n.Name()] = newWay(n, o.Log)
	}
	return h
}

const (
	// callTimeout is how long an attempt may still be on its way after it began.
	callTimeout = 15 * time.Second
	// unknownWay is how long a notice waits whose notifier is not configured any more.
	unknownWay = time.Hour
)

// States returns the state of each notifier.
func (h *Herald) States() []health.State {
	var all []health.State
	for _, w := range h.ways {
		all = append(all, w.health.State())
	}
	return all
}

// Check asks each notifier whether the way is open, and returns what the first failing one says.
func (h *Herald) Check(ctx context.Context) error {
	for _, w := range h.ways {
		err := w.notifier.Check(ctx)
		w.observe(ctx, err)
		if err != nil {
			return fmt.Errorf("check %s: %w", w.notifier.Name(), err)
		}
	}
	return nil
}

// Perform performs one notice as far as it will go now. It returns when to come again, or the
// zero time once there is nothing more to say. An error means that the database failed.
func (h *Herald) Perform(ctx context.Context, id string) (time.Time, error) {
	return h.work().Perform(ctx, id)
}

// Sweep puts notices whose job was lost back into the queue.
func (h *Herald) Sweep(ctx context.Context, q *queue.Queue, now time.Time) error {
	return h.work().Sweep(ctx, q, now)
}

// work is how notices are performed.
func (h *Herald) work() outbox.Work[notice.Notice] {
	return outbox.Work[notice.Notice]{
		Load: h.store.Notice, Move: h.next, Most: 4,
		Overdue: h.store.OverdueNotices, LostAfter: 30 * time.Second,
		Job: func(id string) queue.Job { return queue.Job{Do: queue.Notice{ID: id}} },
	}
}

// next makes the move that the rule of notices allows now.
func (h *Herald) next(ctx context.Context, n notice.Notice) (again time.Time, more bool, err error) {
	now := time.Now().UTC()
	move := n.Next(callTimeout, now)
	switch move.Do {
	case filing.DoWait:
		return move.At, false, nil
	case filing.DoSend:
	case filing.DoNothing, filing.DoLook, filing.DoConfirm:
		return time.Time{}, false, nil
	}
	w, known := h.ways[n.Notifier]
	if !known {
		return now.Add(unknownWay), false, nil
	}
	m, err := h.compose(ctx, n)
	if err != nil {
		return time.Time{}, false, err
	}
	if m.Words == n.Delivered && n.State == notice.Waiting && m.Words == n.Wanted {
		_, _, err := h.record(ctx, n, notice.Answer{Outcome: filing.OutcomeSent, Digest: m.Words})
		return time.Time{}, false, err
	}
	if again, ok := w.admit(n.Recipient.ID, now); !ok {
		return again, false, nil
	}
	return time.Time{}, true, h.tell(ctx, w, n, m)
}

// compose makes the message from what is known now.
func (h *Herald) compose(ctx context.Context, n notice.Notice) (notify.Message, error) {
	if n.Mark == (alert.Mark{}) {
		return notify.ComposeText(n), nil
	}
	inc, err := h.store.Incident(ctx, n.Mark)
	if err != nil {
		return notify.Message{}, err
	}
	alerts, err := h.store.AlertsOf(ctx, n.Mark.Key)
	if err != nil {
		return notify.Message{}, err
	}
	return notify.Compose(n, inc, alerts, h.publicURL), nil
}

// tell makes one attempt: it records the start, sends the message, and records the answer.
func (h *Herald) tell(ctx context.Context, w *way, n notice.Notice, m notify.Message) error {
	started, reason, err := h.record(ctx, n, notice.Answer{Outcome: filing.OutcomeStarted, Digest: m.Words})
	if err != nil || reason != incident.ReasonSending {
		return err // Another worker was first; the notice shows what it did.
	}
	n = started.Notice
	failpoint.Hit("herald-before-call")
	ref := notify.Ref{Channel: n.Channel, ID: n.Message}
	began := time.Now()
	if n.Message == "" {
		ref, err = w.notifier.Post(ctx, n.Recipient.ID, m)
	} else {
		err = w.notifier.Update(ctx, n.Recipient.ID, ref, m)
	}
	failpoint.Hit("herald-after-call")
	w.observe(ctx, err)
	answer := answerOf(ref, err)
	h.log.DebugContext(ctx, "message sent or refused", "notice", n.ID, "attempt", n.Attempt,
		"outcome", string(answer.Outcome), "took", time.Since(began))
	if h.told != nil {
		h.told(n.Notifier, answer.Outcome)
	}
	_, _, err = h.record(ctx, n, answer)
	return err
}

// answerOf turns a notifier's answer into the notice's.
func answerOf(ref notify.Ref, err error) notice.Answer {
	if err == nil {
		return notice.Answer{Outcome: filing.OutcomeSent, Channel: ref.Channel, Message: ref.ID}
	}
	f := fault.As(err)
	return notice.Answer{Outcome: filing.OutcomeOf(f, notify.RateLimited), Fault: f.Name, Detail: f.Sentence, RetryAfter: f.RetryAfter}
}

// record brings an answer to the ledger.
func (h *Herald) record(ctx context.Context, n notice.Notice, a notice.Answer) (ledger.AboutNotice, incident.Reason, error) {
	a.Attempt = n.Attempt
	return outbox.Record[ledger.AboutNotice](ctx, h.ledger, n.ID, string(a.Outcome), ledger.NoticeAnswered{NoticeID: n.ID, Answer: a})
}
