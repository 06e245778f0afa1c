package config

import (
	"time"

	"docket/internal/fault"
)

// CanaryConfig is the doctor's own rounds.
type CanaryConfig struct {
	// The time between two rounds. 0 is never.
	Every time.Duration `yaml:"every" min:"1s" zero:"never" example:"1h"`
	// Whether each round files a ticket, reads it back, finds it and closes it.
	Ticket bool `yaml:"ticket" example:"true"`
	// The mailbox for those tickets in a desk that has mailboxes. Unless set, it is the operations mailbox.
	MailboxID int64 `yaml:"mailbox_id" example:"9"`
	// This address is called after each round that found every step working, so that its silence raises an alarm
	// elsewhere. Such addresses often hold a secret, so it is shown nowhere.
	PingURL fault.Secret `yaml:"ping_url" format:"link" example:"https://hc-ping.com/your-uuid"`
}
