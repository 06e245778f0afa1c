package config

import "slices"

// Dormant returns the keys that are configured, read and checked, but that this version
// does nothing with yet: silence about them would be a promise.
func (c Config) Dormant() []string {
	idle := append(c.idleNotifiers(), c.Idle...)
	if c.Canary.MailboxID != 0 && !slices.ContainsFunc(c.DesksInUse(), c.HasMailboxes) {
		idle = append(idle, "canary."+mailboxKey)
	}
	return idle
}
