package brief_test

import (
	"strconv"
	"strings"
	"testing"

	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
)

// TestListsContinueUntilEveryMemberIsListed writes a storm's texts one after the other: each keeps to the desk's limit,
// and together they list every member once.
func TestListsContinueUntilEveryMemberIsListed(t *testing.T) {
	for _, most := range []int{0, 600, 10_000, 65_536} {
		waiting := make([]incident.Member, 700)
		for i := range waiting {
			waiting[i] = incident.Member{
				Incident: incident.Incident{Mark: alert.Mark{Key: alert.Key(i + 1), Generation: 1}, Title: "Disk " + strconv.Itoa(i)},
				Labels:   alert.Labels{{Name: "path", Value: strings.Repeat("long/", i%40)}}, Summary: strings.Repeat("full ", i%30),
			}
		}
		inc := incident.Incident{Mark: alert.Mark{Key: problem, Generation: 1}, Title: "Alert storm", Shared: storm.Storm, Severity: alert.P2,
			Ticket: filing.Ticket{State: filing.TicketNone}}
		listed := map[string]int{}
		for texts := 0; len(waiting) > 0; texts++ {
			now := brief.Fit(inc, waiting, most)
			if len(now) == 0 {
				t.Fatalf("most %d: text %d lists nobody", most, texts)
			}
			var text string
			if inc.Ticket.State == filing.TicketNone {
				_, text = brief.Shared(inc, brief.List(inc, now))
				inc.Ticket.State = filing.TicketFiled
			} else {
				inc.Fires++
				note := filing.New(inc.Mark, filing.KindNote, "list-"+strconv.Itoa(inc.Fires), "7", noon)
				text = brief.List(inc, now) + note.NoteMark()
			}
			if most > 0 && len(text) > most && len(now) > 1 {
				t.Errorf("most %d: text %d has %d bytes", most, texts, len(text))
			}
			for _, m := range now {
				if strings.Contains(text, m.Incident.Mark.String()+"\n") {
					listed[m.Incident.Mark.String()]++
				}
			}
			waiting = waiting[len(now):]
		}
		for mark, n := range listed {
			if n != 1 {
				t.Errorf("most %d: %s is listed %d times", most, mark, n)
			}
		}
		if len(listed) != 700 {
			t.Errorf("most %d: %d of 700 are listed", most, len(listed))
		}
	}
}
