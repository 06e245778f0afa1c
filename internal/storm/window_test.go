package storm_test

import (
	"fmt"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/storm"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// admitted lets incidents of a title ask for a ticket, one each step, and counts those
// that got one of their own.
func admitted(c *storm.Window, p storm.Policy, at time.Time, n int, step time.Duration, sev alert.Severity,
	title func(int) string) (own int, storms map[alert.Mark]int) {
	storms = map[alert.Mark]int{}
	for i := range n {
		next, into := c.Admit(title(i), sev, p, at.Add(time.Duration(i)*step))
		*c = next
		if into == (alert.Mark{}) {
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
	p := storm.Policy{Limit: 20, Per: 5 * time.Minute}
	var c storm.Window
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
	var c storm.Window
	own, _ := admitted(&c, storm.Policy{Limit: 20, Per: 5 * time.Minute}, noon, 500, 15*time.Second, alert.P2, same)
	if own != 500 {
		t.Errorf("%d of 500 have tickets of their own", own)
	}
}

func TestInAStormTheFirstP1OfANewKindGetsItsOwnTicket(t *testing.T) {
	t.Parallel()
	p := storm.Policy{Limit: 5, Per: 5 * time.Minute}
	var c storm.Window
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
	var c storm.Window
	if own, _ := admitted(&c, storm.Policy{Per: time.Minute}, noon, 1000, 0, alert.P3, same); own != 1000 {
		t.Errorf("%d of 1000 have tickets of their own", own)
	}
}
