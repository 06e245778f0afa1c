package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/github/fakegithub"
	"docket/internal/store/storetest"
)

// fake is a fake help desk: what was really done there, and what is to go wrong from now on.
type fake interface {
	// name is the desk's kind; section its part of docket.yaml.
	name() string
	section(waitOut time.Duration) string
	// filed are the tickets that are there now; made counts those ever made, by mark.
	filed() []filedTicket
	made() map[string]int
	// asked counts the requests that came in, and those of them that were to make a ticket.
	asked() (all, creates int)
	// goAway makes everything answer 503; keepCreatesSecret makes tickets and never says so; both until comeBack.
	goAway()
	keepCreatesSecret()
	comeBack()
}

// filedTicket is a ticket as it truly is: texts are its body and its notes.
type filedTicket struct {
	mark, subject string
	texts         []string
}

// helpDesk is a fake help desk with the checks that hold at every desk.
type helpDesk struct{ fake }

// slowness is what the fakes have in common: how long a create takes, and how old a ticket is before it can be found.
type slowness struct{ create, search time.Duration }

// fakeDesks are the help desks that are out of the house.
var fakeDesks = []struct {
	name string
	open func(t testing.TB, s slowness) helpDesk
}{
	{"freescout", func(t testing.TB, s slowness) helpDesk {
		return newFreeScout(t, fakedesk.Options{CreateDelay: s.create, SearchLag: s.search}).helpDesk
	}},
	{"github", func(t testing.TB, s slowness) helpDesk {
		return newGitHub(t, fakegithub.Options{CreateDelay: s.create, SearchLag: s.search, ListLag: s.search})
	}},
}

// onEachDesk runs a case at every desk and on both databases, all of them side by side.
func onEachDesk(t *testing.T, s slowness, test func(t *testing.T, url string, f helpDesk)) {
	t.Helper()
	notInShort(t)
	t.Parallel()
	for _, desk := range fakeDesks {
		for _, engine := range storetest.Engines {
			t.Run(desk.name+"/"+engine, func(t *testing.T) {
				t.Parallel()
				test(t, storetest.URL(t, engine), desk.open(t, s))
			})
		}
	}
}

// yaml is a configuration that files into it, each incident its own ticket.
func (f helpDesk) yaml(waitOut time.Duration) string {
	return f.yamlWith(waitOut, "{storm: {limit: 0}}")
}

func (f helpDesk) yamlWith(waitOut time.Duration, policies string) string {
	return fmt.Sprintf("desk: %s\n%spolicies: %s\n", f.name(), f.section(waitOut), policies)
}

// marksIn are the marks of first episodes in a text. It is asked for many times a second, about megabytes.
func marksIn(text string) []string {
	var marks []string
	for from := 0; ; {
		at := strings.Index(text[from:], ".1")
		if at < 0 {
			return marks
		}
		dot := from + at
		from = dot + len(".1")
		wordGoesOn := from < len(text) && (text[from] >= '0' && text[from] <= '9' || text[from] >= 'a' && text[from] <= 'z')
		if dot < 16 || wordGoesOn {
			continue
		}
		if m, err := alert.ParseMark(text[dot-16 : from]); err == nil {
			marks = append(marks, m.String())
		}
	}
}

// listings counts, for each mark, the tickets and notes that stand for it: a ticket of its
// own, or an entry in a shared one.
func (f helpDesk) listings() map[string]int {
	by := map[string]int{}
	for _, ticket := range f.filed() {
		shared := strings.Contains(ticket.subject, "storm") || strings.Contains(ticket.subject, "desk was unreachable")
		if !shared {
			by[ticket.mark]++
			continue
		}
		for _, text := range ticket.texts {
			for _, mark := range marksIn(text) {
				if mark != ticket.mark {
					by[mark]++
				}
			}
		}
	}
	return by
}

// eachListedOnce checks that every alert stands in exactly one ticket, once.
func (f helpDesk) eachListedOnce(t testing.TB, alerts []string) {
	t.Helper()
	all := f.listings()
	if len(all) != len(alerts) {
		t.Errorf("%d alerts stand in tickets, want %d", len(all), len(alerts))
	}
	for mark, n := range all {
		if n != 1 {
			t.Errorf("%s stands in tickets %d times", mark, n)
		}
	}
}

// oneTicketEach waits until every alert has its ticket, then checks that none has two,
// neither now nor ever made.
func (f helpDesk) oneTicketEach(t testing.TB, within time.Duration, alerts []string) {
	t.Helper()
	count := func() map[string]int {
		by := map[string]int{}
		for _, ticket := range f.filed() {
			for _, name := range alerts {
				if strings.Contains(ticket.subject, " "+name+":") {
					by[name]++
				}
			}
		}
		return by
	}
	eventually(t, within, "every alert has a ticket", func() bool { return len(count()) == len(alerts) })
	for name, n := range count() {
		if n != 1 {
			t.Errorf("alert %s has %d tickets", name, n)
		}
	}
	for mark, n := range f.made() {
		if n != 1 {
			t.Errorf("mark %s was created %d times", mark, n)
		}
	}
}

// webhook is an Alertmanager notification of alerts of one group.
func webhook(status string, names ...string) string {
	var alerts []string
	for _, name := range names {
		starts, ends := "2026-11-23T09:00:00Z", "0001-01-01T00:00:00Z"
		if status == "resolved" {
			ends = time.Now().UTC().Format(time.RFC3339Nano)
		}
		alerts = append(alerts,
			fmt.Sprintf(`{"status":%q,"labels":{"alertname":%q,"severity":"critical","team":"shop"},"annotations":{"summary":"%s is broken"},`+
				`"startsAt":%q,"endsAt":%q,"generatorURL":"http://prometheus.example.org/graph"}`, status, name, name, starts, ends))
	}
	return fmt.Sprintf(`{"version":"4","groupKey":"{}:{}","truncatedAlerts":0,"status":%q,"receiver":"docket","groupLabels":{},`+
		`"commonLabels":{},"commonAnnotations":{},"externalURL":"http://am.example.org","alerts":[%s]}`, status, strings.Join(alerts, ","))
}

// names makes n alert names.
func names(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%03d", prefix, i)
	}
	return all
}
