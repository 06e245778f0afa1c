package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/audit"
	"docket/internal/desk"
	"docket/internal/desk/fakedesk"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/reconcile"
	"docket/internal/store"
)

// kinds are what a report found and what was done about it.
func kinds(r reconcile.Report) []string {
	all := []string{}
	for _, f := range r.Findings {
		all = append(all, string(f.Kind)+" "+f.Did)
	}
	slices.Sort(all)
	return all
}

// mismatch is one row of the table: what is wrong between an incident and the desk.
type mismatch struct {
	name string
	// at is the only desk that can come to this, "" for all.
	at    string
	spoil func(s *scene, inc incident.Incident)
	found string
	// healed checks the incident afterwards; its ticket is the one it had before.
	healed func(s *scene, before, inc incident.Incident) string
	// again is what the next comparison still finds.
	again string
}

// open reports what is wrong with a ticket that should be the incident's and open.
func isOpen(s *scene, inc incident.Incident) string {
	if inc.Ticket.State != filing.TicketFiled {
		return "its ticket is " + string(inc.Ticket.State)
	}
	if got := s.ticket(inc).Status; got != desk.StatusOpen {
		return "the ticket is " + string(got)
	}
	return ""
}

func mismatches() []mismatch {
	return []mismatch{
		{"nothing is wrong", "", func(*scene, incident.Incident) {}, "", func(s *scene, b, i incident.Incident) string {
			if i.Version != b.Version {
				return "it was saved for nothing"
			}
			return isOpen(s, i)
		}, ""},
		{"closed by a person", "", func(s *scene, i incident.Incident) { s.closes(i) }, "closed repaired",
			func(s *scene, _, i incident.Incident) string {
				if i.Ticket.State != filing.TicketClosed || i.State != incident.Open || s.ticket(i).Status != desk.StatusClosed {
					return fmt.Sprintf("it is %s with ticket %s", i.State, i.Ticket.State)
				}
				return ""
			}, ""},
		{"lost by the desk", "freescout", func(s *scene, i incident.Incident) { s.fake.Lose(s.id(i)) }, "missing repaired",
			func(s *scene, b, i incident.Incident) string {
				if i.Ticket.ID == b.Ticket.ID || i.Mark != b.Mark || i.Ticket.Refiled != 1 || len(s.fake.Tickets()) != 1 {
					return fmt.Sprintf("its ticket is %+v", i.Ticket)
				}
				return isOpen(s, i)
			}, ""},
		{"doubled", "freescout", func(s *scene, i incident.Incident) { s.fake.Copy(s.id(i)) }, "twin repaired",
			func(s *scene, b, i incident.Incident) string {
				twin := s.fake.Tickets()[1]
				last := twin.Threads[len(twin.Threads)-1]
				if i.Ticket.ID != b.Ticket.ID || twin.Status != "closed" || last.Type != "note" || !strings.Contains(last.HTML, "#"+i.Ticket.Number) {
					return fmt.Sprintf("the ticket is %s, the twin %+v", i.Ticket.ID, twin)
				}
				return isOpen(s, i)
			}, ""},
		{"doubled, and a person closed the first", "freescout", func(s *scene, i incident.Incident) { s.fake.Copy(s.id(i)); s.closes(i) },
			"closed repaired", func(*scene, incident.Incident, incident.Incident) string {
				return "" // Which one is kept is for the next comparison.
			}, "twin repaired"},
		{"in the trash", "freescout", func(s *scene, i incident.Incident) { s.fake.Trash(s.id(i)) }, "closed repaired",
			func(_ *scene, _, i incident.Incident) string {
				if i.Ticket.State != filing.TicketClosed {
					return "its ticket is " + string(i.Ticket.State)
				}
				return ""
			}, ""},
		{"marked as spam", "freescout", func(s *scene, i incident.Incident) { s.fake.Spam(s.id(i)) }, "closed repaired",
			func(_ *scene, _, i incident.Incident) string {
				if i.Ticket.State != filing.TicketClosed {
					return "its ticket is " + string(i.Ticket.State)
				}
				return ""
			}, ""},
		{"in another mailbox", "freescout", func(s *scene, i incident.Incident) { s.fake.Move(s.id(i), 1) }, "wrong_mailbox reported",
			func(s *scene, b, i incident.Incident) string {
				if i.Version != b.Version || s.fake.Tickets()[0].MailboxID != 1 {
					return "it was moved back"
				}
				return isOpen(s, i)
			}, "wrong_mailbox reported"},
		{"without its tags", "freescout", func(s *scene, i incident.Incident) { s.fake.Untag(s.id(i)) }, "tags_missing repaired",
			func(s *scene, _, i incident.Incident) string {
				if !slices.Contains(s.ticket(i).Tags, incident.TagAlert) {
					return "the tags are still missing"
				}
				return isOpen(s, i)
			}, ""},
		{"merged into another", "freescout", func(s *scene, i incident.Incident) {
			id, err := s.desk.Create(s.t.Context(), desk.Draft{Mark: "fedcba9876543210.1", Subject: "other [fedcba9876543210.1]", Body: "x"})
			if err != nil {
				s.t.Fatal(err)
			}
			s.fake.Merge(s.id(i), s.id(incident.Incident{Ticket: filing.Ticket{ID: id}}))
		}, "merged repaired,unknown_mark reported", func(s *scene, b, i incident.Incident) string {
			if i.Ticket.ID == b.Ticket.ID || !i.Ticket.Merged {
				return fmt.Sprintf("its ticket is %+v", i.Ticket)
			}
			return isOpen(s, i)
		}, ""},
		{"doubled at GitHub", "github", func(s *scene, i incident.Incident) { s.issues.Open(s.place, s.ticket(i).Subject, false) },
			"twin repaired", func(s *scene, b, i incident.Incident) string {
				twin := s.issues.Issues()[1]
				if i.Ticket.ID != b.Ticket.ID || twin.State != "closed" || !strings.Contains(twin.Comments[0].Body, "#"+i.Ticket.Number) {
					return fmt.Sprintf("the ticket is %s, the twin %+v", i.Ticket.ID, twin)
				}
				return isOpen(s, i)
			}, ""},
		{"deleted at GitHub", "github", func(s *scene, i incident.Incident) { s.issues.Delete(s.place, s.number(i)) }, "closed repaired",
			func(_ *scene, _, i incident.Incident) string {
				if i.Ticket.State != filing.TicketClosed {
					return "its ticket is " + string(i.Ticket.State)
				}
				return ""
			}, ""},
		{"moved to another repository", "github", func(s *scene, i incident.Incident) { s.issues.Transfer(s.place, s.number(i), "octo/attic") },
			"merged repaired", func(s *scene, b, i incident.Incident) string {
				if i.Ticket.ID == b.Ticket.ID || !strings.HasPrefix(i.Ticket.ID, "octo/attic/") {
					return fmt.Sprintf("its ticket is %+v", i.Ticket)
				}
				return isOpen(s, i)
			}, ""},
		{"beside a ticket of another docket", "", func(s *scene, _ incident.Incident) {
			if _, err := s.desk.Create(s.t.Context(),
				desk.Draft{Mark: "fedcba9876543210.1", Subject: "other [fedcba9876543210.1]", Body: "x"}); err != nil {
				s.t.Fatal(err)
			}
		}, "unknown_mark reported", isHealthy, "unknown_mark reported"},
		{"beside a person's own ticket", "", func(s *scene, _ incident.Incident) {
			if _, err := s.desk.Create(s.t.Context(), desk.Draft{Mark: "just words", Subject: "hello [just words]", Body: "x"}); err != nil {
				s.t.Fatal(err)
			}
		}, "", isHealthy, ""},
	}
}

func isHealthy(s *scene, b, i incident.Incident) string {
	if i.Version != b.Version {
		return "it was changed"
	}
	return isOpen(s, i)
}

func TestEveryMismatchIsFoundAndHealedOnce(t *testing.T) {
	each(t, nil, func(s *scene) {
		for n, m := range mismatches() {
			if m.at != "" && m.at != s.desk.Name() {
				continue
			}
			s.t.Run(m.name, func(t *testing.T) {
				s := open(t, fresh(t, s), s.desk.Name(), nil)
				name := fmt.Sprintf("Disk%d", n)
				before := s.filed(name)
				m.spoil(s, before)
				stood := s.latest(name)
				planned := s.run(reconcile.Options{DryRun: true})
				if want := strings.ReplaceAll(m.found, "repaired", "planned"); strings.Join(kinds(planned), ",") != want {
					t.Fatalf("a dry run finds %q, want %q", kinds(planned), want)
				}
				if now := s.latest(name); now.Version != stood.Version {
					t.Fatal("a dry run changed the incident")
				}
				if r := s.run(reconcile.Options{Actor: audit.Person("ann")}); strings.Join(kinds(r), ",") != m.found {
					t.Fatalf("found %q, want %q", kinds(r), m.found)
				}
				if wrong := m.healed(s, stood, s.latest(name)); wrong != "" {
					t.Error(wrong)
				}
				if r := s.run(reconcile.Options{}); strings.Join(kinds(r), ",") != m.again {
					t.Errorf("the next comparison finds %q, want %q", kinds(r), m.again)
				}
				if m.again == "" {
					version := s.latest(name).Version
					if s.run(reconcile.Options{}); s.latest(name).Version != version {
						t.Error("a third comparison changes something")
					}
				}
				if _, err := s.st.VerifyAudit(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

func TestTicketFiledAgainIsAuditedAsSuch(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	inc := s.filed("Disk")
	s.fake.Lose(s.id(inc))
	s.run(reconcile.Options{})
	for action, want := range map[string]int{audit.ActionTicketRefiled: 1, audit.ActionTicketFiled: 1, audit.ActionRepaired: 1} {
		all, err := s.st.ListAudit(t.Context(), store.AuditFilter{Action: action})
		if err != nil || len(all) != want {
			t.Errorf("%v: %d rows of %s, want %d", err, len(all), action, want)
		}
	}
}

func TestDeskThatLostEverythingIsNotFiledIntoAgainUnasked(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	for i := range 5 {
		s.fake.Lose(s.id(s.filed(fmt.Sprintf("Disk%d", i))))
	}
	r := s.run(reconcile.Options{})
	if got := strings.Join(kinds(r), ","); got != strings.Repeat("missing reported,", 5)+"other_desk reported" {
		t.Errorf("found %s", got)
	}
	if n := len(s.fake.Tickets()); n != 0 {
		t.Errorf("%d tickets were filed again", n)
	}
	s.run(reconcile.Options{AcceptMissing: true})
	if n := len(s.fake.Tickets()); n != 5 {
		t.Errorf("%d tickets after it was accepted, want 5", n)
	}
}

func TestAListThatFailsOrIsCutJudgesNothing(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	inc := s.filed("Disk")
	s.fake.Lose(s.id(inc))
	for _, kind := range []fakedesk.Kind{fakedesk.BadGateway502, fakedesk.Garbage, fakedesk.CutBeforeCommit,
		fakedesk.KeyRefused, fakedesk.WrongShape} {
		s.fake.Order(fakedesk.Fault{Kind: kind, On: fakedesk.OpFind, Times: 1})
		if _, err := s.rec.Run(t.Context(), reconcile.Options{}); err == nil {
			t.Errorf("%s: no error", kind)
		}
	}
	// Its module is off: every read is "not found", and that is no word on the ticket.
	s.fake.Order(fakedesk.Fault{Kind: fakedesk.NotFoundJSON, On: fakedesk.OpMailboxes, Times: 1})
	if _, err := s.rec.Run(t.Context(), reconcile.Options{}); err == nil {
		t.Error("a FreeScout without its API loses tickets")
	}
	if now := s.latest("Disk"); now.Version != inc.Version {
		t.Errorf("it became %+v", now.Ticket)
	}
}

func TestOneReplicaComparesAtATime(t *testing.T) {
	s := open(t, t.TempDir()+"/d.db", "freescout", nil)
	s.filed("Disk")
	lease, err := s.st.TakeLease(t.Context(), "reconcile freescout", "another", time.Now(), time.Minute)
	if err != nil || !lease.Held {
		t.Fatal(err)
	}
	if r := s.run(reconcile.Options{}); r.Skipped == "" || r.Calls != 0 {
		t.Errorf("%+v", r)
	}
	if err := s.st.EndLease(t.Context(), "reconcile freescout", "another"); err != nil {
		t.Fatal(err)
	}
	if r := s.run(reconcile.Options{}); r.Skipped != "" || r.Tickets != 1 || r.Incidents != 1 {
		t.Errorf("%+v", r)
	}
}

func TestARestoredBackupIsAbsorbed(t *testing.T) {
	each(t, func(p *incident.Policy) { p.FilingOn = false }, func(s *scene) {
		// The database went back to when filing was off; the desk has the ticket all the same.
		inc := s.says("Disk", alert.Firing)
		id, err := s.desk.Create(s.t.Context(), desk.Draft{Mark: inc.Mark.String(), Subject: "P1 Disk [" + inc.Mark.String() + "]", Body: "x"})
		if err != nil {
			s.t.Fatal(err)
		}
		s.eventuallyOld()
		if r := s.run(reconcile.Options{}); strings.Join(kinds(r), ",") != "orphan repaired" {
			s.t.Fatalf("found %q", kinds(r))
		}
		if inc := s.latest("Disk"); inc.Ticket.ID != id || inc.Ticket.State != filing.TicketFiled || inc.Reason != incident.ReasonOrphanAdopted {
			s.t.Errorf("it has %+v because %s", inc.Ticket, inc.Reason)
		}
	})
}
