package app

// Dormant returns the keys that are configured, read and checked, but that this version
// does nothing with yet: silence about them would be a promise.
func (c Config) Dormant() []string {
	d := Defaults()
	var keys []string
	for _, k := range []struct {
		key string
		set bool
	}{
		{"slack", c.Slack.Token.Set() || len(c.Slack.Users) > 0},
		{"freescout.webhook_secret", c.FreeScout.WebhookSecret.Set()},
		{"policies.reopen_within", c.Policies.ReopenWithin != d.Policies.ReopenWithin},
		{"reconcile", c.Reconcile != d.Reconcile},
	} {
		if k.set {
			keys = append(keys, k.key)
		}
	}
	return keys
}
