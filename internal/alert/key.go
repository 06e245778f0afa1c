package alert

import (
	"fmt"
	"slices"
	"strconv"
)

// Key is an alert_key: 64 bits that identify the same problem across repeats, restarts and replicas. It is
// printed as 16 lower-case hex characters.
type Key uint64

// Recipe is the version of how a Key is computed. It is stored with every incident, so that a later recipe
// cannot rename an open one. Recipe 1: FNV-1a over the sorted identity labels, as Alertmanager does it;
// outside the Prometheus family the source's name goes in first.
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

// FNV-1a's two constants and the separator byte that Prometheus puts after each name and value
// (prometheus/common model/signature.go, read 2026-11-23). We do not call that function because it takes a
// map, and building a map for each repeat of a known alert would be most of the cost of a repeat. A test
// checks that both give the same result.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
	separator = 255
)

// Fingerprint is the Key over all labels. If source is empty (the Prometheus family), it equals
// Alertmanager's fingerprint of the same labels.
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

// Identity says which part of an alert identifies the problem. The zero Identity uses all labels.
type Identity struct {
	// Drop lists labels to ignore; Keep, if not empty, lists the only labels to use.
	Drop, Keep []string
	// ByAlertID uses the first 16 characters of the upstream id instead of labels. An alert without an id is
	// identified by its labels, because alerts without an id are not all the same problem.
	ByAlertID bool
}

// alertIDRunes is how much of an upstream id Identity.ByAlertID uses (the old system's rule).
const alertIDRunes = 16

// Key identifies the problem behind an alert with these labels and this upstream id. source is empty for the
// Prometheus family, otherwise the source's name. If the identity leaves no label of an alert, all labels are
// used, so that unrelated alerts do not share one key.
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
