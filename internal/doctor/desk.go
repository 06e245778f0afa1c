package doctor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/desk"
	"docket/internal/fault"
	"docket/internal/incident"
)

// hops are the hops of the way to the desk, in order, and the faults by which each is known
// to be broken. All before the one with the fault are well: the call went through them.
var hops = [...]struct {
	hop, well string
	faults    []string
}{
	{"desk name", "The desk's name is known.", []string{"dns_error"}},
	{"desk connection", "The desk can be reached.", []string{"unreachable", "connection_failed", "connection_cut"}},
	{"desk certificate", "The connection is safe.", []string{"tls_error"}},
	{"desk answers", "The desk answers in time.", []string{"timeout", "service_unavailable", "proxy_error", "server_error", "rate_limited", desk.OwnLimit, "unavailable"}},
	{"access gate", "No gate before the desk holds us up.", []string{"access_refused", "access_token_missing", "challenge_refused", "proxy_refused"}},
	{"desk address", "The address is the desk's API.", []string{"wrong_base_url", "not_json", "bad_answer", "no_id", "method_refused"}},
	{"desk module", "The desk's API is there.", []string{"module_missing"}},
	{"desk key", "The desk accepts the key.", []string{"key_refused"}},
	{"mailbox", "The mailbox is there and may be used.", []string{"mailbox_forbidden", "mailbox_missing", "rejected", "missing"}},
}

// agent is what FreeScout has beside the contract: in whose name notes are written.
type agent interface {
	ActingUser(ctx context.Context) (int64, error)
}

// gated is a desk that can tell whether a gate stands before it at all.
type gated interface {
	Gated(ctx context.Context) (standing bool, err error)
}

// lookDesk asks once and says of each hop what the answer tells of it.
func lookDesk(ctx context.Context, e *exam) []HopResult {
	begin := time.Now()
	err := e.Desk.Check(ctx)
	took := time.Since(begin)
	if _, far := e.Desk.(gated); !far { // It is in the same database: there is no way to it.
		if err != nil {
			return brokenAt("asking the desk", err)
		}
		return well("The local desk answers.", "")
	}
	if err == nil {
		return e.deskWell(ctx, took)
	}
	f := fault.As(err)
	at := hopOf(f.Name)
	found := make([]HopResult, 0, len(hops))
	for n, h := range hops {
		result := HopResult{Hop: h.hop, Level: Well, Sentence: h.well, Took: took}
		switch {
		case n == at:
			result = HopResult{Hop: h.hop, Level: Ill, Name: f.Name, Sentence: f.Sentence, Evidence: evidence(f), Fix: f.Fix, Took: took}
			e.broken["desk"] = h.hop
		case n > at:
			result = HopResult{Hop: h.hop, Level: Skipped, Sentence: "Not looked at: " + hops[at].hop + " comes first."}
		}
		found = append(found, result)
	}
	return found
}

// deskWell says what is left to be looked at once the desk shows our mailbox.
func (e *exam) deskWell(ctx context.Context, took time.Duration) []HopResult {
	var found []HopResult
	for _, h := range hops {
		found = append(found, HopResult{Hop: h.hop, Level: Well, Sentence: h.well, Took: took})
	}
	if d, ok := e.Desk.(gated); ok {
		standing, err := d.Gated(ctx)
		for n := range found {
			switch {
			case found[n].Hop != "access gate":
			case err == nil && standing:
				found[n].Sentence = "Cloudflare Access stands before the desk and lets us through."
			case err == nil:
				found[n].Sentence = "No gate stands before the desk."
			}
		}
	}
	if d, ok := e.Desk.(agent); ok {
		result := HopResult{Hop: "acting user", Level: Well, Sentence: "There is an agent to write notes as."}
		id, err := d.ActingUser(ctx)
		if err != nil {
			f := fault.As(err)
			result = HopResult{Hop: result.Hop, Level: Ill, Name: f.Name, Sentence: f.Sentence, Evidence: evidence(f), Fix: f.Fix}
			e.broken["desk"] = result.Hop
		} else {
			result.Evidence = fmt.Sprintf("user %d", id)
		}
		found = append(found, result)
	}
	return found
}

func hopOf(name string) int {
	for n, h := range hops {
		if slices.Contains(h.faults, name) {
			return n
		}
	}
	return 3 // It answers, but not as it should.
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
		Mark: mark.String(), MailboxID: e.options.MailboxID, Subject: brief.FrameSubject(mark, "[docket-canary] Nothing is wrong: docket looks whether tickets can be filed"),
		Body: brief.FrameBody(incident.Incident{Mark: mark}, "Docket's doctor has filed this ticket to see the whole way work, and closes it by itself.", ""),
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
		return ill("canary_changed", "The desk shows the canary under another subject: tickets could not be found again.", "ticket "+ticket.Number, "Look for a workflow or a module in the desk that changes subjects.")
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
		return ill("canary_not_found", "The desk's search does not show the canary: after a lost answer a ticket could not be found again, and would be doubled.", "ticket "+ticket.Number, "Check the desk's search; raise freescout.wait_out above its lag.")
	case lag > e.Desk.WaitOut() && e.Desk.WaitOut() > 0:
		return ill("wait_out_too_short", "The desk's search is slower than the configured wait-out: a ticket could be doubled.", seen, fmt.Sprintf("Set freescout.wait_out to %s or more.", (2*lag).Round(time.Second)))
	}
	if apart := clockOf(ticket.CreatedAt, begin, filed); apart.Abs() > clockDiffers {
		return warned("desk_clock_differs", fmt.Sprintf("The desk's clock and ours are %s apart: a person's close within that time of a firing may be taken for one before or after it.", apart.Abs().Round(time.Second)),
			fmt.Sprintf("%s; created at %s by its clock", seen, ticket.CreatedAt.UTC().Format(time.RFC3339)), "Let the desk's server, and this one, keep their clocks by NTP.")
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
