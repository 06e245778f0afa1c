package freescout_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/desk"
	"docket/internal/desk/desktest"
	"docket/internal/desk/fakedesk"
	"docket/internal/fault"

	"github.com/google/go-cmp/cmp"
)

func TestTicketIsWhatFreeScoutShouldHold(t *testing.T) {
	fake, url := start(t, gated)
	config := configFor(url)
	config.InstanceURL = "https://tickets.example.org/"
	d := open(t, config)
	want := draft(newMark)
	want.Body = "<b>&\nline\n[" + newMark + "]"
	id, err := d.Create(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	made := fake.Tickets()[0]
	if fmt.Sprint(made.ID) != id || made.MailboxID != 2 || made.Type != "email" || made.Status != "active" ||
		made.Customer != "alerts@localhost" || made.Imported {
		t.Errorf("made %+v", made)
	}
	if made.Threads[0].Type != "customer" || made.Threads[0].HTML != "&lt;b&gt;&amp;<br>line<br>["+newMark+"]" {
		t.Errorf("made the thread %+v", made.Threads[0])
	}
	read, err := d.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if read.Number == read.ID || read.Number != fmt.Sprint(made.Number) || read.URL != "https://tickets.example.org/conversation/"+id {
		t.Errorf("read %+v: the number is for people, the id for links and calls", read)
	}
	if err := d.Note(t.Context(), id, "n"); err != nil {
		t.Fatal(err)
	}
	if note := fake.Tickets()[0].Threads[1]; note.User != 4 {
		t.Errorf("the note is by user %d, want the first active one, 4", note.User)
	}
}

func TestDraftsMailboxGoesBeforeTheDesks(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	elsewhere := draft(newMark)
	elsewhere.Place = "1"
	if _, err := d.Create(t.Context(), elsewhere); err != nil {
		t.Fatal(err)
	}
	if got := fake.Tickets()[0].MailboxID; got != 1 {
		t.Errorf("mailbox %d, want the draft's", got)
	}
	elsewhere.Place = "99"
	if _, err := d.Create(t.Context(), elsewhere); outcomeOf(err) != "refused rejected" ||
		!strings.Contains(err.Error(), "Mailbox not found") {
		t.Errorf("a mailbox that is not there: %v, want refused with FreeScout's words", err)
	}
}

func TestTicketThatPeopleMovedIsFoundAndDeletedOneIsNot(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	prepared(t, d)
	ticket := fake.Tickets()[0]
	fake.Move(ticket.ID, 1)
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 1 {
		t.Errorf("moved to another mailbox: found %v, %v", found, err)
	}
	fake.Trash(ticket.ID)
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 0 {
		t.Errorf("in the Deleted folder: found %v, %v", found, err)
	}
	if read, err := d.Get(t.Context(), fmt.Sprint(ticket.ID)); err != nil || read.Status != desk.StatusDeleted {
		t.Errorf("in the Deleted folder: read %+v, %v", read, err)
	}
	fake.Purge(ticket.ID)
	if _, err := d.Get(t.Context(), fmt.Sprint(ticket.ID)); !errors.Is(err, fault.ErrMissing) {
		t.Errorf("deleted for good: %v, want ErrMissing", err)
	}
}

// TestNotFoundIsBelievedOnlyOfALivingModule: while the module is switched off, every
// ticket is "not found"; taking that for lost tickets would file them all again.
func TestNotFoundIsBelievedOnlyOfALivingModule(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	id := prepared(t, d)
	fake.Order(fakedesk.Fault{Kind: fakedesk.NotFoundJSON})
	for _, verb := range desktest.Verbs() {
		err := verb.Do(t.Context(), d, id)
		want := "refused module_missing"
		if verb.Name == "Create" {
			want = "unknown bad_answer"
		}
		if got := outcomeOf(err); got != want {
			t.Errorf("%s: %q, want %q", verb.Name, got, want)
		}
	}
	fake.Clear()
	fake.Purge(fake.Tickets()[0].ID)
	for _, verb := range desktest.Verbs() {
		if slices.Contains([]string{"Get", "Note", "Tag", "SetStatus"}, verb.Name) {
			if err := verb.Do(t.Context(), d, id); !errors.Is(err, fault.ErrMissing) {
				t.Errorf("%s on a ticket that is gone: %v, want ErrMissing", verb.Name, err)
			}
		}
	}
}

func TestSearchThatIgnoresTheFilterIsNeverNoTicket(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	prepared(t, d)
	for i := range 1100 {
		if _, err := d.Create(t.Context(), draft(fmt.Sprintf("aaaaaaaaaaaaaaaa.%d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	fake.Order(fakedesk.Fault{Kind: fakedesk.IgnoreFilters, On: fakedesk.OpFind})
	if found, err := d.Find(t.Context(), testMark); outcomeOf(err) != "refused search_ignored" || found != nil {
		t.Errorf("the mark is beyond the pages that we read: found %v, %v, want search_ignored", found, err)
	}
	if found, err := d.Find(t.Context(), "aaaaaaaaaaaaaaaa.1099"); err != nil || len(found) != 1 {
		t.Errorf("the mark is among the newest: found %v, %v", found, err)
	}
	if got := fake.Stats().Requests[fakedesk.OpFind]; got != 40 {
		t.Errorf("%d pages were read in two searches, want 20 each", got)
	}
	fake.Clear()
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 1 {
		t.Errorf("with the filter: found %v, %v", found, err)
	}
}

func TestSearchThatLagsShowsTheTicketLater(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	fake.Order(fakedesk.Fault{Kind: fakedesk.LagSearch, On: fakedesk.OpFind, Times: 1, Delay: time.Hour})
	id := prepared(t, d)
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 0 {
		t.Errorf("while the search lags: %v, %v", found, err)
	}
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 1 || found[0].ID != id {
		t.Errorf("afterwards: %v, %v", found, err)
	}
}

func TestTagKeepsWhatPeopleTagged(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	id := prepared(t, d)
	for _, tags := range [][]string{{"VIP"}, {"auto:alert", "vip"}} {
		if err := d.Tag(t.Context(), id, tags); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"vip", "auto:alert"}, fake.Tickets()[0].Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if err := d.Tag(t.Context(), id, []string{"AUTO:alert"}); err != nil {
		t.Fatal(err)
	}
	if got := fake.Stats().Requests[fakedesk.OpTag]; got != 2 {
		t.Errorf("%d tag calls, want 2: what is there already is not written again", got)
	}
}

func TestTagsSetAtTheSameTimeAreAllKept(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	id := prepared(t, d)
	tags := []string{"auto:alert", "auto:status", "shop", "vip", "eu", "night"}
	var all sync.WaitGroup
	for _, tag := range tags {
		all.Go(func() {
			if err := d.Tag(t.Context(), id, []string{tag}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := slices.Sorted(slices.Values(fake.Tickets()[0].Tags))
	if diff := cmp.Diff(slices.Sorted(slices.Values(tags)), got); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestMissingTagsModuleIsNamed(t *testing.T) {
	options := gated
	options.NoTags = true
	_, url := start(t, options)
	d := open(t, configFor(url))
	if err := d.Tag(t.Context(), prepared(t, d), []string{"auto:alert"}); outcomeOf(err) != "refused tags_module_missing" {
		t.Errorf("Tag: %v, want refused tags_module_missing", err)
	}
}

func TestCheckNamesTheMailboxThatIsMissing(t *testing.T) {
	_, url := start(t, gated)
	config := configFor(url)
	config.MailboxID = 3
	err := open(t, config).Check(t.Context())
	if outcomeOf(err) != "refused mailbox_missing" || !strings.Contains(err.Error(), "2 (Operations)") {
		t.Errorf("Check: %v, want mailbox_missing with those that are there", err)
	}
}

func TestActingUserIsAskedForOnceAndDoubtedWhenRefused(t *testing.T) {
	users := []fakedesk.User{{ID: 8, Status: "disabled"}, {ID: 9, Status: "active"}}
	options := gated
	options.Users = users
	fake, url := start(t, options)
	d := open(t, configFor(url))
	id := prepared(t, d)
	for range 3 {
		if err := d.Note(t.Context(), id, "n"); err != nil {
			t.Fatal(err)
		}
	}
	if got := fake.Stats().Requests[fakedesk.OpUsers]; got != 1 {
		t.Errorf("users were listed %d times, want once", got)
	}
	fake.Order(fakedesk.Fault{Kind: fakedesk.Invalid400, On: fakedesk.OpStatus, Times: 1})
	if err := d.SetStatus(t.Context(), id, desk.StatusClosed); outcomeOf(err) != "refused rejected" {
		t.Errorf("SetStatus: %v", err)
	}
	if err := d.SetStatus(t.Context(), id, desk.StatusClosed); err != nil {
		t.Fatal(err)
	}
	if got := fake.Stats().Requests[fakedesk.OpUsers]; got != 2 {
		t.Errorf("users were listed %d times, want again after a refusal", got)
	}
	config := configFor(url)
	config.UserID = 8
	if agent, err := open(t, config).ActingUser(t.Context()); err != nil || agent != 8 {
		t.Errorf("configured user: %d, %v", agent, err)
	}
	options.Users = users[:1]
	_, url = start(t, options)
	d = open(t, configFor(url))
	if err := d.Note(t.Context(), prepared(t, d), "n"); outcomeOf(err) != "refused user_missing" {
		t.Errorf("no active user: %v, want user_missing", err)
	}
}

func TestDraftWithoutItsMarkIsRefused(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	for _, subject := range []string{"", "P1 Disk full", "P1 [" + testMark + "]", "[" + newMark + "] P1", newMark} {
		_, err := d.Create(t.Context(), desk.Draft{Mark: newMark, Subject: subject, Body: "b"})
		if outcomeOf(err) != "refused draft_without_mark" {
			t.Errorf("subject %q: %v, want draft_without_mark", subject, err)
		}
	}
	if n := len(fake.Tickets()); n != 0 {
		t.Errorf("%d tickets were made", n)
	}
}

func TestTextsThatAreTooLongKeepTheirMark(t *testing.T) {
	fake, url := start(t, gated)
	d := open(t, configFor(url))
	long := desk.Draft{
		Mark: newMark, Subject: strings.Repeat("ü日", 3000) + " [" + newMark + "]",
		Body: strings.Repeat("<&\"'\n\\\u2028", 100_000) + "\nKeep the mark: [" + newMark + "]",
	}
	id, err := d.Create(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Note(t.Context(), id, strings.Repeat("日", 1_000_000)+"[note/1]"); err != nil {
		t.Fatal(err)
	}
	found, err := d.Find(t.Context(), newMark)
	if err != nil || len(found) != 1 || len([]rune(found[0].Subject)) != 998 || fake.Tickets()[0].Mark != newMark {
		t.Fatalf("found %d tickets, %v, want the one with 998 characters and its mark", len(found), err)
	}
	read, err := d.Read(t.Context(), id)
	if err != nil || !strings.HasSuffix(read.Body, "\nKeep the mark: ["+newMark+"]") || !strings.Contains(read.Body, "characters left out") {
		t.Errorf("the body lost its mark or does not say that it was cut (%v): …%q", err, read.Body[max(0, len(read.Body)-100):])
	}
	if len(read.Notes) != 1 || !strings.HasSuffix(read.Notes[0], "日[note/1]") {
		t.Error("the note lost its mark")
	}
}
