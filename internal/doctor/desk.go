package doctor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/incident"
)

// lookDesk makes one call and derives the state of each step from the result. All steps before the one with the fault
// work: the call passed them.
func lookDesk(ctx context.Context, e *exam) []HopResult {
	hops := []desk.Hop{{Name: "desk", OK: "The desk answers.", Rest: true}}
	if d, ok := e.Desk.(desk.Traced); ok {
		hops = d.Hops()
	}
	begin := time.Now()
	err := e.Desk.Check(ctx)
	took := time.Since(begin)
	broken := len(hops)
	if err != nil {
		broken = brokenHop(hops, fault.As(err).Name)
	}
	found := make([]HopResult, 0, len(hops))
	for n, h := range hops {
		result := HopResult{Hop: h.Name, Level: OK, Sentence: h.OK, Took: took}
		switch {
		case n == broken:
			result = failedAt(h.Name, err)
			e.broken["desk"] = h.Name
		case n > broken:
			if h.Look != nil && len(h.Faults) == 0 {
				continue // It has a check of its own, which has not been made.
			}
			result = HopResult{Hop: h.Name, Level: Skipped, Sentence: "Skipped: fix " + hops[broken].Name + " first."}
		case h.Look != nil && err == nil:
			result = closer(ctx, h, result)
			if result.Level == Error {
				e.broken["desk"] = h.Name
			}
		}
		found = append(found, result)
	}
	return found
}

// closer is what a hop's own look adds.
func closer(ctx context.Context, h desk.Hop, found HopResult) HopResult {
	sentence, evidence, err := h.Look(ctx)
	if err != nil {
		return failedAt(h.Name, err)
	}
	found.Sentence, found.Evidence = cmp.Or(sentence, found.Sentence), evidence
	return found
}

func failedAt(hop string, err error) HopResult {
	f := fault.As(err)
	return HopResult{Hop: hop, Level: Error, Name: f.Name, Sentence: upper(f.Sentence), Evidence: evidence(f), Fix: f.Fix}
}

// brokenHop is the index of the step that a fault belongs to.
func brokenHop(hops []desk.Hop, name string) int {
	rest := 0
	for n, h := range hops {
		if slices.Contains(h.Faults, name) {
			return n
		}
		if h.Rest {
			rest = n
		}
	}
	return rest
}

func evidence(f *fault.Fault) string {
	if f.HTTPStatus != 0 {
		return fmt.Sprintf("HTTP %d", f.HTTPStatus)
	}
	return ""
}

// canaryKey is the alert_key of every canary: no alert has it, because its source's name is
// none that can be configured.
var canaryKey = alert.Fingerprint("docket canary", alert.Labels{{Name: "canary", Value: "docket"}})

const (
	// findEvery is how often the search is asked for the canary, findWithin how long.
	findEvery  = 500 * time.Millisecond
	findWithin = 60 * time.Second
)

// lookCanary files a ticket, reads it back, finds it by its mark, and closes it: everything that filing needs. The time
// until the search shows it must be well below the wait-out.
func lookCanary(ctx context.Context, e *exam) []HopResult {
	mark := alert.Mark{Key: canaryKey, Generation: int(time.Now().Unix())}
	draft := desk.Draft{
		Mark:    mark.String(),
		Subject: brief.FrameSubject(mark, "[docket-canary] Nothing is wrong: Docket checks whether tickets can be filed"),
		Body: brief.FrameBody(incident.Incident{Mark: mark},
			"Docket's doctor filed this ticket to check every step of filing a ticket. It closes it by itself.", ""),
	}
	if e.Mailboxes {
		draft.Place = e.options.Place
	}
	begin := time.Now()
	id, err := e.Desk.Create(ctx, draft)
	if err != nil {
		return brokenAt("filing the test ticket", err)
	}
	filed := time.Now()
	created := filed.Sub(begin)
	ticket, err := e.Desk.Get(ctx, id)
	if err != nil {
		return brokenAt("reading the test ticket back", err)
	}
	if desk.MarkOf(ticket.Subject) != draft.Mark {
		return failed("canary_changed", "The desk changed the subject of the test ticket, so tickets could not be found again.", "ticket "+
			ticket.Number, "Find the workflow or module of the desk that changes subjects.")
	}
	lag, err := e.search(ctx, draft.Mark, begin)
	if err != nil {
		return brokenAt("finding the test ticket", err)
	}
	if err := e.Desk.SetStatus(ctx, id, desk.StatusClosed); err != nil {
		return brokenAt("closing the test ticket", err)
	}
	seen := fmt.Sprintf("ticket %s: filed in %s, found after %s", ticket.Number, created.Round(time.Millisecond), lag.Round(time.Millisecond))
	switch {
	case lag < 0:
		return failed("canary_not_found",
			"The desk's search does not find the test ticket: a ticket whose response got lost would be filed twice.",
			"ticket "+ticket.Number, "Check the desk's search, or set "+e.Desk.Name()+".wait_out to more than its delay.")
	case lag > e.Desk.WaitOut() && e.Desk.WaitOut() > 0:
		return failed("wait_out_too_short", "The desk's search takes longer than wait_out, so a ticket could be filed twice.", seen,
			fmt.Sprintf("Set %s.wait_out to %s or more.", e.Desk.Name(), (2*lag).Round(time.Second)))
	}
	if apart := clockOf(ticket.CreatedAt, begin, filed); apart.Abs() > clockDiffers {
		return warning("desk_clock_differs",
			fmt.Sprintf("The clocks of the desk and this machine differ by %s: if a ticket is closed within that time of a new alert, Docket "+
				"may get their order wrong.", apart.Abs().Round(time.Second)),
			fmt.Sprintf("%s; created at %s by its clock", seen,
				ticket.CreatedAt.UTC().Format(time.RFC3339)), "Synchronize the clocks of both servers with NTP.")
	}
	return passed("A test ticket was filed, read back, found and closed.", seen)
}

// clockOf is how far the desk's clock is ahead of ours, below zero for behind, by a ticket that was
// created between two moments of ours; the desk says seconds. Zero where it does not tell.
func clockOf(created, begin, end time.Time) time.Duration {
	switch {
	case created.IsZero():
		return 0
	case created.After(end):
		return created.Sub(end)
	case created.Before(begin.Truncate(time.Second)):
		return created.Sub(begin)
	}
	return 0
}

// search looks until the mark is found, and says how long after begin that was; below 0 for
// not in time.
func (e *exam) search(ctx context.Context, mark string, begin time.Time) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, findWithin)
	defer cancel()
	ticker := time.NewTicker(findEvery)
	defer ticker.Stop()
	for {
		found, err := e.Desk.Find(ctx, mark)
		if ctx.Err() != nil {
			return -1, nil
		}
		if err != nil {
			return 0, err
		}
		if len(found) > 0 {
			return time.Since(begin), nil
		}
		select {
		case <-ctx.Done():
			return -1, nil
		case <-ticker.C:
		}
	}
}

// brokenAt says which step of the test ticket failed.
func brokenAt(doing string, err error) []HopResult {
	f := fault.As(err)
	return failed(f.Name, upper(doing)+" failed. "+f.Sentence, evidence(f), f.Fix)
}

// lookLost: tickets at a desk that is not configured any more get no notes and are not closed.
func lookLost(ctx context.Context, e *exam) []HopResult {
	lost, err := e.Lost(ctx)
	if err != nil {
		return e.databaseAway(err)
	}
	var seen []string
	for _, name := range slices.Sorted(maps.Keys(lost)) {
		seen = append(seen, fmt.Sprintf("%s: %d", name, lost[name]))
	}
	if len(seen) > 0 {
		return warning("desk_not_configured",
			"Open incidents have tickets at a desk that is not configured, so these get no notes and are not closed.",
			strings.Join(seen, ", "), "Configure the desk again until these incidents end, or close the tickets by hand.")
	}
	return passed("The tickets of all open incidents are at a desk in use.", "")
}
