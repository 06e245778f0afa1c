package watch

import (
	"container/heap"
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"docket/internal/surface"
)

// result is the outcome of probing an item.
type result struct {
	item    int
	reading surface.Reading
}

// turn is when an item is due.
type turn struct {
	due   time.Time
	item  int
	share int
	phase time.Duration
}

// calendar is a heap of the items by when they are due.
type calendar []turn

func (c calendar) Len() int           { return len(c) }
func (c calendar) Less(a, b int) bool { return c[a].due.Before(c[b].due) }
func (c calendar) Swap(a, b int)      { c[a], c[b] = c[b], c[a] }
func (c *calendar) Push(x any)        { *c = append(*c, x.(turn)) }
func (c *calendar) Pop() any {
	last := len(*c) - 1
	t := (*c)[last]
	*c = (*c)[:last]
	return t
}

// schedule starts each probe when it is due, until ctx is done, and waits for the running ones. Probes that became due
// since the watch began, while its tiles were loading, are due now.
func (w *Watch) schedule(ctx context.Context, began time.Time) {
	var probes sync.WaitGroup
	defer probes.Wait()
	due := make(calendar, 0, len(w.items))
	for n, item := range w.items {
		phase := phaseOf(item.Surface.Name, item.Surface.Every)
		due = append(due, turn{nextDue(began, item.Surface.Every, phase), n, shareOf(item.Surface.Name), phase})
	}
	heap.Init(&due)
	busy := newBusy(len(w.items))
	timer := time.NewTimer(time.Until(due[0].due))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		for now := time.Now(); !due[0].due.After(now); now = time.Now() {
			t := &due[0]
			on := w.items[t.item].Surface
			if w.may(t.share, now, on.Timeout) && busy.take(t.item) {
				item, late := t.item, now.Sub(t.due)
				probes.Go(func() {
					defer busy.free(item)
					w.probe(ctx, item, late)
				})
			}
			t.due = nextDue(now, on.Every, t.phase)
			heap.Fix(&due, 0)
		}
		timer.Reset(time.Until(due[0].due))
	}
}

// probe reads an item once. A probe that was cut short by a shutdown says nothing about its surface.
func (w *Watch) probe(ctx context.Context, item int, late time.Duration) {
	on := w.items[item].Surface
	at := time.Now().UTC().Truncate(time.Microsecond)
	within, cancel := context.WithTimeout(ctx, on.Timeout)
	defer cancel()
	r := w.read(within, item)
	if ctx.Err() != nil {
		return
	}
	if r.At.IsZero() {
		r.At = at
	}
	r.At = r.At.UTC().Truncate(time.Microsecond)
	r = r.Bounded()
	if w.options.Probed != nil {
		w.options.Probed(late, r)
	}
	w.results <- result{item, r}
}

// read runs the probe. A panic costs this reading, not the program.
func (w *Watch) read(ctx context.Context, item int) (r surface.Reading) {
	defer func() {
		if fault := recover(); fault != nil {
			w.options.Log.ErrorContext(ctx, "probe failed because of a bug in Docket, please report it",
				"surface", w.items[item].Surface.Name, "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
			r = surface.Reading{Status: surface.Unknown, Reason: "the probe failed because of a bug in Docket"}
		}
	}()
	return w.items[item].Probe(ctx)
}

// busy tracks which items are being probed, so that no item is probed twice at once.
type busy struct {
	mu    sync.Mutex
	taken []bool
}

func newBusy(n int) *busy { return &busy{taken: make([]bool, n)} }

func (b *busy) take(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken[n] {
		return false
	}
	b.taken[n] = true
	return true
}

func (b *busy) free(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken[n] = false
}
