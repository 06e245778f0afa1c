package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"docket/internal/fault"
	"docket/internal/notify"
	"docket/internal/notify/slack"
	"docket/internal/store"
)

const slackSecret = fault.Secret("the-signing-secret")

// press is a press of a button as Slack sends it.
type press struct {
	action, mark, user string
	at                 time.Time
	secret             fault.Secret
}

func (f *face) press(p press) reply {
	f.t.Helper()
	payload := fmt.Sprintf(`{"type":"block_actions","user":{"id":%q,"username":"anna"},"trigger_id":"1.2.3","actions":[{"type":"button",`+
		`"action_id":%q,"value":%q}]}`, p.user, p.action, p.mark)
	body := url.Values{"payload": {payload}}.Encode()
	at := strconv.FormatInt(p.at.Unix(), 10)
	return f.ask(http.MethodPost, "/hooks/slack", strings.NewReader(body), "Content-Type: application/x-www-form-urlencoded",
		"X-Slack-Request-Timestamp: "+at, "X-Slack-Signature: "+slack.Sign(p.secret, at, []byte(body)))
}

// silences are the silences that there are.
func (f *face) silences() []struct{ ID, CreatedBy string } {
	f.t.Helper()
	var all []struct{ ID, CreatedBy string }
	f.get("/api/v2/silences", &all)
	return all
}

func TestAPressInSlackAcknowledgesOnce(t *testing.T) {
	f := newFace(t, plan{slackSecret: slackSecret})
	mark := f.fire("Disk")
	p := press{notify.ActionAcknowledge, mark, "U1", time.Now(), slackSecret}
	for range 3 {
		if r := f.press(p); r.status != http.StatusOK || r.text != "" {
			t.Fatalf("%d %s", r.status, r.text)
		}
	}
	if n, again := f.metric(`docket_slack_clicks_total{result="acknowledged"}`),
		f.metric(`docket_slack_clicks_total{result="no_news"}`); n != "1" || again != "2" {
		t.Errorf("acknowledged %s times, and %s without news", n, again)
	}
	inc, err := f.store.ListIncidents(t.Context(), store.IncidentFilter{})
	if err != nil || len(inc) != 1 || inc[0].Acknowledged.By != "anna (Slack U1)" {
		t.Errorf("%+v, %v", inc, err)
	}
}

func TestAPressInSlackSilencesForAnHourAndARepeatOfItDoesNothing(t *testing.T) {
	f := newFace(t, plan{slackSecret: slackSecret})
	mark := f.fire("Disk")
	p := press{notify.ActionSilence, mark, "U1", time.Now(), slackSecret}
	if r := f.press(p); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.text)
	}
	all := f.silences()
	if len(all) != 1 || all[0].CreatedBy != "anna (Slack U1)" {
		t.Fatalf("%+v", all)
	}
	// Somebody ends it; the same request, caught and sent again, must not bring it back.
	if r := f.ask(http.MethodDelete, "/api/v2/silence/"+all[0].ID, nil); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.text)
	}
	if r := f.press(p); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.text)
	}
	standing, err := f.store.Silences(t.Context(), store.SilenceFilter{})
	if err != nil || len(standing) != 1 || standing[0].EndsAt.After(time.Now()) {
		t.Errorf("after a repeat %+v, %v", standing, err)
	}
	// A press of its own is another silence.
	p.at = p.at.Add(-time.Second)
	f.press(p)
	if standing, err = f.store.Silences(t.Context(), store.SilenceFilter{}); err != nil || len(standing) != 2 {
		t.Errorf("after another press %+v, %v", standing, err)
	}
}

func TestAPressThatIsNotSlacksOrNotOfWhoIsToldIsRefused(t *testing.T) {
	f := newFace(t, plan{slackSecret: slackSecret})
	good := press{notify.ActionAcknowledge, f.fire("Disk"), "U1", time.Now(), slackSecret}
	for name, c := range map[string]struct {
		change func(*press)
		want   int
	}{
		"another secret": {func(p *press) { p.secret = "another" }, http.StatusUnauthorized},
		"too old":        {func(p *press) { p.at = p.at.Add(-6 * time.Minute) }, http.StatusUnauthorized},
		"a stranger":     {func(p *press) { p.user = "U2" }, http.StatusForbidden},
		"no incident":    {func(p *press) { p.mark = "0000000000000001.1" }, http.StatusNotFound},
		"no mark":        {func(p *press) { p.mark = "../../etc" }, http.StatusNotFound},
	} {
		p := good
		c.change(&p)
		if r := f.press(p); r.status != c.want || strings.Contains(r.text, slackSecret.Reveal()) {
			t.Errorf("%s: %d %s, want %d", name, r.status, r.text, c.want)
		}
	}
	if r := f.press(press{notify.ActionInvestigate, good.mark, "U1", time.Now(), slackSecret}); r.status != http.StatusOK {
		t.Errorf("a link that was followed: %d %s", r.status, r.text)
	}
	inc, err := f.store.ListIncidents(t.Context(), store.IncidentFilter{})
	if err != nil || len(inc) != 1 || inc[0].Acknowledged.By != "" || len(f.silences()) != 0 {
		t.Errorf("something was done: %+v, %v", inc, err)
	}
}

func TestWithoutASigningSecretNoPressIsTaken(t *testing.T) {
	f := newFace(t, plan{})
	r := f.press(press{notify.ActionAcknowledge, f.fire("Disk"), "U1", time.Now(), ""})
	if r.status != http.StatusNotFound || !strings.Contains(r.text, "SLACK_SIGNING_SECRET") {
		t.Errorf("%d %s", r.status, r.text)
	}
}
