package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// group runs loops and stops them together: the one place where goroutines are begun.
type group struct {
	ctx    context.Context //nolint:containedctx // The group's own, ended by stop.
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
	log    *slog.Logger
	// beat is the shortest interval between two turns, zero for each loop's own.
	beat time.Duration

	mu  sync.Mutex // guards err
	err error
}

func newGroup(parent context.Context, log *slog.Logger) *group {
	ctx, cancel := context.WithCancelCause(parent)
	return &group{ctx: ctx, cancel: cancel, log: log}
}

// errStopped is the cause of a group's end when it was stopped rather than failed.
var errStopped = errors.New("stopped")

// run begins a loop that blocks until its context ends. A loop that ends by itself with an
// error ends the whole group.
func (g *group) run(name string, loop func(context.Context) error) {
	g.wg.Go(func() {
		err := loop(g.ctx)
		if err == nil || (g.ctx.Err() != nil && errors.Is(err, context.Canceled)) {
			return
		}
		err = fmt.Errorf("%s: %w", name, err)
		g.mu.Lock()
		g.err = errors.Join(g.err, err)
		g.mu.Unlock()
		g.cancel(err)
	})
}

// every begins a loop that calls turn at once and then at each interval, never two turns
// at a time. A turn that fails is logged once, until a turn succeeds again.
func (g *group) every(name string, interval time.Duration, turn func(ctx context.Context, now time.Time) error) {
	g.run(name, func(ctx context.Context) error {
		ticker := time.NewTicker(max(interval, g.beat))
		defer ticker.Stop()
		ill := false
		for {
			err := turn(ctx, time.Now().UTC().Truncate(time.Microsecond))
			if ctx.Err() != nil {
				return nil // Stopped; a turn cut short is repeated after the start.
			}
			if err != nil && !ill {
				g.log.WarnContext(ctx, "loop failed, trying again", "loop", name, "err", err)
			}
			if err == nil && ill {
				g.log.InfoContext(ctx, "loop recovered", "loop", name)
			}
			ill = err != nil
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			}
		}
	})
}

// stop ends the group's context, waits for its loops, and returns what they failed with.
func (g *group) stop() error {
	g.cancel(errStopped)
	g.wg.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}
