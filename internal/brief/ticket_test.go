package brief_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/brief"
	"docket/internal/filing"
	"docket/internal/incident"
)

// The incident of the tests, the marks of its episodes, and when its first one begins.
const (
	problem alert.Key = 0x0123456789abcdef
	first             = "0123456789abcdef.1"
	second            = "0123456789abcdef.2"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// signal is a firing alert of the incident.
func signal(s alert.Severity) alert.Alert {
	return alert.Alert{Key: problem, Fingerprint: problem, Source: "prometheus", Severity: s, Title: "DiskFull",
		Status: alert.Firing, StartsAt: noon}
}

func TestBriefSaysFirstWhatAnOperatorNeeds(t *testing.T) {
	inc := incident.Incident{
		Mark: alert.Mark{Key: problem, Generation: 2}, State: incident.Recovered, Severity: alert.P1, Title: "DiskFull", Source: "prometheus",
		Link: "http://prometheus/graph", OpenedAt: noon, RecoveredAt: noon.Add(time.Hour), Fires: 2,
		Earlier: filing.Ticket{ID: "7", Number: "1007", URL: "http://desk/7"},
	}
	one := signal(alert.P1)
	one.ID, one.StartsAt = "abc", noon.Add(-time.Minute)
	one.Labels = alert.Labels{{Name: "alertname", Value: "DiskFull"}, {Name: "instance", Value: "db-1"}}
	one.Annotations = alert.Labels{{Name: "summary", Value: "The disk of db-1 is full"}}
	subject, body := brief.Ticket(inc, []alert.Alert{one}, 0)
	if want := "P1 DiskFull: The disk of db-1 is full [0123456789abcdef.2]"; subject != want {
		t.Errorf("the subject is %q, want %q", subject, want)
	}
	want := `DiskFull
The disk of db-1 is full

Severity: P1
Firing since: 2026-11-23 11:59:00 UTC
Recovered before this ticket could be filed: 2026-11-23 13:00:00 UTC
Fired again since: 2 times
Source: prometheus
Link: http://prometheus/graph
Earlier ticket (closed): #1007 http://desk/7

DiskFull (firing)
Labels:
  alertname: DiskFull
  instance: db-1
Annotations:
  summary: The disk of db-1 is full
  alert_id: abc

alert_key: 0123456789abcdef
Filed by Docket. Keep the mark: [0123456789abcdef.2]
`
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
}

func TestBriefListsManyAlertsAndCountsTheRest(t *testing.T) {
	alerts := make([]alert.Alert, 53)
	for i := range alerts {
		alerts[i] = signal(alert.P2)
		alerts[i].Title = "replica " + strconv.Itoa(i+1)
	}
	_, body := brief.Ticket(incident.Incident{Mark: alert.Mark{Key: problem, Generation: 1}, Title: "Replicas"}, alerts, 0)
	if !strings.Contains(body, "\nreplica 50 (firing)\n") || strings.Contains(body, "replica 51") ||
		!strings.Contains(body, "\nand 3 more alerts of the same problem\n") {
		t.Error(body)
	}
}

// A desk that takes less than we may write gets as many alerts as fit; the rest are counted, so that the mark stays.
func TestATicketListsAsManyAlertsAsItsDeskHasRoomFor(t *testing.T) {
	alerts := make([]alert.Alert, 40)
	for i := range alerts {
		alerts[i] = signal(alert.P2)
		alerts[i].Title = "replica " + strconv.Itoa(i+1)
		alerts[i].Annotations = alert.Labels{{Name: "description", Value: strings.Repeat("long ", 200)}}
	}
	inc := incident.Incident{Mark: alert.Mark{Key: problem, Generation: 1}, Title: "Replicas"}
	_, body := brief.Ticket(inc, alerts, 10_000)
	listed := strings.Count(body, " (firing)\n")
	if len(body) > 10_000 || listed < 8 || !strings.Contains(body, fmt.Sprintf("\nand %d more alerts of the same problem\n", 40-listed)) ||
		!strings.HasSuffix(body, "Keep the mark: ["+first+"]\n") {
		t.Errorf("%d bytes, %d alerts: %s", len(body), listed, body)
	}
	if _, body := brief.Ticket(inc, alerts, 100); strings.Count(body, " (firing)\n") != 1 {
		t.Errorf("the first alert is left out: %s", body)
	}
}

func TestLongSubjectIsCutBeforeTheMark(t *testing.T) {
	inc := incident.Incident{Mark: alert.Mark{Key: problem, Generation: 1}, Severity: alert.P2, Title: strings.Repeat("é", 400)}
	subject, _ := brief.Ticket(inc, nil, 0)
	if n := len([]rune(subject)); n != 250 || !strings.HasSuffix(subject, "é… ["+first+"]") {
		t.Errorf("%d runes: %q", n, subject)
	}
}

// Tickets are found by a search for the mark in subjects. An alert whose words name another
// incident's mark must not be taken for that one's ticket.
func TestSubjectNamesNoMarkButItsOwn(t *testing.T) {
	inc := incident.Incident{Mark: alert.Mark{Key: problem, Generation: 1}, Severity: alert.P2, Title: "see [" + second +
		"] and [[" + first + "]"}
	subject, body := brief.Ticket(inc, nil, 0)
	if want := "P2 see (" + second + ") and [(" + first + ") [" + first + "]"; subject != want {
		t.Errorf("the subject is %q, want %q", subject, want)
	}
	if !strings.Contains(body, inc.Title) {
		t.Errorf("the body lost the title:\n%s", body)
	}
}
