package rule_test

import (
	"fmt"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
)

func holds(d time.Duration) func(*incident.Policy) {
	return func(p *incident.Policy) { p.Hold = d }
}

func settles(d time.Duration) func(*incident.Policy) {
	return func(p *incident.Policy) { p.Settle = d }
}

func TestHoldWaitsBeforeItOpens(t *testing.T) {
	s := tell(t, holds(2*time.Minute))
	s.expect(s.fire(alert.P2), incident.Held, filing.TicketNone, incident.ReasonHeld)
	if !s.inc.DueAt.Equal(noon.Add(2 * time.Minute)) {
		t.Errorf("due at %s", s.inc.DueAt)
	}
	s.fire(alert.P2) // A repeat neither opens it nor puts it off.
	if d := s.pass(2*time.Minute - time.Microsecond); d.Changed {
		t.Fatalf("it opened too early: %s", d.Reason)
	}
	s.expect(s.pass(time.Microsecond), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
	if !s.inc.OpenedAt.Equal(noon) || !s.inc.DueAt.IsZero() {
		t.Errorf("opened at %s, due at %s", s.inc.OpenedAt, s.inc.DueAt)
	}
}

func TestHoldEndsWithoutTicketWhenTheAlertDoes(t *testing.T) {
	s := tell(t, holds(2*time.Minute))
	s.fire(alert.P2)
	s.expect(s.end(), incident.Closed, filing.TicketNone, incident.ReasonEndedWhileHeld)
	s.expectAsked()
}

func TestHoldRemembersTheWorstSeverity(t *testing.T) {
	s := tell(t, holds(2*time.Minute))
	s.fire(alert.P4)
	s.expect(s.fire(alert.P1), incident.Held, filing.TicketNone, incident.ReasonWorse)
	s.expect(s.pass(2*time.Minute), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestLateRepeatIsHeldAndEndsWithoutTicket(t *testing.T) {
	s := tell(t)
	s.expect(s.doubt(alert.P2), incident.Held, filing.TicketNone, incident.ReasonMaybeStale)
	s.expect(s.end(), incident.Closed, filing.TicketNone, incident.ReasonEndedWhileHeld)
	s.expectAsked()
}

func TestLateRepeatThatNobodyEndsIsBelieved(t *testing.T) {
	s := tell(t)
	s.doubt(alert.P2)
	s.expect(s.pass(2*time.Minute), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
	if s.inc.MaybeStale {
		t.Error("an open incident is still doubted")
	}
}

func TestDoubtIsOverOnceAnAlertFiresForSure(t *testing.T) {
	s := tell(t)
	s.doubt(alert.P3)
	s.expect(s.fire(alert.P1), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
	if s.inc.Severity != alert.P1 {
		t.Errorf("the severity is %s: the doubted alert's, not the sure one's", s.inc.Severity)
	}
}

func TestDoubtDoesNotShortenTheHold(t *testing.T) {
	s := tell(t, holds(10*time.Minute))
	s.doubt(alert.P2)
	s.fire(alert.P2)
	s.expect(s.pass(2*time.Minute), incident.Held, filing.TicketNone, incident.ReasonNothing)
	s.expect(s.pass(8*time.Minute), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestDoubtWithoutAHoldIsNoDoubt(t *testing.T) {
	s := tell(t, func(p *incident.Policy) { p.StaleHold = 0 })
	s.expect(s.doubt(alert.P2), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestDoubtedRefireAfterCloseIsHeldBeforeItsFreshTicket(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.end()
	s.now = s.now.Add(time.Hour)
	s.expect(s.doubt(alert.P2), incident.Open, filing.TicketFiled, incident.ReasonFiredAgain)
	s.checked(firedCheck, true, s.now.Add(-time.Minute))
	if s.inc.State != incident.Held || s.inc.Mark.String() != second || !s.inc.DueAt.Equal(s.now.Add(2*time.Minute)) {
		t.Fatalf("%s is %s until %s", s.inc.Mark, s.inc.State, s.inc.DueAt)
	}
	s.expect(s.end(), incident.Closed, filing.TicketNone, incident.ReasonEndedWhileHeld)
	if s.inc.Earlier.ID != "id-"+first {
		t.Errorf("it links %q", s.inc.Earlier.ID)
	}
}

func TestSettleWaitsBeforeItRecovers(t *testing.T) {
	s := tell(t, settles(5*time.Minute))
	s.fire(alert.P2)
	s.file()
	quiet := s.now
	s.expect(s.end(), incident.Settling, filing.TicketFiled, incident.ReasonSettling)
	s.expect(s.pass(5*time.Minute), incident.Recovered, filing.TicketFiled, incident.ReasonRecovered)
	if !s.inc.RecoveredAt.Equal(quiet) {
		t.Errorf("recovered at %s, want %s: when it went quiet", s.inc.RecoveredAt, quiet)
	}
	s.expectAsked("file/"+first, noted)
}

func TestSettleIsCalledOffWhenItFiresAgain(t *testing.T) {
	s := tell(t, settles(5*time.Minute))
	s.fire(alert.P2)
	s.file()
	s.end()
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketFiled, incident.ReasonFlapped)
	if !s.inc.RecoveredAt.IsZero() || !s.inc.DueAt.IsZero() || s.inc.Fires != 1 {
		t.Errorf("recovered at %s, due at %s, fires %d", s.inc.RecoveredAt, s.inc.DueAt, s.inc.Fires)
	}
	s.expectAsked("file/" + first)
}

func TestCloseWithinTheSettleTimeStandsWhenItFlaps(t *testing.T) {
	for _, seenAfterTheFlap := range []bool{false, true} {
		s := tell(t, settles(5*time.Minute))
		s.fire(alert.P2)
		s.file()
		s.end()
		closed := s.now.Add(time.Second)
		if !seenAfterTheFlap {
			s.seen(true, closed)
		}
		s.now = s.now.Add(time.Minute)
		s.fire(alert.P2)
		if seenAfterTheFlap {
			s.seen(true, closed)
		}
		s.expect(s.fire(alert.P2), incident.Open, filing.TicketClosed, incident.ReasonJoined)
		s.expectAsked("file/" + first)
	}
}

func TestCloseBeforeAFiringThatIsSettlingEndsTheEpisode(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.p.Settle = time.Minute
	s.end()
	s.expect(s.checked(firedCheck, true, s.now.Add(-time.Minute)), incident.Closed, filing.TicketClosed, incident.ReasonClosedByPerson)
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestSettleOverAClosedTicketEndsTheEpisode(t *testing.T) {
	s := tell(t, settles(5*time.Minute))
	s.fire(alert.P2)
	s.file()
	s.end()
	s.expect(s.seen(true, s.now), incident.Settling, filing.TicketClosed, incident.ReasonClosedByPerson)
	s.expect(s.pass(5*time.Minute), incident.Closed, filing.TicketClosed, incident.ReasonOver)
}

func TestMutedAlertGetsItsTicketWhenTheSilenceEnds(t *testing.T) {
	muted := func(p *incident.Policy) { p.MutedBy, p.MutedUntil = "upgrade", noon.Add(time.Hour) }
	s := tell(t, muted)
	d := s.fire(alert.P2)
	s.expect(d, incident.Open, filing.TicketNone, incident.ReasonMuted)
	if d.Detail != "upgrade" || !s.inc.DueAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("muted by %q until %s", d.Detail, s.inc.DueAt)
	}
	s.p.MutedBy = ""
	s.expect(s.pass(time.Hour), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestFlapUnderASilenceStillGetsItsTicket(t *testing.T) {
	s := tell(t, settles(5*time.Minute), func(p *incident.Policy) { p.MutedBy, p.MutedUntil = "upgrade", noon.Add(time.Hour) })
	s.fire(alert.P2)
	s.end()
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketNone, incident.ReasonFlapped)
	if !s.inc.DueAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("due at %s: the end of the silence is forgotten", s.inc.DueAt)
	}
	s.end()
	s.p.MutedBy = ""
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestASilenceThatIsEndedEarlyAsksAtOnce(t *testing.T) {
	s := tell(t, func(p *incident.Policy) { p.MutedBy, p.MutedUntil = "upgrade", noon.Add(time.Hour) })
	s.fire(alert.P2)
	s.p.MutedBy, s.p.MutedUntil = "another", noon.Add(2*time.Hour)
	d := s.step(incident.Reconsidered{})
	if s.expect(d, incident.Open, filing.TicketNone, incident.ReasonMuted); !d.Quiet || !s.inc.DueAt.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("quiet %v, due at %s: the other silence holds on", d.Quiet, s.inc.DueAt)
	}
	s.p.MutedBy = ""
	s.expect(s.step(incident.Reconsidered{}), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
	s.expect(s.step(incident.Reconsidered{}), incident.Open, filing.TicketAsked, incident.ReasonNothing)
}

func TestAFlagTurnedOnAsksForWhatStillFires(t *testing.T) {
	s := tell(t, func(p *incident.Policy) { p.FilingOn = false })
	s.fire(alert.P1)
	s.expect(s.step(incident.Reconsidered{}), incident.Open, filing.TicketNone, incident.ReasonNothing)
	s.p.FilingOn = true
	s.expect(s.step(incident.Reconsidered{}), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestAnAlertThatIsNotMutedAsksForAllOfItsIncident(t *testing.T) {
	s := tell(t, func(p *incident.Policy) { p.MutedBy, p.MutedUntil = "upgrade", noon.Add(time.Hour) })
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketNone, incident.ReasonMuted)
	s.p.MutedBy = ""
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestAMutedTicketIsLeftAloneAndToldTheCountAfterwards(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.p.MutedBy, s.p.MutedUntil = "upgrade", s.now.Add(time.Hour)
	for n := range 3 {
		s.end()
		s.fire(alert.P2)
		s.checked(fmt.Sprintf("check/%s/fired-%d", s.inc.Mark, n+1), false, time.Time{})
	}
	if noted := s.asked("note/" + s.inc.Mark.String() + "/fired"); len(noted) != 0 {
		t.Errorf("asked for %v while muted", noted)
	}
	s.p.MutedBy = ""
	s.expect(s.pass(time.Hour), incident.Open, filing.TicketFiled, incident.ReasonFlapNoted)
}

func TestFlapAsksWhereTheSeverityGotWorse(t *testing.T) {
	s := tell(t, settles(5*time.Minute))
	s.fire(alert.P3)
	s.end()
	s.expect(s.fire(alert.P1), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestFilingOffSaysWhyAndAsksNothing(t *testing.T) {
	s := tell(t, func(p *incident.Policy) { p.FilingOn = false })
	s.expect(s.fire(alert.P1), incident.Open, filing.TicketNone, incident.ReasonFilingOff)
	s.expect(s.end(), incident.Closed, filing.TicketNone, incident.ReasonOver)
	s.expectAsked()
}

func TestFilingOffHoldsBackWhatHasNotBegun(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.p.FilingOn = false
	d := s.outcome("file/"+first, filing.OutcomeStarted)
	if d.Reason != incident.ReasonFilingOff || d.Effect.State != filing.Queued || d.Effect.Attempt != 0 ||
		!d.Effect.NotBefore.Equal(noon.Add(30*time.Second)) {
		t.Errorf("%s: %+v", d.Reason, d.Effect)
	}
	s.p.FilingOn = true
	s.expect(s.file(), incident.Open, filing.TicketFiled, incident.ReasonTicketFiled)
}

func TestFilingOffFinishesWhatIsOnTheWire(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	id := "file/" + first
	s.outcome(id, filing.OutcomeStarted)
	s.p.FilingOn = false
	s.outcome(id, filing.OutcomeUnknown)
	s.now = s.now.Add(s.p.WaitOut)
	if move := s.effects[0].Next(s.p.Timing, s.now); move.Do != filing.DoLook {
		t.Fatalf("next is %+v", move)
	}
	s.answer(id, filing.Answer{Outcome: filing.OutcomeFound, Ticket: filing.Ticket{ID: "7"}})
	s.expect(s.answer(id, filing.Answer{Outcome: filing.OutcomeConfirmed, Ticket: filing.Ticket{ID: "7"}}), incident.Open, filing.TicketFiled,
		incident.ReasonTicketFiled)
}

// A second worker that wants to begin, too late, must not move what the first one left.
func TestFilingOffDoesNotShortenAWaitOut(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	id := "file/" + first
	s.outcome(id, filing.OutcomeStarted)
	s.outcome(id, filing.OutcomeUnknown)
	s.p.FilingOn = false
	before := s.effects[0]
	if d := s.outcome(id, filing.OutcomeStarted); d.EffectChanged || d.Reason != incident.ReasonStale {
		t.Errorf("%s: from %+v to %+v", d.Reason, before, d.Effect)
	}
}
