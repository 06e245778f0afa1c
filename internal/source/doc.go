// Package source turns what alert sources send into alerts: bytes in, []alert.Alert out, with one file per
// format (webhook.go, apiv2.go, poll.go, whose common part is family.go; grafana.go, pagerduty.go,
// cloudevents.go, generic.go with its mapping in CEL, heroku.go).
//
// It stores nothing and decides nothing about incidents. What it cannot read is reported by field, and one
// bad alert in a pushed body never affects the others. A poll is read completely or not at all, because
// absence from it also means something. Its invariant: every alert it returns has sorted labels, a start, a
// severity, a key by the source's identity, and texts that both databases can store.
package source
