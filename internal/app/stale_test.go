package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/query"
	"docket/internal/store"
	"docket/internal/store/storetest"
)

func TestStaleTicketsAreRemindedOfOnceInEachSpan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		st, err := store.Open(t.Context(), url, store.Options{Exclusive: true, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		if err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		noon := time.Now().UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)
		told := map[string]string{}
		var fault error
		fresh := func() *reminder {
			return &reminder{
				store: st, every: 24 * time.Hour,
				reader: query.Reader{Store: st, Desk: "freescout", StaleAfter: 24 * time.Hour,
					Policy: func(incident.Incident, time.Time) incident.Policy { return incident.DefaultPolicy() }},
				tell: func(_ context.Context, key, text string) error {
					if fault == nil {
						told[key] = text
					}
					return fault
				},
			}
		}
		r := fresh()
		turn := func(at time.Time) {
			t.Helper()
			if err := r.turn(t.Context(), at); err != nil && fault == nil {
				t.Fatal(err)
			}
		}
		turn(noon)
		if len(told) != 0 {
			t.Fatalf("nothing is stale, and it told %q", told)
		}
		all := make([]incident.Incident, 7)
		for n := range all {
			opened := noon.AddDate(0, 0, -10+n)
			all[n] = incident.Incident{
				Mark: alert.Mark{Key: alert.Key(n + 1), Generation: 1}, Version: 1, Recipe: alert.Recipe, State: incident.Recovered, Severity: alert.P2,
				Title: fmt.Sprintf("Disk %d", n), Source: "prometheus",
				OpenedAt: opened, FiredAt: opened, RecoveredAt: opened.Add(time.Hour), Reason: incident.ReasonTicketFiled,
				Ticket: filing.Ticket{State: filing.TicketFiled, Desk: "freescout", ID: fmt.Sprint(100 + n), Number: fmt.Sprint(n),
					URL: fmt.Sprintf("https://tickets.example.org/conversation/%d", 100+n)},
			}
		}
		if err := st.Write(t.Context(), func(tx *store.Tx) error { return tx.AddIncidents(t.Context(), all) }); err != nil {
			t.Fatal(err)
		}
		fault = errors.New("the database is away")
		turn(noon)
		fault = nil
		turn(noon.Add(time.Minute)) // What could not be told is told by the next turn.
		turn(noon.Add(time.Hour))
		r = fresh() // Another process names the same span alike, so that it is one message.
		turn(noon.Add(2 * time.Hour))
		if len(told) != 1 {
			t.Fatalf("told %q, want one message", told)
		}
		for _, text := range told {
			if !strings.HasPrefix(text, "7 tickets are stale: their alerts recovered more than 24h ago") ||
				!strings.Contains(text, "#0 P2 Disk 0") ||
				!strings.Contains(text, "https://tickets.example.org/conversation/104") || strings.Contains(text, "Disk 5") ||
				strings.Index(text, "Disk 0") > strings.Index(text, "Disk 4") {
				t.Errorf("told %q", text)
			}
		}
		turn(noon.Add(24 * time.Hour))
		if len(told) != 2 {
			t.Errorf("the next day it told %q", told)
		}
	})
}
