package storm

import (
	"hash/fnv"
	"strconv"
	"time"

	"docket/internal/alert"
)

// Gathering says that an incident gathers others, which share its ticket: each of them
// stands in it as one entry, exactly once.
type SharedTicket string

// The gatherings.
const (
	NotShared SharedTicket = ""       // an ordinary incident
	Storm     SharedTicket = "storm"  // what came above the storm's limit
	Digest    SharedTicket = "digest" // what recovered while the desk was away
)

// GatheringMark names a storm of a route, or the digest of an outage, by when it began.
func MarkOf(g SharedTicket, route string, began time.Time) alert.Mark {
	h := fnv.New64a()
	for _, part := range []string{string(g), route, strconv.FormatInt(began.UnixMicro(), 10)} {
		_, _ = h.Write([]byte(part)) // A hash never fails to write.
		_, _ = h.Write([]byte{0xff})
	}
	return alert.Mark{Key: alert.Key(h.Sum64()), Generation: 1}
}

// Backfill says what is filed, once the desk is back, of the alerts that had recovered by then.
type Backfill string

// The choices.
const (
	BackfillDigest Backfill = "digest" // one ticket lists them all
	BackfillAll    Backfill = "all"    // each has its own
	BackfillActive Backfill = "active" // none: only what still fires
)

// Outage is the desk's last one; the zero value for none.
type Outage struct {
	// Began is when it was first noticed, Ended when the desk answered again; zero while away.
	Began, Ended time.Time
}

// Covers reports whether t lies in the outage.
func (o Outage) Covers(t time.Time) bool {
	return !o.Began.IsZero() && !t.Before(o.Began) && (o.Ended.IsZero() || !t.After(o.Ended))
}
