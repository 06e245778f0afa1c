package rule_test

import (
	"fmt"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
)

// sending is a story up to a create on the wire.
func sending(t *testing.T) *story {
	t.Helper()
	s := tell(t)
	s.fire(alert.P2)
	if d := s.outcome("file/"+first, filing.OutcomeStarted); d.Reason != incident.ReasonSending || d.Effect.Attempt != 1 ||
		!d.Effect.SentAt.Equal(noon) {
		t.Fatalf("%s: %+v", d.Reason, d.Effect)
	}
	return s
}

// next is what may be done with the story's ticket a while from now.
func (s *story) next(d time.Duration) filing.Move {
	return s.effects[s.at("file/"+first)].Next(s.p.Timing, s.now.Add(d))
}

func TestAfterUnknownOnlyALookMayFollow(t *testing.T) {
	s := sending(t)
	s.expect(s.outcome("file/"+first, filing.OutcomeUnknown), incident.Open, filing.TicketAsked, incident.ReasonUnknown)
	for d := time.Duration(0); d < 48*time.Hour; d += 7 * time.Minute {
		if move := s.next(d); move.Do != filing.DoWait && move.Do != filing.DoLook {
			t.Fatalf("after %s the move is %d", d, move.Do)
		}
	}
}

func TestNoLookBeforeTheWaitOut(t *testing.T) {
	s := sending(t)
	s.outcome("file/"+first, filing.OutcomeUnknown)
	over := s.p.WaitOut
	if move := s.next(over - 1); move.Do != filing.DoWait || !move.At.Equal(noon.Add(over)) {
		t.Errorf("just before, the move is %+v", move)
	}
	if move := s.next(over); move.Do != filing.DoLook {
		t.Errorf("then, the move is %+v", move)
	}
	s.now = noon.Add(over - 1)
	if d := s.outcome("file/"+first, filing.OutcomeNotFound); d.EffectChanged {
		t.Errorf("a look before its time was believed: %s", d.Effect.State)
	}
	s.now = noon.Add(over)
	s.expect(s.outcome("file/"+first, filing.OutcomeNotFound), incident.Open, filing.TicketAsked, incident.ReasonNotFound)
	if move := s.next(0); move.Do != filing.DoSend {
		t.Errorf("after a look that may be believed the move is %+v", move)
	}
}

func TestCrashWhileSendingIsUnknown(t *testing.T) {
	s := sending(t)
	over := s.p.CallTimeout + s.p.WaitOut
	if move := s.next(over - 1); move.Do != filing.DoWait || !move.At.Equal(noon.Add(over)) {
		t.Errorf("while it may be on its way the move is %+v", move)
	}
	if move := s.next(over); move.Do != filing.DoLook {
		t.Errorf("then, the move is %+v", move)
	}
	s.now = noon.Add(over)
	d := s.outcome("file/"+first, filing.OutcomeLookFailed)
	if move := s.next(0); d.Effect.State != filing.Unknown || move.Do != filing.DoWait {
		t.Errorf("after a look that failed it is %s and the move %+v", d.Effect.State, move)
	}
}

func TestCrashWhileClosingOrTaggingSendsAgain(t *testing.T) {
	p := incident.DefaultPolicy()
	for _, kind := range []filing.Kind{filing.KindClose, filing.KindTag, filing.KindCheck} {
		e := filing.Effect{Kind: kind, State: filing.Sending, SentAt: noon}
		if move := e.Next(p.Timing, noon.Add(p.CallTimeout-1)); move.Do != filing.DoWait {
			t.Errorf("%s: in its time the move is %+v", kind, move)
		}
		if move := e.Next(p.Timing, noon.Add(p.CallTimeout)); move.Do != filing.DoSend {
			t.Errorf("%s: then, the move is %+v", kind, move)
		}
	}
}

func TestVanishedIsLookedForAgain(t *testing.T) {
	s := sending(t)
	id := "file/" + first
	s.answer(id, filing.Answer{Outcome: filing.OutcomeSent, Ticket: filing.Ticket{ID: "7"}})
	if move := s.next(0); move.Do != filing.DoConfirm {
		t.Fatalf("once created the move is %+v", move)
	}
	s.expect(s.outcome(id, filing.OutcomeVanished), incident.Open, filing.TicketAsked, incident.ReasonVanished)
	over := s.p.CallTimeout + s.p.WaitOut // The id may be an earlier attempt's, and the last one still on its way.
	if move := s.next(over - 1); move.Do != filing.DoWait {
		t.Errorf("in the wait-out the move is %+v", move)
	}
	if move := s.next(over); move.Do != filing.DoLook {
		t.Errorf("then, the move is %+v", move)
	}
	// A desk that swallows every ticket is asked ever more rarely, and never not at all.
	var wait time.Duration
	for range 40 {
		d := s.answer(id, filing.Answer{Outcome: filing.OutcomeFound, Ticket: filing.Ticket{ID: "7"}})
		if d.Effect.State != filing.Created {
			t.Fatalf("found, it is %s", d.Effect.State)
		}
		d = s.outcome(id, filing.OutcomeVanished)
		wait = d.Effect.NotBefore.Sub(s.now)
		if wait < s.p.WaitOut || wait > 30*time.Minute {
			t.Fatalf("the wait is %s", wait)
		}
		s.now = d.Effect.NotBefore
	}
	if wait < 22*time.Minute {
		t.Errorf("after 40 times the wait is %s", wait)
	}
}

func TestFinishedEffectIsLeftAlone(t *testing.T) {
	for _, state := range []filing.State{filing.Done, filing.Dropped, "from a newer version"} {
		if move := (filing.Effect{State: state}).Next(incident.DefaultPolicy().Timing, noon); move.Do != filing.DoNothing {
			t.Errorf("%s: the move is %+v", state, move)
		}
	}
}

func TestPaceRisesToItsBound(t *testing.T) {
	for _, tt := range []struct {
		outcome filing.Outcome
		longest time.Duration
	}{
		{filing.OutcomeNotSent, 30 * time.Second},
		{filing.OutcomeRefused, 5 * time.Minute},
	} {
		for key := range alert.Key(20) {
			whole := time.Second
			e := filing.Effect{ID: fmt.Sprintf("file/%s.1", key), Kind: filing.KindFile, State: filing.Queued}
			for fail := range 100 {
				d := answered(incident.DefaultPolicy(), e, filing.Answer{Outcome: tt.outcome}, noon)
				again := answered(incident.DefaultPolicy(), e, filing.Answer{Outcome: tt.outcome}, noon)
				wait := d.Effect.NotBefore.Sub(noon)
				if wait > whole || wait < whole*3/4 {
					t.Fatalf("%s %d times: the wait is %s, want three to four quarters of %s", tt.outcome, fail+1, wait, whole)
				}
				if !again.Effect.NotBefore.Equal(d.Effect.NotBefore) {
					t.Fatal("the same state and the same answer gave two paces")
				}
				whole = min(tt.longest, 2*whole)
				e = d.Effect
			}
		}
	}
}

func TestDesksWishIsHeard(t *testing.T) {
	for _, o := range []filing.Outcome{filing.OutcomeNotSent, filing.OutcomeRefused, filing.OutcomeLookFailed} {
		e := filing.Effect{ID: "file/" + first, Kind: filing.KindFile, State: filing.Queued}
		d := answered(incident.DefaultPolicy(), e, filing.Answer{Outcome: o, RetryAfter: 20 * time.Minute}, noon)
		if wait := d.Effect.NotBefore.Sub(noon); wait != 20*time.Minute {
			t.Errorf("%s: the wait is %s", o, wait)
		}
	}
}

func TestEffectsDoNotKnockInStep(t *testing.T) {
	waits := map[time.Time]bool{}
	for key := range alert.Key(100) {
		e := filing.Effect{ID: fmt.Sprintf("file/%s.1", key), Kind: filing.KindFile, State: filing.Queued, Fails: 9}
		waits[answered(incident.DefaultPolicy(), e, filing.Answer{Outcome: filing.OutcomeNotSent}, noon).Effect.NotBefore] = true
	}
	if len(waits) < 50 {
		t.Errorf("a hundred effects come again at %d moments", len(waits))
	}
}

func TestOnlyTheFirstFailureOfARowIsAStepOfTheStory(t *testing.T) {
	s := tell(t)
	s.fire(alert.P2)
	id := "file/" + first
	for i := range 5 {
		s.outcome(id, filing.OutcomeStarted)
		if d := s.answer(id, filing.Answer{Outcome: filing.OutcomeNotSent, Fault: "timeout", Detail: "no answer"}); d.Changed != (i == 0) {
			t.Errorf("failure %d: told %v", i+1, d.Changed)
		}
	}
	if e := s.effects[0]; e.Fails != 5 || e.Attempt != 5 || e.Fault != "timeout" || e.Detail != "no answer" {
		t.Errorf("the effect keeps %+v", e)
	}
	if n := len(s.inc.Timeline); n != 2 {
		t.Errorf("the story has %d steps", n)
	}
}
