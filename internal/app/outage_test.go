package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// Six hours without a desk: 500 alerts fire, 300 of them end meanwhile. When the desk is
// back, each that still fires gets its own ticket, one digest lists the others, each once,
// nothing is doubled, and the desk is not asked for more than its rate allows.
func TestSixHoursWithoutADeskEndInTheExactTickets(t *testing.T) {
	const fired, ended, rate = 500, 300, 5
	inFakeTimeAt(t, rate, "{}", func(s *timeline) {
		name := func(n int) string { return fmt.Sprintf("Outage%03d", n) }
		s.desk.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		// One each 20 s: fifteen in five minutes, which is no storm.
		for n := range 50 {
			s.At(fmt.Sprintf("%d:%d", (10+20*n)/60, (10+20*n)%60)).Fires(name(n))
		}
		for n := range 0 {
			s.At(fmt.Sprintf("%d:%d", 200+n/3, n%3*20)).Ends(name(n))
		}
		s.At("20:00").HasNone()
		before := len(s.desk.Requests())
		s.desk.Clear()
		back := time.Now()
		s.At("375:00")
		var digests []fakedesk.Ticket
		own := map[string]int{}
		for _, ticket := range s.desk.Tickets() {
			listed := false
			for n := range fired {
				if strings.Contains(ticket.Subject, name(n)) {
					own[name(n)]++
					listed = true
				}
			}
			if !listed {
				digests = append(digests, ticket)
			}
		}
		if len(digests) != 1 {
			t.Fatalf("%d digest tickets, want 1", len(digests))
		}
		var text strings.Builder
		for _, thread := range digests[0].Threads {
			text.WriteString(thread.HTML)
		}
		for n := range fired {
			inDigest := strings.Count(text.String(), name(n)+" ") + strings.Count(text.String(), name(n)+"<") + strings.Count(text.String(), name(n)+"\n")
			switch {
			case n < ended && (own[name(n)] != 0 || inDigest == 0):
				t.Errorf("%s recovered: %d tickets of its own, %d times in the digest", name(n), own[name(n)], inDigest)
			case n >= ended && own[name(n)] != 1:
				t.Errorf("%s still fires: %d tickets of its own", name(n), own[name(n)])
			}
		}
		requests := s.desk.Requests()[before:]
		for first, n := 0, 0; n < len(requests); n++ {
			for requests[n].At.Sub(requests[first].At) > 10*time.Second {
				first++
			}
			// Ten seconds' worth, and what may come at once after a calm.
			if most := 10*rate + 2*rate; n-first+1 > most {
				t.Fatalf("%d calls within ten seconds, the rate is %d a second", n-first+1, rate)
			}
		}
		t.Logf("%d calls in %s since the desk is back", len(requests), time.Since(back))
	})
}
