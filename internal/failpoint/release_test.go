//go:build !failpoints

package failpoint_test

import (
	"testing"

	"docket/internal/failpoint"
)

func TestReleaseSurvivesItsFailpoints(t *testing.T) {
	t.Setenv("DOCKET_FAILPOINT", "anywhere:1")
	cost := testing.AllocsPerRun(100, func() {
		failpoint.Hit("anywhere")
		failpoint.HitOf("any", "where")
	})
	if cost != 0 {
		t.Errorf("a point costs %g allocations in a release, want none", cost)
	}
}
