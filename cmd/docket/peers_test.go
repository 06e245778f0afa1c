package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
	"docket/internal/store/storetest"
)

// These are the cases in which other ticketers were measured to double or lose tickets
// (docs/performance.md names them): the real program, a real database, a FreeScout that
// misbehaves as ordered. Nothing may be doubled and nothing lost.

// onBoth runs a case on both databases, all of them side by side.
func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	notInShort(t)
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, storetest.URL(t, engine))
		})
	}
}

const hook = "/hooks/alertmanager"

// sameAtOnce sends each alert's notification several times at once.
func sameAtOnce(t *testing.T, url string, copies int, create time.Duration) {
	f := newFreeScout(t, fakedesk.Options{CreateDelay: create})
	p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
	alerts := names("Same", 20)
	for _, name := range alerts {
		together(t, copies, func(int) error { return sent(p.url+hook, webhook("firing", name)) })
	}
	f.oneTicketEach(t, 60*time.Second, alerts)
	p.settled(30 * time.Second)
	f.oneTicketEach(t, time.Second, alerts)
}

func TestTheSameAlertThreeTimesAtOnceIsOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) { sameAtOnce(t, url, 3, 200*time.Millisecond) })
}

func TestTheSameAlertTenTimesAtOnceIsOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) { sameAtOnce(t, url, 10, 200*time.Millisecond) })
}

func TestTheSameAlertTenTimesAtOnceAtAFastDeskIsOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) { sameAtOnce(t, url, 10, 0) })
}

func TestRepeatsWhileTheDesksSearchLagsAreOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{SearchLag: 2 * time.Second})
		p := start(t, setup{database: url, yaml: f.yaml(4 * time.Second)})
		alerts := names("Lag", 20)
		for range 3 {
			for _, name := range alerts {
				p.mustPost(hook, webhook("firing", name))
			}
		}
		f.oneTicketEach(t, 30*time.Second, alerts)
		p.settled(30 * time.Second)
		f.oneTicketEach(t, time.Second, alerts)
	})
}

// repeating sends the same notifications each second at the tests' pace, as an Alertmanager
// with a group_interval of 1 s does that never gets a success.
func repeating(p *process, bodies []string, times int) {
	p.t.Helper()
	tick := time.NewTicker(paced(time.Second))
	defer tick.Stop()
	for range times {
		for _, body := range bodies {
			p.mustPost(hook, body)
		}
		<-tick.C
	}
}

// paceable runs the program whose time-outs keep the tests' pace.
func paceable(t *testing.T, s setup) setup {
	t.Helper()
	program(t) // Makes builtDir.
	path, err := deadly()
	if err != nil {
		t.Fatal(err)
	}
	s.program, s.env = path, append(s.env, hurried())
	return s
}

func slowCreate(t *testing.T, url string, create time.Duration, waitOut time.Duration) {
	f := newFreeScout(t, fakedesk.Options{CreateDelay: create})
	p := start(t, paceable(t, setup{database: url, yaml: f.yaml(waitOut)}))
	alerts := names("Slow", 20)
	var bodies []string
	for _, name := range alerts {
		bodies = append(bodies, webhook("firing", name))
	}
	repeating(p, bodies, 5)
	f.oneTicketEach(t, 150*time.Second, alerts)
	p.settled(90 * time.Second)
	f.oneTicketEach(t, time.Second, alerts)
}

func TestRepeatsDuringACreateOfFifteenSecondsAreOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) { slowCreate(t, url, paced(15*time.Second), paced(20*time.Second)) })
}

func TestRepeatsDuringACreateOfTwentySecondsAreOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) { slowCreate(t, url, paced(20*time.Second), paced(25*time.Second)) })
}

func TestACreateSlowerThanItsTimeoutIsOneTicket(t *testing.T) {
	// 28 s is longer than a create may take (25 s): its answer is lost, its ticket is made
	// after we gave up, and only the look after the wait-out finds it.
	onBoth(t, func(t *testing.T, url string) {
		slowCreate(t, url, paced(28*time.Second), max(time.Second, paced(6*time.Second)))
	})
}

// twoSenders are two Alertmanagers that tell the same at the same time.
func twoSenders(t *testing.T, urls []string, f *freescout, stagger time.Duration) {
	alerts := names("Pair", 50)
	for _, name := range alerts {
		first := time.Now()
		together(t, len(urls), func(i int) error {
			if i > 0 && stagger > 0 {
				until := time.NewTimer(stagger - time.Since(first)) // By how much gossip lags.
				<-until.C
			}
			return sent(urls[i]+hook, webhook("firing", name))
		})
	}
	f.oneTicketEach(t, 120*time.Second, alerts)
}

func TestTwoUnclusteredSendersAreOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		twoSenders(t, []string{p.url, p.url}, f, 0)
		p.settled(30 * time.Second)
	})
}

func TestTwoSendersAtASlowDeskAreOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{CreateDelay: 200 * time.Millisecond})
		p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		twoSenders(t, []string{p.url, p.url}, f, 0)
		p.settled(30 * time.Second)
	})
}

func TestTwoClusteredSendersAreOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{CreateDelay: 200 * time.Millisecond})
		p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		twoSenders(t, []string{p.url, p.url}, f, 20*time.Millisecond)
		p.settled(30 * time.Second)
	})
}

func TestTwoClusteredSendersDuringACreateOfTwentySecondsAreOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{CreateDelay: paced(20 * time.Second)})
		p := start(t, paceable(t, setup{database: url, yaml: f.yaml(paced(25 * time.Second))}))
		twoSenders(t, []string{p.url, p.url}, f, 20*time.Millisecond)
		p.settled(60 * time.Second)
	})
}

// killedAfterCreate kills the process while creates are made that never answer, starts it
// again and tells it the same once more.
func killedAfterCreate(t *testing.T, url string, lag, waitOut time.Duration) {
	f := newFreeScout(t, fakedesk.Options{SearchLag: lag})
	f.Order(fakedesk.Fault{Kind: fakedesk.DoneNeverAnswer, On: fakedesk.OpCreate})
	s := paceable(t, setup{database: url, yaml: f.yaml(waitOut), dir: t.TempDir()})
	p := start(t, s)
	alerts := names("Killed", 10)
	body := webhook("firing", alerts...)
	p.mustPost(hook, body)
	f.oneTicketEach(t, 20*time.Second, alerts)
	p.kill()
	f.Clear()
	p = start(t, s)
	p.mustPost(hook, body)
	p.settled(30*time.Second + waitOut + 40*time.Second)
	f.oneTicketEach(t, time.Second, alerts)
	filedOnce(t, p, len(alerts))
}

// filedOnce checks that the audit log says of each incident once that it was filed.
func filedOnce(t *testing.T, p *process, incidents int) {
	t.Helper()
	var rows []struct{ Payload struct{ Mark string } }
	p.get("/api/v1/audit?action=console.alerts.ticket_filed", &rows)
	by := map[string]int{}
	for _, r := range rows {
		by[r.Payload.Mark]++
	}
	if len(by) != incidents || len(rows) != incidents {
		t.Errorf("the audit log tells %d filings of %d incidents, want %d of each", len(rows), len(by), incidents)
	}
	var verdict struct {
		Whole    bool
		Sentence string
	}
	p.get("/api/v1/audit/verify", &verdict)
	if !verdict.Whole {
		t.Error(verdict.Sentence)
	}
}

func TestAKillBetweenCreateAndRecordIsOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) { killedAfterCreate(t, url, 0, 2*time.Second) })
}

func TestAKillWhileTheSearchIsThirtySecondsBehindIsOneTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		killedAfterCreate(t, url, paced(30*time.Second), paced(35*time.Second))
	})
}

func TestADeskThatIsAwayLosesNoAlert(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		f.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		alerts := names("Away", 50)
		p.mustPost(hook, webhook("firing", alerts...))
		eventually(t, 20*time.Second, "the desk was tried", func() bool { return f.Stats().Requests[fakedesk.OpFind] >= 3 })
		f.Clear()
		f.oneTicketEach(t, 60*time.Second, alerts)
	})
}

// deskAwayMeanwhile lets 50 alerts fire while the desk is away, and 25 of them end.
func deskAwayMeanwhile(t *testing.T, url, policies string) (*freescout, *process, []string) {
	t.Helper()
	f := newFreeScout(t, fakedesk.Options{})
	f.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
	p := start(t, setup{database: url, yaml: f.yamlWith(2*time.Second, policies)})
	alerts := names("Ended", 50)
	p.mustPost(hook, webhook("firing", alerts...))
	eventually(t, patience, "the outage is known", func() bool { return strings.Contains(p.log.String(), "freescout degraded") })
	p.mustPost(hook, webhook("resolved", alerts[:25]...))
	asked := requests(f)
	eventually(t, patience, "the desk was tried again since, and is still away", func() bool { return requests(f) > asked })
	f.Clear()
	return f, p, alerts
}

// requests counts all that the desk was ever asked.
func requests(f *freescout) (n int) {
	for _, of := range f.Stats().Requests {
		n += of
	}
	return n
}

func TestAlertsThatEndWhileTheDeskIsAwayGetTheirTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f, p, alerts := deskAwayMeanwhile(t, url, "{storm: {limit: 0}, backfill: all}")
		f.oneTicketEach(t, 90*time.Second, alerts)
		p.settled(60 * time.Second)
	})
}

func TestWhatRecoveredWhileTheDeskWasAwayIsListedInOneDigest(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f, p, alerts := deskAwayMeanwhile(t, url, "{storm: {limit: 0}}")
		f.oneTicketEach(t, 90*time.Second, alerts[25:])
		eventually(t, 60*time.Second, "the digest is filed", func() bool { return len(f.Tickets()) == 26 })
		p.settled(60 * time.Second)
		f.eachListedOnce(t, alerts)
		if n := len(f.Tickets()); n != 26 {
			t.Errorf("%d tickets, want 25 and a digest", n)
		}
	})
}

func TestWhatRecoveredWhileTheDeskWasAwayIsLeftOutWherePolicySaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f, p, alerts := deskAwayMeanwhile(t, url, "{storm: {limit: 0}, backfill: active}")
		f.oneTicketEach(t, 90*time.Second, alerts[25:])
		p.settled(60 * time.Second)
		if n := len(f.Tickets()); n != 25 {
			t.Errorf("%d tickets, want 25", n)
		}
	})
}

func TestAStormListsEveryAlertOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yamlWith(2*time.Second, "{storm: {limit: 5, per: 20s}}")})
		alerts := names("Storm", 3000)
		for part := range slices.Chunk(alerts, 100) {
			p.mustPost(hook, strings.ReplaceAll(webhook("firing", part...), `"critical"`, `"error"`))
		}
		eventually(t, 60*time.Second, "every alert is listed", func() bool { return len(f.listings()) == len(alerts) })
		p.settled(60 * time.Second)
		f.eachListedOnce(t, alerts)
		if n := len(f.Tickets()); n != 6 {
			t.Errorf("%d tickets, want 5 and the storm's", n)
		}
		// All is over: so is the storm, and nothing more is filed for it.
		for part := range slices.Chunk(alerts, 100) {
			p.mustPost(hook, strings.ReplaceAll(webhook("resolved", part...), `"critical"`, `"error"`))
		}
		eventually(t, 90*time.Second, "the storm is over", func() bool {
			return slices.ContainsFunc(f.Tickets(), func(ticket fakedesk.Ticket) bool {
				return strings.Contains(ticket.Subject, "storm") && strings.Contains(ticket.Threads[len(ticket.Threads)-1].HTML, "Over: Alert storm")
			})
		})
		f.eachListedOnce(t, alerts)
	})
}

func TestARestartWhileTheDeskIsAwayLosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		f.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		s := setup{database: url, yaml: f.yaml(2 * time.Second), dir: t.TempDir()}
		p := start(t, s)
		alerts := names("Restart", 50)
		p.mustPost(hook, webhook("firing", alerts...))
		if took := p.stop(); took > stretched(10*time.Second) {
			t.Errorf("the stop took %s, more than 10 s", took)
		}
		f.Clear()
		start(t, s) // Nobody sends the alerts again.
		f.oneTicketEach(t, 60*time.Second, alerts)
	})
}

func TestTwoReplicasFedTheSameWebhooksFileOnce(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, "postgres")
	f := newFreeScout(t, fakedesk.Options{CreateDelay: 200 * time.Millisecond})
	a := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
	b := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
	twoSenders(t, []string{a.url, b.url, a.url, b.url}, f, 0)
	a.settled(60 * time.Second)
	filedOnce(t, b, 50)
}

func TestThreeReplicasStartingAtOnceMigrateOnce(t *testing.T) {
	notInShort(t)
	t.Parallel()
	url := storetest.URL(t, "postgres")
	f := newFreeScout(t, fakedesk.Options{})
	done := make(chan *process, 3)
	together(t, 3, func(int) error {
		p := launch(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		done <- p
		if p.url == "" {
			return fmt.Errorf("a replica did not start:\n%s", p.log)
		}
		return nil
	})
	close(done)
	p := <-done
	p.mustPost(hook, webhook("firing", "Migrated"))
	f.oneTicketEach(t, 20*time.Second, []string{"Migrated"})
}
