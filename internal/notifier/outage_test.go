package notifier_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"docket/internal/courier"
	"docket/internal/desk/local"
	"docket/internal/fault"
	"docket/internal/health"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/store/storetest"
)

// moodyDesk is a local desk that can be away.
type moodyDesk struct {
	*local.Desk
	away atomic.Bool
}

func (d *moodyDesk) Check(ctx context.Context) error {
	if d.away.Load() {
		return errAway
	}
	return d.Desk.Check(ctx)
}

var errAway = &fault.Fault{Class: fault.Unavailable, Name: "unreachable", Sentence: "the desk cannot be reached", Fix: "start it"}

func TestALongOutageOfTheDeskIsToldOnceAndItsEndOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		var d *moodyDesk
		var c *courier.Courier
		var known *health.Health
		h := newHouse(t, url, func(h *house) {
			h.desk = func(records courier.Records, book *ledger.Ledger, ours *local.Desk, log *slog.Logger) *courier.Courier {
				before := d
				d, known = &moodyDesk{Desk: ours}, courier.NewHealth(ours, log)
				d.away.Store(before != nil && before.away.Load())
				policy := func(incident.Incident, time.Time) incident.Policy { return h.policy }
				c = courier.New(records, book, d, courier.Rules{Policy: policy}, known, log)
				return c
			}
		})
		began := time.Now().UTC()
		watch := func(after time.Duration) {
			t.Helper()
			if err := c.WatchDesk(t.Context(), h.ledger.Notify, began.Add(after)); err != nil {
				t.Fatal(err)
			}
		}
		texts := func() (all []string) {
			for _, m := range h.slack.Messages() {
				all = append(all, m.Text)
			}
			return all
		}
		d.away.Store(true)
		for range 3 {
			known.Observe(t.Context(), errAway)
		}
		watch(0)
		watch(29 * time.Minute)
		// A message that was asked for would come before this one, or soon after it.
		if err := h.ledger.Notify(t.Context(), "a mark", "half an hour is not over"); err != nil {
			t.Fatal(err)
		}
		h.shows("half an hour is not over")
		// What could not be told is told by the next turn.
		refused := errors.New("the database is away")
		if err := c.WatchDesk(t.Context(), func(context.Context, string, string) error { return refused },
			began.Add(30*time.Minute+time.Second)); !errors.Is(err, refused) {
			t.Fatalf("a message that could not be told: %v", err)
		}
		watch(31 * time.Minute)
		h.until("the outage is told", func() bool { return len(h.slack.Messages()) == 2 })
		watch(32 * time.Minute)
		// The process is another one by now, and still knows what was told.
		h.stop()
		h.start()
		watch(33 * time.Minute)
		watch(50 * time.Minute)
		d.away.Store(false)
		watch(time.Hour)
		h.until("the end is told", func() bool { return len(h.slack.Messages()) == 3 })
		watch(61 * time.Minute)
		watch(2 * time.Hour)
		if err := h.ledger.Notify(t.Context(), "another mark", "that is all"); err != nil {
			t.Fatal(err)
		}
		h.until("that was all", func() bool { return len(h.slack.Messages()) >= 4 })
		all := texts()
		if len(all) != 4 || !strings.Contains(all[1], "has been unreachable since") || !strings.Contains(all[2], "is back after 1h0m") ||
			all[3] != "that is all" {
			t.Errorf("told %q", all)
		}
	})
}
