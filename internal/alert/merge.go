package alert

import "time"

// Change says what a new report from a source means, given what was known.
type Change uint8

// The changes.
const (
	// Repeated: it is firing, which was known. Nothing to decide and nothing to write.
	Repeated Change = iota
	// Fired: it is firing, and was not known to be.
	Fired
	// MaybeStale: it is reported as firing with a start before the end that a source reported. This is a late
	// repeat from a slow peer, or a sender that reuses start times.
	MaybeStale
	// Ended: it was firing and no longer is.
	Ended
	// Changed: it is still firing, but its severity or its polling source has changed, or it no longer
	// expires.
	Changed
	// Strayed: it has ended, and was never known to fire. Kept, so that a late report of its start is
	// recognized.
	Strayed
	// Late: an old report about an episode that is over; what is known is newer.
	Late
)

// Merge decides what the report in said means, given what is known (nil if nothing is), and returns what to keep.
// It never moves state backwards: an end before the known start, or an absence from a poll that began before
// the alert was last reported, is Late.
func Merge(known *Alert, said Alert) (Alert, Change) {
	if known == nil {
		if said.Status == Resolved {
			return said, Strayed
		}
		return said, Fired
	}
	switch {
	case known.Status == Firing && said.Status == Firing:
		return mergeFiring(*known, said)
	case known.Status == Firing:
		if said.EndsAt.Before(known.StartsAt) || (said.Inferred && contradicted(*known, said)) {
			return *known, Late
		}
		next := *known
		next.Status, next.EndsAt, next.ExpiresAt, next.SaidAt = Resolved, said.EndsAt, time.Time{}, said.SaidAt
		next.Inferred = said.Inferred
		if len(said.Annotations) > 0 {
			next.Annotations = said.Annotations
		}
		return next, Ended
	case said.Status == Firing:
		if said.Poll == "" {
			said.Poll = known.Poll
		}
		if !known.Inferred && said.Poll == "" && !said.StartsAt.After(known.EndsAt) {
			return said, MaybeStale
		}
		return said, Fired
	}
	return *known, Repeated
}

// contradicted reports whether something newer than the inference contradicts it: the alert was repeated in
// the meantime, or another source now reports it. Reported ends are not compared with our clock: the clocks
// of replicas differ, and a lost end would leave a stale ticket.
func contradicted(known, inferred Alert) bool {
	if inferred.Poll != "" {
		return known.Poll != inferred.Poll || inferred.SaidAt.Before(known.SaidAt)
	}
	return known.ExpiresAt.IsZero() || known.ExpiresAt.After(inferred.SaidAt)
}

// mergeFiring merges two reports of one firing alert: the earliest start, the latest expiry.
func mergeFiring(known, said Alert) (Alert, Change) {
	next := said
	change := Repeated
	if known.StartsAt.Before(next.StartsAt) {
		next.StartsAt = known.StartsAt
	}
	if known.ExpiresAt.IsZero() || (!next.ExpiresAt.IsZero() && next.ExpiresAt.Before(known.ExpiresAt)) {
		next.ExpiresAt = known.ExpiresAt
	}
	if next.Poll == "" {
		next.Poll = known.Poll
	}
	if next.SaidAt.Before(known.SaidAt) {
		next.SaidAt = known.SaidAt
	}
	neverExpires := next.ExpiresAt.IsZero() && !known.ExpiresAt.IsZero()
	if known.Severity != said.Severity || known.Poll != next.Poll || neverExpires {
		change = Changed
	}
	// The key is fixed while the alert is firing: a changed recipe or identity must not rename what is open.
	next.Key = known.Key
	return next, change
}
