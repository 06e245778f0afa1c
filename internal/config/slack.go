package config

import "docket/internal/fault"

// SlackConfig is where direct messages go.
type SlackConfig struct {
	// The token of the Slack bot (xoxb-...), which needs the scope chat:write.
	Token fault.Secret `yaml:"token" env:"SLACK_BOT_TOKEN" example:"xoxb-the-bot-token"`
	// The ids of the Slack users who get a direct message.
	Users []string `yaml:"users" env:"SLACK_DM_USER_IDS" format:"slack_user" example:"[U0123ABCD]"`
	// The secret with which Slack signs its requests. With it and public_url, messages have buttons, for which
	// Slack must send its requests to /hooks/slack below that address.
	SigningSecret fault.Secret `yaml:"signing_secret" env:"SLACK_SIGNING_SECRET" example:"the-signing-secret"`
	// The address of Slack's API.
	APIURL string `yaml:"api_url" default:"https://slack.com/api/" env:"SLACK_API_URL" format:"url"`
}
