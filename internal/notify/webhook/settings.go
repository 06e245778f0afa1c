package webhook

import (
	"fmt"

	"docket/internal/fault"
	"docket/internal/notice"
	"docket/internal/notify"
)

// Section is the key of the receivers in docket.yaml.
const Section = "webhooks"

// Settings are the section webhooks of docket.yaml: the receivers.
//
// Programs that are notified by signed webhooks of everything that people are notified of: docs/webhooks.md.
type Settings []Receiver

// Receiver is a program that is notified of what people are notified of:
//
//	# With its address and its secrets in files.
//	- name: ops
//	  url_file: /run/secrets/docket_ops_url
//	  secret_file: /run/secrets/docket_ops_secret
//	  token_file: /run/secrets/docket_ops_token
//	- {name: chat, url: "https://chat.example.org/hooks/the-address", secret: any text}
type Receiver struct {
	// The name of the program, in messages and in the log.
	Name string `yaml:"name" format:"name" required:""`
	// The address to send to. Such addresses often hold a secret, so it is shown nowhere.
	URL fault.Secret `yaml:"url" format:"link" required:"write url, or url_file"`
	// What is sent is signed with this secret, as Standard Webhooks describes it.
	Secret fault.Secret `yaml:"secret"`
	// This is sent as a Bearer token.
	Token fault.Secret `yaml:"token"`
}

// Check verifies the secrets.
func (s *Settings) Check(report notify.Report) {
	for i, r := range *s {
		if _, err := keyOf(r.Secret); err != nil {
			report(fmt.Sprintf("[%d].secret", i), "%v", err)
		}
	}
}

// Idle returns nothing: whatever is set has an effect.
func (s *Settings) Idle(string) []string { return nil }

// Recipients are the receivers, each its own notifier's only recipient.
func (s *Settings) Recipients() []notice.Recipient {
	var all []notice.Recipient
	for _, r := range *s {
		all = append(all, notice.Recipient{Notifier: nameOf(r.Name), ID: r.Name})
	}
	return all
}

// Open makes a notifier for each receiver.
func (s *Settings) Open(n notify.Needs) ([]notify.Notifier, error) {
	var all []notify.Notifier
	for _, r := range *s {
		w, err := New(Config{Name: r.Name, URL: r.URL, Secret: r.Secret, Token: r.Token, UserAgent: n.UserAgent})
		if err != nil {
			return nil, fmt.Errorf("set up the webhook %s: its secret %w", r.Name, err)
		}
		all = append(all, w)
	}
	return all, nil
}

// Hop returns the receivers' step.
func (s *Settings) Hop() notify.Hop {
	return notify.Hop{OK: "Every webhook's address answers.", Minor: true, Delivery: true}
}
