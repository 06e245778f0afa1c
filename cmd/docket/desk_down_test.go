package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"docket/internal/store/storetest"
)

// TestADeskThatIsDownHoldsUpNoOther files into two desks at once, while one of them is down, in both directions: the
// other goes on, and once the first is back each incident has exactly one ticket, at its own desk.
func TestADeskThatIsDownHoldsUpNoOther(t *testing.T) {
	notInShort(t)
	t.Parallel()
	for _, down := range []int{0, 1} {
		for _, engine := range storetest.Engines {
			t.Run(fakeDesks[down].name+" down/"+engine, func(t *testing.T) {
				t.Parallel()
				first, second := fakeDesks[0].open(t, slowness{}), fakeDesks[1].open(t, slowness{})
				p := start(t, setup{database: storetest.URL(t, engine), yaml: first.yaml(2*time.Second) + second.section(2*time.Second) +
					fmt.Sprintf("routes: [{name: platform, match: ['team=\"platform\"'], desk: %s}]\n", second.name())})
				away, well := first, second
				if down == 1 {
					away, well = second, first
				}
				away.goAway()
				atFirst, atSecond := names("Shop", 20), names("Platform", 20)
				p.mustPost(hook, webhook("firing", atFirst...))
				p.mustPost(hook, strings.ReplaceAll(webhook("firing", atSecond...), `"team":"shop"`, `"team":"platform"`))
				own := map[helpDesk][]string{first: atFirst, second: atSecond}
				well.oneTicketEach(t, 30*time.Second, own[well])
				eventually(t, patience, "the other desk was tried", func() bool { all, _ := away.asked(); return all >= 3 })
				if n := len(away.filed()); n != 0 {
					t.Errorf("the desk that is down has %d tickets", n)
				}
				away.comeBack()
				away.oneTicketEach(t, 60*time.Second, own[away])
				p.settled(60 * time.Second)
				for _, f := range []helpDesk{first, second} {
					f.oneTicketEach(t, time.Second, own[f])
					if n := len(f.filed()); n != len(own[f]) {
						t.Errorf("%s has %d tickets, want %d", f.name(), n, len(own[f]))
					}
				}
				filedOnce(t, p, len(atFirst)+len(atSecond))
			})
		}
	}
}
