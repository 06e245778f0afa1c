package reconcile_test

import (
	"testing"
	"time"

	"docket/internal/store/storetest"
)

// fresh is one more database of the engine that a scene has.
func fresh(t *testing.T, s *scene) string {
	t.Helper()
	return storetest.URL(t, s.st.Engine())
}

// eventuallyOld waits until the desk's wait-out is over, which is a millisecond here.
func (s *scene) eventuallyOld() {
	s.t.Helper()
	over := time.NewTimer(5 * time.Millisecond)
	<-over.C
}
