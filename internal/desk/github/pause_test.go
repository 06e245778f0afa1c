package github_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/desk/desktest"
	"docket/internal/desk/github"
	"docket/internal/desk/github/fakegithub"
)

// inBubble runs a test at GitHub's own pace, in a bubble with its own clock.
func inBubble(t *testing.T, options fakegithub.Options, test func(t *testing.T, fake *fakegithub.Server, d *github.Desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		options.Token = token
		fake := fakegithub.New(options)
		defer fake.Close()
		config := configFor("https://api.github.com")
		config.Transport, config.Rate = fake.Transport(), 0 // the default
		test(t, fake, open(t, config))
	})
}

func TestChangesKeepASecondApart(t *testing.T) {
	inBubble(t, fakegithub.Options{}, func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		began := time.Now()
		for i := range 12 {
			id, err := d.Create(t.Context(), draft(fmt.Sprintf("%016x.1", i)))
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Tag(t.Context(), id, []string{"auto:alert"}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 23*time.Second {
			t.Errorf("24 changes took %v, want one each second", took)
		}
		if n := fake.Stats().Hasty; n != 0 {
			t.Errorf("%d changes came within a second of the one before", n)
		}
	})
}

// TestContentKeepsBelowTheHourlyLimit: 500 content-generating calls an hour are allowed.
func TestContentKeepsBelowTheHourlyLimit(t *testing.T) {
	inBubble(t, fakegithub.Options{}, func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		id := prepared(t, d)
		deadline := time.Now().Add(time.Hour)
		for time.Now().Before(deadline) {
			if err := d.Note(t.Context(), id, "noted"); err != nil && outcomeOf(err) != "unavailable own_rate_limit" {
				t.Fatal(err)
			}
		}
		if n := len(fake.Issues()[0].Comments); n < 450 || n > 500 {
			t.Errorf("%d notes in an hour, want just below 500", n)
		}
	})
}

// TestNothingIsSentWhileGitHubAsksForAPause: going on may get a token banned.
func TestNothingIsSentWhileGitHubAsksForAPause(t *testing.T) {
	for kind, wait := range map[fakegithub.Kind]time.Duration{
		fakegithub.Secondary403: 90 * time.Second, fakegithub.Secondary429: time.Minute, fakegithub.Primary403: 90 * time.Second,
	} {
		inBubble(t, fakegithub.Options{}, func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
			id := prepared(t, d)
			fake.Order(fakegithub.Fault{Kind: kind, On: fakegithub.OpNote, Times: 1, RetryAfter: 90 * time.Second})
			if err := d.Note(t.Context(), id, "noted"); outcomeOf(err) != "unavailable rate_limited" {
				t.Fatalf("%s: %v", kind, err)
			}
			before := len(fake.Requests())
			time.Sleep(wait - 2*time.Second)
			for _, verb := range desktest.Verbs() {
				if err := verb.Do(t.Context(), d, id); outcomeOf(err) != "unavailable rate_limited" {
					t.Errorf("%s: %s: %v", kind, verb.Name, err)
				}
			}
			if n := len(fake.Requests()); n != before {
				t.Errorf("%s: %d calls were sent in the pause", kind, n-before)
			}
			time.Sleep(4 * time.Second)
			if err := d.Note(t.Context(), id, "noted"); err != nil {
				t.Errorf("%s: after the pause: %v", kind, err)
			}
		})
	}
}

// TestASpentAllowanceIsNotTriedAgainstGitHub: the last answer says that nothing is left.
func TestASpentAllowanceIsNotTriedAgainstGitHub(t *testing.T) {
	inBubble(t, fakegithub.Options{Calls: 3, Ahead: 20 * time.Minute}, func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		id := prepared(t, d)
		if _, err := d.Get(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if left := d.Allowance(); left.Limit != 3 || left.Remaining != 1 || time.Until(left.Resets).Round(time.Minute) != time.Hour {
			t.Errorf("the allowance is %+v", left)
		}
		for range 5 {
			_, _ = d.Get(t.Context(), id) // The first spends the last call.
		}
		if n := len(fake.Requests()); n != 3 {
			t.Errorf("%d calls were sent, want 3", n)
		}
		time.Sleep(61 * time.Minute)
		if _, err := d.Get(t.Context(), id); err != nil {
			t.Errorf("after the reset: %v", err)
		}
	})
}

func TestCreateThatIsTooSlowIsUnknownAndThereInTheEnd(t *testing.T) {
	options := fakegithub.Options{CreateDelay: 40 * time.Second, ListLag: 8 * time.Minute}
	inBubble(t, options, func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		began := time.Now()
		_, err := d.Create(t.Context(), draft(newMark))
		if outcomeOf(err) != "unknown timeout" {
			t.Errorf("Create: %v, want unknown timeout", err)
		}
		if took := time.Since(began); took != 25*time.Second {
			t.Errorf("Create gave up after %v, want 25 s", took)
		}
		if found, err := d.Find(t.Context(), newMark); err != nil || len(found) != 0 {
			t.Errorf("at once: found %v, %v; GitHub still works on it", found, err)
		}
		time.Sleep(d.WaitOut())
		if found, err := d.Find(t.Context(), newMark); err != nil || len(found) != 1 {
			t.Errorf("after the wait-out: found %v, %v, want it", found, err)
		}
		if n := fake.Stats().Creates[newMark]; n != 1 {
			t.Errorf("%d tickets were made", n)
		}
	})
}

func TestCallersDeadlineIsHonoured(t *testing.T) {
	inBubble(t, fakegithub.Options{}, func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		id := prepared(t, d)
		fake.Order(fakegithub.Fault{Kind: fakegithub.NeverAnswer})
		for _, verb := range desktest.Verbs() {
			time.Sleep(2 * time.Second) // a change's turn
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			began := time.Now()
			err := verb.Do(ctx, d, id)
			cancel()
			want := "unavailable timeout"
			if verb.Name == "Create" || verb.Name == "Note" {
				want = "unknown timeout"
			}
			if outcomeOf(err) != want || time.Since(began) != 3*time.Second {
				t.Errorf("%s: %v after %v, want a timeout at the caller's 3 s", verb.Name, err, time.Since(began))
			}
		}
	})
}

func TestStoppedCreateIsUnknown(t *testing.T) {
	inBubble(t, fakegithub.Options{CreateDelay: 10 * time.Second}, func(t *testing.T, fake *fakegithub.Server, d *github.Desk) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := d.Create(ctx, draft(newMark)); outcomeOf(err) != "unknown stopped" {
			t.Errorf("Create: %v, want unknown stopped", err)
		}
		time.Sleep(time.Minute)
		if n := fake.Stats().Creates[newMark]; n != 1 {
			t.Errorf("%d tickets were made, want the one that was on its way", n)
		}
	})
}

// TestWaitingForATurnLeavesTimeForTheCall: a create that starts with no time left would be unknown for
// nothing.
func TestWaitingForATurnLeavesTimeForTheCall(t *testing.T) {
	inBubble(t, fakegithub.Options{CreateDelay: 900 * time.Millisecond}, func(t *testing.T, _ *fakegithub.Server, d *github.Desk) {
		time.Sleep(time.Minute)
		prepared(t, d) // the next turn is 100 ms away
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
		_, err := d.Create(ctx, draft(newMark))
		cancel()
		if outcomeOf(err) != "unavailable own_rate_limit" {
			t.Errorf("Create: %v", err)
		}
	})
}
