package rule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
)

func TestFlappingNotesAtMostOncePerQuarterHour(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	for i := 1; i <= 60; i++ { // It flaps twice a minute for half an hour.
		s.pass(15 * time.Second)
		s.end()
		s.pass(15 * time.Second)
		s.fire(alert.P2)
		s.checked(fmt.Sprintf("check/%s/fired-%d", first, i), false, time.Time{})
	}
	s.end()
	for range 4 { // And then it is quiet.
		s.pass(noteEvery)
	}
	for _, kind := range []string{"recovered", "fired"} {
		var last time.Time
		notes := s.asked("note/" + first + "/" + kind)
		for _, id := range notes {
			at := s.effects[s.at(id)].CreatedAt
			if !last.IsZero() && at.Sub(last) < noteEvery {
				t.Errorf("%s comes %s after the one before", id, at.Sub(last))
			}
			last = at
		}
		if len(notes) < 2 || len(notes) > 4 {
			t.Errorf("%d notes of kind %s: %q", len(notes), kind, notes)
		}
	}
	if s.inc.State != incident.Recovered || s.inc.FiresNoted != 60 || !s.inc.DueAt.IsZero() {
		t.Errorf("%s, %d of %d firings told, due at %s: the last word must be told", s.inc.State, s.inc.FiresNoted, s.inc.Fires, s.inc.DueAt)
	}
	if texts := s.effects[len(s.effects)-1].Text; !strings.Contains(texts, "It fired again 60 times") {
		t.Errorf("the last note says %q", texts)
	}
	if files := s.asked("file/"); len(files) != 1 {
		t.Errorf("it asked for %q", files)
	}
}

func TestNoteThatWasPutOffTellsAllFiringsSince(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.checked(firedCheck, false, time.Time{})
	s.end()
	s.fire(alert.P2)
	s.expect(s.checked("check/"+first+"/fired-2", false, time.Time{}), incident.Open, filing.TicketFiled, incident.ReasonNoteCoalesced)
	if !s.inc.DueAt.Equal(s.now.Add(noteEvery)) {
		t.Fatalf("due at %s", s.inc.DueAt)
	}
	s.end()
	s.fire(alert.P2)
	s.checked("check/"+first+"/fired-3", false, time.Time{})
	s.expect(s.pass(noteEvery), incident.Open, filing.TicketFiled, incident.ReasonFlapNoted)
	last := s.effects[len(s.effects)-1]
	if last.ID != "note/"+first+"/fired-3" || !strings.Contains(last.Text, "again 3 times") {
		t.Errorf("%s says %q", last.ID, last.Text)
	}
}

func TestNoteThatWasPutOffIsGivenUpOnAClosedTicket(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.checked(firedCheck, false, time.Time{})
	s.end()
	s.fire(alert.P2)
	s.checked("check/"+first+"/fired-2", false, time.Time{})
	s.seen(true, s.now.Add(time.Second))
	if d := s.pass(noteEvery); d.Changed || len(d.Effects) > 0 {
		t.Errorf("%s, %d asked for", d.Reason, len(d.Effects))
	}
}

func TestSettlingDoesNotForgetANoteThatWasPutOff(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.checked(firedCheck, false, time.Time{})
	s.end()
	s.fire(alert.P2)
	s.checked("check/"+first+"/fired-2", false, time.Time{})
	s.p.Settle = time.Minute
	s.end()
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketFiled, incident.ReasonFlapped)
	s.expect(s.pass(noteEvery), incident.Open, filing.TicketFiled, incident.ReasonFlapNoted)
}

func TestFiringAgainBeforeItIsFiledAsksNothingMore(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.end()
	s.expect(s.fire(alert.P1), incident.Open, filing.TicketAsked, incident.ReasonFiredAgain)
	if s.inc.Severity != alert.P1 {
		t.Errorf("severity %s", s.inc.Severity)
	}
	s.file()
	s.expectAsked("file/" + first)
}
