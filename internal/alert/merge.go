package alert

import "time"

// Change says what a new word from a source means, given what was known.
type Change uint8

// The changes.
const (
	// Repeated: it fires, which was known. Nothing to decide and nothing to write.
	Repeated Change = iota
	// Fired: it fires, and was not known to.
	Fired
	// Doubted: it fires by a word whose start lies before the end that a source told us
	// itself: a late repeat of a slow peer, or a sender that reuses start times.
	MaybeStale
	// Ended: it fired and does not any more.
	Ended
	// Changed: it fires as before, but its severity or its polling source is another, or
	// it does not expire any more.
	Changed
	// Strayed: it has ended, and was never known to fire. Kept, so that a late word of its
	// start is recognised.
	Strayed
	// Late: an old word about an episode that is over; what is known is newer.
	Late
)

// Merge decides what said means beside known (nil: nothing known), and returns what is
// to be kept. It never moves state backwards: an end before the known start, or an
// absence from a poll that began before the alert was last reported, is Late.
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

// contradicted reports whether something newer than the inference speaks against it: the
// alert was repeated meanwhile, or another source answers for it. Told ends are not held
// against our clock: replicas' clocks differ, and a lost end would be a stale ticket.
func contradicted(known, inferred Alert) bool {
	if inferred.Poll != "" {
		return known.Poll != inferred.Poll || inferred.SaidAt.Before(known.SaidAt)
	}
	return known.ExpiresAt.IsZero() || known.ExpiresAt.After(inferred.SaidAt)
}

// mergeFiring joins two words about one firing alert: the earliest start, the latest expiry.
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
	// The key is fixed while the alert fires: a changed recipe or identity must not
	// rename what is open.
	next.Key = known.Key
	return next, change
}
