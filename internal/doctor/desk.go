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

// lookDesk asks once and says of each hop what the answer tells of it. All hops before the one
// with the fault are fine: the call went through them.
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
		result := HopResult{Hop: h.Name, Level: Well, Sentence: h.OK, Took: took}
		switch {
		case n == broken:
			result = failedAt(h.Name, err)
			e.broken["desk"] = h.Name
		case n > broken:
			if h.Look != nil && len(h.Faults) == 0 {
				continue // It is looked at by itself, and there is nothing to say of it now.
			}
			result = HopResult{Hop: h.Name, Level: Skipped, Sentence: "Not looked at: " + hops[broken].Name + " comes first."}
		case h.Look != nil && err == nil:
			result = closer(ctx, h, result)
			if result.Level == Ill {
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
	return HopResult{Hop: hop, Level: Ill, Name: f.Name, Sentence: upper(f.Sentence), Evidence: evidence(f), Fix: f.Fix}
}

// brokenHop is the place of the hop that a fault belongs to.
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

// lookCanary files a ticket, reads it back, looks for it by its mark, and closes it: all
// that filing needs. The time until the search shows it must be well below the wait-out.
func lookCanary(ctx context.Context, e *exam) []HopResult {
	mark := alert.Mark{Key: canaryKey, Generation: int(time.Now().Unix())}
	draft := desk.Draft{
		Mark:    mark.String(),
		Subject: brief.FrameSubject(mark, "[docket-canary] Nothing is wrong: docket looks whether tickets can be filed"),
		Body: brief.FrameBody(incident.Incident{Mark: mark},
			"Docket's doctor has filed this ticket to see the whole way work, and closes it by itself.", ""),
	}
	if e.Mailboxes {
		draft.Place = e.options.Place
	}
	begin := time.Now()
	id, err := e.Desk.Create(ctx, draft)
	if err != nil {
		return brokenAt("filing the canary", err)
	}
	filed := time.Now()
	created := filed.Sub(begin)
	ticket, err := e.Desk.Get(ctx, id)
	if err != nil {
		return brokenAt("reading the canary back", err)
	}
	if desk.MarkOf(ticket.Subject) != draft.Mark {
		return ill("canary_changed", "The desk shows the canary under another subject: tickets could not be found again.", "ticket "+
			ticket.Number, "Look for a workflow or a module in the desk that changes subjects.")
	}
	lag, err := e.search(ctx, draft.Mark, begin)
	if err != nil {
		return brokenAt("looking for the canary", err)
	}
	if err := e.Desk.SetStatus(ctx, id, desk.StatusClosed); err != nil {
		return brokenAt("closing the canary", err)
	}
	seen := fmt.Sprintf("ticket %s: filed in %s, found after %s", ticket.Number, created.Round(time.Millisecond), lag.Round(time.Millisecond))
	switch {
	case lag < 0:
		return ill("canary_not_found",
			"The desk's search does not show the canary: after a lost answer a ticket could not be found again, and would be doubled.",
			"ticket "+ticket.Number, "Check the desk's search; raise "+e.Desk.Name()+".wait_out above its lag.")
	case lag > e.Desk.WaitOut() && e.Desk.WaitOut() > 0:
		return ill("wait_out_too_short", "The desk's search is slower than the configured wait-out: a ticket could be doubled.", seen,
			fmt.Sprintf("Set %s.wait_out to %s or more.", e.Desk.Name(), (2*lag).Round(time.Second)))
	}
	if apart := clockOf(ticket.CreatedAt, begin, filed); apart.Abs() > clockDiffers {
		return warned("desk_clock_differs",
			fmt.Sprintf("The desk's clock and ours are %s apart: a person's close within that time of a firing may be taken for one before or "+
				"after it.", apart.Abs().Round(time.Second)),
			fmt.Sprintf("%s; created at %s by its clock", seen,
				ticket.CreatedAt.UTC().Format(time.RFC3339)), "Let the desk's server, and this one, keep their clocks by NTP.")
	}
	return well("A ticket was filed, read back, found and closed.", seen)
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

// brokenAt says at which step the canary's way ended.
func brokenAt(doing string, err error) []HopResult {
	f := fault.As(err)
	return ill(f.Name, upper(doing)+" failed. "+f.Sentence, evidence(f), f.Fix)
}

// lookLost: incidents whose tickets are at a desk that is not configured any more are neither noted
// nor closed there.
func lookLost(ctx context.Context, e *exam) []HopResult {
	lost, err := e.Lost(ctx)
	if err != nil {
		return ill("database_away", upper(e.Store.Explain(err))+".", "", "Bring the database back; docket goes on by itself.")
	}
	var seen []string
	for _, name := range slices.Sorted(maps.Keys(lost)) {
		seen = append(seen, fmt.Sprintf("%s: %d", name, lost[name]))
	}
	if len(seen) > 0 {
		return warned("desk_not_configured",
			"Open incidents have their tickets at a desk that is not configured: nothing is noted or closed there.",
			strings.Join(seen, ", "), "Configure the desk again until they are over, or close the tickets there by hand.")
	}
	return well("Every open incident's ticket is at a desk in use.", "")
}
