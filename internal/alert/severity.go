package alert

import (
	"fmt"
	"strings"
)

// Severity ranks an alert: P1 is the worst. The zero Severity means "not set".
type Severity uint8

// The severities, worst first.
const (
	P1 Severity = 1 + iota
	P2
	P3
	P4
	P5
)

// DefaultSeverity is used when an alert has none.
const DefaultSeverity = P3

// builtinSeverities are the words that mean a severity without any configuration.
var builtinSeverities = map[string]Severity{
	"p1": P1, "p2": P2, "p3": P3, "p4": P4, "p5": P5,
	"critical": P1, "error": P2, "high": P2, "warning": P3, "info": P4,
}

// String returns "P1" to "P5".
func (s Severity) String() string { return fmt.Sprintf("P%d", uint8(s)) }

// MarshalText prints the severity as String does.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads P1 to P5 or one of the built-in words.
func (s *Severity) UnmarshalText(text []byte) error {
	parsed, err := ParseSeverity(string(text))
	*s = parsed
	return err
}

// WorseOrEqual reports whether s is at least as bad as limit.
func (s Severity) WorseOrEqual(limit Severity) bool { return s != 0 && s <= limit }

// ParseSeverity reads P1 to P5, critical, error, high, warning or info, in any case.
func ParseSeverity(word string) (Severity, error) {
	if s, ok := builtinSeverities[strings.ToLower(strings.TrimSpace(word))]; ok {
		return s, nil
	}
	return 0, fmt.Errorf("severity %q is not one of P1..P5, critical, error, high, warning, info", word)
}

// SeverityOf reads the severity from a label's value: first by the source's own words, then by the built-in
// ones, otherwise DefaultSeverity. An unknown word also gives DefaultSeverity: an alert must not be lost over
// a word.
func SeverityOf(word string, words map[string]Severity) Severity {
	if s, ok := words[word]; ok {
		return s
	}
	if s, ok := builtinSeverities[word]; ok {
		return s
	}
	if s, err := ParseSeverity(word); err == nil {
		return s
	}
	return DefaultSeverity
}
