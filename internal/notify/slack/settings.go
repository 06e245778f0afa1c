package slack

import (
	"fmt"
	"regexp"
	"strconv"

	"docket/internal/fault"
	"docket/internal/line"
	"docket/internal/notice"
	"docket/internal/notify"
)

// Name is Slack's kind of notifier.
const Name = "slack"

// DefaultAPIURL is the address of Slack's API.
const DefaultAPIURL = "https://slack.com/api/"

// Settings are the section slack of docket.yaml, with its variables.
//
// Direct messages in Slack, for every incident of P2 and worse. They need token and users: docs/slack.md.
type Settings struct {
	// The token of the Slack bot (xoxb-...), which needs the scope chat:write.
	Token fault.Secret `yaml:"token" env:"SLACK_BOT_TOKEN" example:"xoxb-the-bot-token"`
	// The ids of the Slack users who get a direct message.
	Users []string `yaml:"users" env:"SLACK_DM_USER_IDS" example:"[U0123ABCD]"`
	// The secret with which Slack signs its requests. With it and public_url, messages have buttons, for which
	// Slack must send its requests to /hooks/slack below that address.
	SigningSecret fault.Secret `yaml:"signing_secret" env:"SLACK_SIGNING_SECRET" example:"the-signing-secret"`
	// The address of Slack's API.
	APIURL string `yaml:"api_url" env:"SLACK_API_URL" format:"url"`
}

// NewSettings returns the defaults.
func NewSettings() *Settings { return &Settings{APIURL: DefaultAPIURL} }

var userID = regexp.MustCompile(`^\w{1,64}$`)

// Check verifies the user ids.
func (s *Settings) Check(report notify.Report) {
	for i, user := range s.Users {
		if !userID.MatchString(user) {
			report(fmt.Sprintf("users[%d]", i), "%s is not a Slack user id: write one like U0123ABCD", strconv.Quote(line.Clip(user, 64)))
		}
	}
}

// Idle returns what notifies nobody, because token and users need each other, and the signing secret a public
// address.
func (s *Settings) Idle(publicURL string) []string {
	var keys []string
	if s.Token.Set() && len(s.Users) == 0 {
		keys = append(keys, "token")
	}
	if !s.Token.Set() && len(s.Users) > 0 {
		keys = append(keys, "users")
	}
	if s.SigningSecret.Set() && publicURL == "" {
		keys = append(keys, "signing_secret")
	}
	return keys
}

// Recipients are the users, once there is a token.
func (s *Settings) Recipients() []notice.Recipient {
	if !s.Token.Set() {
		return nil
	}
	var all []notice.Recipient
	for _, user := range s.Users {
		all = append(all, notice.Recipient{Notifier: Name, ID: user})
	}
	return all
}

// Open makes the notifier.
func (s *Settings) Open(n notify.Needs) ([]notify.Notifier, error) {
	if len(s.Recipients()) == 0 {
		return nil, nil
	}
	return []notify.Notifier{New(Config{Token: s.Token, APIURL: s.APIURL, Buttons: s.Unclickable(n.PublicURL) == ""})}, nil
}

// Hop returns Slack's step.
func (s *Settings) Hop() notify.Hop { return notify.Hop{OK: "Slack accepts the token."} }
