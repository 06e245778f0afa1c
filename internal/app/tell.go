package app

import (
	"docket/internal/incident"
	"docket/internal/notify"
	"docket/internal/notify/slack"
)

// notifiers are the ways to people that are configured.
func notifiers(cfg Config) []notify.Notifier {
	var all []notify.Notifier
	if s := cfg.Slack; s.Token.Set() && len(s.Users) > 0 {
		all = append(all, slack.New(slack.Config{Token: s.Token, APIURL: s.APIURL, Buttons: cfg.PublicURL != "" && s.SigningSecret.Set()}))
	}
	return all
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
