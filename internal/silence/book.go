package silence

import (
	"time"

	"docket/internal/alert"
)

// Book holds all silences and maintenance windows.
type Book struct {
	Silences []Silence
	Windows  []Maintenance
}

// At returns only what is in force at now, so that checking many alerts is cheap. It is Empty if nothing is.
func (b Book) At(now time.Time) Book {
	var held Book
	for _, s := range b.Silences {
		if s.State(now) == Active {
			held.Silences = append(held.Silences, s)
		}
	}
	for _, m := range b.Windows {
		if _, holds := m.until(now); holds {
			held.Windows = append(held.Windows, m)
		}
	}
	return held
}

// Empty reports whether there are no silences and no windows.
func (b Book) Empty() bool { return len(b.Silences) == 0 && len(b.Windows) == 0 }

// Mutes reports whether every firing alert of an incident is muted at now, and what mutes the one that is
// unmuted first. No alerts means not muted: there may be one that has not been received yet.
func (b Book) Mutes(firing []alert.Alert, now time.Time) (Muted, bool) {
	var first Muted
	for _, a := range firing {
		m, muted := Mutes(b.Silences, b.Windows, a, now)
		if !muted {
			return Muted{}, false
		}
		if first.By == "" || m.Until.Before(first.Until) {
			first = m
		}
	}
	return first, first.By != ""
}

// Holds reports whether the window is in force at now, and when it then ends.
func (m Maintenance) Holds(now time.Time) (until time.Time, holds bool) { return m.until(now) }

// Over reports whether the window will never be in force again.
func (m Maintenance) Over(now time.Time) bool { return m.once() && !now.Before(m.EndsAt) }
