package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/answer"
	"docket/internal/audit"
	"docket/internal/controls"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/notify/slack"
	"docket/internal/silence"
	"docket/internal/store"
)

// postSlack receives a button click from Slack. Only users who are notified may click, and each click acts once however
// often it is delivered: the first acknowledgement counts, and a silence is named after its click. Slack shows the user
// a warning if the response is not 200.
func (s *server) postSlack(w http.ResponseWriter, r *http.Request) {
	if !s.SlackSecret.Set() {
		answer.Error(w, http.StatusNotFound, "no presses of buttons are expected: set SLACK_SIGNING_SECRET and DOCKET_PUBLIC_URL")
		return
	}
	var buf bytes.Buffer
	if status, sentence := readBody(w, r, &buf); status != 0 {
		s.Metrics.SlackClicks.Inc("refused")
		answer.Error(w, status, sentence)
		return
	}
	signature := r.Header.Get("X-Slack-Signature")
	if !slack.Signed(s.SlackSecret, r.Header.Get("X-Slack-Request-Timestamp"), signature, buf.Bytes(), time.Now()) {
		s.Metrics.SlackClicks.Inc("bad_signature")
		answer.Error(w, http.StatusUnauthorized,
			"the signature is not Slack's, or older than five minutes: compare SLACK_SIGNING_SECRET with the app's Signing Secret, and the clock")
		return
	}
	click, err := slack.ParseClick(buf.Bytes())
	if err != nil {
		s.Metrics.SlackClicks.Inc("unreadable")
		answer.Error(w, http.StatusBadRequest, "the body is no press of a button")
		return
	}
	if !slices.Contains(s.SlackUsers, click.UserID) {
		s.Metrics.SlackClicks.Inc("stranger")
		answer.Error(w, http.StatusForbidden, "this person is not among slack.users")
		return
	}
	result, err := s.click(r.Context(), click, signature)
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.Metrics.SlackClicks.Inc("unknown_incident")
		answer.Error(w, http.StatusNotFound, "there is no such incident")
	case errors.Is(err, controls.ErrInvalid):
		s.Metrics.SlackClicks.Inc("refused")
		answer.Error(w, http.StatusUnprocessableEntity, err.Error())
	case err != nil:
		s.Metrics.SlackClicks.Inc("failed")
		answer.Error(w, http.StatusServiceUnavailable, s.Store.Explain(err))
	default:
		s.Metrics.SlackClicks.Inc(result)
		w.WriteHeader(http.StatusOK) // An empty response tells Slack that we are done.
	}
}

// click does what the button asks for.
func (s *server) click(ctx context.Context, c slack.Click, press string) (result string, err error) {
	if c.Action == slack.ActionInvestigate {
		return "link", nil // Slack also reports clicks on links.
	}
	mark, err := alert.ParseMark(c.Mark)
	if err != nil {
		return "", store.ErrNotFound
	}
	inc, err := s.Store.Incident(ctx, mark)
	if err != nil {
		return "", err
	}
	actor := clicker(c)
	switch c.Action {
	case slack.ActionAcknowledge:
		results, err := s.Ledger.Apply(ctx, ledger.Acknowledged{Mark: inc.Mark, Actor: actor})
		if err != nil {
			return "", err
		}
		if !results[0].Changed {
			return "no_news", nil
		}
		return "acknowledged", nil
	case slack.ActionSilence:
		return s.hush(ctx, inc, actor, press)
	}
	return "unknown_action", nil
}

// hush silences the firing alerts of an incident, each by all its labels.
func (s *server) hush(ctx context.Context, inc incident.Incident, actor audit.Actor, press string) (string, error) {
	alerts, err := s.Store.AlertsOf(ctx, inc.Mark.Key)
	if err != nil {
		return "", err
	}
	alerts = slices.DeleteFunc(alerts, func(a alert.Alert) bool { return a.Status != alert.Firing || len(a.Labels) == 0 })
	if !inc.Live() || len(alerts) == 0 || len(alerts) > slack.MostSilenced {
		return "no_news", nil
	}
	until := time.Now().Add(slack.SilenceFor)
	for _, a := range alerts {
		conditions := make([]silence.Condition, len(a.Labels))
		for i, l := range a.Labels {
			conditions[i] = silence.Condition{Name: l.Name, Value: l.Value}
		}
		matchers, err := silence.FromConditions(conditions)
		if err != nil {
			return "", fmt.Errorf("%w: %w", controls.ErrInvalid, err)
		}
		draft := controls.Draft{Matchers: matchers.Texts(), EndsAt: until, Comment: "Silence 1 h, pressed in Slack for " + inc.Mark.String(),
			Once: press + " " + a.Fingerprint.String()}
		if _, err := s.Board.AddSilence(ctx, draft, actor); err != nil {
			return "", err
		}
	}
	return "silenced", nil
}

// clicker is the user as the audit log and the message name them.
func clicker(c slack.Click) audit.Actor {
	name := c.UserID
	if c.UserName != "" {
		name = firstOf([]rune(audit.Clean(c.UserName))) + " (Slack " + c.UserID + ")"
	}
	return audit.Person(name)
}

// maxClicker limits the length of the name that Slack sends, in characters.
const maxClicker = 80

func firstOf(name []rune) string { return string(name[:min(len(name), maxClicker)]) }
