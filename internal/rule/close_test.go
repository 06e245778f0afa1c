package rule_test

import (
	"strings"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
)

// The first episode's effects beside its ticket.
const (
	noted      = "note/" + first + "/recovered-0"
	closing    = "close/" + first + "/" + noted
	firedCheck = "check/" + first + "/fired-1"
	firedNote  = "note/" + first + "/fired-1"
	noteEvery  = 15 * time.Minute
)

func TestPersonsCloseStandsWhileFiring(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.expect(s.seen(true, time.Time{}), incident.Open, filing.TicketClosed, incident.ReasonClosedByPerson)
	s.fire(alert.P1)
	s.pass(time.Hour)
	s.expect(s.end(), incident.Closed, filing.TicketClosed, incident.ReasonOver)
	s.expectAsked("file/" + first)
}

func TestPersonsCloseInALaterFiringStands(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.checked(firedCheck, false, time.Time{})
	s.expect(s.seen(true, s.now.Add(time.Second)), incident.Open, filing.TicketClosed, incident.ReasonClosedByPerson)
	if s.inc.Generation != 1 {
		t.Errorf("a person's close made generation %d", s.inc.Generation)
	}
}

// recoveredAndFiredAgain is a story up to the moment at which the desk is asked.
func recoveredAndFiredAgain(t *testing.T, change ...func(*incident.Policy)) *story {
	t.Helper()
	s := tell(t, change...)
	s.fire(alert.P2)
	s.file()
	s.end()
	s.now = s.now.Add(time.Hour)
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketFiled, incident.ReasonFiredAgain)
	s.expectAsked("file/"+first, noted, firedCheck)
	return s
}

func TestRefireWithOpenTicketNeverASecondTicket(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.expect(s.checked(firedCheck, false, time.Time{}), incident.Open, filing.TicketFiled, incident.ReasonFlapNoted)
	s.expectAsked("file/"+first, noted, firedCheck, firedNote)
	if text := s.effects[3].Text; !strings.Contains(text, "Fired again: DiskFull\n") || !strings.HasSuffix(text, s.effects[3].NoteMark()) {
		t.Errorf("the note says %q", text)
	}
}

func TestRefireAfterCloseIsAFreshTicketThatLinksTheEarlier(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.checked(firedCheck, true, s.now.Add(-time.Minute))
	if old := s.past[0]; old.State != incident.Closed || old.Ticket.State != filing.TicketClosed || old.Reason != incident.ReasonFreshEpisode {
		t.Errorf("the old episode is %s with ticket %s because %s", old.State, old.Ticket.State, old.Reason)
	}
	if s.inc.Generation != 2 || s.inc.Earlier.ID != "id-"+first || s.inc.State != incident.Open ||
		s.inc.Reason != incident.ReasonTicketAsked || len(s.inc.Timeline) != 1 {
		t.Errorf("the fresh one is %+v", s.inc)
	}
	if !s.inc.OpenedAt.Equal(s.now) || !s.inc.FiredAt.Equal(s.now) || !s.inc.RecoveredAt.IsZero() || s.inc.Fires != 0 {
		t.Errorf("its times are %+v", s.inc)
	}
	s.expectAsked("file/"+first, noted, firedCheck, "file/"+second)
}

func TestRefireAfterTheEpisodeIsOverLinksTheEarlierTicket(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.end()
	s.expect(s.seen(true, time.Time{}), incident.Closed, filing.TicketClosed, incident.ReasonClosedByPerson)
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
	if s.inc.Mark.String() != second || s.inc.Earlier.ID != "id-"+first {
		t.Errorf("%s links %q", s.inc.Mark, s.inc.Earlier.ID)
	}
}

func TestRefireOfADeletedTicketIsAFreshTicket(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.outcome(firedCheck, filing.OutcomeVanished)
	s.expectAsked("file/"+first, noted, firedCheck, "file/"+second)
}

// The close happened before the refire; that it is seen before the check answers must not
// make it a close while firing.
func TestCloseSeenAfterTheRefireIsJudgedByWhenItHappened(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.seen(true, s.now.Add(-time.Minute))
	s.expectAsked("file/"+first, noted, firedCheck, "file/"+second)
	if d := s.checked(firedCheck, true, s.now.Add(-time.Minute)); len(d.Effects) > 0 {
		t.Errorf("the check asked for %d more", len(d.Effects))
	}
}

func TestCheckThatFindsACloseDuringTheFiringLetsItStand(t *testing.T) {
	s := recoveredAndFiredAgain(t)
	s.expect(s.checked(firedCheck, true, s.now.Add(time.Second)), incident.Open, filing.TicketClosed, incident.ReasonClosedByPerson)
	s.expectAsked("file/"+first, noted, firedCheck)
}

func TestTicketSeenClosedAtTheReadBackStands(t *testing.T) {
	for _, recovered := range []bool{false, true} {
		s := tell(t)
		s.fire(alert.P2)
		if recovered {
			s.end()
		}
		id := "file/" + first
		s.outcome(id, filing.OutcomeStarted)
		s.answer(id, filing.Answer{Outcome: filing.OutcomeSent, Ticket: filing.Ticket{ID: "7"}})
		d := s.answer(id, filing.Answer{Outcome: filing.OutcomeConfirmed, Ticket: filing.Ticket{ID: "7"}, TicketStatusClosed: true})
		want := incident.Open
		if recovered {
			want = incident.Closed
		}
		s.expect(d, want, filing.TicketClosed, incident.ReasonTicketFiled)
		s.expectAsked(id)
	}
}

func TestTicketSeenReopened(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	s.file()
	s.seen(true, time.Time{})
	s.expect(s.seen(false, time.Time{}), incident.Open, filing.TicketFiled, incident.ReasonTicketOpen)
	if d := s.seen(false, time.Time{}); d.Changed {
		t.Error("seeing it open twice is news")
	}
	s.expect(s.end(), incident.Recovered, filing.TicketFiled, incident.ReasonRecovered)
}

func TestCloseOnRecoveryPolicy(t *testing.T) {
	s := tell(t, closes)
	s.fire(alert.P2)
	s.file()
	s.end()
	s.expectAsked("file/"+first, noted) // First the note, which says that docket closes it.
	if text := s.effects[1].Text; !strings.Contains(text, "Docket closes this ticket.") {
		t.Errorf("the note says %q", text)
	}
	s.outcome(noted, filing.OutcomeStarted)
	s.outcome(noted, filing.OutcomeSent)
	s.expectAsked("file/"+first, noted, closing)
	s.outcome(closing, filing.OutcomeStarted)
	s.expect(s.outcome(closing, filing.OutcomeSent), incident.Closed, filing.TicketClosed, incident.ReasonClosedByPolicy)
}

func closes(p *incident.Policy) { p.OnRecovery = incident.RecoveryClose }

// closingStory is a story up to the queued close.
func closingStory(t *testing.T, change ...func(*incident.Policy)) *story {
	t.Helper()
	s := tell(t, append(change, closes)...)
	s.fire(alert.P2)
	s.file()
	s.end()
	s.outcome(noted, filing.OutcomeStarted)
	s.outcome(noted, filing.OutcomeSent)
	s.now = s.now.Add(time.Second)
	return s
}

func TestRefireDropsTheCloseThatHasNotBegun(t *testing.T) {
	s := closingStory(t)
	s.fire(alert.P2)
	d := s.outcome(closing, filing.OutcomeStarted)
	if d.Effect.State != filing.Dropped || d.Effect.DoneAt.IsZero() || d.Effect.Attempt != 0 {
		t.Errorf("the close is %+v", d.Effect)
	}
	s.expect(s.checked(firedCheck, false, time.Time{}), incident.Open, filing.TicketFiled, incident.ReasonFlapNoted)
}

func TestRefireWhileTheCloseIsOnTheWireIsAFreshTicket(t *testing.T) {
	s := closingStory(t)
	s.outcome(closing, filing.OutcomeStarted)
	s.fire(alert.P2)
	s.checked(firedCheck, false, time.Time{}) // The desk has not closed it yet.
	s.outcome(closing, filing.OutcomeSent)
	if s.inc.Mark.String() != second || s.inc.State != incident.Open || s.inc.Earlier.ID != "id-"+first {
		t.Errorf("%s is %s and links %q", s.inc.Mark, s.inc.State, s.inc.Earlier.ID)
	}
	s.expectAsked("file/"+first, noted, closing, firedCheck, firedNote, "file/"+second)
}

// Nobody closed it while it fired: the close was ours, and belongs to the recovery before.
func TestOwnCloseSeenBeforeItsAnswerIsNoPersonsClose(t *testing.T) {
	s := closingStory(t)
	s.outcome(closing, filing.OutcomeStarted)
	s.fire(alert.P2)
	s.expect(s.seen(true, s.now.Add(time.Second)), incident.Open, filing.TicketClosed, incident.ReasonClosedByPerson)
	s.outcome(closing, filing.OutcomeSent)
	s.expectAsked("file/"+first, noted, closing, firedCheck, "file/"+second)
}

func TestCloseOfUnknownOutcomeIsFinishedThoughItFiresAgain(t *testing.T) {
	s := closingStory(t)
	s.outcome(closing, filing.OutcomeStarted)
	s.fire(alert.P2)
	s.outcome(closing, filing.OutcomeUnknown)
	e := s.effects[s.at(closing)]
	if move := e.Next(s.p.Timing, s.now.Add(time.Minute)); e.State != filing.Unknown || move.Do != filing.DoSend {
		t.Fatalf("the close is %s, and next is %+v", e.State, move)
	}
	// That the next attempt surely does nothing says nothing about the one before.
	for _, o := range []filing.Outcome{filing.OutcomeNotSent, filing.OutcomeRefused, filing.OutcomeHeldBack,
		filing.OutcomeUnknown, filing.OutcomeSent} {
		if d := s.outcome(closing, filing.OutcomeStarted); d.Reason != incident.ReasonSending {
			t.Fatalf("it was not sent again: %s", d.Reason)
		}
		s.outcome(closing, o)
	}
	s.expectAsked("file/"+first, noted, closing, firedCheck, "file/"+second)
}

func TestCloseThatSurelyFailedIsDroppedOnceItFiresAgain(t *testing.T) {
	s := closingStory(t)
	s.outcome(closing, filing.OutcomeStarted)
	s.outcome(closing, filing.OutcomeNotSent)
	s.fire(alert.P2)
	if d := s.outcome(closing, filing.OutcomeStarted); d.Effect.State != filing.Dropped {
		t.Errorf("the close is %s because %s", d.Effect.State, d.Reason)
	}
}

func TestCloseDoneWhileSettlingEndsTheEpisode(t *testing.T) {
	s := closingStory(t, func(p *incident.Policy) { p.Settle = 0 })
	s.outcome(closing, filing.OutcomeStarted)
	s.fire(alert.P2)
	s.p.Settle = time.Minute
	s.end()
	s.expect(s.outcome(closing, filing.OutcomeSent), incident.Closed, filing.TicketClosed, incident.ReasonClosedByPolicy)
	s.expect(s.fire(alert.P2), incident.Open, filing.TicketAsked, incident.ReasonTicketAsked)
}

func TestOnlyTheRecoverysOwnNoteClosesTheTicket(t *testing.T) {
	s := closingStory(t)
	s.fire(alert.P2)
	s.outcome(closing, filing.OutcomeStarted)
	s.checked(firedCheck, false, time.Time{})
	s.expect(s.end(), incident.Recovered, filing.TicketFiled, incident.ReasonRecovered)
	s.outcome(firedNote, filing.OutcomeStarted)
	s.outcome(firedNote, filing.OutcomeSent)
	s.expectAsked("file/"+first, noted, closing, firedCheck, firedNote)
	s.pass(noteEvery)
	last := "note/" + first + "/recovered-1"
	s.outcome(last, filing.OutcomeStarted)
	s.outcome(last, filing.OutcomeSent)
	s.expectAsked("file/"+first, noted, closing, firedCheck, firedNote, last, "close/"+first+"/"+last)
}

func TestAnswerThatComesTwiceIsDecidedOnce(t *testing.T) {
	s := closingStory(t)
	s.outcome(noted, filing.OutcomeSent) // A second worker read the note back, too.
	s.expectAsked("file/"+first, noted, closing)
	s.fire(alert.P2)
	s.checked(firedCheck, false, time.Time{})
	if d := s.checked(firedCheck, true, s.now.Add(-time.Minute)); d.Changed || d.Reason != incident.ReasonStale {
		t.Errorf("a second answer to one check changed the incident: %s", d.Reason)
	}
}
