package alert

import (
	"log/slog"
	"time"
)

// Status says whether an alert still fires.
type Status uint8

// The two statuses.
const (
	Firing Status = 1 + iota
	Resolved
)

// String returns "firing" or "resolved".
func (s Status) String() string {
	if s == Resolved {
		return "resolved"
	}
	return "firing"
}

// MarshalText prints the status as String does.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Alert is one signal as a source told it. Every time is UTC with microseconds.
type Alert struct {
	// Fingerprint names this one signal: the Key over all its labels. Several
	// fingerprints share one Key where the source's identity drops labels.
	Fingerprint Key
	// Key is the alert_key: it names the problem.
	Key Key
	// Source is the configured name of the source that told it last.
	Source string
	// ID is the upstream alert_id; "" where the source has none.
	ID string
	// Labels identify, Annotations describe.
	Labels, Annotations Labels
	// Severity is read from the labels by the source's words.
	Severity Severity
	// Status is what the source says now.
	Status Status
	// StartsAt is when it began to fire, by the source's clock; never zero once normalized.
	StartsAt time.Time
	// EndsAt is when it stopped; zero while firing.
	EndsAt time.Time
	// Inferred says that the end was concluded (expiry, absence from a poll), not told: a
	// later word that it fires is then believed at once.
	Inferred bool
	// ExpiresAt is when a firing alert counts as ended unless it is repeated; zero means
	// never: only an explicit end, or its absence from a poll, ends it.
	ExpiresAt time.Time
	// Poll is the name of the polling source in whose last answer this alert stood, "" if
	// none ever showed it. Only that source may end it by its absence.
	Poll string
	// SaidAt is when the source asserted all this: the request's or the poll's start.
	SaidAt time.Time
	// Title is what people call it: the alertname label, or what the source has instead.
	Title string
	// Surface is the name of the surface that it tells of; "" for all but a tile's own alert.
	Surface string
	// Link leads to the source's own page about it; "" if none.
	Link string
}

// Summary returns the sentence that describes the alert, "" if it has none.
func (a Alert) Summary() string {
	for _, name := range [...]string{"summary", "message", "description"} {
		if text := a.Annotations.Get(name); text != "" {
			return text
		}
	}
	return ""
}

// LogValue logs the alert as its key, title and status; labels may be large.
func (a Alert) LogValue() slog.Value {
	return slog.GroupValue(slog.String("alert_key", a.Key.String()), slog.String("title", a.Title),
		slog.String("status", a.Status.String()), slog.String("source", a.Source))
}
