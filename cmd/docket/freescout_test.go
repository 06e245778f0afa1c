package main

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// freescout is a fake FreeScout on loopback.
type freescout struct {
	*fakedesk.Server
	url string
}

func newFreeScout(t testing.TB, o fakedesk.Options) *freescout {
	t.Helper()
	o.APIKey = "test-key"
	f := fakedesk.New(o)
	server := httptest.NewServer(f)
	t.Cleanup(func() {
		f.Close()
		server.CloseClientConnections()
		server.Close()
	})
	return &freescout{f, server.URL}
}

// yaml is a configuration that files into it, each incident its own ticket.
func (f *freescout) yaml(waitOut time.Duration) string {
	return f.yamlWith(waitOut, "{storm: {limit: 0}}")
}

func (f *freescout) yamlWith(waitOut time.Duration, policies string) string {
	return fmt.Sprintf("desk: freescout\nfreescout: {api_url: %q, api_key: test-key, mailbox_id: 1, rate: 100000, wait_out: %s}\npolicies: "+
		"%s\n", f.url, waitOut, policies)
}

var markInText = regexp.MustCompile(`[0-9a-f]{16}\.1\b`)

// listings counts, for each mark, the tickets and notes that stand for it: a ticket of its
// own, or an entry in a shared one.
func (f *freescout) listings() map[string]int {
	by := map[string]int{}
	for _, ticket := range f.Tickets() {
		shared := strings.Contains(ticket.Subject, "storm") || strings.Contains(ticket.Subject, "desk was unreachable")
		if !shared {
			by[ticket.Mark]++
			continue
		}
		for _, thread := range ticket.Threads {
			for _, mark := range markInText.FindAllString(thread.HTML, -1) {
				if mark != ticket.Mark {
					by[mark]++
				}
			}
		}
	}
	return by
}

// eachListedOnce checks that every alert stands in exactly one ticket, once.
func (f *freescout) eachListedOnce(t testing.TB, alerts []string) {
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

// oneTicketEach waits until every alert has its ticket, then checks that none has two,
// neither now nor ever made.
func (f *freescout) oneTicketEach(t testing.TB, within time.Duration, alerts []string) {
	t.Helper()
	count := func() map[string]int {
		by := map[string]int{}
		for _, ticket := range f.Tickets() {
			for _, name := range alerts {
				if strings.Contains(ticket.Subject, " "+name+":") {
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
	for mark, n := range f.Stats().Creates {
		if n != 1 {
			t.Errorf("mark %s was created %d times", mark, n)
		}
	}
}
