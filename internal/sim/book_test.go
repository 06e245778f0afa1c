package sim

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/notice"
	"docket/internal/queue"
	"docket/internal/store"
	"docket/internal/storm"
)

// book is all that is kept: what the database is to the program. A transaction works on it
// in place and can be taken back.
type book struct {
	alerts    map[alert.Key]alert.Alert
	incidents map[alert.Mark]incident.Incident
	latest    map[alert.Key]alert.Mark
	effects   map[string]filing.Effect
	windows   map[string]storm.Window
	listings  map[alert.Mark]listing
	head      audit.Head
	asked     map[string]bool // effects that the audit log says were asked for
	filed     map[alert.Mark]int
	jobs      map[string]*job
	jobNumber int
	outage    store.Outage
}

type listing struct {
	store.Entry
	number int // in the order of their coming
	effect string
}

// job is the queue's: at least once, in any order.
type job struct {
	effect string
	at     time.Time
	sev    alert.Severity
	number int
	// lease is until when a worker has it, zero while it waits.
	lease time.Time
}

func newBook() *book {
	return &book{
		alerts: map[alert.Key]alert.Alert{}, incidents: map[alert.Mark]incident.Incident{}, latest: map[alert.Key]alert.Mark{},
		effects: map[string]filing.Effect{}, windows: map[string]storm.Window{}, listings: map[alert.Mark]listing{},
		asked: map[string]bool{}, filed: map[alert.Mark]int{}, jobs: map[string]*job{},
	}
}

// tx is one transaction.
type tx struct {
	*book
	undo []func()
}

func (b *book) begin() *tx { return &tx{book: b} }

// rollback takes all of it back.
func (t *tx) rollback() {
	for _, undo := range slices.Backward(t.undo) {
		undo()
	}
	t.undo = nil
}

// put sets m[k] so that it can be taken back.
func put[K comparable, V any](t *tx, m map[K]V, k K, v V) {
	old, had := m[k]
	t.undo = append(t.undo, func() {
		if had {
			m[k] = old
			return
		}
		delete(m, k)
	})
	m[k] = v
}

func (t *tx) AuditHead(context.Context) (audit.Head, error) { return t.head, nil }

// Switched: the worlds hand their flags to the rules; nobody switches in the book.
func (t *tx) Switched() int64 { return 0 }

func (t *tx) AppendAudit(_ context.Context, head audit.Head, entries []audit.Entry) error {
	old := t.head
	t.undo = append(t.undo, func() { t.head = old })
	// The chain itself is proved elsewhere; here counts what stands in it.
	t.head.ID = head.ID + int64(len(entries))
	for _, e := range entries {
		switch e.Action {
		case audit.ActionTicketAsked:
			put(t, t.asked, fmt.Sprint(e.Payload["effect"]), true)
		case audit.ActionTicketFiled, audit.ActionStatusFiled:
			m, err := alert.ParseMark(fmt.Sprint(e.Payload["mark"]))
			if err != nil {
				return fmt.Errorf("an audit entry %s: %w", e.Action, err)
			}
			put(t, t.filed, m, t.filed[m]+1)
		}
	}
	return nil
}

func (t *tx) Alerts(_ context.Context, fingerprints []alert.Key) (map[alert.Key]alert.Alert, error) {
	found := map[alert.Key]alert.Alert{}
	for _, fp := range fingerprints {
		if a, ok := t.alerts[fp]; ok {
			found[fp] = a
		}
	}
	return found, nil
}

func (t *tx) OthersFiring(_ context.Context, key, but alert.Key) (int, error) {
	n := 0
	for fp, a := range t.alerts {
		if a.Key == key && fp != but && a.Status == alert.Firing {
			n++
		}
	}
	return n, nil
}

func (t *tx) FiringOf(_ context.Context, key alert.Key) ([]alert.Alert, error) {
	var firing []alert.Alert
	for _, a := range t.alerts {
		if a.Key == key && a.Status == alert.Firing {
			firing = append(firing, a)
		}
	}
	slices.SortFunc(firing, func(a, b alert.Alert) int { return cmp.Compare(a.Fingerprint, b.Fingerprint) })
	return firing, nil
}

func (t *tx) LastEndedOf(_ context.Context, key alert.Key) ([]alert.Alert, error) {
	var last []alert.Alert
	for _, a := range t.alerts {
		if a.Key != key || a.Status == alert.Firing {
			continue
		}
		if last == nil || a.EndsAt.After(last[0].EndsAt) || (a.EndsAt.Equal(last[0].EndsAt) && a.Fingerprint < last[0].Fingerprint) {
			last = []alert.Alert{a}
		}
	}
	return last, nil
}

func (t *tx) SaveAlerts(_ context.Context, all []alert.Alert) error {
	for _, a := range all {
		put(t, t.alerts, a.Fingerprint, a)
	}
	return nil
}

func (t *tx) LatestIncidents(_ context.Context, keys []alert.Key) (map[alert.Key]incident.Incident, error) {
	found := map[alert.Key]incident.Incident{}
	for _, k := range keys {
		if m, ok := t.latest[k]; ok {
			found[k] = t.incidents[m]
		}
	}
	return found, nil
}

func (b *book) Incident(_ context.Context, m alert.Mark) (incident.Incident, error) {
	i, ok := b.incidents[m]
	if !ok {
		return i, store.ErrNotFound
	}
	return i, nil
}

func (t *tx) AddIncidents(_ context.Context, all []incident.Incident) error {
	for _, i := range all {
		if _, there := t.incidents[i.Mark]; there {
			return fmt.Errorf("incident %s is there already: %w", i.Mark, store.ErrConflict)
		}
		if err := t.oneLive(i); err != nil {
			return err
		}
		put(t, t.incidents, i.Mark, i)
		put(t, t.latest, i.Key, i.Mark)
	}
	return nil
}

// oneLive is the schema's unique index.
func (t *tx) oneLive(i incident.Incident) error {
	m, ok := t.latest[i.Key]
	if ok && i.Live() && m != i.Mark && t.incidents[m].Live() {
		return fmt.Errorf("%s and %s live at once", m, i.Mark)
	}
	if filed := i.Ticket.State == filing.TicketFiled || i.Ticket.State == filing.TicketClosed; filed != (i.Ticket.ID != "") {
		return fmt.Errorf("%s has a ticket that is %s with the id %q", i.Mark, i.Ticket.State, i.Ticket.ID)
	}
	return nil
}

func (t *tx) SaveIncident(_ context.Context, i incident.Incident) error {
	if t.incidents[i.Mark].Version != i.Version-1 {
		return store.ErrConflict
	}
	put(t, t.incidents, i.Mark, i)
	return t.oneLive(i)
}

func (b *book) Effect(_ context.Context, id string) (filing.Effect, error) {
	e, ok := b.effects[id]
	if !ok {
		return e, store.ErrNotFound
	}
	return e, nil
}

func (t *tx) AddEffects(_ context.Context, all []filing.Effect) error {
	for _, e := range all {
		if _, there := t.effects[e.ID]; !there {
			put(t, t.effects, e.ID, e)
		}
	}
	return nil
}

func (t *tx) SaveEffect(_ context.Context, e filing.Effect) error {
	if t.effects[e.ID].Version != e.Version-1 {
		return store.ErrConflict
	}
	put(t, t.effects, e.ID, e)
	return nil
}

func (t *tx) StormWindow(_ context.Context, route string) (storm.Window, error) {
	c := t.windows[route]
	c.Route = route
	return c, nil
}

func (t *tx) SaveStormWindow(_ context.Context, c storm.Window) error {
	put(t, t.windows, c.Route, c)
	return nil
}

func (t *tx) AddListings(_ context.Context, all []store.Entry) error {
	for _, e := range all {
		if _, there := t.listings[e.Mark]; there {
			return fmt.Errorf("%s is listed twice", e.Mark)
		}
		put(t, t.listings, e.Mark, listing{Entry: e, number: len(t.listings)})
	}
	return nil
}

func (t *tx) MarkListed(_ context.Context, effectID string, members []alert.Mark) error {
	for _, m := range members {
		l := t.listings[m]
		l.effect = effectID
		put(t, t.listings, m, l)
	}
	return nil
}

func (t *tx) WaitingMembers(_ context.Context, within alert.Mark, limit int) ([]incident.Member, error) {
	var waiting []listing
	for _, l := range t.listings {
		if l.Within == within && l.effect == "" {
			waiting = append(waiting, l)
		}
	}
	slices.SortFunc(waiting, func(a, b listing) int { return cmp.Compare(a.number, b.number) })
	waiting = waiting[:min(len(waiting), limit)]
	members := make([]incident.Member, len(waiting))
	for n, l := range waiting {
		members[n] = incident.Member{Incident: t.incidents[l.Mark]}
	}
	return members, nil
}

func (t *tx) LiveMembers(_ context.Context, within alert.Mark) (int, error) {
	n := 0
	for _, i := range t.incidents {
		if i.Within == within && i.Live() {
			n++
		}
	}
	return n, nil
}

func (t *tx) ListedIn(_ context.Context, effectID string) ([]alert.Mark, error) {
	var all []alert.Mark
	for m, l := range t.listings {
		if l.effect == effectID {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, byMark)
	return all, nil
}

func byMark(a, b alert.Mark) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Generation, b.Generation))
}

// enqueue adds jobs; an effect that has one keeps it.
func (t *tx) enqueue(_ context.Context, all []queue.Job) error {
	for _, j := range all {
		effect, ok := j.Do.(queue.Effect)
		if _, there := t.jobs[effect.ID]; !ok || there {
			continue // Nobody is notified in these worlds.
		}
		put(t, t.jobs, effect.ID, &job{effect: effect.ID, at: j.At, sev: j.Severity, number: t.jobNumber})
		t.jobNumber++
	}
	return nil
}

// What the courier reads beside: see courier.Records.

func (b *book) AlertsOf(_ context.Context, key alert.Key) ([]alert.Alert, error) {
	var all []alert.Alert
	for _, a := range b.alerts {
		if a.Key == key {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(x, y alert.Alert) int { return cmp.Compare(x.Fingerprint, y.Fingerprint) })
	return all, nil
}

func (b *book) EffectsOf(_ context.Context, m alert.Mark) ([]filing.Effect, error) {
	var all []filing.Effect
	for _, e := range b.effects {
		if e.Mark == m {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(x, y filing.Effect) int { return cmp.Compare(x.ID, y.ID) })
	return all, nil
}

func (b *book) OverdueEffects(context.Context, []string, time.Time, int) ([]string, error) {
	return nil, nil
}

func (b *book) UnfinishedEffects(context.Context, []string) ([]string, error) { return nil, nil }

func (b *book) Explain(err error) string { return err.Error() }

func (b *book) Outage(context.Context, string) (store.Outage, error) { return b.outage, nil }

func (b *book) BeginOutage(_ context.Context, _ string, began time.Time, fault, sentence string, _ audit.Entry) error {
	if b.outage.Began.IsZero() || !b.outage.Ended.IsZero() {
		b.outage = store.Outage{Began: began, Fault: fault, Sentence: sentence}
	}
	return nil
}

func (b *book) EndOutage(_ context.Context, _ string, now time.Time, _ audit.Entry) error {
	if !b.outage.Began.IsZero() && b.outage.Ended.IsZero() {
		b.outage.Ended = now
	}
	return nil
}

func (b *book) ToldOutage(_ context.Context, _ string, now time.Time) (bool, error) {
	first := b.outage.ToldAt.IsZero()
	b.outage.ToldAt = now
	return first, nil
}

// Nobody is told anything in these worlds (ledger.Rules.Recipients is empty): to ask for a
// notice is a fault of the ledger.

func (t *tx) Notice(_ context.Context, id string) (notice.Notice, error) {
	return notice.Notice{}, fmt.Errorf("notice %s in a world that tells nobody", id)
}

func (t *tx) SaveNotice(_ context.Context, n notice.Notice) error {
	return fmt.Errorf("notice %s in a world that tells nobody", n.ID)
}

func (t *tx) AskNotices(_ context.Context, all []notice.Notice) error {
	return fmt.Errorf("%d notices in a world that tells nobody", len(all))
}
