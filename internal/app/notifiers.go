package app

import (
	"context"
	"fmt"
	"slices"

	"docket/internal/config"
	"docket/internal/fault"
	"docket/internal/health"
	"docket/internal/notice"
	"docket/internal/notify"
	"docket/internal/notify/slack"
	"docket/internal/notify/webhook"
)

// notifiers are the ways to people and programs that are configured.
func (a *App) notifiers() ([]notify.Notifier, error) {
	var all []notify.Notifier
	if s := a.config.Slack; s.Token.Set() && len(s.Users) > 0 {
		all = append(all, slack.New(slack.Config{Token: s.Token, APIURL: s.APIURL, Buttons: clicksSecret(a.config).Set()}))
	}
	for _, c := range a.config.Webhooks {
		w, err := a.webhook(c)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

func (a *App) webhook(c config.WebhookConfig) (*webhook.Webhook, error) {
	w, err := webhook.New(webhook.Config{Name: c.Name, URL: c.URL, Secret: c.Secret, Token: c.Token, UserAgent: "docket/" + a.version})
	if err != nil {
		return nil, fmt.Errorf("set up the webhook %s: its secret %w", c.Name, err)
	}
	return w, nil
}

// noticeWorkers is how many notices are told at once: some for Slack, and some for each webhook,
// so that one that hangs takes nobody else's.
func noticeWorkers(cfg config.Config) int { return 4 * (1 + len(cfg.Webhooks)) }

// clicksSecret is what Slack signs presses of buttons with, "" where they cannot reach us.
func clicksSecret(cfg config.Config) fault.Secret {
	if cfg.PublicURL == "" {
		return ""
	}
	return cfg.Slack.SigningSecret
}

// recipients are who is told, each by one message of their own.
func recipients(cfg config.Config) []notice.Recipient {
	var all []notice.Recipient
	if cfg.Slack.Token.Set() {
		for _, user := range cfg.Slack.Users {
			all = append(all, notice.Recipient{Notifier: "slack", ID: user})
		}
	}
	for _, c := range cfg.Webhooks {
		all = append(all, notice.Recipient{Notifier: webhook.NameOf(c.Name), ID: c.Name})
	}
	return all
}

// webhooks are the doctor's looks at the webhooks, by their names: is somebody there, and what
// became of what was told last. told is nil where no server runs.
func (a *App) webhooks(told func() []health.State) map[string]func(context.Context) error {
	all := map[string]func(context.Context) error{}
	for _, c := range a.config.Webhooks {
		all[c.Name] = func(ctx context.Context) error {
			w, err := a.webhook(c)
			if err != nil {
				return err
			}
			if err := w.Check(ctx); err != nil || told == nil {
				return err
			}
			states := told()
			i := slices.IndexFunc(states, func(s health.State) bool { return s.Name == w.Name() })
			if i < 0 || states[i].Fault == "" {
				return nil
			}
			return &fault.Fault{Name: states[i].Fault, Sentence: states[i].Sentence, Fix: states[i].Fix}
		}
	}
	return all
}
