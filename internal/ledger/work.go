package ledger

import (
	"context"
	"maps"
	"slices"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/failpoint"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/queue"
	"docket/internal/silence"
	"docket/internal/store"
	"docket/internal/storm"
)

// work is one transaction: what it decides by, what it has loaded and changed, and what is to be added.
type work struct {
	rules   Rules
	tx      Book
	enqueue func(context.Context, []queue.Job) error
	now     time.Time
	head    audit.Head
	// mutes are the silences and windows that hold at now.
	mutes silence.Book

	loaded
	added
}

// loaded is what the transaction has loaded. Each entry knows whether it must be saved.
type loaded struct {
	alerts map[alert.Key]*alertEntry
	// byKey finds the same by alert_key; an entry that has another one by now does not count.
	byKey map[alert.Key][]*alertEntry
	// latest is each key's latest incident, live or not; incidents holds every one touched.
	latest    map[alert.Key]*incidentEntry
	incidents []*incidentEntry
	effects   map[string]*effectEntry
	notices   map[string]*noticeEntry
	windows   map[string]*storm.Window
}

// added is what the transaction adds.
type added struct {
	fresh []filing.Effect
	asked map[string]ask
	// listings say who joins a shared ticket, listed whom an effect's text lists.
	listings []store.Entry
	listed   map[string][]alert.Mark
	// entries are for the audit log; decided is its shared entry, and stories are for the log.
	entries []audit.Entry
	decided []decided
	stories []story
}

type alertEntry struct {
	alert.Alert
	dirty bool
}

type incidentEntry struct {
	incident.Incident
	stored int64 // the version in the database, 0 for a new one
	dirty  bool
}

type effectEntry struct {
	filing.Effect
	stored int64
	dirty  bool
}

// story is one decision, to be logged once it is kept.
type story struct {
	event    incident.EventKind
	from     incident.State
	next     incident.Incident
	reason   incident.Reason
	detail   string
	effects  int
	effectID string
}

func newWork(rules Rules, tx Book, enqueue func(context.Context, []queue.Job) error, now time.Time) *work {
	return &work{
		rules: rules, tx: tx, enqueue: enqueue, now: now,
		loaded: loaded{
			alerts: map[alert.Key]*alertEntry{}, byKey: map[alert.Key][]*alertEntry{}, latest: map[alert.Key]*incidentEntry{},
			effects: map[string]*effectEntry{}, notices: map[string]*noticeEntry{}, windows: map[string]*storm.Window{},
		},
		added: added{asked: map[string]ask{}, listed: map[string][]alert.Mark{}},
	}
}

// apply is the transaction: lock, load, decide, save.
func (w *work) apply(ctx context.Context, all []*request) error {
	head, err := w.tx.AuditHead(ctx)
	if err != nil {
		return err
	}
	w.head = head
	failpoint.Hit("ledger-locked")
	if err := w.settleSwitches(ctx); err != nil {
		return err
	}
	if err := w.load(ctx, all); err != nil {
		return err
	}
	failpoint.Hit("ledger-loaded")
	for _, r := range all {
		r.results = make([]Result, len(r.inputs))
		for i := range r.inputs {
			if r.results[i], err = w.decide(ctx, r.inputs[i]); err != nil {
				return err
			}
		}
	}
	failpoint.Hit("ledger-decided")
	return w.save(ctx)
}

// load reads everything the inputs name, in as few statements as there are kinds.
func (w *work) load(ctx context.Context, all []*request) error {
	n := needsOf(all)
	for _, id := range n.effects {
		e, err := w.tx.Effect(ctx, id)
		if err != nil {
			return err
		}
		w.effects[e.ID] = &effectEntry{Effect: e, stored: e.Version}
		n.key(e.Mark.Key)
	}
	alerts, err := w.tx.Alerts(ctx, unique(n.fingerprints))
	if err != nil {
		return err
	}
	for fp, a := range alerts {
		w.alerts[fp] = &alertEntry{Alert: a}
		w.byKey[a.Key] = append(w.byKey[a.Key], w.alerts[fp])
		n.key(a.Key)
	}
	latest, err := w.tx.LatestIncidents(ctx, slices.Collect(maps.Keys(n.keys)))
	if err != nil {
		return err
	}
	for k, i := range latest {
		e := &incidentEntry{Incident: i, stored: i.Version}
		w.latest[k] = e
		w.incidents = append(w.incidents, e)
	}
	return nil
}

func unique(keys []alert.Key) []alert.Key {
	seen := make(map[alert.Key]bool, len(keys))
	kept := keys[:0]
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			kept = append(kept, k)
		}
	}
	return kept
}
