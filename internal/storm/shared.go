package storm

import (
	"hash/fnv"
	"strconv"
	"time"

	"docket/internal/alert"
)

// SharedTicket says whether an incident's ticket is shared by others. Each of them has exactly one entry in it.
type SharedTicket string

// The kinds of shared ticket.
const (
	NotShared SharedTicket = ""       // an ordinary incident
	Storm     SharedTicket = "storm"  // incidents above the storm limit
	Digest    SharedTicket = "digest" // alerts that recovered while the desk was unreachable
)

// MarkOf returns the mark of a route's storm, or of an outage's digest, derived from when it began.
func MarkOf(g SharedTicket, route string, began time.Time) alert.Mark {
	h := fnv.New64a()
	for _, part := range []string{string(g), route, strconv.FormatInt(began.UnixMicro(), 10)} {
		_, _ = h.Write([]byte(part)) // Writing to a hash never fails.
		_, _ = h.Write([]byte{0xff})
	}
	return alert.Mark{Key: alert.Key(h.Sum64()), Generation: 1}
}

// Backfill says what is filed, once the desk is back, for alerts that recovered in the meantime.
type Backfill string

// The choices.
const (
	BackfillDigest Backfill = "digest" // one ticket lists them all
	BackfillAll    Backfill = "all"    // each gets its own
	BackfillActive Backfill = "active" // none: only alerts that are still firing get one
)

// Outage is the desk's last outage; the zero value means none.
type Outage struct {
	// Began is when it was first noticed; Ended is when the desk answered again, zero while it is unreachable.
	Began, Ended time.Time
}

// Covers reports whether t is within the outage.
func (o Outage) Covers(t time.Time) bool {
	return !o.Began.IsZero() && !t.Before(o.Began) && (o.Ended.IsZero() || !t.After(o.Ended))
}
