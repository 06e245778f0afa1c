// Package source turns what sources of alerts send into alerts: bytes in, []alert.Alert out,
// one file per format (webhook.go, apiv2.go, poll.go, whose common part is family.go; grafana.go,
// pagerduty.go, cloudevents.go, generic.go with its mapping in CEL, heroku.go).
//
// It keeps nothing and decides nothing about incidents. What it cannot read it names by
// field; one bad alert of a pushed body never costs its neighbours their place. A poll is
// read whole or not at all, because absence from it is a word, too. Its invariant: every
// alert it returns has sorted labels, a start, a severity, a key by the source's identity,
// and texts that both databases can keep.
package source
