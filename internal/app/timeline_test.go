package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/config"
	"docket/internal/desk/fakedesk"
	"docket/internal/intake"
)

// These tests are the real program, wired as it serves, with SQLite, River and a fake
// FreeScout, in a bubble whose clock only moves when all of it waits. Requests go to its
// handler and calls to the desk over no socket: a socket would keep the clock from moving.

// timeline is a program and its desk, and where its day stands.
type timeline struct {
	t    *testing.T
	gate *gate
	desk *fakedesk.Server
	day  time.Time
	// severities are the labels that alerts fired with: they end with the same.
	severities map[string]string
	// starts is when each began to fire; one that ended begins anew when it fires again.
	starts map[string]time.Time
	ended  map[string]bool
	// dir has the database and the configuration; stop ends the program that runs now.
	dir  string
	beat time.Duration
	stop func()
}

// inFakeTime runs a day's story with a desk that takes as many calls as come.
func inFakeTime(t *testing.T, policies string, story func(s *timeline)) {
	t.Helper()
	inFakeTimeAt(t, 100000, 0, policies, story)
}

// inFakeTimeAt runs a day's story with a desk that is asked rate times a second at most, and
// loops that turn once in a beat at most.
func inFakeTimeAt(t *testing.T, rate int, beat time.Duration, policies string, story func(s *timeline)) {
	t.Helper()
	text := fmt.Sprintf("desk: freescout\nfreescout: {api_url: http://desk.example.org, api_key: key, mailbox_id: 1, "+
		"rate: %d}\npolicies: %s\n", rate, policies)
	inFakeTimeWith(t, text, beat, story)
}

// inFakeTimeWith runs a day's story with a configuration of its own.
func inFakeTimeWith(t *testing.T, text string, beat time.Duration, story func(s *timeline)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		f := fakedesk.New(fakedesk.Options{APIKey: "key"})
		s := &timeline{t: t, desk: f, day: time.Now().UTC(), severities: map[string]string{}, starts: map[string]time.Time{},
			ended: map[string]bool{}, dir: dir, beat: beat}
		s.start(text)
		story(s)
		s.stop()
		f.Close()
	})
}

// start starts the program with a configuration, on the database that is there.
func (s *timeline) start(text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, "docket.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	cfg, err := config.Load(path, func(name string) (string, bool) {
		return map[string]string{"DATABASE_URL": filepath.Join(s.dir, "docket.db")}[name], name == "DATABASE_URL"
	})
	if err != nil {
		s.t.Fatal(err)
	}
	log, now := slog.New(slog.DiscardHandler), time.Now().UTC()
	a := &App{config: cfg, log: log, version: "test", started: now, booted: now, gate: newGate(), heard: intake.NewHeard(),
		carrier: s.desk.Transport(), beat: s.beat}
	ctx, stop := context.WithCancel(s.t.Context())
	outer := newGroup(ctx, log)
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.run(outer.ctx, outer, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		s.t.Fatalf("docket did not start: %v", err)
	}
	s.gate = a.gate
	s.stop = func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	}
}

// restart stops the program and starts it with another configuration.
func (s *timeline) restart(text string) {
	s.t.Helper()
	s.stop()
	s.start(text)
}

// At lets the clock move on to a time of the day, minutes and seconds after the start.
func (s *timeline) At(clock string) *timeline {
	s.t.Helper()
	var minutes, seconds int
	if _, err := fmt.Sscanf(clock, "%d:%d", &minutes, &seconds); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(time.Until(s.day.Add(time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second)))
	return s
}

func (s *timeline) tell(name, ends string) {
	s.t.Helper()
	status := "firing"
	if ends != "" {
		status = "resolved"
	}
	body := fmt.Sprintf(`{"version":"4","status":%q,"alerts":[{"status":%q,"labels":{"alertname":%q,"severity":%q},"annotations":{},`+
		`"startsAt":%q,"endsAt":%q}]}`,
		status, status, name, s.severities[name], s.starts[name].Format(time.RFC3339), ends)
	s.post("/hooks/alertmanager", body)
}

// post sends a body that must be taken.
func (s *timeline) post(path, body string) {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "http://127.0.0.1"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	s.gate.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.t.Errorf("%s was not taken: %d %s", path, w.Code, w.Body)
	}
}

// Fires tells that an alert of P1 fires.
func (s *timeline) Fires(name string) { s.t.Helper(); s.FiresAs(name, "critical") }

// FiresAs tells that an alert of some severity fires.
func (s *timeline) FiresAs(name, severity string) {
	s.t.Helper()
	s.severities[name] = severity
	if _, before := s.starts[name]; !before {
		s.starts[name] = s.day
	} else if s.ended[name] {
		s.starts[name], s.ended[name] = time.Now().UTC(), false
	}
	s.tell(name, "")
}

// Ends tells that an alert ended now.
func (s *timeline) Ends(name string) {
	s.t.Helper()
	s.ended[name] = true
	s.tell(name, time.Now().UTC().Format(time.RFC3339))
}

// HasOne checks that the desk has one ticket of an alert, ever, with so many notes.
func (s *timeline) HasOne(name string, notes int) {
	s.t.Helper()
	var found int
	for _, ticket := range s.desk.Tickets() {
		if !strings.Contains(ticket.Subject, name) {
			continue
		}
		found++
		n := 0
		for _, thread := range ticket.Threads {
			if thread.Type == "note" {
				n++
			}
		}
		if n != notes {
			s.t.Errorf("after %s: the ticket of %s has %d notes, want %d", time.Since(s.day), name, n, notes)
		}
	}
	if found != 1 {
		s.t.Errorf("after %s: %d tickets of %s, want 1", time.Since(s.day), found, name)
	}
}

// looks counts the searches for a ticket by its mark.
func (s *timeline) looks() (n int) {
	for _, r := range s.desk.Requests() {
		if r.Op == fakedesk.OpFind && r.Subject != "" {
			n++
		}
	}
	return n
}

// HasNone checks that the desk has no ticket at all.
func (s *timeline) HasNone() {
	s.t.Helper()
	if n := len(s.desk.Tickets()); n != 0 {
		s.t.Errorf("after %s: %d tickets, want none", time.Since(s.day), n)
	}
}

func TestAnAlertIsFiledAtOnceAndNotedWhenItEnds(t *testing.T) {
	inFakeTime(t, "{}", func(s *timeline) {
		s.At("0:10").Fires("DiskFull")
		s.At("0:12").HasOne("DiskFull", 0)
		s.At("1:00").Fires("DiskFull")
		s.At("2:00").Ends("DiskFull")
		s.At("2:05").HasOne("DiskFull", 1)
	})
}

func TestAnAlertThatEndsWhileItIsHeldIsNeverFiled(t *testing.T) {
	inFakeTime(t, "{hold: 2m}", func(s *timeline) {
		s.At("0:10").Fires("Blip")
		s.At("1:30").Ends("Blip")
		s.At("4:00").HasNone()
	})
}

func TestAnAlertThatIsHeldIsFiledWhenItsHoldIsOver(t *testing.T) {
	inFakeTime(t, "{hold: 2m}", func(s *timeline) {
		s.At("0:10").Fires("Slow")
		s.At("2:05").HasNone()
		s.At("2:15").HasOne("Slow", 0)
	})
}

func TestALostAnswerIsLookedForOnlyAfterTheWaitOut(t *testing.T) {
	inFakeTime(t, "{}", func(s *timeline) {
		s.desk.Order(fakedesk.Fault{Kind: fakedesk.CutAfterCommit, On: fakedesk.OpCreate, Times: 1})
		s.At("0:10").Fires("Lost")
		s.At("0:15")
		before := s.looks()
		s.At("1:35").HasOne("Lost", 0)
		if n := s.looks(); n != before {
			s.t.Errorf("%d looks before the wait-out of 90 s was over", n-before)
		}
		s.At("1:50").HasOne("Lost", 0)
		if n := s.looks(); n != before+1 {
			s.t.Errorf("%d looks after the wait-out, want 1", n-before)
		}
	})
}

func TestADeskThatIsAwayForFiveMinutesGetsItsTicketsWhenItIsBack(t *testing.T) {
	inFakeTime(t, "{}", func(s *timeline) {
		s.desk.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		s.At("0:10").Fires("During")
		s.At("5:00").HasNone()
		s.desk.Clear()
		s.At("6:00").HasOne("During", 0)
	})
}
