package watch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/store"
	"docket/internal/surface"
)

// keeper turns readings into tile states and saves both. It alone knows the states of the tiles.
type keeper struct {
	watch  *Watch
	ids    []int64
	states []surface.State
	batch  []store.Observed
	// turned are the items whose status changed within the batch; read are those with readings in it.
	turned []int
	read   map[int]bool
	ill    bool
	thin   thinner
}

// maxWaiting limits how many readings wait while the database is unavailable. The oldest are dropped first.
const maxWaiting = 200_000

// saveWithin is how long one batch may take.
const saveWithin = 20 * time.Second

func (w *Watch) newKeeper(ctx context.Context) (*keeper, error) {
	names := make([]string, len(w.items))
	for n, item := range w.items {
		names[n] = item.Surface.Name
	}
	ids, err := w.store.EnsureSurfaces(ctx, names)
	if err != nil {
		return nil, fmt.Errorf("start watching: %w", err)
	}
	k := &keeper{watch: w, ids: make([]int64, len(names)), states: make([]surface.State, len(names)), read: map[int]bool{}}
	for n, name := range names {
		k.ids[n] = ids[name]
	}
	k.thin.ids = k.ids
	return k, k.load(ctx)
}

// load loads the tiles that other replicas have saved, if they are newer.
func (k *keeper) load(ctx context.Context) error {
	tiles, err := k.watch.store.Tiles(ctx)
	if err != nil {
		return err
	}
	states := make(map[int64]surface.State, len(tiles))
	for _, tile := range tiles {
		states[tile.ID] = tile.State
	}
	for n, id := range k.ids {
		if s, ok := states[id]; ok && s.Last.At.After(k.states[n].Last.At) {
			k.states[n] = s
		}
	}
	return nil
}

// run receives and saves results until the channel is closed: at once if a tile's status changed, otherwise once a
// second.
func (k *keeper) run(ctx context.Context) error {
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case r, more := <-k.watch.results:
			if !more {
				return k.flush(ctx)
			}
			k.take(ctx, r)
			for range len(k.watch.results) { // Whatever has arrived by now is saved in the same batch.
				if r, more = <-k.watch.results; more {
					k.take(ctx, r)
				}
			}
			if len(k.turned) > 0 && !k.ill {
				k.try(ctx)
			}
		case now := <-ticker.C:
			k.try(ctx)
			k.thin.turn(ctx, k.watch, now.UTC())
		}
	}
}

// take observes one reading.
func (k *keeper) take(ctx context.Context, r result) {
	if k.watch.takeFresh() {
		if err := k.load(ctx); err != nil {
			k.watch.options.Log.WarnContext(ctx, "readings of other replicas could not be loaded, continuing with the known state", "err", err)
		}
	}
	on := k.watch.items[r.item].Surface
	state, turned := surface.Observe(k.states[r.item], r.reading, on)
	if turned != nil {
		k.turned = append(k.turned, r.item)
	}
	state.Alerting = state.Alerting || state.Status.Affected()
	k.states[r.item] = state
	k.read[r.item] = true
	if len(k.batch) >= maxWaiting {
		k.batch = append(k.batch[:0], k.batch[maxWaiting/10:]...)
	}
	k.batch = append(k.batch, store.Observed{ID: k.ids[r.item], Reading: r.reading, Turn: turned, State: state})
}

// try flushes. If that fails, the batch stays and is tried again with the next readings.
func (k *keeper) try(ctx context.Context) {
	err := k.flush(ctx)
	if err != nil && !k.ill {
		k.watch.options.Log.WarnContext(ctx, "readings could not be saved, trying again", "err", err)
	}
	if err == nil && k.ill {
		k.watch.options.Log.InfoContext(ctx, "readings are saved again")
	}
	k.ill = err != nil
}

// flush saves the batch, then sends its alerts.
func (k *keeper) flush(ctx context.Context) error {
	if len(k.batch) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, saveWithin)
	defer cancel()
	now := time.Now().UTC().Truncate(time.Microsecond)
	if err := k.watch.store.SaveObserved(ctx, k.batch, now); err != nil {
		return err
	}
	k.batch = k.batch[:0]
	for _, item := range k.turned {
		if k.watch.options.Turned != nil {
			k.watch.options.Turned(k.watch.items[item].Surface, k.states[item])
		}
	}
	k.turned = k.turned[:0]
	read := slices.Sorted(maps.Keys(k.read))
	clear(k.read)
	return k.tell(ctx, read, now)
}

// tell sends alerts for the tiles that were read to the intake: with each reading while a tile has a problem, and after
// its recovery until the intake has accepted it. A lost alert is repeated with the next reading.
func (k *keeper) tell(ctx context.Context, read []int, now time.Time) error {
	var all []alert.Alert
	var over []int
	for _, item := range read {
		on, s := k.watch.items[item].Surface, k.states[item]
		if !s.Alerting {
			continue
		}
		all = append(all, on.Alert(s, now))
		if s.Status == surface.Operational {
			over = append(over, item)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if err := k.watch.options.Tell(ctx, all); err != nil {
		return fmt.Errorf("report %d tiles: %w", len(all), err)
	}
	for _, item := range over {
		k.states[item].Alerting = false
	}
	return nil
}

// thinner thins out old readings: all surfaces once an hour, a few every minute.
type thinner struct {
	ids  []int64
	next int
	last time.Time
}

const thinEvery, thinTurns = time.Minute, 60

func (t *thinner) turn(ctx context.Context, w *Watch, now time.Time) {
	if now.Sub(t.last) < thinEvery {
		return
	}
	t.last = now
	size := (len(t.ids) + thinTurns - 1) / thinTurns
	for range size {
		id := t.ids[t.next%len(t.ids)]
		t.next++
		if err := w.store.Thin(ctx, id, id, now); err != nil {
			w.options.Log.WarnContext(ctx, "old readings could not be thinned out", "err", err)
			return
		}
	}
}
