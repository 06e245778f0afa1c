package github_test

import (
	"testing"
	"time"

	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
)

// day is longer than the search is distrusted for.
const day = 25 * 3600

// crowded is a repository where 150 issues were opened after the one with the mark, all of them the given
// seconds ago.
func crowded(t *testing.T, options fakegithub.Options, age int) (*fakegithub.Server, *github.Desk, string) {
	t.Helper()
	fake, url := start(t, options)
	d := open(t, configFor(url))
	id := prepared(t, d)
	fake.Age(home, 1, age)
	for range 150 {
		fake.Age(home, fake.Open(home, "somebody's own", false), age)
	}
	return fake, d, id
}

func TestAFreshTicketIsFoundWhileTheSearchLags(t *testing.T) {
	fake, url := start(t, fakegithub.Options{SearchLag: 6 * time.Hour})
	d := open(t, configFor(url))
	id := prepared(t, d)
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 1 || found[0].ID != id {
		t.Errorf("Find shows %v, %v", found, err)
	}
	if n := fake.Stats().Requests[fakegithub.OpSearch]; n != 0 {
		t.Errorf("a list that was read to its end was followed by %d searches", n)
	}
}

// TestTheListIsReadPastOnePageWhileItsIssuesAreYoung: the search is not believed about those.
func TestTheListIsReadPastOnePageWhileItsIssuesAreYoung(t *testing.T) {
	fake, d, id := crowded(t, fakegithub.Options{SearchLag: 6 * time.Hour}, 3600)
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 1 || found[0].ID != id {
		t.Errorf("Find shows %v, %v", found, err)
	}
	if n := fake.Stats().Requests[fakegithub.OpSearch]; n != 0 {
		t.Errorf("%d searches", n)
	}
}

func TestAnOldTicketIsSearchedFor(t *testing.T) {
	fake, d, id := crowded(t, fakegithub.Options{SearchLag: 6 * time.Hour}, day)
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 1 || found[0].ID != id {
		t.Errorf("Find shows %v, %v", found, err)
	}
	if stats := fake.Stats(); stats.Requests[fakegithub.OpSearch] != 1 || stats.Requests[fakegithub.OpList] != 1 {
		t.Errorf("it took %v", stats.Requests)
	}
}

// TestASearchThatDoesNotWorkIsNoAnswer: the list is read to its end instead, so that filing goes on.
func TestASearchThatDoesNotWorkIsNoAnswer(t *testing.T) {
	for _, kind := range []fakegithub.Kind{fakegithub.Incomplete, fakegithub.Unavailable503, fakegithub.WrongShape, fakegithub.Validation422} {
		fake, d, id := crowded(t, fakegithub.Options{}, day)
		fake.Order(fakegithub.Fault{Kind: kind, On: fakegithub.OpSearch})
		if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 1 || found[0].ID != id {
			t.Errorf("%s: Find shows %v, %v", kind, found, err)
		}
		if n := fake.Stats().Requests[fakegithub.OpList]; n != 2 {
			t.Errorf("%s: the list was read in %d calls, want 2", kind, n)
		}
	}
}

// TestALookThatCannotBeFinishedIsNotNoTicket: more young issues than are looked through.
func TestALookThatCannotBeFinishedIsNotNoTicket(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	for range 5001 {
		fake.Open(home, "somebody's own", false)
	}
	if _, err := d.Find(t.Context(), testMark); outcomeOf(err) != "unavailable list_too_long" {
		t.Errorf("Find: %v", err)
	}
}

// TestADeletedTicketIsNotFoundByTheSearch: its index may still show it.
func TestADeletedTicketIsNotFoundByTheSearch(t *testing.T) {
	fake, _, _ := crowded(t, fakegithub.Options{}, day)
	fake.Order(fakegithub.Fault{Kind: fakegithub.NotFound, On: fakegithub.OpGet})
	d := open(t, configFor(urlOf(t, fake)))
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 0 {
		t.Errorf("Find shows %v, %v", found, err)
	}
}

// TestATitleThatAPersonAddedToIsStillOurs.
func TestATitleThatAPersonAddedToIsStillOurs(t *testing.T) {
	fake, url := start(t, fakegithub.Options{})
	d := open(t, configFor(url))
	prepared(t, d)
	fake.Retitle(home, 1, "P1 Disk full ["+testMark+"] (in hand)")
	if found, err := d.Find(t.Context(), testMark); err != nil || len(found) != 1 {
		t.Errorf("Find shows %v, %v", found, err)
	}
}
