package sim

import (
	"reflect"
	"time"

	"docket/internal/incident"
	"docket/internal/storm"
)

// reloads are configurations that a world changes between. The settle time stays: the model
// goes by it.
var reloads = []struct {
	name   string
	change func(p *incident.Policy)
}{
	{"as at the start", func(*incident.Policy) {}},
	{"a hold", func(p *incident.Policy) { p.Hold = 20 * time.Second }},
	{"tickets are closed on recovery", func(p *incident.Policy) { p.OnRecovery = incident.RecoveryClose }},
	{"nothing on recovery", func(p *incident.Policy) { p.OnRecovery = incident.RecoveryNone }},
	{"storms from two tickets on", func(p *incident.Policy) { p.Storm = storm.Policy{Limit: 2, Per: 2 * time.Minute} }},
	{"no storms", func(p *incident.Policy) { p.Storm = storm.Policy{} }},
	{"all is filed after an outage", func(p *incident.Policy) { p.Backfill = storm.BackfillAll }},
	{"tickets are opened again", func(p *incident.Policy) { p.ReopenWithin = 10 * time.Minute }},
}

// reload has somebody write another configuration, or a replica take up what was written last:
// replicas do so one after the other, each by a stop and a start.
func (w *world) reload() {
	if w.configs.IntN(3) == 0 {
		next := reloads[w.configs.IntN(len(reloads))]
		w.written = w.shape.Policy
		next.change(&w.written)
		w.note("another configuration is written: %s", next.name)
		return
	}
	r := w.replicas[w.configs.IntN(len(w.replicas))]
	if !reflect.DeepEqual(r.configured, w.written) {
		w.reached["a replica took up another configuration"]++
		w.restart(r)
	}
}
