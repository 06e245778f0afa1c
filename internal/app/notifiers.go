package app

import (
	"docket/internal/doctor"
	"docket/internal/health"
	"docket/internal/notify"
	"docket/internal/notify/kinds"
)

// channel is a kind of notifier that is in use.
type channel struct {
	name     string
	hop      notify.Hop
	services []notify.Notifier
}

// channels are the notifiers in use, in the order of the table.
type channels []channel

// notifiers opens the notifiers that are configured.
func (a *App) notifiers() (channels, error) {
	var all channels
	for _, k := range kinds.All() {
		settings := a.config.Notifiers[k.Name]
		services, err := settings.Open(notify.Needs{PublicURL: a.config.PublicURL, UserAgent: "docket/" + a.version})
		if err != nil {
			return nil, err
		}
		if len(services) > 0 {
			all = append(all, channel{k.Name, settings.Hop(), services})
		}
	}
	return all, nil
}

// services are all services of all notifiers.
func (c channels) services() []notify.Notifier {
	var all []notify.Notifier
	for _, one := range c {
		all = append(all, one.services...)
	}
	return all
}

// workers is how many notices are sent at the same time: a few for each service, so that one that hangs does not
// hold up the others.
func (c channels) workers() int { return 4 * max(1, len(c.services())) }

// patients are the notifiers as the doctor examines them. states returns the last deliveries; nil without a server.
func (c channels) patients(states func() []health.State) []doctor.Notifier {
	var all []doctor.Notifier
	for _, one := range c {
		it := doctor.Notifier{Name: one.name, Hop: one.hop, Services: one.services}
		if states != nil {
			it.Last = func(service string) health.State {
				for _, s := range states() {
					if s.Name == service {
						return s
					}
				}
				return health.State{}
			}
		}
		all = append(all, it)
	}
	return all
}

// clicks are the notifiers whose messages can have buttons.
func (a *App) clicks() map[string]notify.Clickable {
	all := map[string]notify.Clickable{}
	for name, settings := range a.config.Notifiers {
		if c, ok := settings.(notify.Clickable); ok {
			all[name] = c
		}
	}
	return all
}
