//go:build !race

package rule_test

import (
	"flag"
	"testing"
	"time"

	"docket/internal/incident"
)

// shallower leaves the last steps of the walks to make prove: each multiplies the states.
var shallower = flag.Int("shallower", 1, "how many steps fewer than stated the walks take; make prove: 0")

// TestEveryPathKeepsThePromises walks every order of events to a depth, and checks after each
// step all that world.happen checks. From every state it then lets the faults stop, and
// checks that everything comes to its end. Nothing in it runs beside anything else, and under
// the race detector it takes five times as long: make test runs it without.
func TestEveryPathKeepsThePromises(t *testing.T) {
	tests := []struct {
		name   string
		change func(*incident.Policy)
		alphabet
		depth, least int
	}{
		{"filing fails in every way", nil, alphabet{most: 1, faults: true, slow: true}, 11, 1000},
		{"people close and reopen", nil, alphabet{most: 1, persons: true}, 14, 1000},
		{"people and faults", nil, alphabet{most: 1, persons: true, faults: true}, 11, 1000},
		{"docket closes", closes, alphabet{most: 1, persons: true, slow: true}, 13, 1000},
		{"docket closes and fails", closes, alphabet{most: 1, persons: true, faults: true}, 12, 1000},
		{"hold and settle", func(p *incident.Policy) { p.Hold, p.Settle = time.Minute, time.Minute },
			alphabet{most: 1, doubts: true, persons: true}, 17, 1000},
		{"docket closes after settling", func(p *incident.Policy) { closes(p); p.Settle = time.Minute },
			alphabet{most: 1, doubts: true, persons: true, slow: true}, 13, 1000},
		{"flags and silences", func(p *incident.Policy) { p.Settle = time.Minute }, alphabet{most: 1, switches: true, slow: true}, 14, 1000},
		{"operators click", nil, alphabet{most: 1, persons: true, clicks: true, slow: true}, 11, 1000},
		{"operators click while filing is off", func(p *incident.Policy) { p.FilingOn = false },
			alphabet{most: 1, persons: true, clicks: true, faults: true}, 10, 1000},
		{"operators click on a flapping tile", func(p *incident.Policy) { p.Hold, p.Settle = time.Minute, time.Minute },
			alphabet{most: 1, clicks: true, switches: true, slow: true}, 12, 1000},
		{"people reopen, and docket goes on in the earlier ticket", func(p *incident.Policy) { p.ReopenWithin = time.Hour },
			alphabet{most: 1, persons: true}, 14, 1000},
		{"docket closes and reopens", func(p *incident.Policy) { closes(p); p.ReopenWithin = time.Hour },
			alphabet{most: 1, persons: true, slow: true}, 12, 1000},
		{"docket reopens, and the desk fails", func(p *incident.Policy) { p.ReopenWithin = time.Hour },
			alphabet{most: 1, persons: true, faults: true}, 11, 1000},
		{"the desk loses tickets and shows old ones", nil, alphabet{most: 1, persons: true, mishaps: 2}, 11, 1000},
		{"the same, docket closes and reopens", func(p *incident.Policy) { closes(p); p.ReopenWithin = time.Hour },
			alphabet{most: 1, persons: true, mishaps: 1}, 11, 1000},
		{"the same, while filing is switched", nil, alphabet{most: 1, switches: true, mishaps: 2}, 11, 1000},
		{"the same, and everything fails", nil, alphabet{most: 1, faults: true, mishaps: 1}, 9, 1000},
		{"webhooks and polls come late, twice and in any order", nil, alphabet{most: 1, persons: true, views: 2}, 12, 1000},
		{"webhooks come late, docket closes and reopens", func(p *incident.Policy) { closes(p); p.ReopenWithin = time.Hour },
			alphabet{most: 1, persons: true, views: 2}, 11, 1000},
		{"webhooks come late, and the desk loses tickets", nil, alphabet{most: 1, persons: true, views: 1, mishaps: 1}, 10, 1000},
		{"several alerts", func(p *incident.Policy) { p.Hold = time.Minute }, alphabet{most: 3, severities: true, doubts: true}, 13, 1000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := incident.DefaultPolicy()
			p.Tags = nil
			if tt.change != nil {
				tt.change(&p)
			}
			depth, least := tt.depth-*shallower, tt.least
			if testing.Short() {
				depth, least = tt.depth-2, least/10
			}
			seen := walk(t, newWorld(p), tt.alphabet, depth)
			t.Logf("%d states within %d steps", seen, depth)
			if seen < least {
				t.Errorf("only %d states: something keeps the walk from going on", seen)
			}
		})
	}
}

type place struct {
	*world
	trail *trail
}

// walk visits every state within depth steps, each once, and returns how many there are.
func walk(t *testing.T, from *world, a alphabet, depth int) int {
	t.Helper()
	seen := map[uint64]bool{from.fingerprint(): true}
	here := []place{{from, nil}}
	for range depth {
		var next []place
		for _, at := range here {
			for _, m := range at.moves(a) {
				w := at.clone()
				way := &trail{at.trail, m.name}
				if err := m.do(w); err != nil {
					t.Fatalf("%v, after\n  %s", err, way)
				}
				if f := w.fingerprint(); !seen[f] {
					seen[f] = true
					if err := w.clone().comesToItsEnd(); err != nil {
						t.Fatalf("once the faults stop: %v, after\n  %s", err, way)
					}
					next = append(next, place{w, way})
				}
			}
		}
		here = next
	}
	return len(seen)
}
