package silence

import (
	"time"

	"docket/internal/alert"
)

// Book is all silences and windows that somebody has made.
type Book struct {
	Silences []Silence
	Windows  []Maintenance
}

// At returns what holds at now, so that asking it about many alerts costs little. Where
// nothing holds, it is Empty.
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

// Empty reports whether nothing is in the book.
func (b Book) Empty() bool { return len(b.Silences) == 0 && len(b.Windows) == 0 }

// Mutes reports whether every one of an incident's firing alerts is muted at now, and by
// what the first of them that will be heard again is muted. No alerts are not muted: there
// may be one that nobody has told of yet.
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

// Holds returns when the window that holds at now ends, and whether one does.
func (m Maintenance) Holds(now time.Time) (until time.Time, holds bool) { return m.until(now) }

// Over reports whether the window never comes again.
func (m Maintenance) Over(now time.Time) bool { return m.once() && !now.Before(m.EndsAt) }
