package github_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/desktest"
	"docket/internal/desk/github/fakegithub"
	"docket/internal/fault"

	"github.com/google/go-cmp/cmp"
)

const moved = "octo/shop"

func TestATransferredIssueIsFollowed(t *testing.T) {
	fake, url := start(t, fakegithub.Options{Repositories: []string{home, moved}})
	d := open(t, configFor(url))
	id := prepared(t, d)
	fake.Open(moved, "somebody's own", false)
	if !fake.Transfer(home, 1, moved) {
		t.Fatal("not transferred")
	}
	got, err := d.Get(t.Context(), id)
	if err != nil || got.ID != moved+"/issues/2" || got.Number != moved+"#2" || !strings.HasSuffix(got.URL, "/"+got.ID) {
		t.Fatalf("Get shows %+v, %v, want the issue in its new repository", got, err)
	}
	// What is done under the old id is done there.
	for what, err := range map[string]error{
		"Note": d.Note(t.Context(), id, "noted"), "Tag": d.Tag(t.Context(), id, []string{"auto:alert"}),
		"SetStatus": d.SetStatus(t.Context(), id, desk.StatusClosed),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	read, err := d.Read(t.Context(), id)
	if err != nil || len(read.Notes) != 1 || len(read.Tags) != 1 || read.Status != desk.StatusClosed {
		t.Errorf("Read shows %+v, %v", read, err)
	}
}

func TestATicketMovedOutOfSightIsMissing(t *testing.T) {
	fake, url := start(t, fakegithub.Options{Repositories: []string{home, moved}})
	id := prepared(t, open(t, configFor(url)))
	fake.Transfer(home, 1, moved)
	fake.Hide(moved)
	fake.Order(fakegithub.Fault{Kind: fakegithub.NotFound, On: fakegithub.OpGet})
	if _, err := open(t, configFor(url)).Get(t.Context(), id); !errors.Is(err, fault.ErrMissing) {
		t.Errorf("Get: %v, want missing", err)
	}
}

// TestADeletedIssueIsDeletedAndNotLost: a person's decision, as a close is; what is lost is filed again.
func TestADeletedIssueIsDeletedAndNotLost(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	id := prepared(t, d)
	fake.Delete(home, 1)
	want := desk.Ticket{ID: id, Number: "1", Status: desk.StatusDeleted, Place: home, URL: url + "/" + id}
	for _, read := range []func(context.Context, string) (desk.Ticket, error){d.Get, d.Read} {
		if got, err := read(t.Context(), id); err != nil || !cmp.Equal(got, want) {
			t.Errorf("it is shown as %+v, %v", got, err)
		}
	}
	if err := d.Note(t.Context(), id, "noted"); outcomeOf(err) != "missing deleted" {
		t.Errorf("Note: %v", err)
	}
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 0 {
		t.Errorf("Find shows %v, %v", found, err)
	}
}

// TestAFreshIssueThatIsNotShownYetIsNotMissing: GitHub reads from replicas, and a tag or a note that is
// dropped for good must not be the price.
func TestAFreshIssueThatIsNotShownYetIsNotMissing(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	id := prepared(t, d)
	fake.Order(fakegithub.Fault{Kind: fakegithub.NotFound})
	for _, verb := range desktest.Verbs() {
		switch verb.Name {
		case "Get", "Note", "Tag", "SetStatus":
			if err := verb.Do(t.Context(), d, id); outcomeOf(err) != "unavailable not_visible_yet" {
				t.Errorf("%s: %v", verb.Name, err)
			}
		}
	}
}

func TestARenamedRepositoryIsFollowed(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	id := prepared(t, d)
	fake.Rename(home, "octo/operations")
	if err := d.Check(t.Context()); err != nil {
		t.Errorf("Check: %v", err)
	}
	if got, err := d.Get(t.Context(), id); err != nil || got.ID != "octo/operations/issues/1" {
		t.Errorf("Get shows %+v, %v", got, err)
	}
	if made, err := d.Create(t.Context(), draft(newMark)); err != nil || made != "octo/operations/issues/2" {
		t.Errorf("Create: %q, %v", made, err)
	}
	if found, err := d.Find(t.Context(), newMark); err != nil || len(found) != 1 {
		t.Errorf("Find shows %v, %v", found, err)
	}
	if n := fake.Stats().Creates[newMark]; n != 1 {
		t.Errorf("%d issues were made", n)
	}
}

func TestARepositoryThatTakesNoIssuesSaysWhy(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*fakegithub.Server)
		want   string
		reads  string
	}{
		"archived":   {func(s *fakegithub.Server) { s.Archive(home) }, "refused archived", "ok"},
		"issues off": {func(s *fakegithub.Server) { s.SwitchIssues(home, false) }, "refused issues_disabled", "refused issues_disabled"},
		"no access":  {func(s *fakegithub.Server) { s.Hide(home) }, "refused repository_missing", "refused repository_missing"},
	} {
		fake, url := start(t, fakegithub.Options{})
		old := prepared(t, open(t, configFor(url)))
		d := open(t, configFor(url))
		tt.change(fake)
		for _, verb := range desktest.Verbs() {
			want := tt.want
			if verb.Name == "Get" || verb.Name == "Find" {
				want = tt.reads
			}
			if got := outcomeOf(verb.Do(t.Context(), d, old)); got != want {
				t.Errorf("%s: %s: %s, want %s", name, verb.Name, got, want)
			}
		}
	}
}

func TestALockedIssueTakesNoNote(t *testing.T) {
	fake, url := start(t, fakegithub.Options{Role: "triage"})
	d := open(t, configFor(url))
	id := prepared(t, d)
	fake.Lock(home, 1)
	if err := d.Note(t.Context(), id, "noted"); outcomeOf(err) != "refused locked" {
		t.Errorf("Note: %v", err)
	}
	if err := d.SetStatus(t.Context(), id, desk.StatusClosed); err != nil {
		t.Errorf("SetStatus: %v", err)
	}
}

func TestCheckKnowsWhatTheTokenMayNot(t *testing.T) {
	for name, tt := range map[string]struct {
		options fakegithub.Options
		want    string
	}{
		"a classic token":                       {fakegithub.Options{Scopes: "repo, read:org"}, "ok"},
		"a classic token for public ones":       {fakegithub.Options{Scopes: "public_repo"}, "ok"},
		"a classic token without the scope":     {fakegithub.Options{Scopes: "gist"}, "refused permission_missing"},
		"a user who may triage":                 {fakegithub.Options{Role: "triage"}, "ok"},
		"a user who may only read":              {fakegithub.Options{Role: "read"}, "refused permission_missing"},
		"an Enterprise Server without a folder": {fakegithub.Options{BasePath: "/api/v3"}, "ok"},
	} {
		_, url := start(t, tt.options)
		err := open(t, configFor(url)).Check(t.Context())
		if outcomeOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
		checkFault(t, name, err)
	}
}

func TestCheckKnowsAWrongAddress(t *testing.T) {
	_, url := start(t, fakegithub.Options{BasePath: "/api/v3"})
	address := strings.TrimSuffix(url, "/api/v3")
	if err := open(t, configFor(address)).Check(t.Context()); outcomeOf(err) != "refused wrong_base_url" {
		t.Errorf("Check: %v", err)
	}
}

func TestTheDesksOwnLabelsAndAssigneesAreOnEveryIssue(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	config := configFor(url)
	config.Labels, config.Assignees = []string{"type:reliability"}, []string{"octocat"}
	id := prepared(t, open(t, config))
	if got := fake.Issues()[0]; len(got.Labels) != 1 || got.Labels[0] != "type:reliability" || len(got.Assignees) != 1 {
		t.Errorf("the issue has %v and %v", got.Labels, got.Assignees)
	}
	if id != home+"/issues/1" {
		t.Errorf("its id is %q", id)
	}
}

// TestATicketKeepsThePersonsLabels: pending is a label, and GitHub replaces the whole set.
func TestATicketKeepsThePersonsLabels(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	id := prepared(t, d)
	fake.Label(home, 1, "customer")
	for _, status := range []desk.Status{desk.StatusPending, desk.StatusClosed, desk.StatusOpen} {
		if err := d.SetStatus(t.Context(), id, status); err != nil {
			t.Fatal(err)
		}
	}
	got, err := d.Get(t.Context(), id)
	if err != nil || got.Status != desk.StatusOpen || len(got.Tags) != 1 || got.Tags[0] != "customer" {
		t.Errorf("the ticket is %+v, %v", got, err)
	}
	if err := d.SetStatus(t.Context(), id, desk.StatusDeleted); outcomeOf(err) != "refused status_unsupported" {
		t.Errorf("SetStatus(deleted): %v", err)
	}
}

func TestPullRequestsAreNoTickets(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	fake.Open(home, "Fix the disk ["+testMark+"]", true)
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 0 {
		t.Errorf("Find shows %v, %v", found, err)
	}
	if listed, err := d.List(t.Context(), desk.Query{}); err != nil || len(listed.Tickets) != 0 {
		t.Errorf("List shows %v, %v", listed, err)
	}
	if _, err := d.Get(t.Context(), home+"/issues/1"); !errors.Is(err, fault.ErrMissing) {
		t.Errorf("Get: %v", err)
	}
}

func TestADraftSaysWhereItsTicketGoes(t *testing.T) {
	fake, url := start(t, fakegithub.Options{Repositories: []string{home, moved}})
	d := open(t, configFor(url))
	there := draft(newMark)
	there.Place = moved
	id, err := d.Create(t.Context(), there)
	if err != nil || id != moved+"/issues/1" {
		t.Fatalf("Create: %q, %v", id, err)
	}
	// It is found again, although no route names the repository any more.
	if found, err := d.Find(t.Context(), newMark); err != nil || len(found) != 1 || found[0].Place != moved {
		t.Errorf("Find shows %v, %v", found, err)
	}
	there.Place = "../../user"
	if _, err := d.Create(t.Context(), there); !errors.Is(err, fault.ErrRefused) {
		t.Errorf("Create in ../../user: %v", err)
	}
	if n := fake.Stats().Requests[fakegithub.OpOther]; n != 0 {
		t.Errorf("%d calls went astray", n)
	}
}

func TestAListOfManyIssuesIsReadToItsEnd(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	var last int64
	for n := range 250 {
		title := "somebody's own"
		if n%2 == 0 {
			title = "P2 Disk [" + testMark[:15] + "0." + string(rune('1'+n%9)) + "]"
		}
		last = fake.Open(home, title, false)
	}
	all, err := d.List(t.Context(), desk.Query{})
	if err != nil || len(all.Tickets) != 125 || !all.Whole || all.Calls != 3 {
		t.Fatalf("List shows %d tickets in %d calls, whole %v, %v", len(all.Tickets), all.Calls, all.Whole, err)
	}
	bounded, err := d.List(t.Context(), desk.Query{UpdatedSince: time.Now().Add(-time.Hour), Most: 40})
	if err != nil || bounded.Whole || bounded.Upto.IsZero() || len(bounded.Tickets) < 40 {
		t.Errorf("a bounded list shows %d, whole %v up to %v, %v", len(bounded.Tickets), bounded.Whole, bounded.Upto, err)
	}
	fake.Retitle(home, last, "P1 Last ["+newMark+"]")
	if found, err := d.Find(t.Context(), newMark); err != nil || len(found) != 1 {
		t.Errorf("Find shows %v, %v", found, err)
	}
}

func TestManyNotesAreReadToTheirEnd(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	id := prepared(t, d)
	for range 120 {
		fake.Comment(home, 1, "a person's words")
	}
	if err := d.Note(t.Context(), id, "ours"); err != nil {
		t.Fatal(err)
	}
	if read, err := d.Read(t.Context(), id); err != nil || len(read.Notes) != 121 || read.Notes[120] != "ours" {
		t.Errorf("Read shows %d notes, %v", len(read.Notes), err)
	}
}
