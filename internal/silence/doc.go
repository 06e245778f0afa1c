// Package silence decides which alerts are muted, by a silence or by a maintenance window, which may recur.
//
// It is pure. Matchers are Alertmanager's, parsed by its own library. Local time zones are used only here.
// Its invariant: a muted alert is still an alert; while it is muted its ticket is held back, and nothing else
// changes.
package silence
