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
// (docs/performance.md names them): the real program, a real database, a help desk
// that misbehaves as ordered. Nothing may be doubled and nothing lost.

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
func sameAtOnce(t *testing.T, url string, f helpDesk, copies int) {
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
	onEachDesk(t, slowness{create: 200 * time.Millisecond}, func(t *testing.T, url string, f helpDesk) { sameAtOnce(t, url, f, 3) })
}

func TestTheSameAlertTenTimesAtOnceIsOneTicket(t *testing.T) {
	onEachDesk(t, slowness{create: 200 * time.Millisecond}, func(t *testing.T, url string, f helpDesk) { sameAtOnce(t, url, f, 10) })
}

func TestTheSameAlertTenTimesAtOnceAtAFastDeskIsOneTicket(t *testing.T) {
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) { sameAtOnce(t, url, f, 10) })
}

func TestRepeatsWhileTheDesksSearchLagsAreOneTicket(t *testing.T) {
	onEachDesk(t, slowness{search: 2 * time.Second}, func(t *testing.T, url string, f helpDesk) {
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

func slowCreate(t *testing.T, url string, f helpDesk, waitOut time.Duration) {
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
	onEachDesk(t, slowness{create: paced(15 * time.Second)}, func(t *testing.T, url string, f helpDesk) {
		slowCreate(t, url, f, paced(20*time.Second))
	})
}

func TestRepeatsDuringACreateOfTwentySecondsAreOneTicket(t *testing.T) {
	onEachDesk(t, slowness{create: paced(20 * time.Second)}, func(t *testing.T, url string, f helpDesk) {
		slowCreate(t, url, f, paced(25*time.Second))
	})
}

func TestACreateSlowerThanItsTimeoutIsOneTicket(t *testing.T) {
	// 28 s is longer than a create may take (25 s): its answer is lost, its ticket is made
	// after we gave up, and only the look after the wait-out finds it.
	onEachDesk(t, slowness{create: paced(28 * time.Second)}, func(t *testing.T, url string, f helpDesk) {
		slowCreate(t, url, f, max(time.Second, paced(6*time.Second)))
	})
}

// twoSenders are two Alertmanagers that tell the same at the same time.
func twoSenders(t *testing.T, urls []string, f helpDesk, stagger time.Duration) {
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
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) {
		p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		twoSenders(t, []string{p.url, p.url}, f, 0)
		p.settled(30 * time.Second)
	})
}

func TestTwoSendersAtASlowDeskAreOneTicket(t *testing.T) {
	onEachDesk(t, slowness{create: 200 * time.Millisecond}, func(t *testing.T, url string, f helpDesk) {
		p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		twoSenders(t, []string{p.url, p.url}, f, 0)
		p.settled(30 * time.Second)
	})
}

func TestTwoClusteredSendersAreOneTicket(t *testing.T) {
	onEachDesk(t, slowness{create: 200 * time.Millisecond}, func(t *testing.T, url string, f helpDesk) {
		p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		twoSenders(t, []string{p.url, p.url}, f, 20*time.Millisecond)
		p.settled(30 * time.Second)
	})
}

func TestTwoClusteredSendersDuringACreateOfTwentySecondsAreOneTicket(t *testing.T) {
	onEachDesk(t, slowness{create: paced(20 * time.Second)}, func(t *testing.T, url string, f helpDesk) {
		p := start(t, paceable(t, setup{database: url, yaml: f.yaml(paced(25 * time.Second))}))
		twoSenders(t, []string{p.url, p.url}, f, 20*time.Millisecond)
		p.settled(60 * time.Second)
	})
}

// killedAfterCreate kills the process while creates are made that never answer, starts it
// again and tells it the same once more.
func killedAfterCreate(t *testing.T, url string, f helpDesk, waitOut time.Duration) {
	f.keepCreatesSecret()
	s := paceable(t, setup{database: url, yaml: f.yaml(waitOut), dir: t.TempDir()})
	p := start(t, s)
	alerts := names("Killed", 10)
	body := webhook("firing", alerts...)
	p.mustPost(hook, body)
	f.oneTicketEach(t, 20*time.Second, alerts)
	p.kill()
	f.comeBack()
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
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) { killedAfterCreate(t, url, f, 2*time.Second) })
}

func TestAKillWhileTheSearchIsThirtySecondsBehindIsOneTicket(t *testing.T) {
	onEachDesk(t, slowness{search: paced(30 * time.Second)}, func(t *testing.T, url string, f helpDesk) {
		killedAfterCreate(t, url, f, paced(35*time.Second))
	})
}

func TestADeskThatIsAwayLosesNoAlert(t *testing.T) {
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) {
		f.goAway()
		p := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
		alerts := names("Away", 50)
		p.mustPost(hook, webhook("firing", alerts...))
		eventually(t, 20*time.Second, "the desk was tried", func() bool { all, _ := f.asked(); return all >= 3 })
		f.comeBack()
		f.oneTicketEach(t, 60*time.Second, alerts)
	})
}

// deskAwayMeanwhile lets 50 alerts fire while the desk is away, and 25 of them end.
func deskAwayMeanwhile(t *testing.T, url string, f helpDesk, policies string) (*process, []string) {
	t.Helper()
	f.goAway()
	p := start(t, setup{database: url, yaml: f.yamlWith(2*time.Second, policies)})
	alerts := names("Ended", 50)
	p.mustPost(hook, webhook("firing", alerts...))
	eventually(t, patience, "the outage is known", func() bool { return strings.Contains(p.log.String(), "ticket filing failed") })
	p.mustPost(hook, webhook("resolved", alerts[:25]...))
	before, _ := f.asked()
	eventually(t, patience, "the desk was tried again since, and is still away", func() bool { all, _ := f.asked(); return all > before })
	f.comeBack()
	return p, alerts
}

func TestAlertsThatEndWhileTheDeskIsAwayGetTheirTicket(t *testing.T) {
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) {
		p, alerts := deskAwayMeanwhile(t, url, f, "{storm: {limit: 0}, backfill: all}")
		f.oneTicketEach(t, 90*time.Second, alerts)
		p.settled(60 * time.Second)
	})
}

func TestWhatRecoveredWhileTheDeskWasAwayIsListedInOneDigest(t *testing.T) {
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) {
		p, alerts := deskAwayMeanwhile(t, url, f, "{storm: {limit: 0}}")
		f.oneTicketEach(t, 90*time.Second, alerts[25:])
		eventually(t, 60*time.Second, "the digest lists what recovered", func() bool { return len(f.listings()) == len(alerts) })
		p.settled(60 * time.Second)
		f.eachListedOnce(t, alerts)
		if n := len(f.filed()); n != 26 {
			t.Errorf("%d tickets, want 25 and a digest", n)
		}
	})
}

func TestWhatRecoveredWhileTheDeskWasAwayIsLeftOutWherePolicySaysSo(t *testing.T) {
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) {
		p, alerts := deskAwayMeanwhile(t, url, f, "{storm: {limit: 0}, backfill: active}")
		f.oneTicketEach(t, 90*time.Second, alerts[25:])
		p.settled(60 * time.Second)
		if n := len(f.filed()); n != 25 {
			t.Errorf("%d tickets, want 25", n)
		}
	})
}

// stormy sends alerts of a milder severity, so that a storm takes them, a hundred at a time.
func stormy(p *process, status string, alerts []string, description string) {
	p.t.Helper()
	long := fmt.Sprintf(`"severity":"error","description":%q`, description)
	for part := range slices.Chunk(alerts, 100) {
		p.mustPost(hook, strings.ReplaceAll(webhook(status, part...), `"severity":"critical"`, long))
	}
}

// stormIsListed sends a storm and checks that every alert is listed once, also when it is over.
func stormIsListed(t *testing.T, url string, f helpDesk, alerts []string, description string) {
	p := start(t, setup{database: url, yaml: f.yamlWith(2*time.Second, "{storm: {limit: 5, per: 20s}}")})
	stormy(p, "firing", alerts, description)
	eventually(t, 60*time.Second, "every alert is listed", func() bool { return len(f.listings()) == len(alerts) })
	p.settled(60 * time.Second)
	f.eachListedOnce(t, alerts)
	if n := len(f.filed()); n != 6 {
		t.Errorf("%d tickets, want 5 and the storm's", n)
	}
	// All is over: so is the storm, and nothing more is filed for it.
	stormy(p, "resolved", alerts, description)
	eventually(t, 90*time.Second, "the storm is over", func() bool {
		return slices.ContainsFunc(f.filed(), func(ticket filedTicket) bool {
			return strings.Contains(ticket.subject, "storm") && strings.Contains(ticket.texts[len(ticket.texts)-1], "Over: Alert storm")
		})
	})
	f.eachListedOnce(t, alerts)
}

func TestAStormListsEveryAlertOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		stormIsListed(t, url, newFreeScout(t, fakedesk.Options{}).helpDesk, names("Storm", 3000), "")
	})
}

// GitHub takes 65,536 characters in one text: what a list does not hold goes on in further comments.
func TestAStormOfLongAlertsIsListedWhateverADeskTakesInOneText(t *testing.T) {
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) {
		stormIsListed(t, url, f, names("Long", 400), strings.Repeat("a long story ```` ", 80))
		if f.name() != "github" {
			return
		}
		for _, ticket := range f.filed() {
			if strings.Contains(ticket.subject, "storm") && len(ticket.texts) < 10 {
				t.Errorf("the storm has %d texts: they are shorter than this test needs", len(ticket.texts))
			}
		}
	})
}

func TestARestartWhileTheDeskIsAwayLosesNothing(t *testing.T) {
	onEachDesk(t, slowness{}, func(t *testing.T, url string, f helpDesk) {
		f.goAway()
		s := setup{database: url, yaml: f.yaml(2 * time.Second), dir: t.TempDir()}
		p := start(t, s)
		alerts := names("Restart", 50)
		p.mustPost(hook, webhook("firing", alerts...))
		if took := p.stop(); took > stretched(10*time.Second) {
			t.Errorf("the stop took %s, more than 10 s", took)
		}
		f.comeBack()
		start(t, s) // Nobody sends the alerts again.
		f.oneTicketEach(t, 60*time.Second, alerts)
	})
}

func TestTwoReplicasFedTheSameWebhooksFileOnce(t *testing.T) {
	t.Parallel()
	for _, desk := range fakeDesks {
		t.Run(desk.name, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, "postgres")
			f := desk.open(t, slowness{create: 200 * time.Millisecond})
			a := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
			b := start(t, setup{database: url, yaml: f.yaml(2 * time.Second)})
			twoSenders(t, []string{a.url, b.url, a.url, b.url}, f, 0)
			a.settled(60 * time.Second)
			filedOnce(t, b, 50)
		})
	}
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
