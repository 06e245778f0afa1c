package app

import (
	"docket/internal/desk"
	"docket/internal/incident"
	"docket/internal/notify"
	"docket/internal/notify/slack"
)

// notifiers are the ways to people that are configured.
func notifiers(cfg Config) []notify.Notifier {
	var all []notify.Notifier
	if s := cfg.Slack; s.Token.Set() && len(s.Users) > 0 {
		all = append(all, slack.New(slack.Config{Token: s.Token, APIURL: s.APIURL, Buttons: clicksSecret(cfg).Set()}))
	}
	return all
}

// clicksSecret is what Slack signs presses of buttons with, "" where they cannot reach us.
func clicksSecret(cfg Config) desk.Secret {
	if cfg.PublicURL == "" {
		return ""
	}
	return cfg.Slack.SigningSecret
}

// recipients are who is told, each by one message of their own.
func recipients(cfg Config) []incident.Recipient {
	var all []incident.Recipient
	if cfg.Slack.Token.Set() {
		for _, user := range cfg.Slack.Users {
			all = append(all, incident.Recipient{Notifier: "slack", ID: user})
		}
	}
	return all
}
