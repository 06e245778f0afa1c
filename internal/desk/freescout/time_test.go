package freescout_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/desk/desktest"
	"docket/internal/desk/fakedesk"
	"docket/internal/desk/freescout"
	"docket/internal/fault"
)

// inBubble runs a test against a fake without a network, in a bubble with its own clock.
func inBubble(t *testing.T, options fakedesk.Options, test func(t *testing.T, fake *fakedesk.Server, d *freescout.Desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		fake := fakedesk.New(options)
		defer fake.Close()
		config := configFor("https://tickets.example.org")
		config.Transport = fake.Transport()
		test(t, fake, open(t, config))
	})
}

func TestCreateThatIsTooSlowIsUnknownAndThereInTheEnd(t *testing.T) {
	options := fakedesk.Options{APIKey: apiKey, CreateDelay: 40 * time.Second}
	inBubble(t, options, func(t *testing.T, fake *fakedesk.Server, d *freescout.Desk) {
		began := time.Now()
		_, err := d.Create(t.Context(), draft(newMark))
		if outcomeOf(err) != "unknown timeout" {
			t.Errorf("Create: %v, want unknown timeout", err)
		}
		if took := time.Since(began); took != 25*time.Second {
			t.Errorf("Create gave up after %v, want 25 s", took)
		}
		if found, err := d.Find(t.Context(), newMark); err != nil || len(found) != 0 {
			t.Errorf("at once: found %v, %v; the desk still works on it", found, err)
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

func TestReadsGiveUpAfterTenSeconds(t *testing.T) {
	inBubble(t, fakedesk.Options{APIKey: apiKey}, func(t *testing.T, fake *fakedesk.Server, d *freescout.Desk) {
		fake.Order(fakedesk.Fault{Kind: fakedesk.NeverAnswer})
		for _, verb := range desktest.Verbs() {
			if verb.Name == "Create" {
				continue
			}
			began := time.Now()
			if err := verb.Do(t.Context(), d, "1"); fault.NameOf(err) != "timeout" {
				t.Errorf("%s: %v, want timeout", verb.Name, err)
			}
			if took := time.Since(began); took != 10*time.Second {
				t.Errorf("%s gave up after %v, want 10 s", verb.Name, took)
			}
		}
	})
}

func TestCallersDeadlineIsHonoured(t *testing.T) {
	inBubble(t, fakedesk.Options{APIKey: apiKey}, func(t *testing.T, fake *fakedesk.Server, d *freescout.Desk) {
		id := prepared(t, d)
		if _, err := d.ActingUser(t.Context()); err != nil {
			t.Fatal(err)
		}
		fake.Order(fakedesk.Fault{Kind: fakedesk.NeverAnswer})
		for _, verb := range desktest.Verbs() {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			began := time.Now()
			err := verb.Do(ctx, d, id)
			cancel()
			want := fault.Unavailable
			if verb.Name == "Create" || verb.Name == "Note" {
				want = fault.Unknown
			}
			if fault.ClassOf(err) != want || fault.NameOf(err) != "timeout" || time.Since(began) != 3*time.Second {
				t.Errorf("%s: %v after %v, want a timeout at the caller's 3 s", verb.Name, err, time.Since(began))
			}
		}
	})
}

func TestStoppedCreateIsUnknown(t *testing.T) {
	inBubble(t, fakedesk.Options{APIKey: apiKey, CreateDelay: 10 * time.Second}, func(t *testing.T, fake *fakedesk.Server, d *freescout.Desk) {
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

func TestCallsKeepToTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := fakedesk.New(fakedesk.Options{APIKey: apiKey})
		defer fake.Close()
		config := configFor("https://tickets.example.org")
		config.Transport, config.Rate = fake.Transport(), 5
		d := open(t, config)
		began := time.Now()
		for i := range 30 {
			if _, err := d.Create(t.Context(), draft(fmt.Sprintf("%016x.1", i))); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("30 calls took %v, want 5 at once and 5 in each second after", took)
		}
	})
}

// TestWaitingForATurnLeavesTimeForTheCall: a create that starts with no time left would be
// unknown for nothing.
func TestWaitingForATurnLeavesTimeForTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := fakedesk.New(fakedesk.Options{APIKey: apiKey, CreateDelay: 900 * time.Millisecond})
		defer fake.Close()
		config := configFor("https://tickets.example.org")
		config.Transport, config.Rate = fake.Transport(), 0.5
		d := open(t, config)
		for deadline, want := range map[time.Duration]string{1800 * time.Millisecond: "unavailable own_rate_limit", 5 * time.Second: "ok"} {
			time.Sleep(time.Minute)
			prepared(t, d)
			time.Sleep(100 * time.Millisecond) // the next turn is 1 s away
			ctx, cancel := context.WithTimeout(t.Context(), deadline)
			_, err := d.Create(ctx, draft(newMark))
			cancel()
			if got := outcomeOf(err); got != want {
				t.Errorf("with %v left: %q (%v), want %q", deadline, got, err, want)
			}
		}
		if n := fake.Stats().Creates[newMark]; n != 1 {
			t.Errorf("%d tickets, want the one that had time", n)
		}
	})
}
