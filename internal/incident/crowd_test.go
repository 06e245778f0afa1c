package incident_test

import (
	"fmt"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
)

// admitted lets incidents of a title ask for a ticket, one each step, and counts those
// that got one of their own.
func admitted(c *incident.Crowd, p incident.StormPolicy, at time.Time, n int, step time.Duration, sev alert.Severity, title func(int) string) (own int, storms map[incident.Mark]int) {
	storms = map[incident.Mark]int{}
	for i := range n {
		next, into := c.Admit(incident.Incident{Title: title(i), Severity: sev}, p, at.Add(time.Duration(i)*step))
		*c = next
		if into == (incident.Mark{}) {
			own++
			continue
		}
		storms[into]++
	}
	return own, storms
}

func same(int) string { return "Down" }

func TestAboveTheLimitOneStormTakesTheRest(t *testing.T) {
	t.Parallel()
	p := incident.StormPolicy{Limit: 20, Per: 5 * time.Minute}
	var c incident.Crowd
	own, storms := admitted(&c, p, noon, 1000, 10*time.Millisecond, alert.P2, same)
	if own != 20 || len(storms) != 1 {
		t.Errorf("%d tickets of their own and %d storms, want 20 and 1", own, len(storms))
	}
	// Calm again: the next ones have their own, and the next storm is another one.
	own, later := admitted(&c, p, noon.Add(time.Hour), 30, time.Second, alert.P2, same)
	if own != 20 || len(later) != 1 {
		t.Errorf("after the calm %d of their own and %d storms, want 20 and 1", own, len(later))
	}
	for m := range later {
		if _, again := storms[m]; again {
			t.Error("the next storm has the mark of the one before")
		}
	}
}

func TestASlowStreamIsNoStorm(t *testing.T) {
	t.Parallel()
	var c incident.Crowd
	own, _ := admitted(&c, incident.StormPolicy{Limit: 20, Per: 5 * time.Minute}, noon, 500, 15*time.Second, alert.P2, same)
	if own != 500 {
		t.Errorf("%d of 500 have tickets of their own", own)
	}
}

func TestInAStormTheFirstP1OfANewKindGetsItsOwnTicket(t *testing.T) {
	t.Parallel()
	p := incident.StormPolicy{Limit: 5, Per: 5 * time.Minute}
	var c incident.Crowd
	admitted(&c, p, noon, 50, time.Millisecond, alert.P2, same)
	own, _ := admitted(&c, p, noon.Add(time.Second), 10, time.Millisecond, alert.P1, func(int) string { return "DatabaseGone" })
	if own != 1 {
		t.Errorf("ten P1 of one new kind got %d tickets of their own, want 1", own)
	}
	own, _ = admitted(&c, p, noon.Add(2*time.Second), 1000, time.Millisecond, alert.P1, func(i int) string { return fmt.Sprint("Kind", i) })
	if own > 2*p.Limit {
		t.Errorf("a thousand new kinds got %d tickets of their own: a storm of kinds is a storm", own)
	}
}

func TestNoLimitIsNoStorm(t *testing.T) {
	t.Parallel()
	var c incident.Crowd
	if own, _ := admitted(&c, incident.StormPolicy{Per: time.Minute}, noon, 1000, 0, alert.P3, same); own != 1000 {
		t.Errorf("%d of 1000 have tickets of their own", own)
	}
}

func TestWhatRecoveredDuringAnOutageIsMissed(t *testing.T) {
	t.Parallel()
	p := incident.DefaultPolicy()
	p.Outage = incident.Outage{Began: noon, Ended: noon.Add(time.Hour)}
	file := incident.Effect{ID: "file/x", Kind: incident.KindFile, State: incident.Queued}
	recovered := incident.Incident{State: incident.Recovered, RecoveredAt: noon.Add(time.Minute), Ticket: incident.Ticket{State: incident.TicketAsked}}
	for name, c := range map[string]struct {
		change func(*incident.Incident, *incident.Effect, *incident.Policy)
		want   bool
	}{
		"recovered meanwhile": {func(*incident.Incident, *incident.Effect, *incident.Policy) {}, true},
		"still firing":        {func(i *incident.Incident, _ *incident.Effect, _ *incident.Policy) { i.State = incident.Open }, false},
		"recovered before it": {func(i *incident.Incident, _ *incident.Effect, _ *incident.Policy) {
			i.RecoveredAt = noon.Add(-time.Second)
		}, false},
		"recovered after it": {func(i *incident.Incident, _ *incident.Effect, _ *incident.Policy) {
			i.RecoveredAt = noon.Add(2 * time.Hour)
		}, false},
		"perhaps in the desk already": {func(_ *incident.Incident, e *incident.Effect, _ *incident.Policy) { e.State = incident.Unknown }, false},
		"every one its own":           {func(_ *incident.Incident, _ *incident.Effect, p *incident.Policy) { p.Backfill = incident.BackfillAll }, false},
		"only a click asked for it":   {func(i *incident.Incident, _ *incident.Effect, _ *incident.Policy) { i.Inquiry.Alone = true }, false},
	} {
		i, e, q := recovered, file, p
		c.change(&i, &e, &q)
		if got := e.Missed(i, q); got != c.want {
			t.Errorf("%s: missed is %t, want %t", name, got, c.want)
		}
	}
}
