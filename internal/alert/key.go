package alert

import (
	"fmt"
	"slices"
	"strconv"
)

// Key is an alert_key: 64 bits that name the same problem across repeats, restarts
// and replicas. It prints as 16 lower-case hex characters.
type Key uint64

// Recipe numbers the way a Key is made. It is kept with every incident, so that a
// later recipe cannot rename an open one. Recipe 1: FNV-1a over the sorted identity
// labels, as Alertmanager does it; outside the Prometheus family the source's name
// goes in first.
const Recipe = 1

// String returns the 16 hex characters.
func (k Key) String() string { return fmt.Sprintf("%016x", uint64(k)) }

// MarshalText prints the key as String does.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Key) UnmarshalText(text []byte) error {
	parsed, err := ParseKey(string(text))
	*k = parsed
	return err
}

// ParseKey reads 16 hex characters.
func ParseKey(s string) (Key, error) {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil || len(s) != 16 {
		return 0, fmt.Errorf("alert_key %q is not 16 hex characters", s)
	}
	return Key(n), nil
}

// FNV-1a's two constants and the separator byte that Prometheus puts after each name
// and value (prometheus/common model/signature.go, read 2026-11-23). Written out here
// rather than called there because that function wants a map, and a map for each
// repeat of a known alert is most of what a repeat costs. A test proves both equal.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
	separator = 255
)

// Fingerprint is the Key over all labels. Where source is empty (the Prometheus family)
// it equals Alertmanager's fingerprint of the same labels.
func Fingerprint(source string, ls Labels) Key {
	sum := uint64(fnvOffset)
	if source != "" {
		sum = fnvAdd(fnvAdd(sum, "source"), source)
	}
	for _, l := range ls {
		sum = fnvAdd(fnvAdd(sum, l.Name), l.Value)
	}
	return Key(sum)
}

func fnvAdd(sum uint64, s string) uint64 {
	for i := range len(s) {
		sum = (sum ^ uint64(s[i])) * fnvPrime
	}
	return (sum ^ separator) * fnvPrime
}

// Identity says which part of an alert names the problem. The zero Identity takes all labels.
type Identity struct {
	// Drop lists labels that do not count; Keep, where not empty, lists the only ones that do.
	Drop, Keep []string
	// ByAlertID takes the first 16 characters of the upstream id instead of labels.
	// An alert without an id is named by its labels: all of those are not one problem.
	ByAlertID bool
}

// alertIDRunes is how much of an upstream id counts with Identity.ByAlertID (the old system's rule).
const alertIDRunes = 16

// Key names the problem behind an alert with these labels and upstream id. source is
// empty for the Prometheus family, else the source's name. An alert of whose labels none
// counts is named by all of them, so that strangers do not share one key.
func (id Identity) Key(source string, ls Labels, alertID string) Key {
	if id.ByAlertID && alertID != "" {
		runes := []rune(alertID)
		return Fingerprint(source, Labels{{"alert_id", string(runes[:min(len(runes), alertIDRunes)])}})
	}
	if len(id.Keep) == 0 && len(id.Drop) == 0 {
		return Fingerprint(source, ls)
	}
	counted := make(Labels, 0, len(ls))
	for _, l := range ls {
		if slices.Contains(id.Drop, l.Name) || (len(id.Keep) > 0 && !slices.Contains(id.Keep, l.Name)) {
			continue
		}
		counted = append(counted, l)
	}
	if len(counted) == 0 {
		return Fingerprint(source, ls)
	}
	return Fingerprint(source, counted)
}
