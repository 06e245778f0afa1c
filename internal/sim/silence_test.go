package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/silence"
)

// silences are what operators have muted, and how far what they switched was asked again:
// the switchboard's part of a world.
type silences struct {
	all []silence.Silence
	// switched counts the changes, settled up to which the open incidents were asked again.
	switched, settled int
}

// book is what the ledger goes by. The real one reads it anew where its count is behind, so
// that no replica decides by an older one.
func (s *silences) book(now time.Time) silence.Book { return silence.Book{Silences: s.all}.At(now) }

// muter mutes a problem, or all of them; at once, or in a while; or ends what mutes.
func (w *world) muter() {
	now := time.Now().UTC().Truncate(time.Microsecond)
	standing := slices.IndexFunc(w.silences.all, func(s silence.Silence) bool { return s.State(now) != silence.Expired })
	if standing >= 0 && w.chance(50) {
		s := &w.silences.all[standing]
		if s.EndsAt = now; s.StartsAt.After(now) {
			s.StartsAt = now
		}
		w.silences.switched++
		w.reached["a silence was ended early"]++
		w.note("silence %s is ended", s.ID)
		return
	}
	matcher := `alertname=~".+"`
	if w.chance(70) {
		matcher = fmt.Sprintf("alertname=%q", w.sources[w.random.IntN(len(w.sources))].labels.Get("alertname"))
	}
	ms, err := silence.ParseMatchers(matcher)
	if err != nil {
		w.fail("a matcher of the world is none: %v", err)
		return
	}
	s := silence.Silence{ID: fmt.Sprint(len(w.silences.all)), Matchers: ms, StartsAt: now}
	if w.chance(30) {
		s.StartsAt = now.Add(w.span(2 * time.Minute))
	}
	s.EndsAt = s.StartsAt.Add(w.span(10 * time.Minute))
	w.silences.all = append(w.silences.all, s)
	w.silences.switched++
	w.note("silence %s mutes %s from %s to %s", s.ID, matcher, clock(s.StartsAt), clock(s.EndsAt))
}

// settle is what switchboard.Settle does: whatever was switched, the open incidents that want
// something of the desk are asked again.
func (w *world) settle() (inputs []ledger.Input, upTo int) {
	upTo = w.silences.switched
	if upTo == w.silences.settled {
		return nil, upTo
	}
	var marks []alert.Mark
	for m, i := range w.book.incidents {
		if i.State == incident.Open && (i.Ticket.State == filing.TicketNone || (i.Ticket.State == filing.TicketFiled && i.Fires > i.FiresNoted)) {
			marks = append(marks, m)
		}
	}
	slices.SortFunc(marks, byMark)
	for _, m := range marks {
		inputs = append(inputs, ledger.Reconsidered{Mark: m})
	}
	return inputs, upTo
}

// mutedLeaves is S8: no ticket leaves for an alert that was muted when that was decided, and
// still is. What had left is finished; a click goes before a silence.
func (m *model) mutedLeaves(e filing.Effect) {
	w, now := m.w, time.Now()
	if e.Kind != filing.KindFile || w.book.incidents[e.Mark].Inquiry.Asked {
		return
	}
	at := slices.IndexFunc(w.sources, func(s *source) bool { return strings.HasPrefix(m.problem(e.Mark.String()), s.key.String()) })
	if at < 0 {
		return // A storm's, or a digest's.
	}
	apart := w.apart() // It began, and was decided, by clocks of two replicas.
	for _, s := range w.silences.all {
		if s.Matchers.Match(w.sources[at].labels) && !e.SentAt.Before(s.StartsAt.Add(apart)) && now.Before(s.EndsAt.Add(-apart)) {
			w.fail("S8: the ticket of %s leaves though silence %s mutes it since %s", e.Mark, s.ID, clock(s.StartsAt))
		}
	}
}
