package probe

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docket/internal/surface"
)

// beats is what jobs said.
type beats struct {
	at  time.Time
	err error
}

func (b beats) LastBeat(context.Context, string) (time.Time, error) { return b.at, b.err }

func TestSilenceOfAJobIsTheFault(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name   string
		beats  beats
		booted time.Time
		status surface.Status
		reason string
	}{
		{"in time", beats{at: now.Add(-30 * time.Minute)}, now, surface.Operational, ""},
		{"by a clock that is ahead", beats{at: now.Add(time.Minute)}, now, surface.Operational, ""},
		{"late", beats{at: now.Add(-65 * time.Minute)}, now, surface.Degraded, "last checked in 1h5m0s ago (expected every 1h0m0s)"},
		{"silent", beats{at: now.Add(-2 * time.Hour)}, now, surface.Down, "last checked in 2h0m0s ago (expected every 1h0m0s)"},
		{"never, and docket has just begun", beats{}, now, surface.Unknown, "waiting for the first check-in"},
		{"never", beats{}, now.Add(-2 * time.Hour), surface.Down, "has never checked in (expected every 1h0m0s)"},
		{"not known", beats{err: errors.New("postgres://docket:s3cret@db is away")}, now, surface.Unknown, "Docket's own database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := readBy(t, New(c.beats, c.booted, ""), Spec{&Heartbeat{Within: time.Hour, Grace: 10 * time.Minute}}, 0)
			expect(t, r, c.status, c.reason)
			if strings.Contains(r.Reason, "s3cret") {
				t.Errorf("the reason %q holds a secret", r.Reason)
			}
		})
	}
	// The surface's own interval counts where within is not set: a minute here.
	late := readBy(t, New(beats{at: now.Add(-61 * time.Second)}, now, ""), Spec{&Heartbeat{}}, 0)
	expect(t, late, surface.Down, "(expected every 1m0s)")
}

func TestDynosAreJudged(t *testing.T) {
	answer, status := "[]", http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/apps/shop/dynos" || r.Header.Get("Authorization") != "Bearer s3cret" ||
			r.Header.Get("Accept") != "application/vnd.heroku+json; version=3" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
		say(w, answer)
	}))
	defer server.Close()
	for _, c := range []struct {
		name, answer string
		status       int
		want         surface.Status
		reason       string
	}{
		{"all up", `[{"type":"web","state":"up"},{"type":"web","state":"idle"},{"type":"worker","state":"crashed"},{"type":"run",` +
			`"state":"crashed"}]`, 200, surface.Operational, ""},
		{"a part of a long list", `[{"type":"web","state":"up"}]`, 206, surface.Operational, ""},
		{"some up", `[{"type":"web","state":"up"},{"type":"web","state":"crashed"}]`, 200, surface.Degraded,
			"1 of 2 web dynos are up: 1 crashed, 1 up"},
		{"one that starts beside one that is up", `[{"type":"web","state":"up"},{"type":"web","state":"starting"}]`, 200,
			surface.Operational, ""},
		{"all starting", `[{"type":"web","state":"starting"},{"type":"web","state":"starting"}]`, 200, surface.Degraded,
			"0 of 2 web dynos are up: 2 starting"},
		{"one starting, one crashed", `[{"type":"web","state":"starting"},{"type":"web","state":"crashed"}]`, 200, surface.Degraded,
			"1 crashed, 1 starting"},
		{"none up", `[{"type":"web","state":"crashed"},{"type":"web","state":"down"}]`, 200, surface.Down,
			"none of 2 web dynos is up: 1 crashed, 1 down"},
		{"a state of tomorrow", `[{"type":"web","state":"<b>lost</b>"}]`, 200, surface.Down, "some in a state unknown to Docket"},
		{"none there", `[]`, 200, surface.Down, "no web dyno is running"},
		{"the API is ill", `oops`, 503, surface.Unknown, "Heroku's API returned 503 Service Unavailable"},
		{"the API is busy", `{}`, 429, surface.Unknown, "too many calls with this token (429)"},
		{"the token is refused", `{}`, 401, surface.Unknown, "refused the token: use one that can read shop"},
		{"the app is not known", `{}`, 404, surface.Unknown, "Heroku's API knows no app shop"},
		{"elsewhere", ``, 302, surface.Unknown, "Heroku's API returned 302 Found"},
		{"not JSON", `<html>`, 200, surface.Unknown, "did not return a list of dynos"},
		{"another JSON", `{"id": "unavailable"}`, 200, surface.Unknown, "did not return a list of dynos"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, status = c.answer, c.status
			expect(t, read(t, Spec{&Heroku{App: "shop", Token: "s3cret", APIURL: server.URL}}, 0), c.want, c.reason)
		})
	}
	gone := Spec{&Heroku{App: "shop", Token: "s3cret", APIURL: "http://" + closedPort(t)}}
	expect(t, read(t, gone, 0), surface.Unknown, "Heroku's API could not be reached: connection refused")
	worker := Spec{&Heroku{App: "shop", Token: "s3cret", APIURL: server.URL, Type: "worker"}}
	answer, status = `[{"type":"web","state":"up"},{"type":"worker","state":"crashed"}]`, http.StatusOK
	expect(t, read(t, worker, 0), surface.Down, "none of 1 worker dynos is up")
}
