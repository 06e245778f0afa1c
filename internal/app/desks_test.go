//go:build !race

// The race detector makes minutes of these: make test plays them without. What runs in parallel in them is raced in
// timeline_test.go, with one desk.

package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"docket/internal/desk/fakedesk"
	"docket/internal/query"
	"docket/internal/reconcile"
	"docket/internal/web"
)

// twoDesks files into the local desk, and what team shop has into FreeScout.
const twoDesks = `desk: local
freescout: {api_url: http://desk.example.org, api_key: key, mailbox_id: 1, rate: 100000}
routes:
- {match: ['alertname=~"Shop.*"'], desk: freescout, mailbox_id: 2}
`

// ask asks for a page or an answer of the API.
func (s *timeline) ask(path string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://127.0.0.1"+path, http.NoBody)
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	s.gate.ServeHTTP(w, r)
	return w
}

// get reads an answer of the API.
func (s *timeline) get(path string, into any) {
	s.t.Helper()
	w := s.ask(path)
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		s.t.Errorf("%s: %d %s", path, w.Code, w.Body)
	}
}

// filed are the tickets at a desk, by their subjects.
func (s *timeline) filed(desk string) []string {
	s.t.Helper()
	var rows []query.TicketRow
	s.get("/api/v1/tickets", &rows)
	var subjects []string
	for _, row := range rows {
		if row.Desk == desk {
			subjects = append(subjects, row.Subject)
		}
	}
	return subjects
}

func (s *timeline) states() []web.DeskHealth {
	s.t.Helper()
	var ready struct{ Desks []web.DeskHealth }
	s.get("/readyz", &ready)
	return ready.Desks
}

func TestOneDeskThatIsDownHoldsUpNoOther(t *testing.T) {
	inFakeTimeWith(t, twoDesks, 0, func(s *timeline) {
		s.At("0:10").Fires("ShopFirst")
		s.Fires("HereFirst")
		s.At("0:30")
		if at := s.desk.Tickets(); len(at) != 1 || !strings.Contains(at[0].Subject, "ShopFirst") || at[0].MailboxID != 2 {
			t.Fatalf("FreeScout has %+v", at)
		}
		if here := s.filed("local"); len(here) != 1 || !strings.Contains(here[0], "HereFirst") {
			t.Fatalf("the local desk has %v", here)
		}

		// It hangs: each call takes as long as it may.
		s.desk.Order(fakedesk.Fault{Kind: fakedesk.NeverAnswer})
		for n := range 40 {
			s.At(fmt.Sprintf("1:%02d", n)).FiresAs(fmt.Sprintf("Shop%02d", n), "error")
		}
		s.At("1:40").Fires("HereSecond")
		s.At("1:45")
		if here := s.filed("local"); len(here) != 2 {
			t.Errorf("five seconds later the local desk has %v", here)
		}
		// One comes and goes while its desk is away: that is its desk's digest, and no other one's.
		s.At("10:00").Ends("Shop00")
		s.At("20:00").Fires("HereThird")
		s.At("20:05")
		states := s.states()
		if len(states) != 2 || states[0].Desk != "local" || states[0].Away || states[1].Desk != "freescout" || !states[1].Away {
			t.Errorf("the desks are %+v", states)
		}
		if here := s.filed("local"); len(here) != 3 {
			t.Errorf("while FreeScout is away the local desk has %v", here)
		}
		s.desk.Clear()
		s.At("30:00")
		if states := s.states(); states[1].Away {
			t.Errorf("FreeScout is back, and it reads %+v", states[1])
		}
		text := ""
		for _, ticket := range s.desk.Tickets() {
			text += ticket.Subject + "\n"
			for _, thread := range ticket.Threads {
				text += thread.HTML
			}
		}
		for n := range 40 {
			if name := fmt.Sprintf("Shop%02d", n); !strings.Contains(text, name) {
				t.Errorf("%s is in no ticket of its desk", name)
			}
		}
		if here := s.filed("local"); len(here) != 3 ||
			slices.ContainsFunc(here, func(subject string) bool { return strings.Contains(subject, "away") }) {
			t.Errorf("the local desk has %v", here)
		}
	})
}

func TestAPersonsCloseIsSeenAtTheDeskWhereTheTicketIs(t *testing.T) {
	inFakeTimeWith(t, twoDesks, 0, func(s *timeline) {
		s.At("0:10").Fires("ShopFirst")
		s.Fires("HereFirst")
		s.At("0:30")
		s.desk.CloseTicket(s.desk.Tickets()[0].ID)
		s.At("2:00")
		var rows []query.IncidentRow
		s.get("/api/v1/incidents", &rows)
		for _, row := range rows {
			want := "filed"
			if strings.Contains(row.Title, "Shop") {
				want = "closed"
			}
			if row.Ticket == nil || row.Ticket.State != want {
				t.Errorf("the ticket of %s is %+v, want %s", row.Title, row.Ticket, want)
			}
		}
		if len(rows) != 2 {
			t.Errorf("%d incidents", len(rows))
		}
	})
}

// alone is an installation whose only desk is FreeScout.
const alone = "freescout: {api_url: http://desk.example.org, api_key: key, mailbox_id: 1, rate: 100000}\n"

func TestTheOverviewShowsEachDesk(t *testing.T) {
	inFakeTimeWith(t, twoDesks, 0, func(s *timeline) {
		s.At("0:10").Fires("ShopFirst")
		s.Fires("HereFirst")
		s.desk.Order(fakedesk.Fault{Kind: fakedesk.Unavailable503})
		s.At("5:00")
		page := s.ask("/console").Body.String()
		for _, want := range []string{
			"<b>Healthy</b><span>help desk (local)</span>", "<b>Unreachable</b><span>help desk (freescout)</span>",
			`<section class="card" id="desk-local" data-live><h2>Help desk local</h2>`, "<h2>Help desk freescout</h2>",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the overview lacks %s", want)
			}
		}
	})
	inFakeTimeWith(t, alone, 0, func(s *timeline) {
		s.At("0:10").Fires("Only")
		s.At("0:30")
		page := s.ask("/console").Body.String()
		for _, want := range []string{
			"<b>Healthy</b><span>help desk (freescout)</span>", `<section class="card" id="desk" data-live><h2>Help desk</h2>`,
		} {
			if strings.Count(page, want) != 1 {
				t.Errorf("with one desk the overview lacks %s", want)
			}
		}
	})
}

func TestALocalTicketHasItsPageWhateverTheDefaultDeskIs(t *testing.T) {
	page := func(s *timeline, want string) {
		s.t.Helper()
		if w := s.ask("/console/tickets/1"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			s.t.Errorf("the ticket's page: %d %s", w.Code, w.Body)
		}
		var row query.TicketRow
		if s.get("/api/v1/tickets/1", &row); row.Desk != "local" {
			s.t.Errorf("the API has %+v", row)
		}
	}
	inFakeTimeWith(t, "{}", 0, func(s *timeline) {
		s.At("0:10").Fires("HereFirst")
		s.At("0:30")
		page(s, "HereFirst")
		s.restart(alone)
		page(s, "HereFirst") // Its incident is open: the desk stays in use.
		s.Ends("HereFirst")
		s.At("1:00")
		s.post("/api/v1/tickets/1/close", "{}")
		s.At("2:00")
		if states := s.states(); len(states) != 2 {
			t.Errorf("the desks are %+v", states)
		}
		s.restart(alone)
		page(s, "HereFirst") // It is over, and the desk no longer in use.
		if states := s.states(); len(states) != 1 || states[0].Desk != "freescout" {
			t.Errorf("the desks are %+v", states)
		}
	})
}

func TestAChangedRouteSendsNewIncidentsToTheNewDeskAlone(t *testing.T) {
	inFakeTimeWith(t, twoDesks, 0, func(s *timeline) {
		s.At("0:10").Fires("ShopFirst")
		s.At("0:30")
		s.restart(strings.ReplaceAll(twoDesks, "desk: freescout, mailbox_id: 2", "desk: local"))
		s.At("1:00").Fires("ShopFirst")
		s.Fires("ShopSecond")
		s.At("2:00").Ends("ShopFirst")
		s.At("4:00")
		s.HasOne("ShopFirst", 1) // What happened since is told where its ticket is.
		if here := s.filed("local"); len(here) != 1 || !strings.Contains(here[0], "ShopSecond") {
			t.Errorf("the local desk has %v", here)
		}
		s.desk.CloseTicket(s.desk.Tickets()[0].ID)
		s.At("6:00")
		var rows []query.IncidentRow
		s.get("/api/v1/incidents", &rows)
		for _, row := range rows {
			if strings.Contains(row.Title, "ShopFirst") && row.Ticket.State != "closed" {
				t.Errorf("the old desk's close was not seen: %+v", row.Ticket)
			}
		}
		s.Fires("ShopFirst") // A new episode is a new incident: it goes where the route says now.
		s.At("8:00")
		if here := s.filed("local"); len(here) != 2 || len(s.desk.Tickets()) != 1 {
			t.Errorf("the local desk has %v, FreeScout %d tickets", here, len(s.desk.Tickets()))
		}
	})
}

func TestTicketsOfADeskThatIsNoLongerConfiguredAreNamedAndNothingIsLost(t *testing.T) {
	inFakeTimeWith(t, alone, 0, func(s *timeline) {
		s.At("0:10").Fires("First")
		s.At("0:30")
		s.restart("{}")
		s.At("1:00").Ends("First")
		s.Fires("Second")
		s.At("20:00")
		if here := s.filed("local"); len(here) != 1 || !strings.Contains(here[0], "Second") {
			t.Errorf("the local desk has %v", here)
		}
		if page := s.ask("/console").Body.String(); !strings.Contains(page, "1 open incident with a ticket there, but freescout is no longer") {
			t.Errorf("the overview does not name the desk:\n%s", page)
		}
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "http://127.0.0.1/api/v1/doctor", strings.NewReader("{}"))
		r.RemoteAddr = "127.0.0.1:1"
		s.gate.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), "desk_not_configured") {
			t.Errorf("the doctor does not name the desk: %d %s", w.Code, w.Body)
		}
		var ready struct{ Waiting int }
		if s.get("/readyz", &ready); ready.Waiting != 1 {
			t.Errorf("%d things wait, want the note on the ticket", ready.Waiting)
		}
		s.HasOne("First", 0)
		s.restart(alone)
		s.At("22:00")
		s.HasOne("First", 1)
		if here := s.filed("local"); len(here) != 1 || len(s.desk.Tickets()) != 1 {
			t.Errorf("the local desk has %v, FreeScout %d tickets", here, len(s.desk.Tickets()))
		}
	})
}

func TestReconcileRepairsEachDeskByItself(t *testing.T) {
	compare := func(s *timeline, desk string) (report reconcile.Report) {
		s.t.Helper()
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "http://127.0.0.1/api/v1/reconcile",
			strings.NewReader(`{"desk":"`+desk+`"}`))
		r.RemoteAddr = "127.0.0.1:1"
		s.gate.ServeHTTP(w, r)
		if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil {
			s.t.Fatalf("compare with %s: %d %s", desk, w.Code, w.Body)
		}
		return report
	}
	inFakeTimeWith(t, twoDesks+"reconcile: {every: 10h}\n", 0, func(s *timeline) {
		s.At("0:10").Fires("ShopFirst")
		s.Fires("HereFirst")
		s.At("10:00")
		s.desk.Lose(s.desk.Tickets()[0].ID)
		if r := compare(s, "local"); r.Desk != "local" || r.Tickets != 1 || r.Incidents != 1 || len(r.Findings) != 0 {
			t.Errorf("the local desk: %+v", r)
		}
		r := compare(s, "freescout")
		if len(r.Findings) != 1 || r.Findings[0].Kind != reconcile.Missing || r.Findings[0].Did != "repaired" {
			t.Errorf("FreeScout: %+v", r)
		}
		s.At("15:00")
		s.HasOne("ShopFirst", 0)
		if here := s.filed("local"); len(here) != 1 {
			t.Errorf("the local desk has %v", here)
		}
	})
}
