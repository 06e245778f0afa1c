package incident

import (
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"docket/internal/alert"
)

// Crowd is how many incidents of one route want a ticket at the moment. Above the storm's
// limit they share one ticket. It is judged on when incidents open, not on when they are filed.
type Crowd struct {
	Route string `json:"-"`
	// Opened are the latest moments at which an incident asked for a ticket, oldest first, at
	// most the limit's number.
	Opened []time.Time `json:"opened"`
	// Storm is the incident that gathers the rest; zero while there was none yet.
	Storm Mark `json:"storm"`
	// GatheredAt is when the last one was gathered into Storm.
	GatheredAt time.Time `json:"gathered_at"`
	// Kinds are the P1 alerts that got tickets of their own lately: a kind is a title.
	Kinds []SeenKind `json:"kinds"`
}

// SeenKind is a title, and when an incident of it last got a ticket of its own.
type SeenKind struct {
	Title string    `json:"title"`
	At    time.Time `json:"at"`
}

// StormPolicy bounds the new tickets of a route; Limit 0 is no bound.
type StormPolicy struct {
	Limit int
	Per   time.Duration
}

// Admit takes note of an incident that asks for a ticket. It returns the crowd afterwards,
// and the storm that is to gather the incident; the zero Mark for a ticket of its own. Up
// to the limit every incident has its own; above it only the first P1 of a new kind, and of
// those no more than the limit again.
func (c Crowd) Admit(inc Incident, p StormPolicy, now time.Time) (Crowd, Mark) {
	if p.Limit <= 0 {
		return c, Mark{}
	}
	calm := len(c.Opened) < p.Limit || now.Sub(c.Opened[len(c.Opened)-p.Limit]) >= p.Per
	c.Opened = append(slices.Clone(c.Opened), now)
	c.Opened = c.Opened[max(0, len(c.Opened)-p.Limit):]
	c.Kinds = slices.DeleteFunc(slices.Clone(c.Kinds), func(k SeenKind) bool { return now.Sub(k.At) >= p.Per })
	seen := slices.IndexFunc(c.Kinds, func(k SeenKind) bool { return k.Title == inc.Title })
	if seen >= 0 {
		c.Kinds[seen].At = now
	}
	first := inc.Severity == alert.P1 && seen < 0
	if calm || (first && len(c.Kinds) < 2*p.Limit) {
		if first {
			c.Kinds = append(c.Kinds, SeenKind{inc.Title, now})
		}
		return c, Mark{}
	}
	if c.Storm == (Mark{}) || now.Sub(c.GatheredAt) >= p.Per {
		c.Storm = GatheringMark(Storm, c.Route, now, 1)
	}
	c.GatheredAt = now
	return c, c.Storm
}

// GatheringMark names a storm of a route, or the digest of an outage, by when it began.
func GatheringMark(g Gathering, route string, began time.Time, generation int) Mark {
	h := fnv.New64a()
	for _, part := range []string{string(g), route, strconv.FormatInt(began.UnixMicro(), 10)} {
		_, _ = h.Write([]byte(part)) // A hash never fails to write.
		_, _ = h.Write([]byte{0xff})
	}
	return Mark{alert.Key(h.Sum64()), generation}
}
