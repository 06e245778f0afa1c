package notifier_test

import (
	"fmt"
	"strings"
	"testing"

	"docket/internal/alert"
	"docket/internal/store"
	"docket/internal/store/storetest"
	"docket/internal/storm"
)

func TestButtonsAreThereOnlyWhereTheyLeadBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		h.say(said("DiskFull", alert.P1, alert.Firing))
		if m := h.shows("|#1>"); strings.Contains(m.Blocks, `"button"`) {
			t.Errorf("buttons that lead nowhere: %s", m.Blocks)
		}
		h.settled()
		h.stop()
		h.public = "https://docket.example.org"
		h.start()
		h.say(said("DiskFull", alert.P1, alert.Resolved))
		if m := h.shows("recovered", `"investigate"`, "https://docket.example.org/console/incidents/"); strings.Contains(m.Blocks,
			`"acknowledge"`) || strings.Contains(m.Blocks, `"silence_1h"`) {
			t.Errorf("buttons for what is over: %s", m.Blocks)
		}
		h.say(said("NextFull", alert.P1, alert.Firing))
		h.until("a message with every button", func() bool {
			all := h.slack.Messages()
			last := all[len(all)-1].Blocks
			return len(all) == 2 && strings.Contains(last, `"acknowledge"`) && strings.Contains(last, `"silence_1h"`) &&
				strings.Contains(last, `"investigate"`)
		})
	})
}

func TestAStormHasOneMessageForAllThatItLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		h := newHouse(t, url, func(h *house) { h.policy.Storm.Limit = 2 })
		for i := range 7 {
			h.say(said(fmt.Sprintf("Burst%d", i), alert.P1, alert.Firing))
		}
		h.settled()
		incidents, err := h.store.ListIncidents(t.Context(), store.IncidentFilter{})
		if err != nil {
			t.Fatal(err)
		}
		own, storms, listed := 0, 0, 0
		for _, inc := range incidents {
			told, err := h.store.NoticesOf(t.Context(), inc.Mark)
			if err != nil {
				t.Fatal(err)
			}
			want := 1
			switch {
			case inc.Shared == storm.Storm:
				storms++
			case inc.Within != (alert.Mark{}):
				listed++
				want = 0
			default:
				own++
			}
			if len(told) != want {
				t.Errorf("%s has %d messages, want %d", inc.Title, len(told), want)
			}
		}
		if storms != 1 || listed == 0 || own+listed != 7 {
			t.Errorf("%d storms list %d of 7 alerts beside %d of their own", storms, listed, own)
		}
		if all := h.slack.Messages(); len(all) != own+storms {
			t.Errorf("%d messages, want %d: %+v", len(all), own+storms, all)
		}
	})
}
