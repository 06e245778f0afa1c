package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
	"docket/internal/query"
)

// ask sends a request that must be answered with a status.
func (p *process) ask(method, path, body string, want int) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		p.t.Fatalf("%s %s: %s, want %d", method, path, resp.Status, want)
	}
}

// deeds are the audit entries of one action.
func (p *process) deeds(action string) []query.AuditRow {
	p.t.Helper()
	var rows []query.AuditRow
	p.get("/api/v1/audit?limit=1000&action="+action, &rows)
	return rows
}

func TestEachDeedHasItsOwnAuditAction(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yaml(time.Second) +
			"surfaces: [{name: gone, every: 1s, severity: P4, probe: {tcp: {address: '127.0.0.1:1'}}}]\n"})
		eventually(t, 20*time.Second, "the tile is down", func() bool { return p.tiles()["gone"] == "down" })
		p.ask(http.MethodPost, "/console/status/gone/investigate", "", http.StatusOK)
		p.setFiling(false)
		p.setFiling(true)
		p.mustPost("/api/v2/silences",
			`{"matchers":[{"name":"team","value":"quiet","isRegex":false,"isEqual":true}],"startsAt":"2026-01-01T00:00:00Z",`+
				`"endsAt":"2126-01-01T00:00:00Z","createdBy":"ann","comment":"a drill"}`)
		var silences []struct{ ID string }
		p.get("/api/v2/silences", &silences)
		p.ask(http.MethodDelete, "/api/v2/silence/"+silences[0].ID, "", http.StatusOK)
		p.mustPost("/api/v1/doctor", "{}")
		p.mustPost(hook, webhook("firing", "Lost"))
		f.oneTicketEach(t, 30*time.Second, []string{"Lost"})
		p.settled(20 * time.Second)
		for _, ticket := range f.Tickets() {
			if strings.Contains(ticket.Subject, " Lost:") {
				f.Lose(ticket.ID)
			}
		}
		// A ticket that was filed a moment ago may be missing from a list that is behind.
		eventually(t, 30*time.Second, "it is filed again", func() bool {
			p.mustPost("/api/v1/reconcile", "{}")
			return len(p.deeds("console.tickets.refiled")) > 0
		})
		p.settled(20 * time.Second)
		for action, n := range map[string]int{
			"console.status.investigate": 1, "console.status.ticket_filed": 1, "console.flags.changed": 2, "console.silences.created": 1,
			"console.silences.expired": 1, "console.doctor.run": 1, "console.reconcile.repaired": 1, "console.tickets.refiled": 1,
			"console.alerts.ticket_filed": 1,
		} {
			rows := p.deeds(action)
			if len(rows) != n {
				t.Errorf("%s stands there %d times, want %d", action, len(rows), n)
			}
			for _, row := range rows {
				if kind, name, _ := strings.Cut(row.Actor, ":"); kind == "" || name == "" || row.CreatedAt.IsZero() || len(row.Payload) == 0 {
					t.Errorf("%s does not say who, when or what: %+v", action, row)
				}
			}
		}
	})
}

func TestTheLogSaysEachEmitAndEachNewKeyOnceAndNothingOfAHit(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yaml(time.Second)})
		mild := func(status string) string {
			return strings.ReplaceAll(webhook(status, "Mild"), `"critical"`, `"warning"`)
		}
		for range 3 {
			p.mustPost(hook, webhook("firing", "Loud"))
			p.mustPost(hook, mild("firing"))
		}
		f.oneTicketEach(t, 30*time.Second, []string{"Loud"})
		p.mustPost(hook, webhook("resolved", "Loud"))
		p.mustPost(hook, mild("resolved"))
		p.settled(20 * time.Second)
		count := func(pattern string) int { return len(regexp.MustCompile(pattern).FindAllString(p.log.String(), -1)) }
		for pattern, n := range map[string]int{
			`level=INFO msg="alert_aggregator emit" status=firing .*title=Loud`:    1,
			`level=INFO msg="alert_aggregator emit" status=recovered .*title=Loud`: 1,
			`alert_aggregator emit.*title=Mild`:                                    0,
			`level=INFO msg=auto_ticket .*title=Loud`:                              1,
			`msg=auto_ticket .*title=Mild`:                                         0, // No ticket: nothing automatic about it.
			`level=INFO msg=ticket_filed .*title=Loud.*ticket_url=`:                1,
			`ticket_filed.*title=Mild`:                                             0,
			`level=(WARNING|ERROR)`:                                                0,
		} {
			if got := count(pattern); got != n {
				t.Errorf("%d lines are %s, want %d:\n%s", got, pattern, n, p.log)
			}
		}
	})
}

func TestTheAuditLogHasOneTicketFiledForEachIncidentInAStormAndInADigest(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yamlWith(time.Second, "{storm: {limit: 2, per: 10s}}")})
		stormy := names("Storm", 12)
		p.mustPost(hook, strings.ReplaceAll(webhook("firing", stormy...), `"critical"`, `"error"`))
		eventually(t, 60*time.Second, "every alert is listed", func() bool { return len(f.listings()) == len(stormy) })
		p.mustPost(hook, strings.ReplaceAll(webhook("resolved", stormy...), `"critical"`, `"error"`))
		eventually(t, 60*time.Second, "the storm is over", func() bool {
			return slices.ContainsFunc(f.Tickets(), func(ticket fakedesk.Ticket) bool {
				return strings.Contains(ticket.Subject, "storm") && strings.Contains(ticket.Threads[len(ticket.Threads)-1].HTML, "Over: Alert storm")
			})
		})
		p.settled(20 * time.Second)

		missed := []string{"Missed1", "Missed2"}
		f.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		p.mustPost(hook, webhook("firing", missed...))
		eventually(t, 60*time.Second, "the desk is known to be away",
			func() bool { return strings.Contains(p.log.String(), "freescout degraded") })
		p.mustPost(hook, webhook("resolved", missed...))
		f.Clear()
		all := append(slices.Clone(stormy), missed...)
		eventually(t, 120*time.Second, "what was missed is listed", func() bool { return len(f.listings()) == len(all) })
		p.settled(30 * time.Second)

		each := map[string]int{}
		for _, row := range p.deeds("console.alerts.ticket_filed") {
			each[fmt.Sprint(row.Payload["alert_key"])]++
			for _, field := range []string{"alert_key", "severity", "ticket_id", "ticket_url"} {
				if row.Payload[field] == nil {
					t.Errorf("row %d lacks %s", row.ID, field)
				}
			}
		}
		var incidents []query.IncidentRow
		p.get("/api/v1/incidents?limit=1000", &incidents)
		alerts := 0
		for _, inc := range incidents {
			if !strings.HasPrefix(inc.Title, "Storm") && !strings.HasPrefix(inc.Title, "Missed") {
				continue
			}
			alerts++
			if n := each[inc.AlertKey]; n != 1 {
				t.Errorf("%s has %d rows", inc.Title, n)
			}
		}
		if alerts != len(all) {
			t.Errorf("%d incidents of %d alerts", alerts, len(all))
		}
	})
}

func TestASurfacesAlertAndInvestigateAreOneIncidentWithBothTags(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yaml(time.Second) +
			"surfaces: [{name: gone, title: Gone, every: 1s, severity: P2, probe: {tcp: {address: '127.0.0.1:1'}}}]\n"})
		eventually(t, 30*time.Second, "the tile's alert has its ticket", func() bool { return len(f.Tickets()) == 1 })
		p.ask(http.MethodPost, "/console/status/gone/investigate", "", http.StatusOK)
		p.settled(20 * time.Second)
		tickets := f.Tickets()
		if len(tickets) != 1 || !slices.Contains(tickets[0].Tags, "auto:alert") || !slices.Contains(tickets[0].Tags, "auto:status") {
			t.Errorf("%d tickets, the first tagged %v", len(tickets), tickets[0].Tags)
		}
		var incidents []query.IncidentRow
		if p.get("/api/v1/incidents", &incidents); len(incidents) != 1 {
			t.Errorf("%d incidents", len(incidents))
		}
	})
}

func TestABacklogAfterAnOutageIsNoStorm(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yamlWith(time.Second, "{storm: {limit: 3, per: 2s}}")})
		f.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		all := names("Backlog", 9)
		// Two in two seconds are no storm when they open, nine at once are when they are filed.
		for part := range slices.Chunk(all, 2) {
			p.mustPost(hook, strings.ReplaceAll(webhook("firing", part...), `"critical"`, `"error"`))
			opened := time.Now()
			eventually(t, patience, "the storm's span is over", func() bool { return time.Since(opened) > 2500*time.Millisecond })
		}
		f.Clear()
		f.oneTicketEach(t, 90*time.Second, all)
		p.settled(20 * time.Second)
		if n := len(f.Tickets()); n != len(all) {
			t.Errorf("%d tickets, want one for each of %d", n, len(all))
		}
	})
}

func TestTheDoctorsVerdictIsItsExitCode(t *testing.T) {
	notInShort(t)
	s := newShell(t)
	s.must("migrate")
	if a := s.run("doctor"); a.code != exitWarnings || !strings.Contains(a.out, "no_server") {
		t.Errorf("without a server: exit %d\n%s%s", a.code, a.out, a.err)
	}
	stop := s.serve()
	s.must("send", "--title", "Heard", "--severity", "P5")
	if a := s.run("doctor"); a.code != exitOK {
		t.Errorf("with one that is well: exit %d\n%s%s", a.code, a.out, a.err)
	}
	stop()
	writeFile(t, s.env["DOCKET_CONFIG"], "freescout: {api_url: 'http://127.0.0.1:1', api_key: key, mailbox_id: 1}\n")
	if a := s.run("doctor", "--json"); a.code != exitErrors || !strings.Contains(a.out, `"verdict"`) {
		t.Errorf("with a desk that is not there: exit %d\n%s%s", a.code, a.out, a.err)
	}
}

// A desk whose clock is wrong: what people do there is noticed all the same, and nothing is doubled.
func TestADeskWhoseClockIsWrongIsWatchedAllTheSame(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"ahead": 10 * time.Minute, "behind": -10 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, url string) {
				f := newFreeScout(t, fakedesk.Options{Ahead: ahead})
				p := start(t, setup{database: url, yaml: f.yaml(time.Second)})
				alerts := names("Clock", 3)
				p.mustPost(hook, webhook("firing", alerts...))
				f.oneTicketEach(t, 30*time.Second, alerts)
				p.settled(20 * time.Second)
				var rows []query.IncidentRow
				closed := func() (n int) {
					p.get("/api/v1/incidents", &rows)
					for _, row := range rows {
						if row.Ticket != nil && row.Ticket.State == "closed" {
							n++
						}
					}
					return n
				}
				f.CloseTicket(f.Tickets()[0].ID)
				f.CloseTicket(f.Tickets()[1].ID)
				eventually(t, time.Minute, "a person's closes are noticed", func() bool { return closed() == 2 })
				p.mustPost(hook, webhook("firing", alerts...))
				p.mustPost("/api/v1/reconcile", "{}")
				p.settled(20 * time.Second)
				f.oneTicketEach(t, time.Second, alerts)
			})
		})
	}
}

func TestEachEntryOfASharedTicketHasItsTitleLabelsAndMark(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yamlWith(time.Second, "{storm: {limit: 1, per: 1m}}")})
		alerts := names("Shared", 4)
		p.mustPost(hook, strings.ReplaceAll(webhook("firing", alerts...), `"critical"`, `"error"`))
		eventually(t, 60*time.Second, "every alert is listed", func() bool { return len(f.listings()) == len(alerts) })
		var text string
		for _, ticket := range f.Tickets() {
			if strings.Contains(ticket.Subject, "storm") {
				for _, thread := range ticket.Threads {
					text += thread.HTML
				}
			}
		}
		var incidents []query.IncidentRow
		p.get("/api/v1/incidents", &incidents)
		listed := 0
		for _, inc := range incidents {
			if !strings.HasPrefix(inc.Title, "Shared") || !strings.Contains(text, inc.ID) {
				continue
			}
			listed++
			for _, part := range []string{inc.Title, "alertname: " + inc.Title, "team: shop"} {
				if !strings.Contains(text, part) {
					t.Errorf("the entry of %s lacks %q", inc.ID, part)
				}
			}
		}
		if listed != 3 {
			t.Errorf("%d of the storm's three stand in its ticket with their marks", listed)
		}
	})
}

func TestAClickThatTheDeskKeepsWaitingIsDegradedAfterFiveSecondsWithItsIncident(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		f.Order(fakedesk.Fault{Kind: fakedesk.LateAnswer, On: fakedesk.OpCreate, Delay: 12 * time.Second, Times: 1})
		p := start(t, setup{database: url, yaml: f.yaml(time.Second) +
			"surfaces: [{name: gone, every: 1s, severity: P4, probe: {tcp: {address: '127.0.0.1:1'}}}]\n"})
		eventually(t, 20*time.Second, "the tile is down", func() bool { return p.tiles()["gone"] == "down" })
		began := time.Now()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/console/status/gone/investigate", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var got struct {
			Degraded          bool
			Incident, Message string
		}
		if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); resp.StatusCode != http.StatusOK || !got.Degraded || got.Message == "" ||
			took < 4*time.Second || took > 10*time.Second {
			t.Errorf("%s after %s: %+v", resp.Status, took, got)
		}
		var incidents []query.IncidentRow
		p.get("/api/v1/incidents", &incidents)
		if len(incidents) != 1 || got.Incident != incidents[0].ID {
			t.Errorf("it names incident %q of %+v", got.Incident, incidents)
		}
		eventually(t, 30*time.Second, "its ticket is filed", func() bool { return len(p.deeds("console.status.ticket_filed")) == 1 })
		if n := len(f.Tickets()); n != 1 {
			t.Errorf("%d tickets", n)
		}
	})
}
