package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"docket/internal/fault"
	"docket/internal/notify"
)

// tolerance is the maximum age of a signed request, and how far its clock may be ahead.
const tolerance = 5 * time.Minute

// Signed reports whether Slack recently signed a request's body with the app's signing secret
// (https://docs.slack.dev/authentication/verifying-requests-from-slack, read 2026-11-23). timestamp and
// signature are the request's headers with those names.
func Signed(secret fault.Secret, timestamp, signature string, body []byte, now time.Time) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || !secret.Set() {
		return false
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return false
	}
	return hmac.Equal([]byte(signature), []byte(Sign(secret, timestamp, body)))
}

// Sign returns the signature that Slack sends with a body.
func Sign(secret fault.Secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", timestamp, body) // Writing to a hash never fails.
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// Unclickable says what is missing before Slack's clicks are accepted.
func (s *Settings) Unclickable(publicURL string) string {
	if !s.SigningSecret.Set() || publicURL == "" {
		return "no clicks on buttons are expected: set SLACK_SIGNING_SECRET and DOCKET_PUBLIC_URL"
	}
	return ""
}

// ParseClick verifies Slack's signature and parses the click. Only users who are notified may click.
func (s *Settings) ParseClick(header http.Header, body []byte, now time.Time) (notify.Click, *notify.RefusedClick) {
	signature := header.Get("X-Slack-Signature")
	if !Signed(s.SigningSecret, header.Get("X-Slack-Request-Timestamp"), signature, body, now) {
		return notify.Click{}, &notify.RefusedClick{Name: "bad_signature", Status: http.StatusUnauthorized,
			Sentence: "the signature is not Slack's, or older than five minutes: " +
				"compare SLACK_SIGNING_SECRET with the app's Signing Secret, and the clock"}
	}
	click, ok := parseClick(body)
	if !ok {
		return click, &notify.RefusedClick{Name: "unreadable", Status: http.StatusBadRequest, Sentence: "the body is not a click on a button"}
	}
	if !slices.Contains(s.Users, click.UserID) {
		return click, &notify.RefusedClick{Name: "stranger", Status: http.StatusForbidden, Sentence: "this person is not among slack.users"}
	}
	click.ID = signature
	return click, nil
}

// parseClick parses the body of an interaction: a form with one field of JSON. Slack sends one action at a
// time; if there are several, the first one counts.
func parseClick(body []byte) (click notify.Click, ok bool) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return click, false
	}
	var payload struct {
		Type string `json:"type"`
		User struct {
			ID       string `json:"id"`
			Username string `json:"username"`
			Name     string `json:"name"`
		} `json:"user"`
		Actions []struct {
			ActionID string `json:"action_id"`
			Value    string `json:"value"`
		} `json:"actions"`
	}
	if err := json.Unmarshal([]byte(form.Get("payload")), &payload); err != nil {
		return click, false
	}
	if payload.Type != "block_actions" || len(payload.Actions) == 0 || payload.User.ID == "" {
		return click, false
	}
	name := payload.User.Username
	if name == "" {
		name = payload.User.Name
	}
	first := payload.Actions[0]
	return notify.Click{Via: "Slack", UserID: payload.User.ID, UserName: name, Action: first.ActionID, Mark: first.Value}, true
}
