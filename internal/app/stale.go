package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"docket/internal/courier"
	"docket/internal/query"
	"docket/internal/store"
)

// reminder tells the operator of stale tickets, once in each span of time. The spans are those
// of the UTC clock, so that all replicas, and the process after this one, name them alike.
type reminder struct {
	store  *store.Store
	reader query.Reader
	every  time.Duration
	tell   courier.Teller
	// done is the span that was reported; it belongs to one loop.
	done time.Time
}

// oldestTold is how many tickets one reminder names.
const oldestTold = 5

func (r *reminder) turn(ctx context.Context, now time.Time) error {
	span := now.Truncate(r.every)
	if span.Equal(r.done) {
		return nil
	}
	stale, err := r.store.CountStale(ctx, now.Add(-r.reader.StaleAfter))
	if err != nil || stale == 0 {
		return err
	}
	oldest, err := r.reader.Tickets(ctx, query.TicketFilter{Stale: true, Limit: oldestTold, Offset: max(int(stale)-oldestTold, 0)})
	if err != nil {
		return err
	}
	if err := r.tell(ctx, fmt.Sprintf("stale/%s/%d", r.every, span.Unix()), staleText(stale, r.reader.StaleAfter, oldest)); err != nil {
		return err
	}
	r.done = span
	return nil
}

// staleText is the reminder's message; the rows are the latest first.
func staleText(stale int64, after time.Duration, oldest []query.TicketRow) string {
	var b strings.Builder
	if stale == 1 {
		fmt.Fprintf(&b, "One ticket is stale: its alerts recovered more than %s ago, but nobody has closed it.\n", short(after))
	} else {
		fmt.Fprintf(&b, "%d tickets are stale: their alerts recovered more than %s ago, but nobody has closed them. The oldest:\n",
			stale, short(after))
	}
	for n := range oldest {
		t := oldest[len(oldest)-1-n]
		fmt.Fprintf(&b, "#%s %s, opened %s %s\n", t.Number, t.Subject, t.CreatedAt.UTC().Format("2006-01-02 15:04 UTC"), t.URL)
	}
	b.WriteString("To list them all, run: docket tickets --stale")
	return b.String()
}

// short words a duration without its zeros: 24h0m0s is 24h.
func short(d time.Duration) string {
	text := d.String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}
