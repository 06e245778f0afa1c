package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docket/internal/await"
	"docket/internal/desk/fakedesk"
	"docket/internal/notify/fakeslack"
)

// story is one on whose way the program comes to failpoints.
type story struct {
	points []string
	// from is how many times each point is passed first: a start passes some.
	from int
	// deep is how many times more each is surely come to, 0 for once.
	deep int
	// takes is about how many seconds a kill costs, to begin with the longest.
	takes int
	// policies are the configuration's; slack adds people to be told.
	policies string
	slack    bool
	alerts   []string
	// play runs with the armed program, after with its successor.
	play, after func(w *world)
	// check waits for the end and looks at it.
	check func(w *world)
}

// world is one desk, one database, and the program that dies between them.
type world struct {
	t     *testing.T
	f     *freescout
	slack *fakeslack.Server
	setup setup
	p     *process
	scene story
	// owed is what was not answered with 200, in order: its sender sends it again.
	owed []sending
}

type sending struct{ path, body string }

func newWorld(t *testing.T, s story, with setup) *world {
	t.Helper()
	w := &world{t: t, f: newFreeScout(t, fakedesk.Options{}), setup: with, scene: s}
	w.setup.yaml = w.f.yamlWith(time.Second, cmpOr(s.policies, "{storm: {limit: 0}}"))
	if s.slack {
		w.slack = fakeslack.New("xoxb-test", "U0123ABCD")
		server := httptest.NewServer(w.slack)
		t.Cleanup(server.Close)
		w.setup.yaml += fmt.Sprintf("slack: {token: xoxb-test, users: [U0123ABCD], api_url: %q}\n", server.URL+"/")
	}
	return w
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// send sends a body; without a 200 it stays owed, as any sender has it.
func (w *world) send(path, body string) {
	status, _, err := post(w.p.url+path, body)
	if err != nil || status != http.StatusOK {
		w.owed = append(w.owed, sending{path, body})
	}
}

// tell sends each alert by itself.
func (w *world) tell(status string, alerts ...string) {
	for _, name := range alerts {
		w.send(hook, webhook(status, name))
	}
}

// sendAgain sends what is owed until it is taken.
func (w *world) sendAgain() {
	w.t.Helper()
	for _, s := range w.owed {
		w.p.mustPost(s.path, s.body)
	}
	w.owed = nil
}

// until waits until a condition holds or the program is gone.
func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	await.Unless(w.t, w.p.gone, killWithin, what, holds)
}

// filed waits for a ticket of each alert, tagged, which is the last thing that filing does.
func (w *world) filed() {
	w.t.Helper()
	w.until("every alert is filed and tagged", func() bool {
		tagged := 0
		for _, ticket := range w.f.Tickets() {
			if len(ticket.Tags) > 0 {
				tagged++
			}
		}
		return tagged >= len(w.scene.alerts)
	})
}

// oneEach is what most scenes must end with: one ticket for each alert, ever.
func oneEach(w *world) {
	w.t.Helper()
	w.f.oneTicketEach(w.t, drainWithin, w.scene.alerts)
	w.p.settled(drainWithin)
	w.f.oneTicketEach(w.t, time.Second, w.scene.alerts)
	filedOnce(w.t, w.p, len(w.scene.alerts))
}

// notesOf counts, over all tickets, the notes that hold a text.
func (w *world) notesOf(text string) (least, most int) {
	least = -1
	for _, ticket := range w.f.Tickets() {
		n := 0
		for _, thread := range ticket.Threads {
			if strings.Contains(thread.HTML, text) {
				n++
			}
		}
		if least < 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	return least, most
}

// recover files, then ends the alerts.
func recoverAll(w *world) {
	w.tell("firing", w.scene.alerts...)
	w.filed()
	w.tell("resolved", w.scene.alerts...)
}

// stillResolved ends in the successor what the armed program did not live to hear.
func stillResolved(w *world) {
	w.f.oneTicketEach(w.t, drainWithin, w.scene.alerts)
	w.tell("resolved", w.scene.alerts...)
}

func fire(w *world) { w.tell("firing", w.scene.alerts...) }

// scenes are all stories.
func scenes() []story {
	many, few := names("Kill", 5), names("Kill", 2)
	return []story{
		{
			points: []string{
				"web-body-read", "web-before-answer", "intake-before-keeping", "intake-kept",
				"ledger-before-transaction", "ledger-locked", "ledger-loaded", "ledger-decided", "ledger-alerts-saved",
				"ledger-incidents-saved", "ledger-effects-saved",
				"ledger-jobs-saved", "ledger-audit-saved", "ledger-committed", "ledger-before-log", "ledger-before-answer",
				"queue-job-begun", "queue-job-performed", "courier-job-taken", "courier-before-find", "courier-after-find",
				"courier-started-file", "courier-before-file",
				"courier-after-file", "courier-answered-sent", "courier-before-readback", "courier-after-readback", "courier-answered-confirmed",
				"courier-before-tag", "courier-after-tag",
			},
			deep: 5, takes: 40, alerts: many, play: fire, check: oneEach,
		},
		{
			points: []string{"store-before-commit", "store-committed"},
			from:   8, deep: 5, takes: 40, alerts: many, play: fire, check: oneEach,
		},
		{
			points: []string{"migrate-before", "migrate-between", "migrate-done", "queue-before-start"},
			takes:  5, alerts: few, play: fire, after: fire, check: oneEach,
		},
		{
			points: []string{"courier-started-note", "courier-before-note", "courier-after-note"},
			deep:   2, takes: 50, alerts: few, play: recoverAll, after: stillResolved,
			check: func(w *world) {
				oneEach(w)
				if least, most := w.notesOf("/recovered-"); least != 1 || most != 1 {
					w.t.Errorf("tickets have between %d and %d notes of the recovery, want one each", least, most)
				}
			},
		},
		{
			points: []string{"courier-started-close", "courier-before-close", "courier-after-close"},
			deep:   2, takes: 45, policies: "{storm: {limit: 0}, on_recovery: close}", alerts: few, play: recoverAll, after: stillResolved,
			check: func(w *world) {
				oneEach(w)
				for _, ticket := range w.f.Tickets() {
					if ticket.Status != "closed" {
						w.t.Errorf("ticket %d is %s, want it closed after the recovery", ticket.Number, ticket.Status)
					}
				}
			},
		},
		{
			// Created, and the answer lost: a look finds it.
			points: []string{"courier-answered-unknown", "courier-before-look", "courier-after-look", "courier-answered-found"},
			deep:   2, takes: 45, alerts: few,
			play: func(w *world) {
				w.f.Order(fakedesk.Fault{Kind: fakedesk.CutAfterCommit, On: fakedesk.OpCreate, Times: 2})
				fire(w)
			},
			check: oneEach,
		},
		{
			// Not created, and the answer lost: a look does not find it.
			points: []string{"courier-answered-not_found"},
			deep:   2, takes: 45, alerts: few,
			play: func(w *world) {
				w.f.Order(fakedesk.Fault{Kind: fakedesk.CutBeforeCommit, On: fakedesk.OpCreate, Times: 2})
				fire(w)
			},
			check: oneEach,
		},
		{
			// The desk is away, and what recovers meanwhile goes into a digest.
			points: []string{"courier-answered-not_sent", "outage-before-begin", "outage-before-check", "outage-after-check",
				"outage-before-end", "courier-missed"},
			takes: 60, alerts: names("Kill", 4), policies: "{storm: {limit: 0}}",
			play: func(w *world) {
				w.f.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
				w.tell("firing", w.scene.alerts...)
				w.until("the outage is known", func() bool {
					return w.f.Stats().Requests[fakedesk.OpFind] >= 3
				})
				w.tell("resolved", w.scene.alerts[:2]...)
				w.f.Clear()
			},
			after: func(w *world) { w.f.Clear(); w.tell("firing", w.scene.alerts[2:]...) },
			check: listedOnce,
		},
		{
			points: []string{"ledger-gathered", "ledger-telling-members"},
			deep:   2, takes: 45, policies: "{storm: {limit: 2, per: 20s}}", alerts: names("Kill", 6),
			play: func(w *world) {
				for _, name := range w.scene.alerts {
					w.send(hook, strings.ReplaceAll(webhook("firing", name), `"critical"`, `"error"`))
				}
			},
			check: listedOnce,
		},
		{
			points: []string{"intake-due-found", "intake-due-decided"},
			takes:  10, policies: "{storm: {limit: 0}, hold: 1s}", alerts: few, play: fire, check: oneEach,
		},
		{
			points: []string{"intake-before-ending"},
			takes:  10, alerts: few, check: oneEach,
			play: func(w *world) {
				for _, name := range w.scene.alerts {
					w.send("/api/v2/alerts",
						fmt.Sprintf(`[{"labels":{"alertname":%q,"severity":"critical","team":"shop"},"annotations":{"summary":"%s is broken"},"endsAt":%q}]`,
							name, name, time.Now().Add(2*time.Second).UTC().Format(time.RFC3339Nano)))
				}
			},
		},
		{
			points: []string{"watch-before-list", "watch-before-telling", "watch-before-cursor"},
			takes:  5, alerts: few, play: fire, after: fire, check: oneEach,
		},
		{
			points: []string{"herald-before-call", "herald-after-call"},
			deep:   2, takes: 30, slack: true, alerts: few, play: fire,
			check: func(w *world) {
				oneEach(w)
				eventually(w.t, drainWithin, "people are told of every alert", func() bool {
					told := map[string]bool{}
					for _, m := range w.slack.Messages() {
						for _, name := range w.scene.alerts {
							told[name] = told[name] || strings.Contains(m.Text, name)
						}
					}
					return told[w.scene.alerts[0]] && told[w.scene.alerts[1]]
				})
			},
		},
	}
}

// listedOnce is oneEach where alerts may share a ticket.
func listedOnce(w *world) {
	w.t.Helper()
	eventually(w.t, drainWithin, "every alert stands in a ticket", func() bool { return len(w.f.listings()) == len(w.scene.alerts) })
	w.p.settled(drainWithin)
	w.f.eachListedOnce(w.t, w.scene.alerts)
	for mark, n := range w.f.Stats().Creates {
		if n != 1 {
			w.t.Errorf("mark %s was created %d times", mark, n)
		}
	}
}
