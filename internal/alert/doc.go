// Package alert holds the basic noun: one signal from one source, and the key of the problem behind it.
//
// It is pure: no clock, no network, no logger. Its invariants: Labels are always sorted by name and free of
// duplicates; a Key never depends on the order in which labels arrived, on the time, or on the process; for
// the Prometheus family a Key equals Alertmanager's own fingerprint.
package alert
