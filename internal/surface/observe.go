package surface

import (
	"slices"
	"time"
)

// State is what the readings so far add up to. The zero State has no readings.
type State struct {
	Status Status `json:"status"`
	// Since is when the tile entered this status: the time of the first reading that caused the change.
	Since time.Time `json:"since"`
	// AffectedSince is when it stopped being operational; zero while it is operational. It is kept across changes
	// between degraded, down and unknown, because they are one problem.
	AffectedSince time.Time `json:"ill_since,omitzero"`
	// LastAffected is the current or most recent bad status; "" if there was none.
	LastAffected Status `json:"last_ill,omitempty"`
	// Last is the newest reading, LastOperational the time of the newest operational one.
	Last            Reading   `json:"last"`
	LastOperational time.Time `json:"well,omitzero"`
	// Alerting reports whether the tile's alert is firing: sent, and not yet resolved.
	Alerting bool `json:"alerting,omitempty"`
	// Runs are the newest readings, with consecutive readings of the same status merged into one; the newest
	// is last.
	Runs []Run `json:"runs,omitempty"`
}

// Run is several readings in a row with the same status.
type Run struct {
	Status Status    `json:"status"`
	Since  time.Time `json:"since"`
	Count  int       `json:"count"`
}

// Turn is a change of a tile's status.
type Turn struct {
	From, To Status
	At       time.Time
}

// maxRuns bounds what a state remembers; no rule looks back further.
const maxRuns = 12

// Observe adds a reading. A tile gets worse after DownAfter readings in a row that are at least as bad, and
// better after UpAfter that are at least as good; the first good reading makes a new tile operational at
// once. A reading no newer than the last one is ignored. The turn is nil while the status stays the same.
func Observe(s State, r Reading, on Surface) (State, *Turn) {
	r = r.Bounded()
	if s.Status == "" {
		s.Status, s.Since = Unknown, r.At
	}
	if !r.At.After(s.Last.At) {
		return s, nil
	}
	s.Last = r
	if r.Status == Operational {
		s.LastOperational = r.At
	}
	s.Runs = extend(s.Runs, r)
	to, since := s.judge(on)
	if to == s.Status {
		return s, nil
	}
	turn := &Turn{From: s.Status, To: to, At: since}
	s.Status, s.Since = to, since
	if to.Affected() {
		s.LastAffected = to
	}
	switch {
	case to == Operational:
		s.AffectedSince = time.Time{}
	case to.Affected() && s.AffectedSince.IsZero():
		s.AffectedSince = since
	}
	return s, turn
}

// extend adds a reading to the runs, in a new slice: states are values.
func extend(runs []Run, r Reading) []Run {
	next := make([]Run, 0, len(runs)+1)
	next = append(next, runs[max(0, len(runs)-maxRuns+1):]...)
	if last := len(next) - 1; last >= 0 && next[last].Status == r.Status {
		next[last].Count++
		return next
	}
	return append(next, Run{Status: r.Status, Since: r.At, Count: 1})
}

// judge returns the status that the newest readings call for, and since when.
func (s State) judge(on Surface) (Status, time.Time) {
	down, up := max(1, on.DownAfter), max(1, on.UpAfter)
	if s.Status == Unknown {
		up = 1 // There is no evidence of a problem.
	}
	if n, since := s.streak(Operational); n >= up {
		return Operational, since
	}
	if n, since := s.streak(Down); n >= down {
		return Down, since
	}
	if n, since := s.streak(Unknown); n >= down {
		return Unknown, since
	}
	ill, since := s.streak(Degraded, Down)
	if s.Status != Down && ill >= down {
		return Degraded, since
	}
	// Coming from down, degraded is an improvement.
	if n, since := s.streak(Degraded, Operational); s.Status == Down && n >= up && s.Last.Status == Degraded {
		return Degraded, since
	}
	return s.Status, s.Since
}

// streak counts the newest readings in a row that have one of these statuses.
func (s State) streak(kinds ...Status) (n int, since time.Time) {
	for i := len(s.Runs) - 1; i >= 0 && slices.Contains(kinds, s.Runs[i].Status); i-- {
		n, since = n+s.Runs[i].Count, s.Runs[i].Since
	}
	return n, since
}

// Shown is the state to show at now: once readings have stopped, the tile is unknown from its last reading
// on, with a reason that says so.
func (s State) Shown(on Surface, now time.Time) State {
	if s.Status == "" {
		s.Status = Unknown
		s.Last.Reason = "no reading yet"
		return s
	}
	if gap := now.Sub(s.Last.At); gap > silentTurns*on.Every+on.Timeout {
		s.Status, s.Since = Unknown, s.Last.At
		s.Last.Reason = "no reading since then: check that a Docket that watches it is running"
	}
	return s
}
