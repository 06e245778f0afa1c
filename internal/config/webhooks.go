package config

import (
	"docket/internal/fault"
	"docket/internal/notify/webhook"
)

// WebhookConfig is a program that is notified of what people are notified of:
//
//	# With its address and its secrets in files.
//	- name: ops
//	  url_file: /run/secrets/docket_ops_url
//	  secret_file: /run/secrets/docket_ops_secret
//	  token_file: /run/secrets/docket_ops_token
//	- {name: chat, url: "https://chat.example.org/hooks/the-address", secret: any text}
type WebhookConfig struct {
	// The name of the program, in messages and in the log.
	Name string `yaml:"name" format:"name" required:""`
	// The address to send to. Such addresses often hold a secret, so it is shown nowhere.
	URL fault.Secret `yaml:"url" format:"link" required:"write url, or url_file"`
	// What is sent is signed with this secret, as Standard Webhooks describes it.
	Secret fault.Secret `yaml:"secret"`
	// This is sent as a Bearer token.
	Token fault.Secret `yaml:"token"`
}

func (w *WebhookConfig) check(at place) {
	if err := webhook.CheckSecret(w.Secret); err != nil {
		at.wrong("secret", "%v", err)
	}
}
