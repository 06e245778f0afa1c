package watch

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"docket/internal/alert"
	"docket/internal/store"
	"docket/internal/surface"
)

// Item is a surface and its probe.
type Item struct {
	Surface surface.Surface
	// Probe reads the surface once. Failures are part of the reading.
	Probe func(ctx context.Context) surface.Reading
}

// Options configure a watch.
type Options struct {
	// Name identifies the process among the replicas. It is unique for each start.
	Name string
	// Tell sends the tiles' alerts to the intake.
	Tell func(ctx context.Context, all []alert.Alert) error
	// Turned, if not nil, is called once a status change is saved. It must not block.
	Turned func(surface.Surface, surface.State)
	// Probed, if not nil, is called for each probe with how late it started and what it read.
	Probed func(late time.Duration, r surface.Reading)
	Log    *slog.Logger
}

// Watch watches surfaces.
type Watch struct {
	store   *store.Store
	items   []Item
	options Options
	// hold is how long shares are leased, deals the time between two deals, and seen how long a silent replica keeps
	// its part of the shares.
	hold, deals, seen time.Duration
	results           chan result

	mu sync.Mutex // guards the fields below
	// own are the shares that may be probed before until.
	own   map[int]bool
	until time.Time
	// fresh means that shares were added whose tiles must be loaded before they count.
	fresh bool
}

// The intervals.
const (
	dealEvery = 2 * time.Second
	// holdBeyond is how long shares are leased beyond the longest probe; clocksDiffer is how far the replicas' clocks
	// may differ.
	holdBeyond   = 15 * time.Second
	clocksDiffer = 2 * time.Second
	// seenFor is the value of Watch.seen.
	seenFor = 15 * time.Second
	// flushEvery is how long readings are collected into one batch.
	flushEvery = time.Second
	// waiting is how many results may wait for the keeper before probes have to wait, too.
	waiting = 1 << 14
)

// New returns a watch for the items. Each must have Every and Timeout set.
func New(st *store.Store, items []Item, o Options) *Watch {
	w := &Watch{store: st, items: items, options: o, hold: holdBeyond, results: make(chan result, waiting), deals: dealEvery,
		seen: seenFor, own: map[int]bool{}}
	for _, item := range items {
		w.hold = max(w.hold, item.Surface.Timeout+holdBeyond)
	}
	return w
}

// shareOf and phaseOf place a surface among the shares and within its interval.
func shareOf(name string) int { return int(hash(name) % store.Shares) }

func phaseOf(name string, every time.Duration) time.Duration {
	return time.Duration(hash(name+"\x00phase") % uint64(every))
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // Writing to a hash never fails.
	// FNV's low bits are weak for short strings that differ only at the end, so fold in the high ones.
	sum := h.Sum64()
	sum ^= sum >> 32
	sum *= 0x9E3779B97F4A7C15
	return sum ^ sum>>29
}

// nextDue returns the first time after at when a surface with this phase is due.
func nextDue(at time.Time, every, phase time.Duration) time.Time {
	since := at.UnixNano() - int64(phase)
	return time.Unix(0, (since/int64(every)+1)*int64(every)+int64(phase)).UTC()
}

// Run watches until ctx is done, waits for the running probes, saves their readings, and releases its surfaces.
func (w *Watch) Run(ctx context.Context) error {
	if len(w.items) == 0 {
		return nil
	}
	began := time.Now()
	if err := w.begin(ctx); err != nil {
		return err
	}
	keeper, err := w.newKeeper(ctx)
	if err != nil {
		return err
	}
	// Deal before the first probe; otherwise surfaces that are due at once would miss their turn.
	if err := w.dealOnce(ctx); err != nil {
		return err
	}
	var loops sync.WaitGroup
	loops.Go(func() { w.deal(ctx) })
	loops.Go(func() {
		w.schedule(ctx, began)
		close(w.results) // All probes have finished.
	})
	// The last readings are saved even though the stop was requested.
	err = keeper.run(context.WithoutCancel(ctx))
	loops.Wait()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), dealEvery)
	defer cancel()
	return errors.Join(err, w.store.FreeShares(end, w.options.Name, false))
}

// begin takes over the surfaces at once if no other process can have them.
func (w *Watch) begin(ctx context.Context) error {
	if !w.store.Exclusive() {
		return nil
	}
	if err := w.store.FreeShares(ctx, w.options.Name, true); err != nil {
		return fmt.Errorf("start watching: %w", err)
	}
	return nil
}

// deal renews this process's share of the surfaces.
func (w *Watch) deal(ctx context.Context) {
	ticker := time.NewTicker(w.deals)
	defer ticker.Stop()
	ill := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := w.dealOnce(ctx)
		if err != nil && !ill && ctx.Err() == nil {
			w.options.Log.WarnContext(ctx,
				"surfaces could not be shared among replicas, watching those of this process while its shares last", "err", err)
		}
		ill = err != nil
	}
}

func (w *Watch) dealOnce(ctx context.Context) error {
	now := time.Now().UTC()
	ctx, cancel := context.WithTimeout(ctx, w.hold/2)
	defer cancel()
	own, err := w.store.DealShares(ctx, store.Watcher{Name: w.options.Name, Hold: w.hold, Seen: w.seen}, now, clocksDiffer)
	if err != nil {
		return err
	}
	w.owns(own, now.Add(w.hold))
	return nil
}

func (w *Watch) owns(own []int, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, share := range own {
		w.fresh = w.fresh || !w.own[share]
	}
	clear(w.own)
	for _, share := range own {
		w.own[share] = true
	}
	w.until = until
}

// may reports whether a probe of a share may start now and run for timeout.
func (w *Watch) may(share int, now time.Time, timeout time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.own[share] && !now.Add(timeout).After(w.until)
}

// takeFresh reports whether shares were added since the last call.
func (w *Watch) takeFresh() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh := w.fresh
	w.fresh = false
	return fresh
}
