package rule_test

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"docket/internal/incident"
)

// FuzzStep plays stories that are far longer than the walk's, with everything that may
// happen in them, and lets each come to its end. The first byte draws the policy, each
// further one the next move.
func FuzzStep(f *testing.F) {
	f.Add([]byte("0"))
	f.Add([]byte("\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"))
	f.Add([]byte("\x07fire, end, close and fire again; lose every answer, twice"))
	f.Add([]byte("\xffa person turns the ticket while the desk swallows it"))
	f.Fuzz(func(t *testing.T, draws []byte) {
		if len(draws) == 0 || len(draws) > 300 {
			return
		}
		play(t, draws)
	})
}

// TestLongStoriesKeepThePromises plays stories of many episodes, the same ones each time.
// stories are how many long stories are played.
var stories = flag.Int("stories", 300, "how many long stories are played; make prove: 1500")

func TestLongStoriesKeepThePromises(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	most := 0
	for range *stories {
		draws := make([]byte, 400)
		for i := range draws {
			draws[i] = byte(random.Uint32())
		}
		most = max(most, play(t, draws).live.Generation)
	}
	t.Logf("the longest story has %d episodes", most)
	if most < 8 {
		t.Errorf("the longest story has %d episodes: the stories do not go on", most)
	}
}

// play plays the story that was drawn, lets it come to its end, and returns the world then.
func play(t *testing.T, draws []byte) *world {
	t.Helper()
	w := newWorld(drawnPolicy(draws[0]))
	all := alphabet{most: 3, severities: true, doubts: true, persons: true, switches: true, faults: true, slow: true, clicks: true}
	var way *trail
	for _, b := range draws[1:] {
		moves := w.moves(all)
		m := moves[int(b)%len(moves)]
		way = &trail{way, m.name}
		if err := m.do(w); err != nil {
			t.Fatalf("%v, after\n  %s", err, way)
		}
	}
	if err := w.comesToItsEnd(); err != nil {
		t.Fatalf("once the faults stop: %v, after\n  %s", err, way)
	}
	return w
}

// drawnPolicy is one of all the kinds of policies.
func drawnPolicy(b byte) incident.Policy {
	p := incident.DefaultPolicy()
	p.Tags = nil
	if b&1 != 0 {
		p.Hold = time.Minute
	}
	if b&2 != 0 {
		p.Settle = time.Minute
	}
	if b&4 != 0 {
		p.Tags = []string{incident.TagAlert}
	}
	if b&8 != 0 {
		p.StaleHold = 0
	}
	if b&16 != 0 {
		p.CallTimeout = 0 // As with the local desk.
	}
	p.OnRecovery = []incident.OnRecovery{incident.RecoveryNote, incident.RecoveryClose, incident.RecoveryNone, incident.RecoveryClose}[b>>6]
	return p
}
