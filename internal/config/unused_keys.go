package config

// Dormant returns the keys that are configured, read and checked, but that this version
// does nothing with yet: silence about them would be a promise.
func (c Config) Dormant() []string {
	var keys []string
	for _, k := range []struct {
		key string
		set bool
	}{
		// One without the other tells nobody anything.
		{"slack.token", c.Slack.Token.Set() && len(c.Slack.Users) == 0},
		{"slack.users", !c.Slack.Token.Set() && len(c.Slack.Users) > 0},
		{"slack.signing_secret", c.Slack.SigningSecret.Set() && c.PublicURL == ""},
	} {
		if k.set {
			keys = append(keys, k.key)
		}
	}
	return append(keys, c.Idle...)
}
