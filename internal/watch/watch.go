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

// Item is a surface and how it is read.
type Item struct {
	Surface surface.Surface
	// Probe reads it once; what goes wrong is in the reading.
	Probe func(ctx context.Context) surface.Reading
}

// Options are what a watch is given.
type Options struct {
	// Name names the process among the replicas: unique for each start.
	Name string
	// Tell brings alerts of tiles to the intake.
	Tell func(ctx context.Context, all []alert.Alert) error
	// Turned, where not nil, is told once a turn is kept. It must not block.
	Turned func(surface.Surface, surface.State)
	// Probed, where not nil, is told of each probe: how late it began, and what it saw.
	Probed func(late time.Duration, r surface.Reading)
	Log    *slog.Logger
}

// Watch watches surfaces.
type Watch struct {
	store   *store.Store
	items   []Item
	options Options
	// hold is how long shares are held, deals the time between two deals, seen
	// how long a silent watcher is left its part of the shares.
	hold, deals, seen time.Duration
	results           chan result

	mu sync.Mutex // guards what follows
	// own are the shares that may be probed until until.
	own   map[int]bool
	until time.Time
	// fresh are the shares that came new, whose tiles have to be loaded before they count.
	fresh bool
}

// The paces.
const (
	dealEvery = 2 * time.Second
	// holdBeyond is how long shares are held beyond the longest probe, clocksDiffer how far
	// the replicas' clocks may be apart.
	holdBeyond   = 15 * time.Second
	clocksDiffer = 2 * time.Second
	// seenFor is Watch.seen.
	seenFor = 15 * time.Second
	// flushEvery is how long readings wait for others to be kept with.
	flushEvery = time.Second
	// waiting is how many results wait for the keeper before probes wait, too.
	waiting = 1 << 14
)

// New makes a watch over the items. Every and Timeout of each must be set.
func New(st *store.Store, items []Item, o Options) *Watch {
	w := &Watch{store: st, items: items, options: o, hold: holdBeyond, results: make(chan result, waiting), deals: dealEvery, seen: seenFor, own: map[int]bool{}}
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
	_, _ = h.Write([]byte(s)) // It never fails.
	// FNV's low bits are weak for short texts that differ at their end; fold the high ones in.
	sum := h.Sum64()
	sum ^= sum >> 32
	sum *= 0x9E3779B97F4A7C15
	return sum ^ sum>>29
}

// nextDue is the first moment after at when a surface with this phase is due.
func nextDue(at time.Time, every, phase time.Duration) time.Time {
	since := at.UnixNano() - int64(phase)
	return time.Unix(0, (since/int64(every)+1)*int64(every)+int64(phase)).UTC()
}

// Run watches until ctx ends, waits for the probes on their way, keeps what they saw, and
// gives its surfaces back.
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
	// The first deal comes before the first probe: else those due at once would miss their turn.
	if err := w.dealOnce(ctx); err != nil {
		return err
	}
	var loops sync.WaitGroup
	loops.Go(func() { w.deal(ctx) })
	loops.Go(func() {
		w.schedule(ctx, began)
		close(w.results) // Every probe has ended.
	})
	// What was seen is kept although the stop has been asked for.
	err = keeper.run(context.WithoutCancel(ctx))
	loops.Wait()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), dealEvery)
	defer cancel()
	return errors.Join(err, w.store.FreeShares(end, w.options.Name, false))
}

// begin takes the surfaces over at once where no other process can have them.
func (w *Watch) begin(ctx context.Context) error {
	if !w.store.Exclusive() {
		return nil
	}
	if err := w.store.FreeShares(ctx, w.options.Name, true); err != nil {
		return fmt.Errorf("begin to watch: %w", err)
	}
	return nil
}

// deal keeps this process' part of the surfaces its own.
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
			w.options.Log.WarnContext(ctx, "surfaces cannot be shared out: they are watched only as long as they are still this process' own", "err", err)
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

// may reports whether a probe of a share may begin now and last that long.
func (w *Watch) may(share int, now time.Time, timeout time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.own[share] && !now.Add(timeout).After(w.until)
}

// takeFresh reports whether shares came new since it was last asked.
func (w *Watch) takeFresh() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh := w.fresh
	w.fresh = false
	return fresh
}
