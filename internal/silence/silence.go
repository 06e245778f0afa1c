package silence

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"docket/internal/alert"
)

// Silence mutes the alerts it matches between two moments.
type Silence struct {
	ID       string
	Matchers Matchers
	// StartsAt is the first muted moment, EndsAt the first one after the silence.
	StartsAt, EndsAt time.Time
	Comment          string
	CreatedBy        string
}

// State is the state of a silence.
type State string

// The states.
const (
	Pending State = "pending"
	Active  State = "active"
	Expired State = "expired"
)

// State returns the silence's state at now.
func (s Silence) State(now time.Time) State {
	switch {
	case now.Before(s.StartsAt):
		return Pending
	case now.Before(s.EndsAt):
		return Active
	}
	return Expired
}

// Validate returns a sentence about what is wrong, nil if nothing is.
func (s Silence) Validate() error {
	if !s.EndsAt.After(s.StartsAt) {
		return errors.New("the end must be after the start")
	}
	return s.Matchers.check()
}

// Maintenance mutes the alerts it matches either at the same time of day on certain weekdays, by the local
// clock of its zone, or once between two moments.
type Maintenance struct {
	Name     string
	Matchers Matchers
	// StartsAt and EndsAt are for a one-time window; nothing below is set then.
	StartsAt, EndsAt time.Time
	Weekdays         []time.Weekday
	// From and Until are times of day since midnight. If Until is not after From, it is on the next day; it
	// may be 24 h.
	From, Until time.Duration
	// Zone is the time zone of From and Until.
	Zone *time.Location
}

const day = 24 * time.Hour

// Validate returns a sentence about what is wrong, nil if nothing is.
func (m Maintenance) Validate() error {
	switch {
	case m.once() && (len(m.Weekdays) > 0 || m.From != 0 || m.Until != 0):
		return errors.New("a window is either one-time, with a start and an end, or repeats on weekdays")
	case m.once() && !m.EndsAt.After(m.StartsAt):
		return errors.New("the end must be after the start")
	case m.once():
		return m.Matchers.check()
	case len(m.Weekdays) == 0:
		return errors.New("at least one weekday is needed")
	case m.From < 0 || m.From >= day || m.Until < 0 || m.Until > day:
		return errors.New("times of day must be between 00:00 and 24:00")
	case m.From == m.Until:
		return errors.New("the window must start and end at different times")
	case m.Zone == nil:
		return errors.New("a time zone is needed")
	}
	return m.Matchers.check()
}

func (m Maintenance) once() bool { return !m.StartsAt.IsZero() || !m.EndsAt.IsZero() }

// until reports whether the window is in force at now, and when it then ends. At a daylight saving change, a
// window that begins in the skipped hour begins right after it, and one in the repeated hour covers both.
func (m Maintenance) until(now time.Time) (time.Time, bool) {
	if m.once() {
		return m.EndsAt, !now.Before(m.StartsAt) && now.Before(m.EndsAt)
	}
	local := now.In(m.Zone)
	// A window that began yesterday may still be in force.
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

// at returns a local time of day on a date.
func (m Maintenance) at(on time.Time, clock time.Duration) time.Time {
	return time.Date(on.Year(), on.Month(), on.Day(), int(clock/time.Hour), int(clock%time.Hour/time.Minute),
		int(clock%time.Minute/time.Second), 0, m.Zone)
}

// Muted says what mutes an alert, and until when.
type Muted struct {
	By    string
	Until time.Time
}

// Mutes reports whether anything mutes the alert at now; if several do, it returns the one that lasts
// longest.
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
