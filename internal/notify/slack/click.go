package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"docket/internal/fault"
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

// Click is a person's click on a button.
type Click struct {
	// UserID is Slack's id of the person, UserName the name that Slack sends with it.
	UserID, UserName string
	// Action is one of the Action constants, or an unknown word.
	Action string
	// Mark is what the button is about, as received.
	Mark string
}

// ErrNoClick is returned for a body that is not a click on a button.
var ErrNoClick = errors.New("not a press of a button")

// ParseClick parses the body of an interaction: a form with one field of JSON. Slack sends one action at a
// time; if there are several, the first one counts.
func ParseClick(body []byte) (Click, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Click{}, ErrNoClick
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
		return Click{}, ErrNoClick
	}
	if payload.Type != "block_actions" || len(payload.Actions) == 0 || payload.User.ID == "" {
		return Click{}, ErrNoClick
	}
	name := payload.User.Username
	if name == "" {
		name = payload.User.Name
	}
	return Click{UserID: payload.User.ID, UserName: name, Action: payload.Actions[0].ActionID, Mark: payload.Actions[0].Value}, nil
}
