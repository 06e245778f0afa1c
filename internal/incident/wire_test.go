package incident_test

import (
	"fmt"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/incident"
)

// sending is a story up to a create on the wire.
func sending(t *testing.T) *story {
	t.Helper()
	s := tell(t)
	s.fire(alert.P2)
	if d := s.outcome("file/"+first, incident.OutcomeStarted); d.Reason != incident.ReasonSending || d.Effect.Attempt != 1 || !d.Effect.SentAt.Equal(noon) {
		t.Fatalf("%s: %+v", d.Reason, d.Effect)
	}
	return s
}

// next is what may be done with the story's ticket a while from now.
func (s *story) next(d time.Duration) incident.Move {
	return s.effects[s.at("file/"+first)].Next(s.p, s.now.Add(d))
}

func TestAfterUnknownOnlyALookMayFollow(t *testing.T) {
	s := sending(t)
	s.expect(s.outcome("file/"+first, incident.OutcomeUnknown), incident.Open, incident.TicketAsked, incident.ReasonUnknown)
	for d := time.Duration(0); d < 48*time.Hour; d += 7 * time.Minute {
		if move := s.next(d); move.Do != incident.DoWait && move.Do != incident.DoLook {
			t.Fatalf("after %s the move is %d", d, move.Do)
		}
	}
}

func TestNoLookBeforeTheWaitOut(t *testing.T) {
	s := sending(t)
	s.outcome("file/"+first, incident.OutcomeUnknown)
	over := s.p.WaitOut
	if move := s.next(over - 1); move.Do != incident.DoWait || !move.At.Equal(noon.Add(over)) {
		t.Errorf("just before, the move is %+v", move)
	}
	if move := s.next(over); move.Do != incident.DoLook {
		t.Errorf("then, the move is %+v", move)
	}
	s.now = noon.Add(over - 1)
	if d := s.outcome("file/"+first, incident.OutcomeNotFound); d.EffectChanged {
		t.Errorf("a look before its time was believed: %s", d.Effect.State)
	}
	s.now = noon.Add(over)
	s.expect(s.outcome("file/"+first, incident.OutcomeNotFound), incident.Open, incident.TicketAsked, incident.ReasonNotFound)
	if move := s.next(0); move.Do != incident.DoSend {
		t.Errorf("after a look that may be believed the move is %+v", move)
	}
}

func TestCrashWhileSendingIsUnknown(t *testing.T) {
	s := sending(t)
	over := s.p.CallTimeout + s.p.WaitOut
	if move := s.next(over - 1); move.Do != incident.DoWait || !move.At.Equal(noon.Add(over)) {
		t.Errorf("while it may be on its way the move is %+v", move)
	}
	if move := s.next(over); move.Do != incident.DoLook {
		t.Errorf("then, the move is %+v", move)
	}
	s.now = noon.Add(over)
	d := s.outcome("file/"+first, incident.OutcomeLookFailed)
	if move := s.next(0); d.Effect.State != incident.Unknown || move.Do != incident.DoWait {
		t.Errorf("after a look that failed it is %s and the move %+v", d.Effect.State, move)
	}
}

func TestCrashWhileClosingOrTaggingSendsAgain(t *testing.T) {
	p := incident.DefaultPolicy()
	for _, kind := range []incident.Kind{incident.KindClose, incident.KindTag, incident.KindCheck} {
		e := incident.Effect{Kind: kind, State: incident.Sending, SentAt: noon}
		if move := e.Next(p, noon.Add(p.CallTimeout-1)); move.Do != incident.DoWait {
			t.Errorf("%s: in its time the move is %+v", kind, move)
		}
		if move := e.Next(p, noon.Add(p.CallTimeout)); move.Do != incident.DoSend {
			t.Errorf("%s: then, the move is %+v", kind, move)
		}
	}
}

func TestVanishedIsLookedForAgain(t *testing.T) {
	s := sending(t)
	id := "file/" + first
	s.answer(id, incident.Answer{Outcome: incident.OutcomeSent, Ticket: incident.Ticket{ID: "7"}})
	if move := s.next(0); move.Do != incident.DoConfirm {
		t.Fatalf("once created the move is %+v", move)
	}
	s.expect(s.outcome(id, incident.OutcomeVanished), incident.Open, incident.TicketAsked, incident.ReasonVanished)
	over := s.p.CallTimeout + s.p.WaitOut // The id may be an earlier attempt's, and the last one still on its way.
	if move := s.next(over - 1); move.Do != incident.DoWait {
		t.Errorf("in the wait-out the move is %+v", move)
	}
	if move := s.next(over); move.Do != incident.DoLook {
		t.Errorf("then, the move is %+v", move)
	}
	// A desk that swallows every ticket is asked ever more rarely, and never not at all.
	var wait time.Duration
	for range 40 {
		d := s.answer(id, incident.Answer{Outcome: incident.OutcomeFound, Ticket: incident.Ticket{ID: "7"}})
		if d.Effect.State != incident.Created {
			t.Fatalf("found, it is %s", d.Effect.State)
		}
		d = s.outcome(id, incident.OutcomeVanished)
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
	for _, state := range []incident.EffectState{incident.Done, incident.Dropped, "from a newer version"} {
		if move := (incident.Effect{State: state}).Next(incident.DefaultPolicy(), noon); move.Do != incident.DoNothing {
			t.Errorf("%s: the move is %+v", state, move)
		}
	}
}

func TestPaceRisesToItsBound(t *testing.T) {
	for _, tt := range []struct {
		outcome incident.Outcome
		longest time.Duration
	}{
		{incident.OutcomeNotSent, 30 * time.Second},
		{incident.OutcomeRefused, 5 * time.Minute},
	} {
		for key := range alert.Key(20) {
			whole := time.Second
			e := incident.Effect{ID: fmt.Sprintf("file/%s.1", key), Kind: incident.KindFile, State: incident.Queued}
			for fail := range 100 {
				d := answered(incident.DefaultPolicy(), e, incident.Answer{Outcome: tt.outcome}, noon)
				again := answered(incident.DefaultPolicy(), e, incident.Answer{Outcome: tt.outcome}, noon)
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
	for _, o := range []incident.Outcome{incident.OutcomeNotSent, incident.OutcomeRefused, incident.OutcomeLookFailed} {
		e := incident.Effect{ID: "file/" + first, Kind: incident.KindFile, State: incident.Queued}
		d := answered(incident.DefaultPolicy(), e, incident.Answer{Outcome: o, RetryAfter: 20 * time.Minute}, noon)
		if wait := d.Effect.NotBefore.Sub(noon); wait != 20*time.Minute {
			t.Errorf("%s: the wait is %s", o, wait)
		}
	}
}

func TestEffectsDoNotKnockInStep(t *testing.T) {
	waits := map[time.Time]bool{}
	for key := range alert.Key(100) {
		e := incident.Effect{ID: fmt.Sprintf("file/%s.1", key), Kind: incident.KindFile, State: incident.Queued, Fails: 9}
		waits[answered(incident.DefaultPolicy(), e, incident.Answer{Outcome: incident.OutcomeNotSent}, noon).Effect.NotBefore] = true
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
		s.outcome(id, incident.OutcomeStarted)
		if d := s.answer(id, incident.Answer{Outcome: incident.OutcomeNotSent, Fault: "timeout", Detail: "no answer"}); d.Changed != (i == 0) {
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
