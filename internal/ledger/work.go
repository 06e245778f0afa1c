package ledger

import (
	"context"
	"fmt"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/failpoint"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/queue"
	"docket/internal/rule"
	"docket/internal/silence"
	"docket/internal/store"
	"docket/internal/storm"
)

// work is one transaction's view: what was loaded, and what is to be saved.
type work struct {
	rules   Rules
	tx      Book
	enqueue func(context.Context, []queue.Job) error
	now     time.Time
	head    audit.Head

	alerts map[alert.Key]*alertEntry
	// byKey finds the same by alert_key; an entry that has another one by now does not count.
	byKey map[alert.Key][]*alertEntry
	// latest is each key's latest incident, live or not; incidents holds every one touched.
	latest    map[alert.Key]*incidentEntry
	incidents []*incidentEntry
	effects   map[string]*effectEntry
	fresh     []filing.Effect
	windows   map[string]*storm.Window
	listings  []store.Entry
	listed    map[string][]alert.Mark
	notices   map[string]*noticeEntry
	asked     map[string]ask
	entries   []audit.Entry
	decided   []decided
	stories   []story
	// mutes are the silences and windows that hold at now.
	mutes silence.Book
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
	fault    string
}

func newWork(rules Rules, tx Book, enqueue func(context.Context, []queue.Job) error, now time.Time) *work {
	return &work{
		rules: rules, tx: tx, enqueue: enqueue, now: now,
		alerts: map[alert.Key]*alertEntry{}, byKey: map[alert.Key][]*alertEntry{}, latest: map[alert.Key]*incidentEntry{}, effects: map[string]*effectEntry{},
		windows: map[string]*storm.Window{}, listed: map[string][]alert.Mark{},
		notices: map[string]*noticeEntry{}, asked: map[string]ask{},
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
	var fingerprints []alert.Key
	keys := map[alert.Key]bool{}
	for _, r := range all {
		for _, in := range r.inputs {
			n := in.needs()
			if n.fingerprint != 0 {
				fingerprints = append(fingerprints, n.fingerprint)
			}
			if n.effectID != "" {
				e, err := w.tx.Effect(ctx, n.effectID)
				if err != nil {
					return err
				}
				w.effects[e.ID] = &effectEntry{Effect: e, stored: e.Version}
				n.key = e.Mark.Key
			}
			if n.key != 0 {
				keys[n.key] = true
			}
		}
	}
	alerts, err := w.tx.Alerts(ctx, unique(fingerprints))
	if err != nil {
		return err
	}
	for fp, a := range alerts {
		w.alerts[fp] = &alertEntry{Alert: a}
		w.byKey[a.Key] = append(w.byKey[a.Key], w.alerts[fp])
		keys[a.Key] = true
	}
	list := make([]alert.Key, 0, len(keys))
	for k := range keys {
		list = append(list, k)
	}
	latest, err := w.tx.LatestIncidents(ctx, list)
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

// decide applies one input.
func (w *work) decide(ctx context.Context, input Input) (Result, error) {
	switch in := input.(type) {
	case AlertReceived:
		return w.decideAlert(ctx, in.Alert)
	case InvestigateClicked:
		return w.decideInvestigate(ctx, in)
	case DueReached:
		return w.decideLatest(ctx, in.Mark, incident.TimeCame{}, audit.Actor{})
	case Reconsidered:
		return w.decideLatest(ctx, in.Mark, incident.Reconsidered{}, audit.Actor{})
	case TicketObserved:
		return w.decideLatest(ctx, in.Mark, in.Seen, in.Actor)
	case EffectAnswered:
		eff := w.effects[in.EffectID]
		return w.decideEffect(ctx, eff, incident.EffectAnswered{Effect: eff.Effect, Answer: in.Answer})
	case EffectMissed:
		eff := w.effects[in.EffectID]
		return w.decideEffect(ctx, eff, incident.Missed{Effect: eff.Effect})
	case Acknowledged:
		return w.decideLatest(ctx, in.Mark, incident.Acknowledged{By: in.Actor.Name}, in.Actor)
	case NoticeAnswered:
		return w.decideNotice(ctx, in)
	case OperatorNotified:
		w.notifyOperator(in)
		return Result{Changed: true}, nil
	}
	return Result{}, fmt.Errorf("an input of the type %T, which has no case here", input)
}

// decideAlert lays a source's word beside what is known, then lets the incident step.
func (w *work) decideAlert(ctx context.Context, said alert.Alert) (Result, error) {
	entry := w.alerts[said.Fingerprint]
	var before *alert.Alert
	if entry != nil {
		before = &entry.Alert
	}
	next, change := alert.Merge(before, said)
	res := Result{Change: change}
	if change == alert.Repeated || change == alert.Late {
		if e := w.latest[next.Key]; e != nil {
			res.Mark, res.Reason = e.Mark, e.Reason
		}
		return res, nil
	}
	// An open incident keeps its key, whatever the configured identity has become.
	if before != nil && next.Key != before.Key {
		if e := w.latest[before.Key]; e != nil && e.Live() {
			next.Key = before.Key
		}
	}
	if entry == nil {
		entry = &alertEntry{}
		w.alerts[next.Fingerprint] = entry
	}
	if before == nil || before.Key != next.Key {
		w.byKey[next.Key] = append(w.byKey[next.Key], entry)
	}
	entry.Alert, entry.dirty = next, true

	var ev incident.Event
	switch change {
	case alert.Strayed, alert.Repeated, alert.Late:
		return res, nil
	case alert.Fired:
		ev = incident.AlertFired{Alert: next}
	case alert.MaybeStale:
		ev = incident.AlertMaybeStale{Alert: next}
	case alert.Changed:
		ev = incident.AlertChanged{Alert: next}
	case alert.Ended:
		others, err := w.othersFiring(ctx, next)
		if err != nil {
			return res, err
		}
		ev = incident.AlertEnded{Alert: next, OthersFiring: others}
	}
	target := w.live(next)
	d, err := w.step(ctx, target, ev, audit.Actor{})
	if err != nil {
		return res, err
	}
	res.Mark, res.Changed, res.Reason = target.Mark, d.Changed, d.Reason
	if !d.Changed && target.stored == 0 && target.State == "" {
		res.Mark = alert.Mark{}
	}
	return res, nil
}

// live returns the key's live incident, or a new one with the next generation.
func (w *work) live(a alert.Alert) *incidentEntry {
	last := w.latest[a.Key]
	if last != nil && last.Live() {
		return last
	}
	fresh := &incidentEntry{Incident: incident.Incident{Mark: alert.Mark{Key: a.Key, Generation: 1}, Recipe: alert.Recipe, Source: a.Source, Route: w.rules.Route(a)}}
	if last != nil {
		fresh.Generation = last.Generation + 1
		fresh.Earlier = last.Past()
	}
	return fresh
}

// decideLatest steps the key's latest incident, if it is the one meant.
func (w *work) decideLatest(ctx context.Context, m alert.Mark, ev incident.Event, actor audit.Actor) (Result, error) {
	e := w.latest[m.Key]
	if e == nil || e.Mark != m {
		return Result{Mark: m, Reason: incident.ReasonNothing}, nil
	}
	if _, due := ev.(incident.TimeCame); due && e.Shared != storm.NotShared {
		survey, err := w.survey(ctx, e.Incident)
		if err != nil {
			return Result{}, err
		}
		ev = survey
	}
	d, err := w.step(ctx, e, ev, actor)
	return Result{Mark: m, Changed: d.Changed, Reason: d.Reason}, err
}

// decideEffect steps the incident of an effect, which may be an earlier one than the latest.
func (w *work) decideEffect(ctx context.Context, eff *effectEntry, ev incident.Event) (Result, error) {
	target := w.latest[eff.Mark.Key]
	if target == nil || target.Mark != eff.Mark {
		i, err := w.tx.Incident(ctx, eff.Mark)
		if err != nil {
			return Result{}, err
		}
		target = &incidentEntry{Incident: i, stored: i.Version}
		w.incidents = append(w.incidents, target)
	}
	d, err := w.step(ctx, target, ev, audit.Actor{})
	if err != nil {
		return Result{}, err
	}
	if d.EffectChanged {
		eff.Effect, eff.dirty = d.Effect, true
	}
	if target.Shared != storm.NotShared && d.EffectChanged && d.Effect.State == filing.Done {
		if err := w.notifyMembers(ctx, target.Incident, d.Effect); err != nil {
			return Result{}, err
		}
	}
	return Result{Mark: target.Mark, Changed: d.Changed, Reason: d.Reason, Effect: eff.Effect}, nil
}

// step runs the rule and takes its decision into the transaction. actor is who is behind the
// event, for the audit log; the zero Actor is Docket itself.
func (w *work) step(ctx context.Context, target *incidentEntry, ev incident.Event, actor audit.Actor) (rule.Decision, error) {
	from := target.State
	policy := w.rules.Policy(target.Incident, w.now)
	if err := w.mute(ctx, target.Incident, ev, &policy); err != nil {
		return rule.Decision{}, err
	}
	d := rule.Step(target.Incident, ev, policy, w.now)
	if asksForTicket(d, ev) {
		into, err := w.admit(ctx, d, policy.Storm)
		if err != nil {
			return d, err
		}
		if into != (alert.Mark{}) {
			policy.StormInto = into
			d = rule.Step(target.Incident, ev, policy, w.now)
		}
	}
	if err := w.join(ctx, &d, actor); err != nil {
		return d, err
	}
	if d.Changed {
		w.askNotices(&d.Next, policy)
	}
	if d.Successor != nil {
		w.askNotices(d.Successor, policy)
	}
	if d.Changed {
		if from == "" {
			w.latest[d.Next.Key] = target
			w.incidents = append(w.incidents, target)
		}
		target.Incident, target.dirty = d.Next, true
	}
	if d.Successor != nil {
		next := &incidentEntry{Incident: *d.Successor, dirty: true}
		w.latest[next.Key] = next
		w.incidents = append(w.incidents, next)
	}
	w.fresh = append(w.fresh, d.Effects...)
	if len(d.Listed) > 0 {
		w.listed[d.Effects[0].ID] = d.Listed
	}
	if (d.Changed || d.EffectChanged) && !d.Quiet {
		w.stories = append(w.stories, story{
			event: ev.Kind(), from: from, next: d.Next, reason: d.Reason, detail: d.Detail, effects: len(d.Effects),
			effectID: d.Effect.ID, fault: d.Effect.Fault,
		})
		w.record(d, ev, actor)
	}
	return d, nil
}
