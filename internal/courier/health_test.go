package courier

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/fault"
	"docket/internal/storm"
)

var away = &fault.Fault{Class: fault.Unavailable, Name: "connection_refused", Sentence: "nobody listens"}

// TestTheBreakerOpensAfterAFewFailuresAndChecksAtAPace: a desk that is away is not called
// by every job, and a change is said once.
func TestTheBreakerOpensAfterAFewFailuresAndChecksAtAPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		h := NewHealth("freescout", slog.New(slog.NewTextHandler(&text, nil)))
		for n := range failsToOpen {
			if _, ok := h.admit(time.Now()); !ok {
				t.Fatalf("after %d failures nothing is sent any more", n)
			}
			h.Heard(t.Context(), away)
		}
		if again, ok := h.admit(time.Now()); ok || !again.After(time.Now()) {
			t.Errorf("after %d failures jobs go on, or come again at %s", failsToOpen, again)
		}
		checks := 0
		for range 600 {
			time.Sleep(time.Second)
			if h.dueForCheck(time.Now()) {
				checks++
				h.Heard(t.Context(), away)
			}
		}
		if checks < 15 || checks > 30 {
			t.Errorf("%d checks in ten minutes, want about one in %s", checks, longestTry)
		}
		if n := strings.Count(text.String(), "level=WARN"); n != 1 {
			t.Errorf("%d warnings, want 1:\n%s", n, text.String())
		}
		h.Heard(t.Context(), nil)
		if _, ok := h.admit(time.Now()); !ok {
			t.Error("the desk answers, and nothing is sent")
		}
		o := h.Outage()
		if o.Ended.Sub(o.Began) < 10*time.Minute {
			t.Errorf("the outage went from %s to %s", o.Began, o.Ended)
		}
	})
}

func TestOneTicketThatTheDeskRefusesIsNoOutage(t *testing.T) {
	h := NewHealth("freescout", slog.New(slog.DiscardHandler))
	for range 10 {
		h.Heard(t.Context(), &fault.Fault{Class: fault.Refused, Name: "validation", Sentence: "the subject is too long"})
	}
	if _, ok := h.admit(time.Now()); !ok {
		t.Error("one ticket's refusal holds all others up")
	}
	for range failsToOpen {
		h.Heard(t.Context(), &fault.Fault{Class: fault.Refused, Name: "key_refused", Sentence: "the key is wrong"})
	}
	if _, ok := h.admit(time.Now()); ok {
		t.Error("with a refused key every call fails, and still they are sent")
	}
}

func TestAReplicaLearnsOfAnOutageThatAnotherNoticed(t *testing.T) {
	h := NewHealth("freescout", slog.New(slog.DiscardHandler))
	began := time.Now().Add(-time.Hour)
	h.learn(storm.Outage{Began: began})
	if _, ok := h.admit(time.Now()); ok {
		t.Error("the process before left the desk away, and it is not checked first")
	}
	h.Heard(context.WithoutCancel(t.Context()), nil)
	h.learn(storm.Outage{Began: began, Ended: time.Now()})
	if o := h.Outage(); !o.Began.Equal(began) || o.Ended.IsZero() {
		t.Errorf("the outage is %+v", o)
	}
	if got := fmt.Sprint(h.State().Away); got != "false" {
		t.Errorf("away is %s", got)
	}
}
