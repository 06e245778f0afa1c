package incident_test

import (
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
	"testing"
	"time"
)

// outageBegan is when the desk went away.
var outageBegan = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestWhatRecoveredDuringAnOutageIsMissed(t *testing.T) {
	t.Parallel()
	p := incident.DefaultPolicy()
	p.Outage = storm.Outage{Began: outageBegan, Ended: outageBegan.Add(time.Hour)}
	file := filing.Effect{ID: "file/x", Kind: filing.KindFile, State: filing.Queued}
	recovered := incident.Incident{State: incident.Recovered, RecoveredAt: outageBegan.Add(time.Minute),
		Ticket: filing.Ticket{State: filing.TicketAsked}}
	for name, c := range map[string]struct {
		change func(*incident.Incident, *filing.Effect, *incident.Policy)
		want   bool
	}{
		"recovered meanwhile": {func(*incident.Incident, *filing.Effect, *incident.Policy) {}, true},
		"still firing":        {func(i *incident.Incident, _ *filing.Effect, _ *incident.Policy) { i.State = incident.Open }, false},
		"recovered before it": {func(i *incident.Incident, _ *filing.Effect, _ *incident.Policy) {
			i.RecoveredAt = outageBegan.Add(-time.Second)
		}, false},
		"recovered after it": {func(i *incident.Incident, _ *filing.Effect, _ *incident.Policy) {
			i.RecoveredAt = outageBegan.Add(2 * time.Hour)
		}, false},
		"perhaps in the desk already": {func(_ *incident.Incident, e *filing.Effect, _ *incident.Policy) { e.State = filing.Unknown }, false},
		"every one its own": {func(_ *incident.Incident, _ *filing.Effect, p *incident.Policy) { p.Backfill = storm.BackfillAll },
			false},
		"only a click asked for it": {func(i *incident.Incident, _ *filing.Effect, _ *incident.Policy) { i.Inquiry.Alone = true }, false},
	} {
		i, e, q := recovered, file, p
		c.change(&i, &e, &q)
		if got := i.CameAndWent(e, q); got != c.want {
			t.Errorf("%s: missed is %t, want %t", name, got, c.want)
		}
	}
}
