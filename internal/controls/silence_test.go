package controls_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/controls"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/ledger"
	"docket/internal/silence"
	"docket/internal/store"
)

func TestASilenceMutesAtOnceAndEndedEarlyItAsksAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		id := r.silence(`team="shop"`, 0, time.Hour)
		r.hear(said("Muted", "shop", "a", alert.Firing), said("Heard", "bank", "a", alert.Firing))
		r.expect("Muted", filing.TicketNone, incident.ReasonMuted)
		r.expect("Heard", filing.TicketAsked, incident.ReasonTicketAsked)
		if due := time.Until(r.incidents()["Muted"].DueAt); due < 59*time.Minute || due > time.Hour {
			t.Errorf("due in %s, want at the silence's end", due)
		}
		r.settle()
		r.expect("Muted", filing.TicketNone, incident.ReasonMuted)
		r.expire(id)
		r.settle()
		r.expect("Muted", filing.TicketAsked, incident.ReasonTicketAsked)
		created, expired := r.audited(audit.ActionSilenceCreated), r.audited(audit.ActionSilenceExpired)
		if len(created) != 1 || len(expired) != 1 || created[0]["id"] != id || expired[0]["id"] != id || created[0]["comment"] != "a test" {
			t.Errorf("audited %v and %v", created, expired)
		}
	})
}

func TestAChangedSilenceKeepsItsNameAndMutesWhatItSaysNow(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		id := r.silence(`team="shop"`, 0, time.Hour)
		r.hear(said("Shop", "shop", "a", alert.Firing))
		began := r.now(id).StartsAt
		change := func(id, matcher string, until time.Duration) store.Silence {
			s, err := r.board.ChangeSilence(t.Context(), id,
				controls.Draft{Matchers: []string{matcher}, EndsAt: time.Now().Add(until), Comment: "longer"}, anna)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := change(id, `team="shop"`, 3*time.Hour); s.ID != id || !s.StartsAt.Equal(began) || r.now(id).Comment != "longer" {
			t.Errorf("%+v, want the same one, longer", s)
		}
		r.settle()
		if due := time.Until(r.incidents()["Shop"].DueAt); due < 2*time.Hour {
			t.Errorf("due in %s, want at the silence's new end", due)
		}
		change(id, `team="bank"`, time.Hour)
		r.settle()
		r.expect("Shop", filing.TicketAsked, incident.ReasonTicketAsked)
		if changes := r.audited(audit.ActionSilenceChanged); len(changes) != 2 || changes[1]["before"].(map[string]any)["comment"] != "longer" {
			t.Errorf("audited %v", changes)
		}
		r.expire(id)
		if s := change(id, `team="shop"`, time.Hour); s.ID == id || r.now(id).State(time.Now()) != silence.Expired {
			t.Error("a silence that is over came back under its own name")
		}
		if _, err := r.board.ChangeSilence(t.Context(), "no-such", controls.Draft{}, anna); !errors.Is(err, controls.ErrNoSuch) {
			t.Errorf("%v, want no such silence", err)
		}
	})
}

// now is a silence as it stands.
func (r *replica) now(id string) store.Silence {
	r.t.Helper()
	s, err := r.board.Silence(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func TestASilenceThatEndsByItselfLetsTheTicketBeAsked(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		r.silence(`team="shop"`, 0, 300*time.Millisecond)
		r.hear(said("Muted", "shop", "a", alert.Firing))
		r.expect("Muted", filing.TicketNone, incident.ReasonMuted)
		mark := r.incidents()["Muted"].Mark
		within(t, 5*time.Second, "the ticket is asked for", func() bool {
			if _, err := r.book.Apply(t.Context(), ledger.DueReached{Mark: mark}); err != nil {
				t.Fatal(err)
			}
			return r.incidents()["Muted"].Ticket.State == filing.TicketAsked
		})
	})
}

func TestASecondSilenceHoldsOnWhenTheFirstIsEnded(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		first := r.silence(`team="shop"`, 0, 3*time.Hour)
		r.silence(`alertname="Muted"`, 0, time.Hour)
		r.hear(said("Muted", "shop", "a", alert.Firing))
		r.expire(first)
		r.settle()
		r.expect("Muted", filing.TicketNone, incident.ReasonMuted)
		if due := time.Until(r.incidents()["Muted"].DueAt); due > time.Hour {
			t.Errorf("due in %s, want at the second silence's end", due)
		}
	})
}

func TestATicketThatWasNotSentYetIsDroppedIfItsAlertIsSilencedAndEnds(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		r.hear(said("Asked", "shop", "a", alert.Firing), said("Loud", "bank", "a", alert.Firing))
		r.silence(`team="shop"`, 0, time.Hour)
		sends := func(title string) incident.Reason {
			results, err := r.book.Apply(t.Context(),
				ledger.EffectAnswered{EffectID: "file/" + r.incidents()[title].Mark.String(),
					Answer: filing.Answer{Outcome: filing.OutcomeStarted, Attempt: 0}})
			if err != nil {
				t.Fatal(err)
			}
			return results[0].Reason
		}
		if got := sends("Asked"); got != incident.ReasonMuted {
			t.Errorf("while it fires: %s, want it to wait", got)
		}
		r.hear(said("Asked", "shop", "a", alert.Resolved), said("Loud", "bank", "a", alert.Resolved))
		if got := sends("Asked"); got != incident.ReasonOver {
			t.Errorf("once it has ended: %s, want it dropped", got)
		}
		r.expect("Asked", filing.TicketNone, incident.ReasonOver)
		if got := sends("Loud"); got != incident.ReasonSending {
			t.Errorf("what nobody mutes: %s, want it sent", got)
		}
	})
}

func TestAnIncidentIsMutedOnlyIfEveryFiringAlertOfItIs(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		r.silence(`pod="a"`, 0, time.Hour)
		r.hear(said("Both", "shop", "a", alert.Firing), said("Both", "shop", "b", alert.Firing))
		r.expect("Both", filing.TicketAsked, incident.ReasonTicketAsked)
		// One that comes later is heard, too.
		r.hear(said("Later", "shop", "a", alert.Firing))
		r.expect("Later", filing.TicketNone, incident.ReasonMuted)
		r.hear(said("Later", "shop", "b", alert.Firing))
		r.expect("Later", filing.TicketAsked, incident.ReasonTicketAsked)
		// The one that is heard has ended before: what fires is muted.
		r.silence(`pod="c"`, 0, 2*time.Hour)
		r.hear(said("Ended", "shop", "a", alert.Firing), said("Ended", "shop", "c", alert.Firing))
		r.expect("Ended", filing.TicketNone, incident.ReasonMuted)
		if due := time.Until(r.incidents()["Ended"].DueAt); due > time.Hour {
			t.Errorf("due in %s, want when the first of its alerts is heard again", due)
		}
	})
}

func TestAPendingSilenceMutesFromItsStart(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		id := r.silence(`team="shop"`, time.Hour, 2*time.Hour)
		r.hear(said("Now", "shop", "a", alert.Firing))
		r.expect("Now", filing.TicketAsked, incident.ReasonTicketAsked)
		if r.board.Mutes(time.Now().Add(90 * time.Minute)).Empty() {
			t.Error("it does not mute in its time")
		}
		r.expire(id)
		all, err := r.board.Silences(t.Context(), 0)
		if err != nil || len(all) != 1 || all[0].State(time.Now()) != silence.Expired || all[0].ExpiredBy != "anna" {
			t.Errorf("%v: %+v, want it expired by anna", err, all)
		}
		if !r.board.Mutes(time.Now().Add(90 * time.Minute)).Empty() {
			t.Error("it mutes though it was ended")
		}
		if _, err := r.board.ExpireSilence(t.Context(), id, anna); !errors.Is(err, controls.ErrNoSuch) {
			t.Errorf("%v, want that it is over", err)
		}
	})
}

func TestMaintenanceMutesWhileItHoldsAndNotOnceItIsEnded(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		every := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
		plan := silence.Plan{Name: "always", Matchers: []string{`team="shop"`}, Weekdays: every, From: "00:00",
			Until: "24:00", Zone: "Europe/Berlin"}
		w, err := r.board.AddWindow(t.Context(), plan, "why not", anna)
		if err != nil {
			t.Fatal(err)
		}
		once := silence.Plan{Name: "once", Matchers: []string{`team="bank"`}, StartsAt: time.Now().Add(-time.Minute),
			EndsAt: time.Now().Add(time.Minute)}
		if _, err := r.board.AddWindow(t.Context(), once, "", anna); err != nil {
			t.Fatal(err)
		}
		r.hear(said("Shop", "shop", "a", alert.Firing), said("Bank", "bank", "a", alert.Firing))
		r.expect("Shop", filing.TicketNone, incident.ReasonMuted)
		r.expect("Bank", filing.TicketNone, incident.ReasonMuted)
		if _, err := r.board.EndWindow(t.Context(), w.ID, anna); err != nil {
			t.Fatal(err)
		}
		r.settle()
		r.expect("Shop", filing.TicketAsked, incident.ReasonTicketAsked)
		r.expect("Bank", filing.TicketNone, incident.ReasonMuted)
		standing, err := r.board.Windows(t.Context(), false)
		if err != nil || len(standing) != 1 || standing[0].Name != "once" {
			t.Errorf("%v: %+v stand", err, standing)
		}
		all, err := r.board.Windows(t.Context(), true)
		if err != nil || len(all) != 2 {
			t.Fatalf("%v: %d in all", err, len(all))
		}
		for _, kept := range all {
			if kept.ID != w.ID {
				continue
			}
			plan.Matchers = []string{`team="shop"`}
			plan.Weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
			if diff := cmp.Diff(plan, kept.Plan()); diff != "" || kept.EndedBy != "anna" {
				t.Errorf("ended by %q, the plan (-want +got):\n%s", kept.EndedBy, diff)
			}
		}
		if len(r.audited(audit.ActionMaintenanceCreated)) != 2 || len(r.audited(audit.ActionMaintenanceEnded)) != 1 {
			t.Error("not all of it was audited")
		}
	})
}

func TestAPreviewShowsWhatWouldBeMuted(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		r.hear(said("Both", "shop", "a", alert.Firing), said("Both", "shop", "b", alert.Firing), said("One", "shop", "a", alert.Firing),
			said("Ended", "shop", "a", alert.Firing), said("Other", "bank", "c", alert.Firing))
		r.hear(said("Ended", "shop", "a", alert.Resolved))
		p, err := r.board.Preview(t.Context(), []string{`pod="a"`})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Alerts) != 2 || len(p.Incidents) != 1 || p.Incidents[0].Title != "One" || p.Cut {
			t.Errorf("%d alerts, incidents %+v; want two alerts and One", len(p.Alerts), p.Incidents)
		}
	})
}

func TestWhatMakesNoSenseIsRefusedWithASentence(t *testing.T) {
	r := newReplica(t, t.TempDir()+"/docket.db", nil)
	ahead := time.Now().Add(time.Hour)
	for _, c := range []struct {
		name, want string
		draft      controls.Draft
	}{
		{"no matcher", "at least one matcher", controls.Draft{EndsAt: ahead}},
		{"a broken matcher", "is not a matcher", controls.Draft{Matchers: []string{`team=~"("`}, EndsAt: ahead}},
		{"it matches everything", "at least one must require a value", controls.Draft{Matchers: []string{`team=~".*"`}, EndsAt: ahead}},
		{"already be over", "its end must be in the future", controls.Draft{Matchers: []string{`a="b"`}, EndsAt: time.Now().Add(-time.Second)}},
		{"ends before it starts", "the end must be after the start",
			controls.Draft{Matchers: []string{`a="b"`}, StartsAt: ahead.Add(time.Hour), EndsAt: ahead}},
		{"a novel", "the comment can have", controls.Draft{Matchers: []string{`a="b"`}, EndsAt: ahead, Comment: strings.Repeat("x", 2001)}},
		{"too many matchers", "there can be at most", controls.Draft{Matchers: make([]string, 51), EndsAt: ahead}},
	} {
		if _, err := r.board.AddSilence(t.Context(), c.draft, anna); !errors.Is(err, controls.ErrInvalid) ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	ok := silence.Plan{Name: "w", Matchers: []string{`a="b"`}, Weekdays: []string{"mon"}, From: "10:00", Until: "11:00"}
	for _, c := range []struct {
		name, want string
		change     func(*silence.Plan)
	}{
		{"no name", "needs a name", func(p *silence.Plan) { p.Name = " " }},
		{"not a weekday", "at least one weekday", func(p *silence.Plan) { p.Weekdays = nil }},
		{"a made-up day", "is not a weekday", func(p *silence.Plan) { p.Weekdays = []string{"noday"} }},
		{"no clock", "is not a time of day", func(p *silence.Plan) { p.From = "10" }},
		{"no place", "is not a time zone", func(p *silence.Plan) { p.Zone = "Atlantis/Mu" }},
		{"a path as place", "is not a time zone", func(p *silence.Plan) { p.Zone = "../../etc/passwd" }},
		{"once and again", "either one-time", func(p *silence.Plan) { p.StartsAt, p.EndsAt = time.Now(), ahead }},
		{"already be over", "its end must be in the future", func(p *silence.Plan) {
			*p = silence.Plan{Name: "w", Matchers: p.Matchers, StartsAt: ahead.Add(-3 * time.Hour), EndsAt: ahead.Add(-2 * time.Hour)}
		}},
	} {
		p := ok
		c.change(&p)
		if _, err := r.board.AddWindow(t.Context(), p, "", anna); !errors.Is(err, controls.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if n := len(r.audited(audit.ActionSilenceCreated)) + len(r.audited(audit.ActionMaintenanceCreated)); n != 0 {
		t.Errorf("%d refusals were written down as done", n)
	}
}

func TestASilenceAskedForTwiceUnderOneNameIsOne(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		draft := controls.Draft{Matchers: []string{`team="shop"`}, EndsAt: time.Now().Add(time.Hour), Once: "press 1"}
		first, err := r.board.AddSilence(t.Context(), draft, anna)
		if err != nil {
			t.Fatal(err)
		}
		again, err := r.board.AddSilence(t.Context(), draft, anna)
		if err != nil || again.ID != first.ID {
			t.Errorf("again %+v, %v", again, err)
		}
		r.expire(first.ID)
		if again, err = r.board.AddSilence(t.Context(), draft, anna); err != nil || again.EndsAt.After(time.Now()) {
			t.Errorf("once ended, it is %+v, %v", again, err)
		}
		draft.Once = "press 2"
		if other, err := r.board.AddSilence(t.Context(), draft, anna); err != nil || other.ID == first.ID {
			t.Errorf("another press is %+v, %v", other, err)
		}
	})
}

func TestSilencesAndWindowsAreForgottenNinetyDaysAfterTheirEnd(t *testing.T) {
	each(t, func(t *testing.T, r *replica) {
		now := time.Now().UTC().Truncate(time.Microsecond)
		day := 24 * time.Hour
		matchers, err := silence.ParseMatchers(`team="shop"`)
		if err != nil {
			t.Fatal(err)
		}
		for name, ends := range map[string]time.Time{"long over": now.Add(-91 * day), "over": now.Add(-89 * day), "holds": now.Add(day)} {
			s := store.Silence{Silence: silence.Silence{ID: name, Matchers: matchers, StartsAt: now.Add(-100 * day), EndsAt: ends,
				CreatedBy: "anna"}, CreatedAt: now}
			if err := r.store.AddSilence(t.Context(), s, 10,
				audit.Entry{CreatedAt: now, Actor: anna, Action: audit.ActionSilenceCreated}); err != nil {
				t.Fatal(err)
			}
		}
		window := func(name string, plan silence.Plan) store.Window {
			t.Helper()
			plan.Name, plan.Matchers = name, []string{`team="shop"`}
			w := store.Window{ID: name, CreatedBy: "anna", CreatedAt: now}
			if w.Maintenance, err = plan.Maintenance(); err != nil {
				t.Fatal(err)
			}
			if err := r.store.AddWindow(t.Context(), w, 2,
				audit.Entry{CreatedAt: now, Actor: anna, Action: audit.ActionMaintenanceCreated}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return w
		}
		// Only two may stand. Those that never come again stand in nobody's way.
		window("long over", silence.Plan{StartsAt: now.Add(-92 * day), EndsAt: now.Add(-91 * day)})
		window("over", silence.Plan{StartsAt: now.Add(-90 * day), EndsAt: now.Add(-89 * day)})
		window("recurs", silence.Plan{Weekdays: []string{"mon"}, From: "01:00", Until: "02:00"})
		ended := window("ended", silence.Plan{Weekdays: []string{"tue"}, From: "01:00", Until: "02:00"})
		entry := func(store.Window) audit.Entry {
			return audit.Entry{CreatedAt: now, Actor: anna, Action: audit.ActionMaintenanceEnded}
		}
		if _, err := r.store.EndWindow(t.Context(), ended.ID, "anna", now.Add(-91*day), entry); err != nil {
			t.Fatal(err)
		}

		for range 2 { // The second time there is nothing to do.
			if err := r.board.Forget(t.Context(), now); err != nil {
				t.Fatal(err)
			}
		}
		silences, err := r.board.Silences(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		windows, err := r.board.Windows(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, s := range silences {
			left = append(left, "silence "+s.ID)
		}
		for _, w := range windows {
			left = append(left, "window "+w.ID)
		}
		slices.Sort(left)
		if diff := cmp.Diff([]string{"silence holds", "silence over", "window over", "window recurs"}, left); diff != "" {
			t.Errorf("(-want +left):\n%s", diff)
		}
		if n, err := r.store.VerifyAudit(t.Context()); err != nil || n < 7 {
			t.Errorf("%d entries verify, %v", n, err)
		}
	})
}
