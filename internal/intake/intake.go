package intake

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"docket/internal/alert"
	"docket/internal/failpoint"
	"docket/internal/ledger"
	"docket/internal/store"
)

// Intake takes alerts in.
type Intake struct {
	store  *store.Store
	ledger *ledger.Ledger
	log    *slog.Logger
	// booted is when this intake began: what it has not received since may have been
	// repeated to the one before.
	booted time.Time
	heard  *Heard
	// expected is what must come, nil for nothing.
	expected *Expected
}

// New makes an intake; booted is when it begins, heard is what an earlier one has received.
func New(st *store.Store, l *ledger.Ledger, booted time.Time, heard *Heard, log *slog.Logger) *Intake {
	return &Intake{store: st, ledger: l, log: log, booted: booted, heard: heard}
}

// Receipt counts what became of a batch.
type Receipt struct {
	// Repeated were known to fire; New were not; Ended stopped; Other covers late words,
	// ends of what never was known, and changes.
	Repeated, New, Ended, Other int
}

// Receive keeps alerts of one source. When it returns without an error, all of them are
// durable; with one, none is, or the commit's answer was lost: sending them again is safe.
func (i *Intake) Receive(ctx context.Context, source string, all []alert.Alert, now time.Time) (Receipt, error) {
	i.heard.note(source, now, nil)
	rest, err := i.heardExpected(ctx, source, all, now)
	if err != nil {
		return Receipt{}, err
	}
	return i.keep(ctx, source, rest, now)
}

// keep brings alerts to the ledger.
func (i *Intake) keep(ctx context.Context, source string, all []alert.Alert, now time.Time) (Receipt, error) {
	news, err := i.ledger.DropRepeats(ctx, all, now)
	if err != nil {
		return Receipt{}, err
	}
	receipt := Receipt{Repeated: len(all) - len(news)}
	if len(news) == 0 {
		return receipt, nil
	}
	inputs := make([]ledger.Input, len(news))
	for n := range news {
		inputs[n] = ledger.AlertReceived{Alert: news[n]}
	}
	failpoint.Hit("intake-before-keeping")
	results, err := i.ledger.Apply(ctx, inputs...)
	if err != nil {
		return Receipt{}, fmt.Errorf("save %d alerts of %s: %w", len(news), source, err)
	}
	failpoint.Hit("intake-kept")
	for _, r := range results {
		if about, ok := r.About.(ledger.AboutAlert); ok {
			receipt.count(about.Change)
		}
	}
	return receipt, nil
}

func (r *Receipt) count(change alert.Change) {
	switch change {
	case alert.Repeated:
		r.Repeated++
	case alert.Fired, alert.MaybeStale:
		r.New++
	case alert.Ended:
		r.Ended++
	case alert.Changed, alert.Strayed, alert.Late:
		r.Other++
	}
}

const (
	// bootGrace is how long after a start only those alerts expire that were first reported
	// since: repeats of the others may have been sent to the process before.
	bootGrace = 5 * time.Minute
	// expireLimit bounds one turn.
	expireLimit = 500
)

// Expire ends the alerts whose sources have gone silent: their expiry is over.
func (i *Intake) Expire(ctx context.Context, now time.Time) error {
	// What repeats have put off is written down first, or it would look expired.
	if err := i.ledger.Flush(ctx); err != nil {
		return err
	}
	var saidSince time.Time
	if now.Before(i.booted.Add(bootGrace)) {
		saidSince = i.booted
	}
	expired, err := i.store.ExpiredAlerts(ctx, now, saidSince, expireLimit)
	if err != nil {
		return fmt.Errorf("find expired alerts: %w", err)
	}
	return i.end(ctx, expired, "", now)
}

// end tells the ledger that alerts are concluded to have ended.
func (i *Intake) end(ctx context.Context, all []alert.Alert, poll string, at time.Time) error {
	if len(all) == 0 {
		return nil
	}
	inputs := make([]ledger.Input, len(all))
	for n, a := range all {
		a.Status, a.EndsAt, a.SaidAt, a.Inferred, a.Poll = alert.Resolved, at, at, true, poll
		inputs[n] = ledger.AlertReceived{Alert: a}
	}
	failpoint.Hit("intake-before-ending")
	if _, err := i.ledger.Apply(ctx, inputs...); err != nil {
		return fmt.Errorf("end %d alerts: %w", len(all), err)
	}
	return nil
}

// Due lets time decide about the incidents whose moment has come.
func (i *Intake) Due(ctx context.Context, now time.Time) error {
	marks, err := i.store.DueIncidents(ctx, now, expireLimit)
	if err != nil {
		return fmt.Errorf("find due incidents: %w", err)
	}
	inputs := make([]ledger.Input, len(marks))
	for n := range marks {
		inputs[n] = ledger.DueReached{Mark: marks[n]}
	}
	if len(inputs) > 0 {
		failpoint.Hit("intake-due-found")
	}
	if _, err := i.ledger.Apply(ctx, inputs...); err != nil {
		return fmt.Errorf("decide %d due incidents: %w", len(marks), err)
	}
	if len(inputs) > 0 {
		failpoint.Hit("intake-due-decided")
	}
	return nil
}
