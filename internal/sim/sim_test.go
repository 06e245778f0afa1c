package sim

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/incident"
	"docket/internal/storm"
)

// The worlds from *from up to *seeds are played; make prove plays a million.
var (
	seeds = flag.Uint64("seeds", 10_000, "the seed after the last world's")
	from  = flag.Uint64("from", 0, "the first world's seed")
)

// worlds is the seed after the last: the quick loop plays a tenth.
func worlds() uint64 {
	if testing.Short() && *seeds == 10_000 {
		return *seeds / 10
	}
	return *seeds
}

// shapeOf is the kind of a seed's world. A seed never changes its kind: the regressions are seeds.
func shapeOf(seed uint64) Shape {
	with := func(change func(*incident.Policy)) incident.Policy {
		p := incident.DefaultPolicy()
		p.Storm.Limit = 0
		change(&p)
		return p
	}
	if seed%11 == 10 {
		return Shape{Replicas: 3, Keys: 3, Steps: 300, Policy: with(func(*incident.Policy) {}), Silences: true}
	}
	all := []Shape{
		{Replicas: 1, Keys: 1, Steps: 150, Policy: with(func(*incident.Policy) {})},
		{Replicas: 3, Keys: 2, Steps: 200, Policy: with(func(*incident.Policy) {})},
		{Replicas: 2, Keys: 2, Steps: 200, Policy: with(func(p *incident.Policy) { p.OnRecovery = incident.RecoveryClose })},
		{Replicas: 2, Keys: 2, Steps: 200, Policy: with(func(p *incident.Policy) { p.Hold, p.Settle = 20*time.Second, 30*time.Second })},
		{Replicas: 3, Keys: 6, Steps: 250, Policy: with(func(p *incident.Policy) { p.Storm = storm.Policy{Limit: 2, Per: 2 * time.Minute} })},
	}
	return all[seed%uint64(len(all))]
}

// play plays a seed's world.
func play(t *testing.T, seed uint64, keep bool) (reached map[string]int, story []string, err error) {
	t.Helper()
	synctest.Test(t, func(*testing.T) { reached, story, err = Play(seed, shapeOf(seed), keep) })
	return reached, story, err
}

// pass lets time go on in a world's bubble.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// broken plays a seed that broke a promise again, and tells its story.
func broken(t *testing.T, seed uint64, err error) {
	t.Helper()
	_, story, again := play(t, seed, true)
	t.Errorf("seed %d: %v\nplayed again: %v\n%s", seed, err, again, strings.Join(story, "\n"))
}

// interesting is what worlds have to reach, or they prove nothing: a search that is behind,
// a stolen lease, an unknown outcome that turned out either way, and so on. The figure is
// how often at least in ten thousand worlds.
var interesting = map[string]int{
	"a look waited until the search had caught up":       300,
	"a lease was stolen":                                 1000,
	"a commit's answer was lost":                         1000,
	"a create took effect after its caller had given up": 100,
	"a ticket vanished":                                  30,
	"an old word came again":                             1000,
	"an unknown outcome was found done":                  500,
	"an unknown outcome was found not done":              300,
	"the breaker was open":                               1000,
	"a job was hastened":                                 1000,
	"a replica took up another configuration":            500,
	"a clock jumped":                                     500,
	"all clocks jumped":                                  100,
	"killed: a create is about to leave":                 30,
	"killed: a create was done":                          30,
	"killed: a commit":                                   100,
	"killed: a commit was done":                          100,
	"killed: a note was done":                            3,
	"a silence was ended early":                          500,
	string(incident.ReasonStorm):                         1000,
	string(incident.ReasonListing):                       50,
	string(incident.ReasonDigest):                        300,
	string(incident.ReasonClosedByPerson):                300,
	string(incident.ReasonFreshEpisode):                  50,
	string(incident.ReasonVanished):                      30,
	string(incident.ReasonMaybeStale):                    100,
	string(incident.ReasonFilingOff):                     1000,
	string(incident.ReasonMuted):                         1000,
	string(incident.ReasonFlapped):                       500,
	string(incident.ReasonInvestigateAsked):              300,
	string(incident.ReasonInvestigateJoined):             500,
	string(incident.ReasonStale):                         300,
}

func TestTenThousandWorldsKeepThePromises(t *testing.T) {
	const lanes = 4
	began := time.Now()
	var mu sync.Mutex // guards total
	total := map[string]int{}
	t.Run("worlds", func(t *testing.T) {
		for lane := range uint64(lanes) {
			t.Run(fmt.Sprint(lane), func(t *testing.T) {
				t.Parallel()
				mine := map[string]int{}
				for seed := *from + lane; seed < worlds(); seed += lanes {
					reached, _, err := play(t, seed, false)
					for k, n := range reached {
						mine[k] += n
					}
					if err != nil {
						broken(t, seed, err)
						return
					}
				}
				mu.Lock()
				defer mu.Unlock()
				for k, n := range mine {
					total[k] += n
				}
			})
		}
	})
	if t.Failed() {
		return
	}
	t.Logf("%d worlds in %s, no promise broken; reached:", worlds()-*from, time.Since(began).Round(time.Millisecond))
	for _, k := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%9d  %s", total[k], k)
	}
	for what, least := range interesting {
		if n, want := total[what], least*int(worlds()-*from)/10_000; n < want {
			t.Errorf("%q was reached %d times, and %d is the least that proves anything", what, n, want)
		}
	}
}

// regressions are seeds that once broke a promise, and what it was.
var regressions = map[uint64]string{
	7:      "a close seen late counted as one of the present firing, though the desk knew when it was",
	63:     "an incident that flapped while filing was off was forgotten when it was switched on",
	104:    "a fresh episode that a storm took was never listed",
	1089:   "a storm's ticket that was closed before it was read back listed nobody any more",
	118021: "the model did not know of the alert that a click on Investigate brings along",
	1204:   "a storm that began while the one before had a closed ticket was the same key twice",
}

func TestWorldsThatOnceBrokeAPromiseKeepItNow(t *testing.T) {
	for seed, what := range regressions {
		if _, _, err := play(t, seed, false); err != nil {
			t.Logf("once: %s", what)
			broken(t, seed, err)
		}
	}
}

func TestASeedAlwaysPlaysTheSameWorld(t *testing.T) {
	for seed := range uint64(200) {
		_, first, err1 := play(t, seed, true)
		_, second, err2 := play(t, seed, true)
		if fmt.Sprint(err1) != fmt.Sprint(err2) || !slices.Equal(first, second) {
			at := 0
			for at < min(len(first), len(second)) && first[at] == second[at] {
				at++
			}
			t.Fatalf("seed %d played two worlds, which part at step %d of %d and %d", seed, at, len(first), len(second))
		}
	}
}
