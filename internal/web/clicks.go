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
	"docket/internal/notify"
	"docket/internal/silence"
	"docket/internal/store"
)

// receiveClick receives a click on a button of a notifier's message. Only people who are notified may click, and each click
// acts once however often it is delivered: the first acknowledgement counts, and a silence is named after its click.
// Slack shows the person a warning if the response is not 200.
func (s *server) receiveClick(w http.ResponseWriter, r *http.Request, notifier notify.Clickable) {
	if missing := notifier.Unclickable(s.PublicURL); missing != "" {
		answer.Error(w, http.StatusNotFound, missing)
		return
	}
	var buf bytes.Buffer
	if status, sentence := readBody(w, r, &buf); status != 0 {
		s.Metrics.SlackClicks.Inc("refused")
		answer.Error(w, status, sentence)
		return
	}
	click, refused := notifier.ParseClick(r.Header, buf.Bytes(), time.Now())
	if refused != nil {
		s.Metrics.SlackClicks.Inc(refused.Name)
		answer.Error(w, refused.Status, refused.Sentence)
		return
	}
	result, err := s.click(r.Context(), click)
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
func (s *server) click(ctx context.Context, c notify.Click) (result string, err error) {
	if c.Action == notify.ActionInvestigate {
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
	case notify.ActionAcknowledge:
		results, err := s.Ledger.Apply(ctx, ledger.Acknowledged{Mark: inc.Mark, Actor: actor})
		if err != nil {
			return "", err
		}
		if !results[0].Changed {
			return "no_news", nil
		}
		return "acknowledged", nil
	case notify.ActionSilence:
		return s.hush(ctx, inc, actor, c)
	}
	return "unknown_action", nil
}

// hush silences the firing alerts of an incident, each by all its labels.
func (s *server) hush(ctx context.Context, inc incident.Incident, actor audit.Actor, c notify.Click) (string, error) {
	alerts, err := s.Store.AlertsOf(ctx, inc.Mark.Key)
	if err != nil {
		return "", err
	}
	alerts = slices.DeleteFunc(alerts, func(a alert.Alert) bool { return a.Status != alert.Firing || len(a.Labels) == 0 })
	if !inc.Live() || len(alerts) == 0 || len(alerts) > notify.MostSilenced {
		return "no_news", nil
	}
	until := time.Now().Add(notify.SilenceFor)
	for _, a := range alerts {
		conditions := make([]silence.Condition, len(a.Labels))
		for i, l := range a.Labels {
			conditions[i] = silence.Condition{Name: l.Name, Value: l.Value}
		}
		matchers, err := silence.FromConditions(conditions)
		if err != nil {
			return "", fmt.Errorf("%w: %w", controls.ErrInvalid, err)
		}
		draft := controls.Draft{Matchers: matchers.Texts(), EndsAt: until,
			Comment: "Silence 1 h, pressed in " + c.Via + " for " + inc.Mark.String(), Once: c.ID + " " + a.Fingerprint.String()}
		if _, err := s.Board.AddSilence(ctx, draft, actor); err != nil {
			return "", err
		}
	}
	return "silenced", nil
}

// clicker is the user as the audit log and the message name them.
func clicker(c notify.Click) audit.Actor {
	name := c.UserID
	if c.UserName != "" {
		name = firstOf([]rune(audit.Clean(c.UserName))) + " (" + c.Via + " " + c.UserID + ")"
	}
	return audit.Person(name)
}

// maxClicker limits the length of the name that a service sends, in characters.
const maxClicker = 80

func firstOf(name []rune) string { return string(name[:min(len(name), maxClicker)]) }
