package config

// Dormant returns the keys that are configured, read and checked, but that this version
// does nothing with yet: silence about them would be a promise.
func (c Config) Dormant() []string {
	return append(c.idleNotifiers(), c.Idle...)
}
