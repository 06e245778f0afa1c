// Package silence says which alerts are muted: by a silence that somebody made, or by a
// maintenance window that comes round.
//
// It is pure. Matchers are Alertmanager's, parsed by its own library. Local time zones
// live here only. Its invariant: a muted alert is still an alert; muting keeps its ticket
// back while it lasts, and nothing else.
package silence
