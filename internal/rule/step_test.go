package rule_test

import (
	"strings"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/rule"
)

// The ids of the first episode's effects, and of the second's.
const (
	first  = "0123456789abcdef.1"
	second = "0123456789abcdef.2"
)

func TestFirstAlertAsksForOneTicket(t *testing.T) {
	s := tell(t)
	d := s.fire(alert.P2)
	s.expect(d, incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
	s.expectAsked("file/" + first)
	if e := s.effects[0]; e.State != filing.Queued || e.Attempt != 0 || !e.NotBefore.IsZero() || !e.CreatedAt.Equal(noon) {
		t.Errorf("it begins as %+v", e)
	}
}

func TestSecondAlertJoinsOpenIncident(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	for range 3 {
		if d := s.fire(alert.P2); d.Changed || d.Reason != incident.ReasonJoined {
			t.Fatalf("a repeat changed the incident: %s", d.Reason)
		}
	}
	s.expectAsked("file/" + first)
}

func TestIncidentStaysOpenWhileAnotherAlertOfItFires(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	d := s.step(incident.AlertEnded{Alert: signal(alert.P2), OthersFiring: 1})
	if d.Changed || d.Reason != incident.ReasonOthersFire {
		t.Errorf("changed %v because %s", d.Changed, d.Reason)
	}
}

func TestRecoveryIsNotedOnce(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.now = s.now.Add(time.Hour)
	s.expect(s.end(), incident.Recovered, filing.TicketFiled, incident.ReasonRecovered)
	for range 2 {
		if d := s.end(); d.Changed {
			t.Errorf("a second end changed it: %s", d.Reason)
		}
		s.pass(time.Hour)
	}
	s.expectAsked("file/"+first, "note/"+first+"/recovered-0")
	note := s.effects[1]
	if !strings.HasSuffix(note.Text, note.NoteMark()) || !strings.Contains(note.Text, "after 1h0m0s") || note.TicketID != s.inc.Ticket.ID {
		t.Errorf("the note says %q on %q", note.Text, note.TicketID)
	}
}

func TestRecoveryBeforeFilingIsNotedOnceFiled(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.expect(s.end(), incident.Recovered, filing.TicketAsked, incident.ReasonRecovered)
	s.expectAsked("file/" + first)
	s.expect(s.file(), incident.Recovered, filing.TicketFiled, incident.ReasonTicketFiled)
	s.expectAsked("file/"+first, "note/"+first+"/recovered-0")
}

func TestOnRecoveryNoneLeavesTheTicketAlone(t *testing.T) {
	s := tell(t, func(p *incident.Policy) { p.OnRecovery = incident.RecoveryNone })
	s.fire(alert.P2)
	s.file()
	s.expect(s.end(), incident.Recovered, filing.TicketFiled, incident.ReasonRecovered)
	s.expectAsked("file/" + first)
}

func TestFiledTicketIsTaggedByAStepOfItsOwn(t *testing.T) {
	s := tell(t, func(p *incident.Policy) { p.Tags = []string{incident.TagAlert, "shop"} })
	s.fire(alert.P2)
	s.file()
	s.expectAsked("file/"+first, "tag/"+first)
	if tag := s.effects[1]; tag.TicketID != s.inc.Ticket.ID || len(tag.Tags) != 2 {
		t.Errorf("tag %v on %q", tag.Tags, tag.TicketID)
	}
}

func TestIncidentWithoutTicketIsOverWhenItRecovers(t *testing.T) {
	s := tell(t)
	s.fire(alert.P3)
	s.expect(s.end(), incident.Closed, filing.TicketNone, incident.ReasonOver)
	if s.inc.ClosedAt.IsZero() || s.inc.RecoveredAt.IsZero() || !s.inc.DueAt.IsZero() {
		t.Errorf("its times are %+v", s.inc)
	}
}

func TestBelowTicketAtSaysWhy(t *testing.T) {
	for sev := alert.P1; sev <= alert.P5; sev++ {
		for at := alert.P1; at <= alert.P5; at++ {
			s := tell(t, func(p *incident.Policy) { p.TicketAt = at })
			d := s.fire(sev)
			if sev <= at {
				s.expect(d, incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
				continue
			}
			s.expect(d, incident.Open, filing.TicketNone, incident.ReasonBelowTicketAt)
			s.expectAsked()
		}
	}
}

func TestSeverityRaisesAsk(t *testing.T) {
	fired := func(sev alert.Severity) incident.Event { return incident.AlertFired{Alert: signal(sev)} }
	changed := func(sev alert.Severity) incident.Event { return incident.AlertChanged{Alert: signal(sev)} }
	for _, event := range []func(alert.Severity) incident.Event{fired, changed} {
		s := tell(t)
		s.fire(alert.P3)
		d := s.step(event(alert.P1))
		s.expect(d, incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
		d = s.step(event(alert.P4))
		if d.Changed || s.inc.Severity != alert.P1 {
			t.Errorf("%s: the severity fell to %s within its episode", event(alert.P4).Kind(), s.inc.Severity)
		}
		s.expectAsked("file/" + first)
	}
}

func TestWorseSeverityWithATicketIsToldAndAsksNothing(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	d := s.step(incident.AlertChanged{Alert: signal(alert.P1)})
	s.expect(d, incident.Open, filing.TicketAsked, incident.ReasonWorse)
	if d.Detail != "P1" {
		t.Errorf("detail %q", d.Detail)
	}
	s.expectAsked("file/" + first)
}

func TestAWordAboutNothingLiveChangesNothing(t *testing.T) {
	for _, ev := range []incident.Event{
		incident.AlertEnded{Alert: signal(alert.P1)},
		incident.AlertChanged{Alert: signal(alert.P1)},
		incident.TimeCame{},
		incident.TicketSeen{Closed: true},
		incident.SharedTimeCame{LiveMembers: 1}, // Only a shared ticket has members.
		incident.MemberJoined{Severity: alert.P1},
	} {
		s := tell(t)
		if d := s.step(ev); d.Changed || len(d.Effects) > 0 || d.Successor != nil {
			t.Errorf("%s made %s of nothing", ev.Kind(), d.Next.State)
		}
	}
}

func TestClosedIncidentNeverChanges(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.end()
	s.seen(true, s.now)
	over := s.inc
	again := signal(alert.P1)
	for _, ev := range []incident.Event{
		incident.AlertFired{Alert: again}, incident.AlertMaybeStale{Alert: again}, incident.AlertEnded{Alert: again},
		incident.AlertChanged{Alert: again}, incident.TimeCame{}, incident.TicketSeen{},
	} {
		if d := rule.Step(over, ev, s.p, s.now.Add(time.Hour)); d.Changed || len(d.Effects) > 0 || d.Successor != nil {
			t.Errorf("%s changed a closed incident: %s", ev.Kind(), d.Reason)
		}
	}
	// Its effects still move to their ends.
	d := s.outcome("note/"+first+"/recovered-0", filing.OutcomeSent)
	if d.Changed || !d.EffectChanged || d.Effect.State != filing.Done || len(d.Effects) > 0 {
		t.Errorf("the note's answer: changed %v, the note %s", d.Changed, d.Effect.State)
	}
}

func TestStoryKeepsItsBeginningAndItsEnd(t *testing.T) {
	s := tell(t)
	s.fire(alert.P3)
	before := s.inc
	for i := range 500 {
		s.p.TicketAt = alert.Severity(1)
		s.now = noon.Add(time.Duration(i) * time.Minute)
		s.p.Settle = time.Minute
		s.end()
		s.fire(alert.P3)
	}
	line := s.inc.Timeline
	if len(line) != 100 || !line[0].At.Equal(noon) || !line[99].At.Equal(s.now) {
		t.Errorf("%d steps from %s to %s", len(line), line[0].At, line[len(line)-1].At)
	}
	if len(before.Timeline) != 1 {
		t.Error("a step changed the incident that it was given")
	}
}
