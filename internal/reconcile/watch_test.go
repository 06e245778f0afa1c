package reconcile_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/desk/fakedesk"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/reconcile"
)

func TestAPersonsCloseAndReopenAreSeenByPolling(t *testing.T) {
	each(t, nil, func(s *scene) {
		inc := s.filed("Disk")
		s.filed("Other")
		s.closes(inc)
		s.watch()
		if got := s.latest("Disk"); got.Ticket.State != filing.TicketClosed || got.Reason != incident.ReasonClosedByPerson {
			s.t.Fatalf("its ticket is %s because %s", got.Ticket.State, got.Reason)
		}
		s.reopens(inc)
		s.watch()
		if got := s.latest("Disk"); got.Ticket.State != filing.TicketFiled {
			s.t.Errorf("its ticket is %s", got.Ticket.State)
		}
		before := s.latest("Disk").Version
		s.watch()
		if got := s.latest("Disk"); got.Version != before {
			s.t.Error("a poll without news changed something")
		}
		if got := s.latest("Other").Ticket.State; got != filing.TicketFiled {
			s.t.Errorf("the other's ticket is %s", got)
		}
	})
}

func TestATicketInTheTrashIsSeenByPolling(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	inc := s.filed("Disk")
	s.fake.Trash(s.id(inc))
	s.watch()
	if got := s.latest("Disk"); got.Ticket.State != filing.TicketClosed {
		t.Errorf("its ticket is %s", got.Ticket.State)
	}
	s.fake.Restore(s.id(inc))
	s.watch()
	if got := s.latest("Disk"); got.Ticket.State != filing.TicketFiled {
		t.Errorf("restored, its ticket is %s", got.Ticket.State)
	}
}

func TestPollingCostsCallsByChangesAndNotByTickets(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	for i := range 30 {
		s.filed(fmt.Sprintf("Disk%d", i))
	}
	s.watch()
	before := s.fake.Stats().Requests
	s.watch()
	after := s.fake.Stats().Requests
	if after[fakedesk.OpGet] != before[fakedesk.OpGet] || after[fakedesk.OpFind]-before[fakedesk.OpFind] != 2 {
		t.Errorf("a poll took %d reads and %d lists, want none and 2", after[fakedesk.OpGet]-before[fakedesk.OpGet],
			after[fakedesk.OpFind]-before[fakedesk.OpFind])
	}
	if calls := s.rec.State().WatchCalls; calls != 4 {
		t.Errorf("%d calls are counted, want 4", calls)
	}
}

func TestWhatWasMissedWhileNobodyPolledIsSeenAfterwards(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	inc := s.filed("Disk")
	s.watch()
	s.fake.Order(fakedesk.Fault{Kind: fakedesk.BadGateway502, On: fakedesk.OpFind, Times: 2})
	s.closes(inc)
	s.watch()
	s.watch()
	if got := s.latest("Disk"); got.Ticket.State != filing.TicketFiled {
		t.Fatalf("polls that failed made it %s", got.Ticket.State)
	}
	s.watch()
	if got := s.latest("Disk"); got.Ticket.State != filing.TicketClosed {
		t.Errorf("its ticket is %s", got.Ticket.State)
	}
	if s.heard[len(s.heard)-2] == nil || s.heard[len(s.heard)-1] != nil {
		t.Errorf("the desk's health heard %v", s.heard)
	}
}

func TestAHintIsFollowedAtOnce(t *testing.T) {
	each(t, nil, func(s *scene) {
		stop := s.loop(s.rec.Listen)
		defer stop()
		inc := s.filed("Disk")
		s.closes(inc)
		for range 3 { // Twice or thrice is once.
			if !s.rec.Suggest(reconcile.Hint{TicketID: inc.Ticket.ID}) {
				s.t.Fatal("the hint was dropped")
			}
		}
		s.until(func() bool { return s.latest("Disk").Ticket.State == filing.TicketClosed })
		// Disorder: an old word comes after the newer one. The desk is asked, and says what is.
		s.reopens(inc)
		s.rec.Suggest(reconcile.Hint{TicketID: inc.Ticket.ID})
		s.until(func() bool { return s.latest("Disk").Ticket.State == filing.TicketFiled })
	})
}

func TestADeleteForGoodIsAPersonsCloseOnlyWhereTheDeskSaysSo(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	defer s.loop(s.rec.Listen)()
	lost, deleted := s.filed("Lost"), s.filed("Deleted")
	s.fake.Lose(s.id(lost))
	s.fake.Purge(s.id(deleted))
	s.rec.Suggest(reconcile.Hint{TicketID: lost.Ticket.ID})
	s.rec.Suggest(reconcile.Hint{TicketID: deleted.Ticket.ID, Gone: true})
	s.until(func() bool { return s.latest("Deleted").Ticket.State == filing.TicketClosed })
	if got := s.latest("Lost").Ticket.State; got != filing.TicketFiled {
		t.Errorf("the lost one's ticket is %s", got)
	}
}

func TestAFloodOfHintsNeverWaits(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	dropped := 0
	for i := range 5000 { // Nobody listens.
		if !s.rec.Suggest(reconcile.Hint{TicketID: fmt.Sprint(i)}) {
			dropped++
		}
	}
	if dropped != 4000 {
		t.Errorf("%d hints were dropped, want 4000", dropped)
	}
}

func TestFiringAgainSoonAfterACloseReopensTheTicket(t *testing.T) {
	each(t, func(p *incident.Policy) { p.ReopenWithin = time.Hour }, func(s *scene) {
		inc := s.filed("Disk")
		s.says("Disk", alert.Resolved)
		s.quiet()
		s.closes(inc)
		s.watch()
		if got := s.latest("Disk"); got.State != incident.Closed {
			s.t.Fatalf("it is %s", got.State)
		}
		again := s.filed("Disk")
		if again.Generation != 2 || again.Ticket.ID != inc.Ticket.ID || again.Fires != 1 {
			s.t.Fatalf("it is %s with ticket %+v, fired again %d times", again.Mark, again.Ticket, again.Fires)
		}
		t := s.ticket(again)
		if wrong := isOpen(s, again); wrong != "" || len(t.Notes) != 2 {
			s.t.Errorf("%s; notes %q", wrong, t.Notes)
		}
		if r := s.run(reconcile.Options{}); len(r.Findings) != 0 {
			s.t.Errorf("afterwards a comparison finds %v", kinds(r))
		}
	})
}

func TestFiringAgainWhereAPersonOpenedTheTicketAgainGoesOnInIt(t *testing.T) {
	each(t, nil, func(s *scene) {
		inc := s.filed("Disk")
		s.says("Disk", alert.Resolved)
		s.quiet()
		s.closes(inc)
		s.watch()
		s.reopens(inc)
		again := s.filed("Disk")
		if again.Generation != 2 || again.Ticket.ID != inc.Ticket.ID {
			s.t.Errorf("it is %s with ticket %+v", again.Mark, again.Ticket)
		}
	})
}

func TestFiringAgainLaterIsAFreshTicket(t *testing.T) {
	each(t, nil, func(s *scene) {
		inc := s.filed("Disk")
		s.says("Disk", alert.Resolved)
		s.quiet()
		s.closes(inc)
		s.watch()
		again := s.filed("Disk")
		if again.Generation != 2 || again.Ticket.ID == inc.Ticket.ID || again.Earlier.ID != inc.Ticket.ID {
			s.t.Errorf("it is %s with ticket %+v", again.Mark, again.Ticket)
		}
	})
}

func TestSpamAndTrashAreNeverOpenedAgain(t *testing.T) {
	for name, away := range map[string]func(f *fakedesk.Server, id int64) bool{"spam": (*fakedesk.Server).Spam,
		"trash": (*fakedesk.Server).Trash} {
		s := open(t, t.TempDir()+"/d.db", "freescout", func(p *incident.Policy) { p.ReopenWithin = time.Hour })
		inc := s.filed("Disk")
		s.says("Disk", alert.Resolved)
		s.quiet()
		away(s.fake, s.id(inc))
		s.watch()
		again := s.filed("Disk")
		if again.Ticket.ID == inc.Ticket.ID {
			t.Errorf("%s: the ticket was taken up", name)
		}
	}
}

func TestOneReplicaPollsAtATime(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	s.filed("Disk")
	other := s.replica("two", func(incident.Incident, time.Time) incident.Policy { return incident.DefaultPolicy() })
	s.watch()
	before := s.fake.Stats().Requests[fakedesk.OpFind]
	if err := other.Watch(t.Context(), time.Now().UTC()); err != nil {
		t.Fatal(err)
	}
	if n := s.fake.Stats().Requests[fakedesk.OpFind]; n != before {
		t.Error("both polled")
	}
	// The first one is gone; its lease ends.
	if err := other.Watch(t.Context(), time.Now().UTC().Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n := s.fake.Stats().Requests[fakedesk.OpFind]; n == before {
		t.Error("nobody took over")
	}
}

func TestTheTimerComparesWhenItIsDueAndAfterAnOutage(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	inc := s.filed("Disk")
	turn := func(at time.Time) {
		t.Helper()
		if err := s.rec.Timer(context.Background(), at); err != nil {
			t.Fatal(err)
		}
		s.quiet()
	}
	begin := time.Now().UTC()
	turn(begin)
	if !s.rec.State().ComparedAt.Equal(begin) {
		t.Fatal("nothing is compared at the start")
	}
	s.closes(inc)
	turn(begin.Add(35 * time.Second))
	if s.latest("Disk").Ticket.State != filing.TicketFiled {
		t.Error("compared before it was due")
	}
	back := begin.Add(40 * time.Second)
	s.rec.BackAt = func() time.Time { return back }
	turn(begin.Add(41 * time.Second))
	if got := s.latest("Disk").Ticket.State; got != filing.TicketClosed {
		t.Errorf("after an outage its ticket is %s", got)
	}
	compared := s.rec.State().ComparedAt
	turn(begin.Add(75 * time.Second))
	if !s.rec.State().ComparedAt.Equal(compared) {
		t.Error("compared twice for one outage")
	}
	turn(begin.Add(110 * time.Second))
	if s.rec.State().ComparedAt.Equal(compared) {
		t.Error("not compared when it was due")
	}
}

// until waits for something to be true.
func (s *scene) until(holds func() bool) {
	s.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			s.t.Fatal("it did not happen")
		case <-tick.C:
		}
	}
}
