package await

import (
	"testing"
	"time"
)

const (
	shortest = 5 * time.Millisecond
	longest  = 250 * time.Millisecond
)

// Until waits until a condition holds, and fails the test if that takes longer than within. detail, which may be nil,
// adds to the failure's message.
func Until(t testing.TB, within time.Duration, what string, holds func() bool, detail func() string) {
	t.Helper()
	began := time.Now()
	for !holds() {
		passed := time.Since(began)
		if passed > within {
			if detail != nil {
				what += "\n" + detail()
			}
			t.Fatalf("did not happen within %s: %s", within, what)
		}
		pause(passed)
	}
}

// Unless is Until that also ends once done is closed.
func Unless(t testing.TB, done <-chan struct{}, within time.Duration, what string, holds func() bool) {
	t.Helper()
	Until(t, within, what, func() bool {
		select {
		case <-done:
			return true
		default:
			return holds()
		}
	}, nil)
}

// pause is an eighth of the time that has passed, within bounds.
func pause(passed time.Duration) {
	again := time.NewTimer(min(longest, max(shortest, passed/8)))
	<-again.C
}
