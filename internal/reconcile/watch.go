package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"docket/internal/desk"
	"docket/internal/failpoint"
	"docket/internal/fault"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/store"
)

// Deps is what both the watch and the comparison stand on.
type Deps struct {
	Store  *store.Store
	Ledger *ledger.Ledger
	Desk   desk.Desk
	Rules  Rules
	// Heard takes note of how a call to the desk went; Away says that none is to be made now.
	Heard func(ctx context.Context, err error)
	Away  func() bool
	// BackAt is when the desk's last outage ended, zero for none.
	BackAt func() time.Time
	// Holder names this process among the replicas.
	Holder string
	Log    *slog.Logger
}

// Rules are the configuration's part.
type Rules struct {
	Policy incident.Policies
	// Place is where in the desk a route's tickets belong, "" where the desk has but one place;
	// without the function that is so.
	Place func(route string) string
	// Every is the time between two comparisons.
	Every time.Duration
}

// Reconciler watches and compares. It is safe for many goroutines.
type Reconciler struct {
	Deps
	hints chan Hint

	mu sync.Mutex // guards all below
	// waiting are the tickets that hints wait for, so that a flood of hints is one question.
	waiting map[string]bool
	state   State
	// triedAt is when the timer last tried to compare.
	triedAt time.Time
}

// Hint says that something may have changed about a ticket.
type Hint struct {
	// TicketID is the desk's id.
	TicketID string
	// Gone says that a person deleted it for good.
	Gone bool
}

// State is what is known of the comparison, for metrics and people.
type State struct {
	// WatchedAt is when the desk was last asked with success what changed, ComparedAt when
	// everything was last compared; zero for never.
	WatchedAt, ComparedAt time.Time
	// WatchCalls and CompareCalls count calls to the desk since the start.
	WatchCalls, CompareCalls int64
	// Found counts what comparisons found, by kind.
	Found map[Kind]int64
	// Last is the last comparison's report.
	Last *Report
}

const (
	// maxHints bounds the hints that wait. One that is dropped costs a wait for the next poll.
	maxHints = 1000
	// WatchEvery is the time between two polls: a person's close is known within a minute.
	WatchEvery = 20 * time.Second
	watchLease = 90 * time.Second
	// overlap is how far back a poll reads again: desks write down a change a moment after it.
	overlap = 2 * time.Minute
	// firstLook is how far back the first poll of all looks; the first comparison sees the rest.
	firstLook = 15 * time.Minute
	// watchMost bounds one poll; what is over comes with the next one.
	watchMost    = 1000
	watchTimeout = 2 * time.Minute
)

// New makes a reconciler.
func New(d Deps) *Reconciler {
	return &Reconciler{Deps: d, hints: make(chan Hint, maxHints), waiting: map[string]bool{}, state: State{Found: map[Kind]int64{}}}
}

// State returns what is known now.
func (r *Reconciler) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state
	s.Found = maps.Clone(r.state.Found)
	return s
}

// Suggest takes a hint; it never waits. It reports false where too many wait already, and
// then the next poll sees what there is to see.
func (r *Reconciler) Suggest(h Hint) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting[h.TicketID] && !h.Gone {
		return true
	}
	select {
	case r.hints <- h:
		r.waiting[h.TicketID] = true
		return true
	default:
		return false
	}
}

// Listen follows hints until ctx ends.
func (r *Reconciler) Listen(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case h := <-r.hints:
			r.mu.Lock()
			delete(r.waiting, h.TicketID) // What comes from here on is a question of its own.
			r.mu.Unlock()
			if err := r.follow(ctx, h); err != nil && ctx.Err() == nil {
				r.Log.InfoContext(ctx, "webhook of the desk could not be processed, the next poll will catch up", "ticket", h.TicketID, "err", err)
			}
		}
	}
}

// follow asks the desk for one ticket and tells the ledger what it shows.
func (r *Reconciler) follow(ctx context.Context, h Hint) error {
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	if r.Away() {
		return errors.New("the desk is unreachable")
	}
	ours, err := r.Store.AnyLiveIn(ctx, r.Desk.Name(), h.TicketID)
	if err != nil || !ours {
		return err
	}
	asOf := time.Now().UTC()
	t, err := r.Desk.Get(ctx, h.TicketID)
	r.Heard(ctx, err)
	r.called(1, 0)
	if errors.Is(err, fault.ErrMissing) && h.Gone {
		t, err = desk.Ticket{ID: h.TicketID, Status: desk.StatusDeleted}, nil
	}
	if errors.Is(err, fault.ErrMissing) {
		return nil // Lost, and not by a person as far as is known: that is for the comparison.
	}
	if err != nil {
		return fmt.Errorf("ask for ticket %s: %w", h.TicketID, err)
	}
	return r.tell(ctx, map[string]desk.Ticket{h.TicketID: t}, asOf)
}

// Watch is one poll: it asks the desk what changed since the last one.
func (r *Reconciler) Watch(ctx context.Context, now time.Time) error {
	if r.Away() {
		return nil
	}
	name := "watch " + r.Desk.Name()
	lease, err := r.Store.TakeLease(ctx, name, r.Holder, now, watchLease)
	if err != nil || !lease.Held {
		return err
	}
	if lease.Cursor.IsZero() {
		lease.Cursor = now.Add(-firstLook)
	}
	asking, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	failpoint.Hit("watch-before-list")
	l, err := r.Desk.List(asking, desk.Query{UpdatedSince: lease.Cursor.Add(-overlap), Most: watchMost})
	r.called(int64(max(l.Calls, 1)), 0)
	if err := r.said(ctx, err); err != nil {
		return fmt.Errorf("ask what changed: %w", err)
	}
	if err != nil {
		return nil // The desk's health says it, once; the loop goes on.
	}
	shown := make(map[string]desk.Ticket, len(l.Tickets))
	cursor := lease.Cursor
	for _, t := range l.Tickets {
		shown[t.ID] = t
		if t.UpdatedAt.After(cursor) && (l.Whole || !t.UpdatedAt.After(l.Upto)) {
			cursor = t.UpdatedAt
		}
	}
	failpoint.Hit("watch-before-telling")
	if err := r.tell(ctx, shown, now); err != nil {
		return err
	}
	r.mu.Lock()
	r.state.WatchedAt = now
	r.mu.Unlock()
	failpoint.Hit("watch-before-cursor")
	return r.Store.MoveLease(ctx, name, r.Holder, cursor)
}

// tell lets the ledger know of the tickets that the desk shows otherwise than is believed, by
// the ids that they were asked for. An echo of what Docket did itself is no news.
func (r *Reconciler) tell(ctx context.Context, shown map[string]desk.Ticket, asOf time.Time) error {
	var ids store.TicketsShown
	for id, t := range shown {
		switch {
		case id != t.ID:
			ids.Anyhow = append(ids.Anyhow, id)
		case isClosed(t):
			ids.Closed = append(ids.Closed, id)
		default:
			ids.Open = append(ids.Open, id)
		}
	}
	return r.Store.EachKnownOtherwise(ctx, r.Desk.Name(), ids, func(all []incident.Incident) error {
		var inputs []ledger.Input
		for _, inc := range all {
			if in, news := seenAs(inc, shown[inc.Ticket.ID], asOf); news {
				inputs = append(inputs, in)
			}
		}
		if _, err := r.Ledger.Apply(ctx, inputs...); err != nil {
			return fmt.Errorf("report %d tickets: %w", len(inputs), err)
		}
		return nil
	})
}

// seenAs is what a ticket as shown tells a live incident, and whether that is news.
func seenAs(inc incident.Incident, t desk.Ticket, asOf time.Time) (ledger.TicketObserved, bool) {
	known := inc.Ticket.State == filing.TicketFiled || inc.Ticket.State == filing.TicketClosed
	closed := isClosed(t)
	if !inc.Live() || !known || t.ID == "" || (closed == (inc.Ticket.State == filing.TicketClosed) && t.ID == inc.Ticket.ID) {
		return ledger.TicketObserved{}, false
	}
	return ledger.TicketObserved{Mark: inc.Mark, Seen: incident.TicketSeen{
		Look: incident.Look{TicketID: inc.Ticket.ID, AsOf: asOf}, Closed: closed, ClosedAt: t.ClosedAt, Shown: asShown(inc.Ticket.Desk, t),
	}}, true
}

func isClosed(t desk.Ticket) bool {
	return t.Status == desk.StatusClosed || t.Status == desk.StatusDeleted
}

func asShown(name string, t desk.Ticket) filing.Shown {
	return filing.Shown{
		Ticket: filing.Ticket{Desk: name, ID: t.ID, Number: t.Number, URL: t.URL}, Closed: isClosed(t),
		ClosedAt: t.ClosedAt, CreatedAt: t.CreatedAt,
	}
}

// said takes note of how a listing went. A refusal of the listing alone says nothing of the way
// to the desk, and comes back as an error; all else the desk's health says.
func (r *Reconciler) said(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*fault.Fault](err); ok && e.Name == "filter_ignored" {
		return err
	}
	r.Heard(ctx, err)
	return nil
}

func (r *Reconciler) called(watch, compare int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.WatchCalls += watch
	r.state.CompareCalls += compare
}
