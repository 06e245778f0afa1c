package notifier_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/notify/fakeslack"
	"docket/internal/store/storetest"
)

func TestOneMessageTellsAnIncidentFromFiringToRecovery(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.say(said("DiskFull", alert.P1, alert.Firing))
		h.shows("P1 firing: DiskFull", "Ticket: <http://docket.test/api/v1/tickets/1|#1>", "web-1 &lt;b&gt;&amp;co&lt;/b&gt;", "&lt;!channel&gt;")
		h.say(said("DiskFull", alert.P1, alert.Resolved))
		m := h.shows("P1 recovered: DiskFull", "|#1>")
		for _, words := range m.Words {
			if strings.Contains(plainly(words), "<!channel>") {
				t.Errorf("a mention got through: %s", words)
			}
		}
		if first := m.Words[0]; !strings.Contains(first, "firing") {
			t.Errorf("the first words are %s", first)
		}
		n := h.settled()
		if len(n) != 1 || n[0].Channel != "DU1" || n[0].Message != m.TS || n[0].Doubts != 0 {
			t.Errorf("the notice kept is %+v", n)
		}
	})
}

func TestAnIncidentMilderThanP2IsNotTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.say(said("Minor", alert.P3, alert.Firing))
		h.say(said("Major", alert.P2, alert.Firing))
		h.shows("Major")
		if n := h.notices(); len(n) != 1 {
			t.Errorf("%d notices, want one", len(n))
		}
	})
}

func TestAnIncidentIsToldWhateverTheFilingFlagSays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url, func(h *house) { h.policy.FilingOn = false })
		h.say(said("DiskFull", alert.P2, alert.Firing))
		h.shows("P2 firing: DiskFull", "filing is switched off")
	})
}

func TestASilencedIncidentIsNotTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url, func(h *house) {
			h.policy.MutedBy, h.policy.MutedUntil = "a silence", time.Now().Add(time.Hour)
		})
		h.say(said("DiskFull", alert.P1, alert.Firing))
		h.say(said("DiskFull", alert.P1, alert.Resolved))
		if n := h.notices(); len(n) != 0 {
			t.Errorf("%+v", n)
		}
	})
}

func TestARestartPostsNothingTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.say(said("DiskFull", alert.P1, alert.Firing))
		h.shows("|#1>")
		h.settled()
		h.stop()
		h.start()
		h.say(said("DiskFull", alert.P1, alert.Resolved))
		h.shows("recovered")
	})
}

func TestWhileSlackIsAwayTicketsAreFiledAndTheMessageFollows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.slack.Order(fakeslack.Fault{Kind: fakeslack.Broken})
		h.say(said("DiskFull", alert.P1, alert.Firing))
		h.until("a ticket", func() bool {
			i, err := h.store.LatestIncident(context.Background(), said("DiskFull", alert.P1, alert.Firing).Key)
			return err == nil && i.Ticket.State == filing.TicketFiled
		})
		h.until("three tries", func() bool { return len(h.slack.Calls()) >= 3 })
		if n := len(h.slack.Messages()); n != 0 {
			t.Fatalf("%d messages", n)
		}
		h.slack.Heal()
		h.shows("P1 firing: DiskFull", "|#1>")
		h.settled()
		if n := h.log.count("people cannot be notified"); n != 1 {
			t.Errorf("the outage was logged %d times, want once", n)
		}
		if n := h.log.count("notifier works again"); n != 1 {
			t.Errorf("the return was logged %d times, want once", n)
		}
	})
}

func TestARateLimitIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.slack.Order(fakeslack.Fault{Kind: fakeslack.RateLimit, Times: 1, RetryAfter: 3 * time.Second})
		h.say(said("DiskFull", alert.P1, alert.Firing))
		h.shows("DiskFull")
		calls := h.slack.Calls()
		if waited := calls[1].At.Sub(calls[0].At); waited < 3*time.Second {
			t.Errorf("called again after %s, asked to wait 3s", waited)
		}
	})
}

func TestARevokedTokenIsNamedAndIsNoEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.slack.Revoke()
		h.say(said("DiskFull", alert.P1, alert.Firing))
		h.until("the fault's name", func() bool {
			s := h.herald.States()[0]
			return s.Fault == "token_revoked" && strings.Contains(s.Fix, "SLACK_BOT_TOKEN")
		})
		if n := h.log.count("xoxb-secret"); n != 0 {
			t.Error("the token is in the log")
		}
		h.slack.Heal()
		h.shows("DiskFull")
	})
}

func TestAMessageWhoseAnswerWasLostIsCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.slack.Order(fakeslack.Fault{Kind: fakeslack.Cut, Method: "chat.postMessage", Times: 1})
		h.say(said("DiskFull", alert.P1, alert.Firing))
		n := h.settled()
		if n[0].Doubts != 1 {
			t.Errorf("%d doubts, want one", n[0].Doubts)
		}
		if all := len(h.slack.Messages()); all > 2 {
			t.Errorf("%d messages after one lost answer", all)
		}
	})
}

func TestADeletedMessageIsNotPostedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.say(said("DiskFull", alert.P1, alert.Firing))
		m := h.shows("|#1>")
		h.settled()
		h.slack.Delete(m.TS)
		h.say(said("DiskFull", alert.P1, alert.Resolved))
		h.settled()
		if all := h.slack.Messages(); len(all) != 0 {
			t.Errorf("it came back: %+v", all)
		}
	})
}

func TestTheOperatorIsToldOnceForEachKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		for range 3 {
			if err := h.ledger.Notify(t.Context(), "outage/1/long", "The desk is away"); err != nil {
				t.Fatal(err)
			}
		}
		h.shows("The desk is away")
		if err := h.ledger.Notify(t.Context(), "outage/1/over", "The desk is back"); err != nil {
			t.Fatal(err)
		}
		h.until("two messages", func() bool { return len(h.slack.Messages()) == 2 })
	})
}
