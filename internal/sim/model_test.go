package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
)

// model is what must hold, said again without the program's rules.
type model struct {
	w *world
	// acked are the alerts that a replica has said it keeps.
	acked map[alert.Key]bool
	// spells is each problem's present firing, as it was acknowledged.
	spells map[alert.Key]spell
	// checked is how many of the desk's tickets were checked for twins.
	checked int
}

// spell is a time of firing. It goes on over a quiet that is no longer than the settle time.
type spell struct {
	since, quietSince time.Time
	// began is the source's own word on when it began: an end before that is an older spell's.
	began time.Time
	over  bool // the quiet was long enough, and a turn of time has seen it
	// tried is when a word that begins the next spell was first sent: it may be kept since
	// then, though nobody was told so.
	tried time.Time
}

func newModel(w *world) *model {
	return &model{w: w, acked: map[alert.Key]bool{}, spells: map[alert.Key]spell{}}
}

// tries takes note of a word before it is sent.
func (m *model) tries(a alert.Alert) {
	s := m.spells[a.Fingerprint]
	if a.Status == alert.Firing && (s.since.IsZero() || s.over) && s.tried.IsZero() {
		s.tried = time.Now()
	} else if a.Status == alert.Firing && !s.quietSince.IsZero() {
		// It may be kept, and then the quiet was too short.
		s.quietSince, s.began = time.Time{}, a.StartsAt
	}
	m.spells[a.Fingerprint] = s
}

// acknowledged takes note of a word that a replica has taken.
func (m *model) acknowledged(a alert.Alert) {
	m.acked[a.Fingerprint] = true
	s := m.spells[a.Fingerprint]
	now := time.Now()
	switch {
	case a.Status == alert.Resolved && a.EndsAt.Before(s.began):
		return
	case a.Status == alert.Resolved && s.quietSince.IsZero():
		s.quietSince, s.over = now, m.w.shape.Policy.Settle == 0
	case a.Status == alert.Firing && (s.since.IsZero() || s.over):
		s = spell{since: s.tried, began: a.StartsAt}
	case a.Status == alert.Firing:
		s.quietSince = time.Time{}
	}
	m.spells[a.Fingerprint] = s
}

// turned takes note of a turn of time: what was quiet for long enough is over.
func (m *model) turned(now time.Time) {
	for k, s := range m.spells {
		if !s.quietSince.IsZero() && now.Sub(s.quietSince) >= m.w.shape.Policy.Settle {
			s.over = true
			m.spells[k] = s
		}
	}
}

// leaves is asked when something that must not happen twice is about to leave for the desk.
func (m *model) leaves(_, effectID string) {
	w := m.w
	// S3: nothing happens that the audit log has not said before.
	if !w.book.asked[effectID] {
		w.fail("S3: %s leaves, and no audit entry says so", effectID)
	}
	// S7: nothing starts while its flag is off; what had started goes on.
	e := w.book.effects[effectID]
	m.mutedLeaves(e)
	started := e.SentAt.Add(-w.apart()) // By the clock of a replica that may be ahead.
	if e.Kind != filing.KindFile || w.offSince.IsZero() || !started.After(w.offSince) {
		return
	}
	if !w.book.incidents[e.Mark].Inquiry.Alone {
		w.fail("S7: %s leaves though no replica files since %s", effectID, w.offSince)
	}
}

// check looks at everything that must hold at every moment.
func (m *model) check() {
	w := m.w
	for ; m.checked < len(w.room.tickets); m.checked++ {
		m.checkTwins(w.room.tickets[m.checked])
	}
	// S2: what was acknowledged is kept.
	for fp := range m.acked {
		if _, kept := w.book.alerts[fp]; !kept {
			w.fail("S2: alert %s was acknowledged and is not kept", fp)
		}
	}
	for mark, n := range w.book.filed {
		if n > 1 {
			w.fail("the audit log has %d rows for the one ticket of %s", n, mark)
		}
	}
}

// checkTwins is S1: no mark has two tickets, no problem two open ones of its own.
func (m *model) checkTwins(t *ticket) {
	problem := m.problem(t.mark)
	for _, o := range m.w.room.tickets {
		if o == t || o.vanished || t.vanished {
			continue
		}
		if o.mark == t.mark {
			m.w.fail("S1: tickets %s and %s are both for %s", o.id, t.id, t.mark)
		}
		if m.problem(o.mark) == problem && !o.closed && !t.closed {
			m.w.fail("S1: tickets %s (%s) and %s (%s) are open for the same problem", o.id, o.mark, t.id, t.mark)
		}
	}
}

// checkEnd looks at everything once all is at rest.
func (m *model) checkEnd() {
	w := m.w
	for id, e := range w.book.effects {
		if !e.Finished() {
			w.fail("L1: %s is %s for ever", id, e.State)
		}
	}
	for _, t := range w.room.tickets {
		m.checkNotes(t)
	}
	for _, s := range w.sources {
		if !s.since.IsZero() {
			m.checkSource(s)
		}
	}
	// S6: who shares a ticket stands in it once.
	for mark := range w.book.listings {
		if n := m.entries(mark); n != 1 {
			w.fail("S6: %s stands in shared tickets %d times", mark, n)
		}
	}
}

// problem names what a mark is about: two keys are about one problem if the identity changed.
func (m *model) problem(mark string) string {
	key, _, _ := strings.Cut(mark, ".")
	for _, s := range m.w.sources {
		if key == (s.key + 1).String() {
			return s.key.String()
		}
	}
	return key
}

func (m *model) checkNotes(t *ticket) {
	seen := map[string]bool{}
	for _, note := range t.notes {
		at := strings.LastIndex(note, "[note/")
		if at < 0 {
			m.w.fail("ticket %s has a note without a mark: %q", t.id, note)
			continue
		}
		if seen[note[at:]] {
			m.w.fail("ticket %s has the note %s twice", t.id, note[at:])
		}
		seen[note[at:]] = true
	}
}

// entries counts the places in shared tickets where a mark stands.
func (m *model) entries(mark alert.Mark) int {
	n := 0
	for _, t := range m.w.room.tickets {
		if !t.vanished && t.mark != mark.String() {
			n += t.entries(mark)
		}
	}
	return n
}

// checkSource compares one problem's truth with what people see in the desk.
func (m *model) checkSource(s *source) {
	w := m.w
	last := w.book.incidents[w.book.latest[w.book.alerts[s.key].Key]]
	if !s.firing {
		// L2: what is over is not open.
		if last.State == incident.Open || last.State == incident.Held || last.State == incident.Settling {
			w.fail("L2: %s is over, and its incident %s is %s", s.key, last.Mark, last.State)
		}
		return
	}
	if last.State != incident.Open {
		w.fail("L1: %s fires, and its incident %s is %q", s.key, last.Mark, last.State)
		return
	}
	own := slices.DeleteFunc(slices.Clone(w.room.tickets), func(t *ticket) bool {
		return t.vanished || (t.mark != last.Mark.String() && t.entries(last.Mark) == 0)
	})
	if len(own) != 1 {
		w.fail("L1: %s fires, and %d tickets stand for its incident %s (%s, %s)", s.key, len(own), last.Mark, last.Ticket.State, last.Reason)
		return
	}
	// A person's close during this spell stands; any other leaves an alert that nobody sees.
	// Within what the clocks are apart nobody can tell which was first.
	since := m.spells[s.key].since.Add(-w.apart())
	if t := own[0]; t.closed && (!t.byPerson || t.closedAt.Before(since)) && t.mark == last.Mark.String() {
		w.fail("L1: %s fires since %s, and its ticket %s was closed at %s (by a person: %t)", s.key, clock(since), t.id,
			clock(t.closedAt), t.byPerson)
	}
}

func clock(t time.Time) string { return fmt.Sprint(t.UTC().Format("15:04:05.000")) }
