//go:build !race

package app

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// Six hours without a desk: 500 alerts fire, 300 of them end meanwhile. When the desk is
// back, each that still fires gets its own ticket, the worst first, one digest lists the
// others, each once, nothing is doubled, and the desk is not asked for more than its rate.
// The race detector makes ten minutes of it: make test plays it without.
func TestSixHoursWithoutADeskEndInTheExactTickets(t *testing.T) {
	const fired, ended, rate = 500, 300, 5
	inFakeTimeAt(t, rate, 20*time.Second, "{}", func(s *timeline) {
		name := func(n int) string { return fmt.Sprintf("Outage%03d", n) }
		worst := func(n int) bool { return n%10 == 0 }
		s.desk.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		// One each 20 s: fifteen in five minutes, which is no storm.
		for n := range fired {
			severity := "error"
			if worst(n) {
				severity = "critical"
			}
			s.At(fmt.Sprintf("%d:%d", (10+20*n)/60, (10+20*n)%60)).FiresAs(name(n), severity)
		}
		for n := range ended {
			s.At(fmt.Sprintf("%d:%d", 200+n/3, n%3*20)).Ends(name(n))
		}
		s.At("360:00").HasNone()
		before := len(s.desk.Requests())
		if before > 6*60*2+10 {
			t.Errorf("a desk that is away was asked %d times in six hours, want one look in half a minute", before)
		}
		s.desk.Clear()
		s.At("375:00")

		var digests []fakedesk.Ticket
		own, place, lastWorst := map[string]int{}, 0, 0
		for _, ticket := range s.desk.Tickets() {
			at := strings.Index(ticket.Subject, "Outage")
			if at < 0 {
				digests = append(digests, ticket)
				continue
			}
			alertname := ticket.Subject[at:][:len("Outage000")]
			own[alertname]++
			if place++; strings.HasSuffix(alertname, "0") {
				lastWorst = place
			}
		}
		if len(digests) != 1 || place != fired-ended {
			t.Fatalf("%d digest tickets and %d others, want 1 and %d", len(digests), place, fired-ended)
		}
		var text strings.Builder
		for _, thread := range digests[0].Threads {
			text.WriteString(thread.HTML)
		}
		for n := range fired {
			listed := strings.Count(text.String(), " "+name(n)+"<br>") - strings.Count(text.String(), ": "+name(n)+"<br>")
			switch {
			case n < ended && (own[name(n)] != 0 || listed != 1):
				t.Errorf("%s recovered: %d tickets of its own, %d times in the digest", name(n), own[name(n)], listed)
			case n >= ended && (own[name(n)] != 1 || listed != 0):
				t.Errorf("%s still fires: %d tickets of its own, %d times in the digest", name(n), own[name(n)], listed)
			}
		}
		// Sixteen workers may be busy when the desk is back, then they take the worst first; the
		// last of those share their turn with others.
		if most := (fired-ended)/10 + 2*16; lastWorst > most {
			t.Errorf("the last P1 was filed as number %d, want %d at the most", lastWorst, most)
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
	})
}

// The storm of a lifetime: 60,000 alerts within ten seconds. Its list is complete a minute after
// the last of them.
func TestAStormsListIsCompleteWithinSixtySecondsOfTheCalm(t *testing.T) {
	inFakeTimeAt(t, 5, 0, "{}", func(s *timeline) {
		const seconds, each = 10, 6000
		for second := range seconds {
			s.At(fmt.Sprintf("0:%02d", second))
			alerts := make([]string, each)
			for n := range alerts {
				alerts[n] = fmt.Sprintf(`{"labels":{"alertname":"Flood%05d","severity":"error"},"annotations":{},"startsAt":%q}`, second*each+n,
					s.day.Format(time.RFC3339))
			}
			s.post("/api/v2/alerts", "["+strings.Join(alerts, ",")+"]")
		}
		s.At("1:09")
		listed, own := map[string]int{}, 0
		for _, ticket := range s.desk.Tickets() {
			if !strings.Contains(ticket.Subject, "storm") {
				own++
				continue
			}
			for _, thread := range ticket.Threads {
				for _, mark := range regexp.MustCompile(`[0-9a-f]{16}\.1\b`).FindAllString(thread.HTML, -1) {
					if mark != ticket.Mark {
						listed[mark]++
					}
				}
			}
		}
		if own != 20 || len(listed) != seconds*each-own {
			t.Errorf("a minute after the calm %d tickets and %d entries stand for %d alerts", own, len(listed), seconds*each)
		}
		for mark, n := range listed {
			if n != 1 {
				t.Fatalf("%s is listed %d times", mark, n)
			}
		}
	})
}
