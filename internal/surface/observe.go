package surface

import (
	"slices"
	"time"
)

// State is what the readings made of a tile. The zero State has seen none.
type State struct {
	Status Status `json:"status"`
	// Since is when the tile became what it is: at the first of the readings that turned it.
	Since time.Time `json:"since"`
	// IllSince is when it stopped being operational, zero while it is. It outlasts the turns
	// between degraded, down and unknown: it is one problem.
	IllSince time.Time `json:"ill_since,omitzero"`
	// LastIll is the ill status that it has or had last, "" for never.
	LastIll Status `json:"last_ill,omitempty"`
	// Last is the newest reading, Well the time of the newest operational one.
	Last Reading   `json:"last"`
	Well time.Time `json:"well,omitzero"`
	// Alerting says that the tile's alert was told to fire, and not yet that it is over.
	Alerting bool `json:"alerting,omitempty"`
	// Runs are the newest readings, those of one kind in a row as one; the newest is last.
	Runs []Run `json:"runs,omitempty"`
}

// Run is several readings in a row with one status.
type Run struct {
	Status Status    `json:"status"`
	Since  time.Time `json:"since"`
	Count  int       `json:"count"`
}

// Turn says that a tile turned.
type Turn struct {
	From, To Status
	At       time.Time
}

// maxRuns bounds what a state remembers; no rule looks further back.
const maxRuns = 12

// Observe takes a reading in. A tile turns for the worse after DownAfter readings in a row
// that are as bad, for the better after UpAfter that are as good; its first good reading
// makes a tile operational at once. A reading no newer than the last is not counted. The
// turn is nil while the tile stays what it is.
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
		s.Well = r.At
	}
	s.Runs = extend(s.Runs, r)
	to, since := s.judge(on)
	if to == s.Status {
		return s, nil
	}
	turn := &Turn{From: s.Status, To: to, At: since}
	s.Status, s.Since = to, since
	if to.Ill() {
		s.LastIll = to
	}
	switch {
	case to == Operational:
		s.IllSince = time.Time{}
	case to.Ill() && s.IllSince.IsZero():
		s.IllSince = since
	}
	return s, turn
}

// extend adds a reading to the runs, in a slice of its own: states are values.
func extend(runs []Run, r Reading) []Run {
	next := make([]Run, 0, len(runs)+1)
	next = append(next, runs[max(0, len(runs)-maxRuns+1):]...)
	if last := len(next) - 1; last >= 0 && next[last].Status == r.Status {
		next[last].Count++
		return next
	}
	return append(next, Run{Status: r.Status, Since: r.At, Count: 1})
}

// judge says what the newest readings make of the tile, and since when.
func (s State) judge(on Surface) (Status, time.Time) {
	down, up := max(1, on.DownAfter), max(1, on.UpAfter)
	if s.Status == Unknown {
		up = 1 // Nothing spoke against it.
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
	// From down, degraded is a change for the better.
	if n, since := s.streak(Degraded, Operational); s.Status == Down && n >= up && s.Last.Status == Degraded {
		return Degraded, since
	}
	return s.Status, s.Since
}

// streak counts the newest readings in a row that have one of the statuses.
func (s State) streak(kinds ...Status) (n int, since time.Time) {
	for i := len(s.Runs) - 1; i >= 0 && slices.Contains(kinds, s.Runs[i].Status); i-- {
		n, since = n+s.Runs[i].Count, s.Runs[i].Since
	}
	return n, since
}

// Shown is the state as it is to be shown at now: a tile whose readings have stopped is
// unknown, since it was last read, and says so.
func (s State) Shown(on Surface, now time.Time) State {
	if s.Status == "" {
		s.Status = Unknown
		s.Last.Reason = "no reading yet"
		return s
	}
	if gap := now.Sub(s.Last.At); gap > silentTurns*on.Every+on.Timeout {
		s.Status, s.Since = Unknown, s.Last.At
		s.Last.Reason = "no reading since then: is a docket running that watches it?"
	}
	return s
}
