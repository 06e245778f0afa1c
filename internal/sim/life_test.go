package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/storm"
)

func noRoute(alert.Alert) string { return "" }

// source is one problem, and who tells of it: in order, but repeated, late and more than once.
type source struct {
	w      *world
	labels alert.Labels
	// key names the signal; recipe is added to it where the configured identity has changed.
	key, recipe alert.Key
	sev         alert.Severity
	firing      bool
	// since is when the present state began.
	since time.Time
	// outbox is what was not yet taken, oldest first; old is what was, and may come again.
	outbox, old []alert.Alert
	told        time.Time
}

const validity = 5 * time.Minute

func newSource(w *world, n int) *source {
	ls := alert.NewLabels(map[string]string{"alertname": string(rune('A' + n))})
	fp := alert.Fingerprint("", ls)
	return &source{w: w, labels: ls, key: fp, sev: alert.P2}
}

// turn changes the truth.
func (s *source) turn() {
	s.firing, s.since = !s.firing, time.Now().UTC().Truncate(time.Microsecond)
	s.w.note("%s: %s is now firing: %t", s.key, s.labels.Get("alertname"), s.firing)
	s.outbox = append(s.outbox, s.word())
}

// word is what the source says now.
func (s *source) word() alert.Alert {
	now := time.Now().UTC().Truncate(time.Microsecond)
	a := alert.Alert{
		Fingerprint: s.key, Key: s.key + s.recipe, Source: "am", Labels: s.labels, Severity: s.sev, Status: alert.Firing,
		StartsAt: s.since, SaidAt: now, ExpiresAt: now.Add(validity), Title: s.labels.Get("alertname"),
	}
	if !s.firing {
		a.Status, a.EndsAt, a.ExpiresAt = alert.Resolved, s.since, time.Time{}
		if n := len(s.old); n > 0 {
			a.StartsAt = s.old[n-1].StartsAt
		}
	}
	return a
}

// deliver brings a word to a replica; without an answer it stays in the outbox.
func (s *source) deliver() {
	if s.since.IsZero() {
		return
	}
	word := s.word()
	switch {
	case len(s.outbox) > 0:
		s.sendNext(s.w.anyReplica())
		return
	case s.w.faults && len(s.old) > 0 && s.w.chance(15):
		word = s.old[s.w.random.IntN(len(s.old))]
		word = freshly(word)
		s.w.reached["an old word came again"]++
	}
	s.send(s.w.anyReplica(), word)
}

// freshly is a word as it is sent now: its validity counts from the sending.
func freshly(word alert.Alert) alert.Alert {
	word.SaidAt = time.Now().UTC().Truncate(time.Microsecond)
	if word.Status == alert.Firing {
		word.ExpiresAt = word.SaidAt.Add(validity)
	}
	return word
}

// sendNext sends the oldest word that was not taken yet.
func (s *source) sendNext(r *replica) {
	word := freshly(s.outbox[0])
	if s.send(r, word) {
		s.outbox = s.outbox[1:]
		s.old = append(s.old, word)
	}
}

// send reports whether the word was taken.
func (s *source) send(r *replica, word alert.Alert) bool {
	s.w.model.tries(word)
	results, err := r.Apply(context.Background(), ledger.AlertReceived{Alert: word})
	if err != nil {
		return false
	}
	s.w.note("%s: said to replica %d that it is %s", s.key, r.n, word.Status)
	s.w.model.acknowledged(word)
	if (results[0].About == ledger.AboutAlert{Change: alert.Repeated}) && word.Status == alert.Firing {
		// What ledger.Flush does with repeats.
		if a := s.w.book.alerts[word.Fingerprint]; a.Status == alert.Firing && word.ExpiresAt.After(a.ExpiresAt) {
			a.ExpiresAt = word.ExpiresAt
			s.w.book.alerts[word.Fingerprint] = a
		}
	}
	s.told = time.Now()
	return true
}

// timeComes is what intake.Due and intake.Expire do each second.
func (w *world) timeComes(r *replica) {
	now := time.Now().UTC()
	var inputs []ledger.Input
	for _, m := range w.due(now) {
		inputs = append(inputs, ledger.DueReached{Mark: m})
	}
	for _, fp := range w.expired(now) {
		a := w.book.alerts[fp]
		a.Status, a.EndsAt, a.SaidAt, a.Inferred = alert.Resolved, now, now, true
		inputs = append(inputs, ledger.AlertReceived{Alert: a})
	}
	again, upTo := w.settle()
	if inputs = append(inputs, again...); !w.shape.Silences && r.filingOn {
		for _, m := range w.unfiled() {
			inputs = append(inputs, ledger.Reconsidered{Mark: m})
		}
	}
	if len(inputs) > 0 {
		if _, err := r.Apply(context.Background(), inputs...); err != nil {
			return // It is due again next time.
		}
	}
	w.silences.settled = upTo
	w.model.turned(now)
}

func (w *world) due(now time.Time) []alert.Mark {
	var due []alert.Mark
	for m, i := range w.book.incidents {
		if !i.DueAt.IsZero() && !now.Before(i.DueAt) {
			due = append(due, m)
		}
	}
	slices.SortFunc(due, byMark)
	return due
}

// unfiled is what switchboard.Settle finds after a flip; where there are silences it is settle.
func (w *world) unfiled() []alert.Mark {
	var all []alert.Mark
	for m, i := range w.book.incidents {
		if i.State == incident.Open && i.Ticket.State == filing.TicketNone && i.Reason == incident.ReasonFilingOff {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, byMark)
	return all
}

func (w *world) expired(now time.Time) []alert.Key {
	var over []alert.Key
	for fp, a := range w.book.alerts {
		if a.Status == alert.Firing && !a.ExpiresAt.IsZero() && !now.Before(a.ExpiresAt) {
			over = append(over, fp)
		}
	}
	slices.Sort(over)
	return over
}

func (w *world) watchDesk(r *replica) {
	err := r.courier.WatchDesk(context.Background(), func(context.Context, string, string) error { return nil }, time.Now().UTC())
	if err = errors.Join(err, r.resumer.Turn(context.Background(), time.Now().UTC())); err != nil {
		w.fail("the watch of the desk failed: %v", err)
	}
	if _, away := r.health.Away(); away {
		w.reached["the breaker was open"]++
	}
}

// hasten makes what waits due, as the queue does.
func (w *world) hasten(_ context.Context, now time.Time) error {
	for _, j := range w.book.jobs {
		if j.lease.IsZero() && j.at.After(now) {
			j.at = now
			w.reached["a job was hastened"]++
		}
	}
	return nil
}

// timePasses goes on a little, or for long.
func (w *world) timePasses() {
	most := []time.Duration{time.Second, 10 * time.Second, time.Minute, 3 * time.Minute}[w.random.IntN(4)]
	pass(w.span(most))
	// Sources repeat themselves, as long as they fire.
	for _, s := range w.sources {
		if s.firing && len(s.outbox) == 0 && time.Since(s.told) > validity/3 {
			s.send(w.anyReplica(), s.word())
		}
	}
}

// people close tickets.
func (w *world) people() {
	var open []*ticket
	for _, t := range w.room.tickets {
		if !t.closed && !t.vanished {
			open = append(open, t)
		}
	}
	if len(open) == 0 {
		return
	}
	t := open[w.random.IntN(len(open))]
	t.closed, t.closedAt, t.byPerson = true, time.Now().UTC(), true
	w.note("a person closes ticket %s of %s", t.id, t.mark)
}

// poll is the backstop for what people do in the desk.
func (w *world) poll(r *replica) {
	marks := make([]alert.Mark, 0, len(w.book.incidents))
	for m, i := range w.book.incidents {
		if i.Live() && i.Ticket.State == filing.TicketFiled {
			marks = append(marks, m)
		}
	}
	slices.SortFunc(marks, byMark)
	for _, m := range marks {
		t, err := w.room.at(w.book.incidents[m].Ticket.ID)
		if err == nil && t.closed && t.byPerson {
			// The next poll sees it again.
			_, _ = r.Apply(context.Background(), ledger.TicketObserved{Mark: m, Seen: incident.TicketSeen{Closed: true, ClosedAt: t.closedAt}})
		}
	}
}

// operators flip the flag, set silences, click, and the desk goes away.
func (w *world) operators() {
	if w.shape.Silences && w.faults && w.chance(40) {
		w.muter()
		return
	}
	switch n := w.random.IntN(10); {
	case n < 2 && w.faults:
		w.filingOn = !w.filingOn
		w.note("the flag is set to %t", w.filingOn)
	case n < 6:
		w.learnFlag(w.anyReplica())
	case n < 7 && w.faults:
		w.mutedUntil = time.Now().UTC().Add(w.span(10 * time.Minute))
		w.note("a silence mutes all")
	case n < 8 && w.faults && w.chance(20):
		w.sources[w.random.IntN(len(w.sources))].recipe ^= 1
		w.note("the configured identity is another")
	case n < 8 && w.faults:
		w.room.awayUntil = time.Now().Add(w.span(10 * time.Minute))
		w.note("the desk goes away")
	default:
		w.click()
	}
}

// clockSkew is how far clocks may be apart: the doctor warns beyond it (doctor.clockDiffers).
const clockSkew = 5 * time.Second

// apart is how far clocks may be apart in this world.
func (w *world) apart() time.Duration {
	if w.skewed {
		return clockSkew
	}
	return 0
}

// clockJumps sets a replica's clock to another time, forth or back, or all of them ahead.
func (w *world) clockJumps() {
	if w.clocks.IntN(5) == 0 {
		pass(time.Duration(w.clocks.Int64N(int64(2 * time.Hour))))
		w.reached["all clocks jumped"]++
		w.note("all clocks jump ahead")
		return
	}
	r := w.replicas[w.clocks.IntN(len(w.replicas))]
	r.ahead, w.skewed = time.Duration(w.clocks.Int64N(int64(2*clockSkew)))-clockSkew, true
	w.reached["a clock jumped"]++
	w.note("the clock of replica %d is %s ahead", r.n, r.ahead)
}

func (w *world) learnFlag(r *replica) {
	if r.filingOn != w.filingOn && w.shape.Silences {
		w.silences.switched++
	}
	r.filingOn = w.filingOn
	w.offSince = time.Time{}
	if !slices.ContainsFunc(w.replicas, func(r *replica) bool { return r.filingOn }) {
		w.offSince = time.Now()
	}
}

func (w *world) click() {
	s := w.sources[w.random.IntN(len(w.sources))]
	if !s.firing || len(s.outbox) > 0 {
		return
	}
	word := s.word()
	actor := audit.Person("ann")
	w.model.tries(word)
	if _, err := w.anyReplica().Apply(context.Background(), ledger.AlertReceived{Alert: word},
		ledger.InvestigateClicked{Tile: word, Actor: actor}); err == nil {
		w.model.acknowledged(word) // Who got no answer clicks again, or not.
	}
}

// comeToRest lets the faults stop, and everything must come to its end within a bound.
func (w *world) comeToRest() {
	w.faults, w.filingOn, w.mutedUntil, w.room.awayUntil = false, true, time.Time{}, time.Time{}
	for _, r := range w.replicas {
		w.learnFlag(r)
	}
	if w.shape.Silences {
		w.silences.all = nil
		w.silences.switched++
	}
	w.note("the faults stop")
	for _, s := range w.sources {
		s.told = time.Time{} // Each says once more how it is.
	}
	for range 4000 {
		w.room.settle(time.Now())
		for _, s := range w.sources {
			for len(s.outbox) > 0 && w.err == nil {
				s.sendNext(w.anyReplica())
			}
			if !s.since.IsZero() && time.Since(s.told) > validity/3 {
				s.send(w.anyReplica(), s.word())
			}
		}
		w.timeComes(w.anyReplica())
		w.poll(w.anyReplica())
		for _, r := range w.replicas {
			w.watchDesk(r)
		}
		w.startJob()
		for range 12 {
			w.stepWorker()
		}
		w.model.check()
		if w.err != nil {
			return
		}
		if len(w.book.jobs) == 0 && w.restless() == "" {
			w.model.checkEnd()
			return
		}
		pass(5 * time.Second)
	}
	w.fail("L1: hours after the faults stopped %d jobs still wait, and %s", len(w.book.jobs), w.restless())
}

// restless says what still waits for its moment, "" if nothing does but what repeats by itself.
func (w *world) restless() string {
	for m, i := range w.book.incidents {
		if !i.DueAt.IsZero() && i.Shared == storm.NotShared {
			return fmt.Sprintf("%s is due at %s", m, clock(i.DueAt))
		}
		if i.Ticket.State == filing.TicketAsked {
			return fmt.Sprintf("the ticket of %s was asked for (%s, %s), within %s, listed by %q", m, i.State, i.Reason, i.Within,
				w.book.listings[m].effect)
		}
	}
	for m, l := range w.book.listings {
		if l.effect == "" {
			return fmt.Sprintf("%s waits to be listed in %s (%s)", m, l.Within, w.book.incidents[l.Within].State)
		}
	}
	for _, s := range w.sources {
		// An old word that came late is believed until it expires.
		if a, told := w.book.alerts[s.key]; told && a.Status == alert.Firing && !s.firing {
			return fmt.Sprintf("%s is believed to fire", s.key)
		}
	}
	if len(w.room.late) > 0 {
		return "the desk still works on a create"
	}
	return ""
}
