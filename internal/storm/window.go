package storm

import (
	"slices"
	"time"

	"docket/internal/alert"
)

// Window counts how many incidents of one route currently want a ticket. Above the storm limit they share one ticket.
// They count when they open, not when they are filed.
type Window struct {
	Route string `json:"-"`
	// Opened are the latest times at which an incident requested a ticket, oldest first, at most as many as the limit.
	Opened []time.Time `json:"opened"`
	// Storm is the incident whose ticket the rest share; zero if there has been none.
	Storm alert.Mark `json:"storm"`
	// JoinedAt is when the last incident joined Storm.
	JoinedAt time.Time `json:"gathered_at"`
	// Kinds are the P1 alerts that recently got tickets of their own. A kind is a title.
	Kinds []SeenKind `json:"kinds"`
}

// SeenKind is a title, and when an incident with it last got a ticket of its own.
type SeenKind struct {
	Title string    `json:"title"`
	At    time.Time `json:"at"`
}

// Policy limits the new tickets of a route. A Limit of 0 means no limit.
type Policy struct {
	Limit int
	Per   time.Duration
}

// Admit records an incident that requests a ticket. It returns the updated window and the storm that the incident
// joins, or the zero Mark if it gets a ticket of its own. Up to the limit, every incident gets its own. Above it, only
// the first P1 of a new kind does, and at most another limit's worth of those.
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
