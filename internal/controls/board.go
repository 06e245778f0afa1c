package controls

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // Maintenance windows name places, and a bare container knows none.

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/isolated"

	"docket/internal/flag"
	"docket/internal/ledger"
	"docket/internal/silence"
	"docket/internal/store"
)

// Board is what is switched, as this replica knows it.
type Board struct {
	store *store.Store
	env   map[string]flag.Env
	log   *slog.Logger
	api   *openfeature.EvaluationAPI
	flags *openfeature.Client

	mu       sync.Mutex // lets one load at a time, so that an older one never replaces a newer
	standing atomic.Pointer[standing]

	// sweep is only touched by Settle, which one loop calls.
	sweep sweep
}

// standing is one reading of all switches; it never changes.
type standing struct {
	store.Switches
	set  map[string]*flag.Setting
	book silence.Book
}

// New makes a board on which everything stands as by default; Load reads what is switched.
// env is what the environment says of each flag.
func New(ctx context.Context, st *store.Store, env map[string]flag.Env, log *slog.Logger) (*Board, error) {
	b := &Board{store: st, env: env, log: log, api: isolated.NewAPI()}
	b.standing.Store(&standing{})
	if err := b.api.SetProviderAndWait(ctx, provider{b}); err != nil {
		return nil, fmt.Errorf("set up the flags: %w", err)
	}
	b.flags = b.api.NewClient()
	return b, nil
}

// Close lets go of what the flags' client holds.
func (b *Board) Close(ctx context.Context) error { return b.api.Shutdown(ctx) }

// Load reads all that is switched.
func (b *Board) Load(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, err := b.store.LoadSwitches(ctx)
	if err != nil {
		return fmt.Errorf("load what is switched: %w", err)
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

// Current loads again where the board is older than the switched-th change.
func (b *Board) Current(ctx context.Context, switched int64) error {
	if b.standing.Load().Switched >= switched {
		return nil
	}
	return b.Load(ctx)
}

// Refresh is one turn of the poll that stands behind the notifications.
func (b *Board) Refresh(ctx context.Context, _ time.Time) error {
	switched, err := b.store.Switched(ctx)
	if err != nil {
		return fmt.Errorf("look whether something was switched: %w", err)
	}
	return b.Current(ctx, switched)
}

// PollEvery is the pace of Refresh: what a notification did not bring is known after it.
const PollEvery = 5 * time.Second

// The pace of listening again after the connection broke.
const (
	firstListen   = 200 * time.Millisecond
	longestListen = 5 * time.Second
)

// Listen loads whenever another replica has switched something, until ctx ends.
func (b *Board) Listen(ctx context.Context) error {
	wait, deaf := firstListen, false
	for {
		err := b.store.Listen(ctx, func() {
			if err := b.Load(ctx); err != nil {
				return // The poll tries again, and says so.
			}
			wait = firstListen
			if deaf {
				b.log.InfoContext(ctx, "switches are heard of at once again")
				deaf = false
			}
		})
		if ctx.Err() != nil {
			return nil //nolint:nilerr // Stopped.
		}
		if !deaf {
			b.log.WarnContext(ctx, "switches of other replicas are not heard of at once", "reason", b.store.Explain(err), "poll", PollEvery)
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

// Mutes returns the silences and windows that hold at a moment.
func (b *Board) Mutes(now time.Time) silence.Book { return b.standing.Load().book.At(now) }

// sweep is one walk over the incidents that may be decided otherwise.
type sweep struct {
	switched int64
	place    store.Place
	// once says that this process has ended one: a start asks, too, because its
	// configuration or its environment may be another than the last one's.
	once bool
}

// sweepPage bounds one turn of a sweep: with a turn a second it is the pace at which what
// was held back comes back.
const sweepPage = 100

// Settle asks the next incidents again that have no ticket, where something was switched
// since that was last done, or the process has just started: the worst first. What comes to
// the same changes nothing and tells nothing. The storm policy bounds how many get tickets of
// their own, and the courier how fast they are filed.
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
		return fmt.Errorf("ask %d incidents again: %w", len(marks), err)
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

// Errors to ask for with errors.Is; each comes with a sentence for people.
var (
	// ErrPinned: the environment pins the flag.
	ErrPinned = errors.New("pinned by the environment")
	// ErrNoSuch: there is no such flag, silence or window, or it is over.
	ErrNoSuch = errors.New("no such switch")
	// ErrInvalid: what was asked for makes no sense as it is.
	ErrInvalid = errors.New("not valid")
)

// refusal is an error whose text is a sentence.
type refusal struct {
	kind     error
	sentence string
}

func (r *refusal) Error() string { return r.sentence }
func (r *refusal) Unwrap() error { return r.kind }

func refuse(kind error, format string, args ...any) error {
	return &refusal{kind, fmt.Sprintf(format, args...)}
}
