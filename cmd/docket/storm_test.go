package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/desk/fakedesk"
)

// stormMemory bounds the process in a storm: what the smallest common dyno has.
const stormMemory = 512 << 10

var flood = flag.Int("flood", 10_000, "how many alerts the flood has; make prove: 100000")

func TestAFloodOfAlertsIsOneStorm(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		f := newFreeScout(t, fakedesk.Options{})
		p := start(t, setup{database: url, yaml: f.yamlWith(2*time.Second, "{}")})
		alerts := names("Flood", *flood)
		began := time.Now()
		for part := range slices.Chunk(alerts, 1000) {
			p.mustPost(hook, strings.ReplaceAll(webhook("firing", part...), `"critical"`, `"error"`))
		}
		t.Logf("taken within %s", time.Since(began))
		eventually(t, 6*time.Minute, "every alert is listed", func() bool { return len(f.listings()) == len(alerts) })
		t.Logf("listed within %s, peak memory %d kB", time.Since(began), p.peak())
		p.settled(60 * time.Second)
		f.eachListedOnce(t, alerts)
		// The default policy: 20 in 5 minutes get their own, the storm's has the others.
		if n := len(f.Tickets()); n != 21 {
			t.Errorf("%d tickets, want 20 and the storm's", n)
		}
		if peak := p.peak(); peak > stormMemory {
			t.Errorf("the process took %d kB, want %d at the most", peak, stormMemory)
		}
	})
}

// peak is the most memory that the process ever had, in kB.
func (p *process) peak() (kB int) {
	p.t.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			if _, err := fmt.Sscan(rest, &kB); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	return kB
}
