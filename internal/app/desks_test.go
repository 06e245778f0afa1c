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
	"docket/internal/web"
)

// twoDesks files into the local desk, and what team shop has into FreeScout.
const twoDesks = `desk: local
freescout: {api_url: http://desk.example.org, api_key: key, mailbox_id: 1, rate: 100000}
routes:
- {match: ['alertname=~"Shop.*"'], desk: freescout, mailbox_id: 2}
`

// get reads an answer of the API.
func (s *timeline) get(path string, into any) {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://127.0.0.1"+path, http.NoBody)
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	s.gate.ServeHTTP(w, r)
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
