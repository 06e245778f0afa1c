package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/ledger"
)

// Options say how to compare.
type Options struct {
	// DryRun finds and repairs nothing.
	DryRun bool
	// AcceptMissing files again even where more than half of the tickets are missing.
	AcceptMissing bool
	// Actor is who asked for it; the zero Actor is the timer.
	Actor audit.Actor
}

const (
	compareLease   = 10 * time.Minute
	compareTimeout = 9 * time.Minute
	// retryAfter is how soon a comparison that failed is tried again.
	retryAfter = 30 * time.Second
	// comparePage is how many incidents are read at once.
	comparePage = 500
	// maxReads bounds the single tickets that one comparison asks for.
	maxReads = 300
	// fewMissing may be missing of however few tickets.
	fewMissing = 3
)

// Timer is one turn of the timer: it compares where that is due, on any replica, or the desk
// came back from an outage since.
func (r *Reconciler) Timer(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	last := r.state.ComparedAt
	due := (r.BackAt().After(last) || last.IsZero() || now.Sub(last) >= r.Rules.Every) && now.Sub(r.triedAt) >= retryAfter
	if due {
		r.triedAt = now
	}
	r.mu.Unlock()
	if r.Away() || !due {
		return nil
	}
	lease, err := r.Store.TakeLease(ctx, r.lease(), r.Holder, now, compareLease)
	if err != nil || !lease.Held {
		return err
	}
	if !r.BackAt().After(lease.Cursor) && !lease.Cursor.IsZero() && now.Sub(lease.Cursor) < r.Rules.Every && !last.IsZero() {
		r.mu.Lock()
		r.state.ComparedAt = lease.Cursor // Another replica did it.
		r.mu.Unlock()
		return r.Store.EndLease(ctx, r.lease(), r.Holder)
	}
	report, err := r.compare(ctx, Options{}, now)
	if fault.ClassOf(err) == fault.Unavailable {
		err = nil // The desk's health says it, once.
	}
	if err := errors.Join(err, r.Store.EndLease(context.WithoutCancel(ctx), r.lease(), r.Holder)); err != nil {
		return err
	}
	if repaired := slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.Did == didRepair }); repaired {
		r.Log.InfoContext(ctx, "reconciled", "desk", report.Desk, "tickets", report.Tickets, "incidents", report.Incidents, "findings",
			len(report.Findings), "calls", report.Calls)
	}
	return nil
}

func (r *Reconciler) lease() string { return "reconcile " + r.Desk.Name() }

// Run compares now. Where another replica is at it, the report says so.
func (r *Reconciler) Run(ctx context.Context, o Options) (Report, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	// A holder of its own: not even the same process's timer compares at the same time.
	holder := fmt.Sprintf("%s asked at %d", r.Holder, now.UnixNano())
	lease, err := r.Store.TakeLease(ctx, r.lease(), holder, now, compareLease)
	if err != nil {
		return Report{}, err
	}
	if !lease.Held {
		return Report{Desk: r.Desk.Name(), AsOf: now, DryRun: o.DryRun, Findings: []Finding{},
			Skipped: "another comparison is running; try again in a moment"}, nil
	}
	report, err := r.compare(ctx, o, now)
	return report, errors.Join(err, r.Store.EndLease(context.WithoutCancel(ctx), r.lease(), holder))
}

// plan is one comparison under way.
type plan struct {
	*Reconciler
	options Options
	report  Report
	asOf    time.Time
	byMark  map[string][]desk.Ticket
	byID    map[string]desk.Ticket
	// held are the tickets that incidents have; busy the incidents with something on its way.
	held map[string]bool
	busy map[alert.Mark]bool
	// missing are inputs that are applied only if there are not too many; filed is of how many.
	missing []ledger.Input
	filed   int
	reads   int
	inputs  []ledger.Input
}

// compare lists, compares and tells. The caller has the lease.
func (r *Reconciler) compare(ctx context.Context, o Options, now time.Time) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, compareTimeout)
	defer cancel()
	p := &plan{
		Reconciler: r, options: o, asOf: now, byMark: map[string][]desk.Ticket{}, byID: map[string]desk.Ticket{}, held: map[string]bool{},
		report: Report{Desk: r.Desk.Name(), AsOf: now, DryRun: o.DryRun, Findings: []Finding{}},
	}
	l, err := r.Desk.List(ctx, desk.Query{Open: true})
	if _ = r.said(ctx, err); err != nil { // It is returned in any case.
		return p.report, fmt.Errorf("list the open tickets: %w", err)
	}
	p.report.Calls, p.report.Tickets = l.Calls, len(l.Tickets)
	if !l.Whole {
		p.find(CutShort, didReport, "", desk.Ticket{})
		p.done(l.Calls)
		return p.report, nil
	}
	for _, t := range l.Tickets {
		p.byID[t.ID] = t
		mark := desk.MarkOf(t.Subject)
		p.byMark[mark] = append(p.byMark[mark], t)
	}
	// Read after the list: what was on its way while it was made is left alone.
	if p.busy, err = r.Store.Unfinished(ctx); err != nil {
		return p.report, err
	}
	if err := p.incidents(ctx); err != nil {
		return p.report, err
	}
	if err := p.strangers(ctx); err != nil {
		return p.report, err
	}
	p.judgeMissing()
	if !o.DryRun {
		for run := range slices.Chunk(p.inputs, comparePage) {
			if _, err := r.Ledger.Apply(ctx, run...); err != nil {
				return p.report, fmt.Errorf("report %d mismatches: %w", len(run), err)
			}
		}
		if err := r.Store.MoveLease(ctx, r.lease(), r.Holder, now); err != nil {
			return p.report, err
		}
	}
	p.done(l.Calls + p.reads)
	return p.report, nil
}

// done keeps what the comparison found.
func (p *plan) done(calls int) {
	p.report.Calls = calls
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.CompareCalls += int64(calls)
	if p.report.DryRun {
		return
	}
	report := p.report
	p.state.ComparedAt, p.state.Last = p.asOf, &report
	for _, f := range report.Findings {
		p.state.Found[f.Kind]++
	}
}

// incidents goes through the live incidents that have a ticket.
func (p *plan) incidents(ctx context.Context) error {
	var after alert.Key
	for first := true; ; first = false {
		all, err := p.Store.LiveTicketed(ctx, p.Desk.Name(), after, first, comparePage)
		if err != nil {
			return err
		}
		for _, inc := range all {
			after = inc.Key
			p.report.Incidents++
			p.held[inc.Ticket.ID] = true
			if p.busy[inc.Mark] || p.young(inc.Ticket.KnownAt) {
				continue
			}
			if err := p.incident(ctx, inc); err != nil {
				return err
			}
		}
		if len(all) < comparePage {
			return nil
		}
	}
}

// young reports whether something happened so recently that the desk may not show it rightly.
func (p *plan) young(at time.Time) bool {
	return !at.IsZero() && p.asOf.Sub(at) < p.Desk.WaitOut()
}
