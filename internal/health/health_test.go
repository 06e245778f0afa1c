package health_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/fault"
	"docket/internal/health"
)

const (
	failsToOpen = 3
	longestTry  = 30 * time.Second
)

// deskHealth is a health as a desk's is.
func deskHealth(log *slog.Logger) *health.Health {
	return health.New("desk", "freescout",
		health.Words{Failing: "failing", Back: "back", Auth: "auth", AuthFaults: []string{"key_refused"}}, health.Breaker{
			Fails: failsToOpen, First: 5 * time.Second, Longest: longestTry, Flapping: time.Minute, Hold: 5 * time.Minute,
			Ignored: []string{"own_rate_limit"},
		}, log)
}

var away = &fault.Fault{Class: fault.Unavailable, Name: "connection_refused", Sentence: "nobody listens"}

// TestTheBreakerOpensAfterAFewFailuresAndChecksAtAPace: a desk that is away is not called
// by every job, and a change is said once.
func TestTheBreakerOpensAfterAFewFailuresAndChecksAtAPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		h := deskHealth(slog.New(slog.NewTextHandler(&text, nil)))
		for n := range failsToOpen {
			if _, ok := h.Admit(time.Now()); !ok {
				t.Fatalf("after %d failures nothing is sent any more", n)
			}
			h.Observe(t.Context(), away)
		}
		if again, ok := h.Admit(time.Now()); ok || !again.After(time.Now()) {
			t.Errorf("after %d failures jobs go on, or come again at %s", failsToOpen, again)
		}
		checks := 0
		for range 600 {
			time.Sleep(time.Second)
			if h.DueForCheck(time.Now()) {
				checks++
				h.Observe(t.Context(), away)
			}
		}
		if checks < 15 || checks > 30 {
			t.Errorf("%d checks in ten minutes, want about one in %s", checks, longestTry)
		}
		if n := strings.Count(text.String(), "level=WARN"); n != 1 {
			t.Errorf("%d warnings, want 1:\n%s", n, text.String())
		}
		h.Observe(t.Context(), nil)
		if _, ok := h.Admit(time.Now()); !ok {
			t.Error("the desk answers, and nothing is sent")
		}
		o := h.Outage()
		if o.Ended.Sub(o.Began) < 10*time.Minute {
			t.Errorf("the outage went from %s to %s", o.Began, o.Ended)
		}
	})
}

func TestOneTicketThatTheDeskRefusesIsNoOutage(t *testing.T) {
	h := deskHealth(slog.New(slog.DiscardHandler))
	for range 10 {
		h.Observe(t.Context(), &fault.Fault{Class: fault.Refused, Name: "validation", Sentence: "the subject is too long"})
	}
	if _, ok := h.Admit(time.Now()); !ok {
		t.Error("one ticket's refusal holds all others up")
	}
	for range failsToOpen {
		h.Observe(t.Context(), &fault.Fault{Class: fault.Refused, Name: "key_refused", Sentence: "the key is wrong"})
	}
	if _, ok := h.Admit(time.Now()); ok {
		t.Error("with a refused key every call fails, and still they are sent")
	}
}

func TestAReplicaLearnsOfAnOutageThatAnotherNoticed(t *testing.T) {
	h := deskHealth(slog.New(slog.DiscardHandler))
	began := time.Now().Add(-time.Hour)
	h.Learn(health.Outage{Began: began})
	if _, ok := h.Admit(time.Now()); ok {
		t.Error("the process before left the desk away, and it is not checked first")
	}
	h.Observe(context.WithoutCancel(t.Context()), nil)
	h.Learn(health.Outage{Began: began, Ended: time.Now()})
	if o := h.Outage(); !o.Began.Equal(began) || o.Ended.IsZero() {
		t.Errorf("the outage is %+v", o)
	}
	if got := fmt.Sprint(h.State().Away); got != "false" {
		t.Errorf("away is %s", got)
	}
}

func TestAFaultIsLoggedWithItsStatusAndItsKind(t *testing.T) {
	var text strings.Builder
	h := deskHealth(slog.New(slog.NewTextHandler(&text, nil)))
	h.Observe(t.Context(), &fault.Fault{Class: fault.Unavailable, Name: "service_unavailable", HTTPStatus: 503, Kind: fault.KindHTTP})
	h.Observe(t.Context(), &fault.Fault{Class: fault.Refused, Name: "key_refused", HTTPStatus: 401, Kind: fault.KindHTTP})
	h.Observe(t.Context(), &fault.Fault{Class: fault.Unavailable, Name: "own_rate_limit"})
	for _, want := range []string{
		"msg=failing desk=freescout fault=service_unavailable", "http_status=503 kind=HTTPError",
		"msg=auth desk=freescout gate=key_refused", "http_status=401",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, text.String())
		}
	}
	if n := strings.Count(text.String(), "\n"); n != 2 || !h.Refuses() {
		t.Errorf("%d lines, want 2, and the last fault to be about who we are:\n%s", n, text.String())
	}
}

// TestAFailingWayIsTriedWithOneCallAtATime: where ordinary calls are the trials.
func TestAFailingWayIsTriedWithOneCallAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := health.New("notifier", "slack", health.Words{}, health.Breaker{
			Fails: 1, First: time.Second, Longest: 30 * time.Second, Trial: 15 * time.Second,
		}, slog.New(slog.DiscardHandler))
		admitted := func() bool { _, ok := h.Admit(time.Now()); return ok }
		h.Observe(t.Context(), away)
		if admitted() {
			t.Error("the call right after a failure is admitted")
		}
		time.Sleep(time.Second)
		if !admitted() || admitted() {
			t.Error("after the pause not exactly one call is admitted")
		}
		h.Answered()
		if !admitted() {
			t.Error("the trial was answered, and the next is not admitted")
		}
		h.Observe(t.Context(), nil)
		h.Pause(time.Now(), time.Minute)
		if s := h.State(); !s.OK || s.Away || admitted() {
			t.Errorf("it asked for a pause: %+v, and calls go on", s)
		}
		time.Sleep(time.Minute)
		for range 2 {
			if !admitted() {
				t.Error("the pause is over, and calls do not go on")
			}
		}
	})
}
