package incident_test

import (
	"testing"

	"docket/internal/incident"
)

// Timelines and the operators' greps hold these names: they never change.
func TestNamesOfEventsStay(t *testing.T) {
	for name, ev := range map[incident.EventKind]incident.Event{
		"alert_fired": incident.AlertFired{}, "alert_doubted": incident.AlertMaybeStale{}, "alert_ended": incident.AlertEnded{},
		"alert_changed": incident.AlertChanged{}, "effect_answered": incident.EffectAnswered{}, "ticket_seen": incident.TicketSeen{},
		"ticket_missing": incident.TicketMissing{}, "twin_seen": incident.TwinSeen{}, "orphan_seen": incident.OrphanSeen{},
		"tags_missing": incident.TagsMissing{}, "gathered": incident.MemberJoined{}, "listed": incident.Listed{},
		"missed": incident.Missed{}, "reconsidered": incident.Reconsidered{}, "investigated": incident.Investigated{},
		"acknowledged": incident.Acknowledged{}, "time_came": incident.TimeCame{},
	} {
		if ev.Kind() != name {
			t.Errorf("%T is stored as %q, and was %q", ev, ev.Kind(), name)
		}
	}
	if own, shared := (incident.TimeCame{}).Kind(), (incident.SharedTimeCame{}).Kind(); own != shared {
		t.Errorf("time comes as %q and as %q", own, shared)
	}
}
