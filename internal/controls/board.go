package controls

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // Maintenance windows use time zone names, and a minimal container image has no zone data.

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/isolated"

	"docket/internal/flag"
	"docket/internal/ledger"
	"docket/internal/silence"
	"docket/internal/store"
)

// Board holds the current switches as this replica knows them.
type Board struct {
	store *store.Store
	env   map[string]flag.Env
	log   *slog.Logger
	api   *openfeature.EvaluationAPI
	flags *openfeature.Client

	mu       sync.Mutex // allows one load at a time, so that an older one never replaces a newer one
	standing atomic.Pointer[standing]

	// sweep is only used by Settle, which a single loop calls.
	sweep sweep
}

// standing is one reading of all switches. It never changes.
type standing struct {
	store.Switches
	set  map[string]*flag.Setting
	book silence.Book
}

// New returns a board with all defaults; Load reads what has been switched. env is what the environment sets for each
// flag.
func New(ctx context.Context, st *store.Store, env map[string]flag.Env, log *slog.Logger) (*Board, error) {
	b := &Board{store: st, env: env, log: log, api: isolated.NewAPI()}
	b.standing.Store(&standing{})
	if err := b.api.SetProviderAndWait(ctx, provider{b}); err != nil {
		return nil, fmt.Errorf("set up the flags: %w", err)
	}
	b.flags = b.api.NewClient()
	return b, nil
}

// Close releases the flag client's resources.
func (b *Board) Close(ctx context.Context) error { return b.api.Shutdown(ctx) }

// Load reads all switches.
func (b *Board) Load(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, err := b.store.LoadSwitches(ctx)
	if err != nil {
		return fmt.Errorf("load what operators switched: %w", err)
	}
	next := &standing{Switches: all, set: map[string]*flag.Setting{}}
	for i := range all.Flags {
		next.set[all.Flags[i].Name] = &all.Flags[i]
	}
	for _, s := range all.Silences {
		next.book.Silences = append(next.book.Silences, s.Silence)
	}
	for _, w := range all.Windows {
		next.book.Windows = append(next.book.Windows, w.Maintenance)
	}
	b.standing.Store(next)
	return nil
}

// Current reloads if the board is older than change number switched.
func (b *Board) Current(ctx context.Context, switched int64) error {
	if b.standing.Load().Switched >= switched {
		return nil
	}
	return b.Load(ctx)
}

// Refresh is one round of polling, the fallback for notifications.
func (b *Board) Refresh(ctx context.Context, _ time.Time) error {
	switched, err := b.store.Switched(ctx)
	if err != nil {
		return fmt.Errorf("check for changes of operators: %w", err)
	}
	return b.Current(ctx, switched)
}

// PollEvery is the interval of Refresh: changes that a notification did not deliver are picked up after it.
const PollEvery = 5 * time.Second

// The intervals for reconnecting after the connection broke.
const (
	firstListen   = 200 * time.Millisecond
	longestListen = 5 * time.Second
)

// Listen reloads whenever another replica has switched something, until ctx is done.
func (b *Board) Listen(ctx context.Context) error {
	wait, deaf := firstListen, false
	for {
		err := b.store.Listen(ctx, func() {
			if err := b.Load(ctx); err != nil {
				return // The poll will try again, and logs failures.
			}
			wait = firstListen
			if deaf {
				b.log.InfoContext(ctx, "notified of switches by other replicas again")
				deaf = false
			}
		})
		if ctx.Err() != nil {
			return nil //nolint:nilerr // Stopped.
		}
		if !deaf {
			b.log.WarnContext(ctx, "not notified of switches by other replicas, polling for them", "reason", b.store.Explain(err), "poll", PollEvery)
			deaf = true
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		wait = min(2*wait, longestListen)
	}
}

// Mutes returns the silences and windows that are active at a point in time.
func (b *Board) Mutes(now time.Time) silence.Book { return b.standing.Load().book.At(now) }

// sweep is one pass over the incidents whose decision may change.
type sweep struct {
	switched int64
	place    store.Place
	// once means that this process has completed a sweep. The first one always runs, because the configuration or
	// environment may have changed since the last start.
	once bool
}

// sweepPage is how many incidents one turn handles. With one turn per second, it sets the pace at which incidents that
// were held back get their tickets.
const sweepPage = 100

// Settle re-evaluates the next incidents without a ticket, worst first, if something was switched since the last sweep
// or the process has just started. If the decision stays the same, nothing is changed or notified. The storm policy
// limits how many get tickets of their own, and the courier limits how fast they are filed.
func (b *Board) Settle(ctx context.Context, book *ledger.Ledger, _ time.Time) error {
	now := b.standing.Load()
	if now.Switched <= now.Resettled && b.sweep.once {
		return nil
	}
	if b.sweep.switched != now.Switched {
		b.sweep = sweep{switched: now.Switched, once: b.sweep.once}
	}
	marks, place, err := b.store.WantingIncidents(ctx, b.sweep.place, sweepPage)
	if err != nil {
		return err
	}
	inputs := make([]ledger.Input, len(marks))
	for i := range marks {
		inputs[i] = ledger.Reconsidered{Mark: marks[i]}
	}
	if _, err := book.Apply(ctx, inputs...); err != nil {
		return fmt.Errorf("decide %d incidents again: %w", len(marks), err)
	}
	b.sweep.place = place
	if len(marks) == sweepPage {
		return nil
	}
	if now.Switched > now.Resettled {
		if err := b.store.Resettle(ctx, b.sweep.switched); err != nil {
			return err
		}
	}
	b.sweep = sweep{switched: b.sweep.switched, once: true}
	return b.Load(ctx)
}

// Errors to check for with errors.Is. Each comes with a sentence for people.
var (
	// ErrPinned means that the environment pins the flag.
	ErrPinned = errors.New("pinned by the environment")
	// ErrNoSuch means that there is no such flag, silence or window, or that it has ended.
	ErrNoSuch = errors.New("not found")
	// ErrInvalid means that the request is not valid as it is.
	ErrInvalid = errors.New("not valid")
)

// refusal is an error whose text is a sentence for people.
type refusal struct {
	kind     error
	sentence string
}

func (r *refusal) Error() string { return r.sentence }
func (r *refusal) Unwrap() error { return r.kind }

func refuse(kind error, format string, args ...any) error {
	return &refusal{kind, fmt.Sprintf(format, args...)}
}
