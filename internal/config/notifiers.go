package config

import (
	"reflect"

	"docket/internal/notice"
	"docket/internal/notify"
	"docket/internal/notify/kinds"
)

// Notifiers are the sections of the notifiers, by their names: each row of the table of notifiers has one, whether
// it is used or not.
type Notifiers map[string]notify.Settings

// defaultNotifiers returns all sections with their defaults.
func defaultNotifiers() Notifiers {
	all := Notifiers{}
	for _, k := range kinds.All() {
		all[k.Name] = k.Settings()
	}
	return all
}

// Recipients are everybody who is notified, in the order of the table.
func (c Config) Recipients() []notice.Recipient {
	var all []notice.Recipient
	for _, k := range kinds.All() {
		all = append(all, c.Notifiers[k.Name].Recipients()...)
	}
	return all
}

// bindNotifiers returns the sections of the notifiers.
func bindNotifiers(held Notifiers, path string) []bound {
	var all []bound
	for _, k := range kinds.All() {
		if section := held[k.Name]; section != nil {
			all = append(all, bound{field{key: k.Name}, reflect.ValueOf(section).Elem(), join(path, k.Name)})
		}
	}
	return all
}

// checkNotifiers checks every section beyond its tags, even if the notifier is not used.
func (l *loader) checkNotifiers() {
	for _, k := range kinds.All() {
		section := l.config.Notifiers[k.Name]
		section.Check(l.reporter(section, k.Name))
	}
}

// idleNotifiers are the keys of notifiers that have no effect.
func (c Config) idleNotifiers() []string {
	var keys []string
	for _, k := range kinds.All() {
		for _, key := range c.Notifiers[k.Name].Idle(c.PublicURL) {
			keys = append(keys, k.Name+"."+key)
		}
	}
	return keys
}

// clicksArrive reports whether a notifier's buttons use the address of a source with this name.
func clicksArrive(name string) bool {
	for _, k := range kinds.All() {
		if _, clickable := k.Settings().(notify.Clickable); clickable && k.Name == name {
			return true
		}
	}
	return false
}
