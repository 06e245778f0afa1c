package silence

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"docket/internal/alert"
)

// Silence mutes what it matches between two moments.
type Silence struct {
	ID       string
	Matchers Matchers
	// StartsAt is the first moment that is muted, EndsAt the first that is not any more.
	StartsAt, EndsAt time.Time
	Comment          string
	CreatedBy        string
}

// State is where a silence stands.
type State string

// The states.
const (
	Pending State = "pending"
	Active  State = "active"
	Expired State = "expired"
)

// State returns where the silence stands at now.
func (s Silence) State(now time.Time) State {
	switch {
	case now.Before(s.StartsAt):
		return Pending
	case now.Before(s.EndsAt):
		return Active
	}
	return Expired
}

// Validate says in a sentence what is wrong, nil if nothing.
func (s Silence) Validate() error {
	if !s.EndsAt.After(s.StartsAt) {
		return errors.New("the end must be after the start")
	}
	return s.Matchers.check()
}

// Maintenance mutes what it matches at the same time of day on some weekdays, by the
// clock on a wall of its place, or once, between two moments.
type Maintenance struct {
	Name     string
	Matchers Matchers
	// StartsAt and EndsAt are the two moments of a window that comes once; nothing below is
	// set then.
	StartsAt, EndsAt time.Time
	Weekdays         []time.Weekday
	// From and Until are times of day since midnight. Until at or before From is on the
	// next day; Until may be 24 h.
	From, Until time.Duration
	// Zone is the place's time zone.
	Zone *time.Location
}

const day = 24 * time.Hour

// Validate says in a sentence what is wrong, nil if nothing.
func (m Maintenance) Validate() error {
	switch {
	case m.once() && (len(m.Weekdays) > 0 || m.From != 0 || m.Until != 0):
		return errors.New("a window comes either once, from a start to an end, or on weekdays")
	case m.once() && !m.EndsAt.After(m.StartsAt):
		return errors.New("the end must be after the start")
	case m.once():
		return m.Matchers.check()
	case len(m.Weekdays) == 0:
		return errors.New("at least one weekday is needed")
	case m.From < 0 || m.From >= day || m.Until < 0 || m.Until > day:
		return errors.New("times of day lie between 00:00 and 24:00")
	case m.From == m.Until:
		return errors.New("the window has no length")
	case m.Zone == nil:
		return errors.New("a time zone is needed")
	}
	return m.Matchers.check()
}

func (m Maintenance) once() bool { return !m.StartsAt.IsZero() || !m.EndsAt.IsZero() }

// until returns the end of the window that holds at now, and whether one does. A window
// that begins at an hour which the clocks skip begins when they go on; one in the hour
// that they repeat lasts through both.
func (m Maintenance) until(now time.Time) (time.Time, bool) {
	if m.once() {
		return m.EndsAt, !now.Before(m.StartsAt) && now.Before(m.EndsAt)
	}
	local := now.In(m.Zone)
	// A window that began yesterday may still hold.
	for _, back := range [...]int{0, 1} {
		begins := m.at(local.AddDate(0, 0, -back), m.From)
		if !slices.Contains(m.Weekdays, time.Date(local.Year(), local.Month(), local.Day()-back, 12, 0, 0, 0, m.Zone).Weekday()) {
			continue
		}
		ends := m.at(local.AddDate(0, 0, -back), m.Until)
		if m.Until <= m.From {
			ends = m.at(local.AddDate(0, 0, 1-back), m.Until)
		}
		if !now.Before(begins) && now.Before(ends) {
			return ends, true
		}
	}
	return time.Time{}, false
}

// at returns a wall-clock time on a day.
func (m Maintenance) at(on time.Time, clock time.Duration) time.Time {
	return time.Date(on.Year(), on.Month(), on.Day(), int(clock/time.Hour), int(clock%time.Hour/time.Minute), int(clock%time.Minute/time.Second), 0, m.Zone)
}

// Muted says by what an alert is muted, and until when.
type Muted struct {
	By    string
	Until time.Time
}

// Mutes reports whether anything mutes the alert at now: of several, the one that lasts longest.
func Mutes(silences []Silence, windows []Maintenance, a alert.Alert, now time.Time) (Muted, bool) {
	var longest Muted
	take := func(by string, until time.Time) {
		if until.After(longest.Until) {
			longest = Muted{by, until}
		}
	}
	for _, s := range silences {
		if s.State(now) == Active && s.Matchers.Match(a.Labels) {
			take(fmt.Sprintf("silence %s", s.ID), s.EndsAt)
		}
	}
	for _, m := range windows {
		if until, holds := m.until(now); holds && m.Matchers.Match(a.Labels) {
			take("maintenance "+m.Name, until)
		}
	}
	return longest, longest.By != ""
}
