package kinds

import (
	"docket/internal/notify"
	"docket/internal/notify/email"
	"docket/internal/notify/slack"
	"docket/internal/notify/webhook"
)

// All are the notifiers that Docket has, in the order of the documentation and the doctor's report.
func All() []notify.Kind {
	return []notify.Kind{
		{Name: slack.Name, Prefix: "SLACK_", Settings: func() notify.Settings { return slack.NewSettings() }},
		{Name: email.Name, Settings: func() notify.Settings { return email.NewSettings() }},
		{Name: webhook.Section, Settings: func() notify.Settings { return &webhook.Settings{} }},
	}
}
