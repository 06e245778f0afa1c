package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
	"docket/internal/notify/fakeslack"
	"docket/internal/store/storetest"
)

// person is who is told in these tests; the fake knows nobody else.
const person = "U1"

// newSlack is a fake Slack on loopback, and the environment that leads to it.
func newSlack(t testing.TB) (*fakeslack.Server, []string) {
	t.Helper()
	s := fakeslack.New("xoxb-secret", person)
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return s, []string{"SLACK_BOT_TOKEN=xoxb-secret", "SLACK_DM_USER_IDS=" + person, "SLACK_API_URL=" + server.URL + "/api/"}
}

// toldOf are the messages that name an alert.
func toldOf(s *fakeslack.Server, name string) []fakeslack.Message {
	var all []fakeslack.Message
	for _, m := range s.Messages() {
		if strings.Contains(m.Text, ": "+name) {
			all = append(all, m)
		}
	}
	return all
}

// tells waits until an alert has one message that shows the words.
func tells(t testing.TB, s *fakeslack.Server, name, words string) {
	t.Helper()
	eventually(t, 30*time.Second, name+" has one message with "+words, func() bool {
		all := toldOf(s, name)
		return len(all) == 1 && strings.Contains(all[0].Text+all[0].Blocks, words)
	})
}

// audited is the audit log's actions about messages.
func (p *process) audited() string {
	p.t.Helper()
	var all []struct{ Action string }
	p.get("/api/v1/audit?limit=200", &all)
	var b strings.Builder
	for _, e := range all {
		b.WriteString(e.Action + "\n")
	}
	return b.String()
}

func TestADeskThatIsDownHoldsNoMessageUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		s, env := newSlack(t)
		f.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		p := start(t, setup{database: url, yaml: f.yaml(time.Second), env: env})
		p.mustPost(hook, webhook("firing", "DeskDown"))
		tells(t, s, "DeskDown", "is being filed")
		if n := len(f.Tickets()); n != 0 {
			t.Fatalf("%d tickets in a desk that is down", n)
		}
		f.Clear()
		f.oneTicketEach(t, 60*time.Second, []string{"DeskDown"})
		tells(t, s, "DeskDown", fmt.Sprintf("|#%d", f.Tickets()[0].Number))
	})
}

func TestASlackThatIsDownHoldsNoTicketUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		s, env := newSlack(t)
		s.Order(fakeslack.Fault{Kind: fakeslack.Hang})
		p := start(t, setup{database: url, yaml: f.yaml(time.Second), env: env})
		alerts := names("NoSlack", 5)
		p.mustPost(hook, webhook("firing", alerts...))
		f.oneTicketEach(t, 20*time.Second, alerts)
		if n := len(s.Messages()); n != 0 {
			t.Fatalf("%d messages in a Slack that is down", n)
		}
		if text := p.log.String(); strings.Contains(text, "xoxb-secret") {
			t.Error("the token is in the log")
		}
	})
}

func TestOneMessageForEachIncidentAcrossKillsAndRestarts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		s, env := newSlack(t)
		as := setup{database: url, yaml: f.yaml(time.Second), env: env}
		p := start(t, as)
		p.mustPost(hook, webhook("firing", "Killed"))
		tells(t, s, "Killed", "|#")
		// Its notice is written down as told before the next kill: the audit entry is of the same commit.
		eventually(t, 20*time.Second, "the message is on record", func() bool {
			return strings.Contains(p.audited(), "console.notices.sent")
		})
		p.kill()
		p = start(t, as)
		p.mustPost(hook, webhook("firing", "Killed"))
		p.mustPost(hook, webhook("resolved", "Killed"))
		tells(t, s, "Killed", "recovered")
		p.kill()
		p = start(t, as)
		p.settled(30 * time.Second)
		if all := toldOf(s, "Killed"); len(all) != 1 {
			t.Errorf("%d messages, want one: %+v", len(all), all)
		}
	})
}

func TestAKillWhileSlackAnswersRepeatsAMessageAtMostOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		s, env := newSlack(t)
		as := setup{database: url, yaml: f.yaml(time.Second), env: env}
		s.Order(fakeslack.Fault{Kind: fakeslack.Slow, Method: "chat.postMessage", Times: 1, Delay: 6 * time.Second})
		p := start(t, as)
		p.mustPost(hook, webhook("firing", "MidCall"))
		eventually(t, 20*time.Second, "Slack has taken the message", func() bool { return len(toldOf(s, "MidCall")) == 1 })
		p.kill()
		p = start(t, as)
		eventually(t, 60*time.Second, "the doubt is on record", func() bool { return strings.Contains(p.audited(), "console.notices.doubted") })
		eventually(t, 30*time.Second, "it is told again", func() bool { return len(toldOf(s, "MidCall")) == 2 })
		p.mustPost(hook, webhook("resolved", "MidCall"))
		eventually(t, 30*time.Second, "the message on record goes on", func() bool {
			all := toldOf(s, "MidCall")
			return len(all) == 2 && strings.Contains(all[1].Text, "recovered")
		})
	})
}
