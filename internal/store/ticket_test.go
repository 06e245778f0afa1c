package store

import (
	"testing"

	"docket/internal/alert"
	"docket/internal/filing"
	"docket/internal/incident"
	"docket/internal/storm"
)

func TestAStormsTicketIsTakenInPartsAndEachMemberOnce(t *testing.T) {
	const members = 1203
	each(t, func(t *testing.T, s *Store) {
		all := make([]incident.Incident, members+1)
		for n := range all {
			all[n] = opened(n, 1)
			all[n].Ticket = filing.Ticket{State: filing.TicketFiled, Desk: "freescout", ID: "7"}
		}
		all[0].Shared, all[0].OpenedAt = storm.Storm, noon.AddDate(0, 0, -1)
		all[members].Ticket.ID = "8" // Of another ticket.
		if err := s.Write(t.Context(), func(tx *Tx) error { return tx.AddIncidents(t.Context(), all) }); err != nil {
			t.Fatal(err)
		}
		// Every second one is taken in, the others are left as they are: each is handed over once.
		handed := map[alert.Mark]int{}
		err := s.EachKnownOtherwise(t.Context(), "freescout", TicketsShown{Closed: []string{"7"}}, func(some []incident.Incident) error {
			return s.Write(t.Context(), func(tx *Tx) error {
				for _, inc := range some {
					if handed[inc.Mark]++; len(handed)%2 == 0 {
						continue
					}
					inc.Ticket.State = filing.TicketClosed
					inc.Version++
					if err := tx.SaveIncident(t.Context(), inc); err != nil {
						return err
					}
				}
				return nil
			})
		})
		if err != nil || len(handed) != members {
			t.Fatalf("%d were handed over, want %d: %v", len(handed), members, err)
		}
		for mark, n := range handed {
			if n != 1 {
				t.Errorf("%s was handed over %d times", mark, n)
			}
		}
		for _, shown := range []TicketsShown{{Open: []string{"7"}}, {Closed: []string{"7"}}, {Anyhow: []string{"8"}}} {
			if found, err := s.AnyKnownOtherwise(t.Context(), "freescout", shown); err != nil || !found {
				t.Errorf("none is known otherwise than %+v: %v", shown, err)
			}
		}
		if found, err := s.AnyKnownOtherwise(t.Context(), "freescout", TicketsShown{Open: []string{"8"}}); err != nil || found {
			t.Errorf("the other ticket's is believed to be closed: %v", err)
		}
		shown, err := s.IncidentsIn(t.Context(), "freescout", "7", 200)
		if err != nil || len(shown) != 200 || shown[0].Shared != storm.Storm {
			t.Errorf("%d are shown, the first gathers %q: %v", len(shown), shown[0].Shared, err)
		}
	})
}
