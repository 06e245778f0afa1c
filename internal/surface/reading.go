package surface

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Reading is the result of one probe.
type Reading struct {
	At     time.Time `json:"at"`
	Status Status    `json:"status"`
	// Latency is 0 if none was measured.
	Latency time.Duration `json:"latency_ns,omitempty"`
	// Reason is one line for people about what is wrong; empty when operational.
	Reason string `json:"reason,omitempty"`
	// Evidence holds short facts, such as status: 503.
	Evidence map[string]string `json:"evidence,omitempty"`
}

// Size limits for a reading's texts, in bytes: they come from outside.
const (
	maxReason   = 300
	maxFact     = 200
	maxEvidence = 12
)

// Bounded returns the reading with each text cut to its limit and put on one line, and with a status that is
// one of the four.
func (r Reading) Bounded() Reading {
	r.Reason = line(r.Reason, maxReason)
	if !r.Status.Valid() {
		r.Status = Unknown
	}
	r.Latency = max(0, r.Latency)
	if r.Evidence == nil {
		return r
	}
	facts := make(map[string]string, len(r.Evidence))
	for name, value := range r.Evidence {
		if len(facts) < maxEvidence {
			facts[line(name, maxFact)] = line(value, maxFact)
		}
	}
	r.Evidence = facts
	return r
}

// line makes one line of valid UTF-8 of at most limit bytes.
func line(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if len(s) <= limit {
		return s
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
