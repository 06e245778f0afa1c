package storm

import (
	"slices"
	"time"

	"docket/internal/alert"
)

// Crowd is how many incidents of one route want a ticket at the moment. Above the storm's
// limit they share one ticket. It is judged on when incidents open, not on when they are filed.
type Window struct {
	Route string `json:"-"`
	// Opened are the latest moments at which an incident asked for a ticket, oldest first, at
	// most the limit's number.
	Opened []time.Time `json:"opened"`
	// Storm is the incident that gathers the rest; zero while there was none yet.
	Storm alert.Mark `json:"storm"`
	// GatheredAt is when the last one was gathered into Storm.
	JoinedAt time.Time `json:"gathered_at"`
	// Kinds are the P1 alerts that got tickets of their own lately: a kind is a title.
	Kinds []SeenKind `json:"kinds"`
}

// SeenKind is a title, and when an incident of it last got a ticket of its own.
type SeenKind struct {
	Title string    `json:"title"`
	At    time.Time `json:"at"`
}

// StormPolicy bounds the new tickets of a route; Limit 0 is no bound.
type Policy struct {
	Limit int
	Per   time.Duration
}

// Admit takes note of an incident that asks for a ticket. It returns the crowd afterwards,
// and the storm that is to gather the incident; the zero Mark for a ticket of its own. Up
// to the limit every incident has its own; above it only the first P1 of a new kind, and of
// those no more than the limit again.
func (c Window) Admit(title string, severity alert.Severity, p Policy, now time.Time) (Window, alert.Mark) {
	if p.Limit <= 0 {
		return c, alert.Mark{}
	}
	calm := len(c.Opened) < p.Limit || now.Sub(c.Opened[len(c.Opened)-p.Limit]) >= p.Per
	c.Opened = append(slices.Clone(c.Opened), now)
	c.Opened = c.Opened[max(0, len(c.Opened)-p.Limit):]
	c.Kinds = slices.DeleteFunc(slices.Clone(c.Kinds), func(k SeenKind) bool { return now.Sub(k.At) >= p.Per })
	seen := slices.IndexFunc(c.Kinds, func(k SeenKind) bool { return k.Title == title })
	if seen >= 0 {
		c.Kinds[seen].At = now
	}
	first := severity == alert.P1 && seen < 0
	if calm || (first && len(c.Kinds) < 2*p.Limit) {
		if first {
			c.Kinds = append(c.Kinds, SeenKind{title, now})
		}
		return c, alert.Mark{}
	}
	if c.Storm == (alert.Mark{}) || now.Sub(c.JoinedAt) >= p.Per {
		c.Storm = MarkOf(Storm, c.Route, now)
	}
	c.JoinedAt = now
	return c, c.Storm
}
