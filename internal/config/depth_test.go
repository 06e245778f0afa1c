package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDeepNestingIsAMistakeAndCostsNoTime(t *testing.T) {
	var ladder strings.Builder
	for i := range 600 {
		ladder.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for name, text := range map[string]string{
		"[": strings.Repeat("[", 200_000), "{": strings.Repeat("{a: ", 100_000), "-": strings.Repeat("- ", 200_000),
		"?": strings.Repeat("? ", 200_000), "ladder": ladder.String(),
	} {
		began := time.Now()
		_, err := Parse("docket.yaml", []byte(text), vars{}.look)
		if err == nil || !strings.Contains(err.Error(), "nested more than 64 levels deep") {
			t.Errorf("%s: %.200v", name, err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func TestThousandsOfSurfacesAreLoaded(t *testing.T) {
	const n = 5000
	var b strings.Builder
	b.WriteString("surfaces:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - name: surface-%d\n    group: Shop\n    probe:\n      http: {url: 'https://shop-%d.example.org/health', contains: "+
			"ready, headers: {X-Api-Key: '%032d'}}\n", i, i, i)
	}
	cfg := load(t, b.String(), nil)
	if len(cfg.Surfaces) != n {
		t.Errorf("%d surfaces are loaded, want %d", len(cfg.Surfaces), n)
	}
}
