package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"

	"docket/internal/fault"
	"docket/internal/notify"
	"docket/internal/outbound"
)

// Config says how to reach Slack.
type Config struct {
	// Token is a bot token; it needs the scope chat:write.
	Token fault.Secret
	// APIURL is the address of Slack's API, with or without a slash at the end.
	APIURL string
	// Buttons means that button clicks can reach us, so that messages may have buttons.
	Buttons bool
}

// Slack is the notifier.
type Slack struct {
	client  *slack.Client
	buttons bool
}

// The limits of one call: Slack usually answers within a second.
const (
	callTimeout = 8 * time.Second
	maxAnswer   = 1 << 20
)

// New makes the notifier. It makes no network calls.
func New(c Config) *Slack {
	url := c.APIURL
	if url != "" && url[len(url)-1] != '/' {
		url += "/"
	}
	client := outbound.Client(outbound.Bounded(outbound.Transport(), maxAnswer))
	return &Slack{slack.New(c.Token.Reveal(), slack.OptionAPIURL(url), slack.OptionHTTPClient(client)), c.Buttons}
}

// Name returns "slack".
func (*Slack) Name() string { return Name }

// Post sends a direct message to a user.
func (s *Slack) Post(ctx context.Context, recipient string, m notify.Message) (notify.Ref, error) {
	var ref notify.Ref
	err := call(ctx, func(ctx context.Context) (err error) {
		options := append(s.options(m), slack.MsgOptionMetadata(slack.SlackMetadata{
			EventType: eventType, EventPayload: map[string]any{"notice": m.ID},
		}))
		ref.Channel, ref.ID, err = s.client.PostMessageContext(ctx, recipient, options...)
		return err
	})
	if err == nil && (ref.Channel == "" || ref.ID == "") {
		return notify.Ref{}, &fault.Fault{Class: fault.Unknown, Name: "no_message_id",
			Sentence: "Slack confirmed the message but did not return its id"}
	}
	return ref, err
}

// eventType identifies our messages in their metadata.
const eventType = "docket_notice"

// Update changes a message that was posted earlier.
func (s *Slack) Update(ctx context.Context, _ string, ref notify.Ref, m notify.Message) error {
	return call(ctx, func(ctx context.Context) error {
		_, _, _, err := s.client.UpdateMessageContext(ctx, ref.Channel, ref.ID, s.options(m)...)
		return err
	})
}

// Check asks Slack who the token belongs to.
func (s *Slack) Check(ctx context.Context) error {
	return call(ctx, func(ctx context.Context) error {
		_, err := s.client.AuthTestContext(ctx)
		return err
	})
}

// call makes one call within its time limit and classifies its error.
func call(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ctx, trace := outbound.Watch(ctx)
	if err := do(ctx); err != nil {
		return classify(err, trace.Left())
	}
	return nil
}

// classify converts an error. left means that the request was sent, so that it may have been carried out.
func classify(err error, left bool) *fault.Fault {
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &fault.Fault{Class: fault.Unavailable, Name: notify.RateLimited, Sentence: "Slack asks Docket to slow down",
			Fix: "nothing: Docket waits for as long as Slack asks", RetryAfter: limited.RetryAfter}
	}
	if said, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return classifySaid(said.Err)
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		e := &fault.Fault{Class: fault.Unavailable, Name: fmt.Sprintf("http_%d", status.Code),
			Sentence: fmt.Sprintf("Slack's address responded with HTTP %d",
				status.Code), Fix: "check slack.api_url and the proxies on the way", HTTPStatus: status.Code, Kind: fault.KindHTTP}
		if status.Code >= http.StatusInternalServerError {
			// A 503 means that the request was not accepted; with the other statuses it may have been carried
			// out.
			if status.Code != http.StatusServiceUnavailable {
				e.Class = fault.Unknown
			}
			e.Fix = "wait, and check https://slack-status.com"
		}
		return e
	}
	f := outbound.Party{Name: "Slack", Setting: "slack.api_url"}.Fault(err, left)
	f.Err = outbound.Bare(f.Err)
	return f
}

// classifySaid converts Slack's error codes from ok: false
// (https://docs.slack.dev/reference/methods/chat.postMessage, read 2026-11-23) by what they mean to us; every
// other code is a refusal of this message.
func classifySaid(word string) *fault.Fault {
	e := &fault.Fault{Class: fault.Refused, Name: word, Sentence: "Slack refused the message: " + word,
		Fix: "look up this error in Slack's documentation of chat.postMessage"}
	switch word {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "access_denied":
		e.Class, e.Sentence, e.Fix = fault.Unavailable, "Slack does not accept the bot's token: "+
			word, "create a new bot token and set SLACK_BOT_TOKEN"
	case "missing_scope", "no_permission", "org_login_required", "ekm_access_denied", "team_access_not_granted", "accesslimited":
		e.Class, e.Sentence, e.Fix = fault.Unavailable, "Slack does not let the bot send direct messages: "+
			word, "give the app the scope chat:write and reinstall it"
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		e.Class, e.Name, e.Sentence, e.RetryAfter = fault.Unavailable, notify.RateLimited, "Slack asks Docket to slow down", 30*time.Second
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout":
		e.Class, e.Sentence, e.Fix = fault.Unknown, "Slack is failing: "+word, "wait: Docket tries again"
	case "message_not_found", "cant_update_message", "edit_window_closed":
		e.Class, e.Sentence, e.Fix = fault.Missing, "the message cannot be changed any more: "+
			word, "nothing: a message that was deleted is not sent again"
	case "channel_not_found", "user_not_found", "user_disabled", "cannot_dm_bot", "users_not_found", "messages_tab_disabled":
		e.Sentence, e.Fix = "Slack cannot send to this user: "+word, "check SLACK_DM_USER_IDS, and enable the app's messages tab"
	}
	return e
}
