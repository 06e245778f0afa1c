package alert

import (
	"log/slog"
	"time"
)

// Status says whether an alert is still firing.
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

// Alert is one signal as reported by a source. Every time is UTC with microseconds.
type Alert struct {
	// Fingerprint identifies this one signal: the Key over all its labels. Several fingerprints share one Key
	// if the source's identity drops labels.
	Fingerprint Key
	// Key is the alert_key: it identifies the problem.
	Key Key
	// Source is the configured name of the source that reported it last.
	Source string
	// ID is the upstream alert_id; "" if the source has none.
	ID string
	// Labels identify, Annotations describe.
	Labels, Annotations Labels
	// Severity is read from the labels, using the source's own words.
	Severity Severity
	// Status is what the source reports now.
	Status Status
	// StartsAt is when it began to fire, by the source's clock; never zero once normalized.
	StartsAt time.Time
	// EndsAt is when it stopped; zero while firing.
	EndsAt time.Time
	// Inferred means that the end was inferred (expiry, absence from a poll) and not reported: if a source
	// reports it as firing later, that is believed at once.
	Inferred bool
	// ExpiresAt is when a firing alert counts as ended unless it is repeated. Zero means never: only an
	// explicit end, or its absence from a poll, ends it.
	ExpiresAt time.Time
	// Poll is the name of the polling source that listed this alert in its last response, "" if none ever
	// did. Only that source may end it by its absence.
	Poll string
	// SaidAt is when the source reported all this: the start of the request or of the poll.
	SaidAt time.Time
	// Title is what people call it: the alertname label, or the source's own equivalent.
	Title string
	// Surface is the name of the surface it is about; "" for all but a tile's own alert.
	Surface string
	// Link is the source's own page about it; "" if none.
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
