//go:build !failpoints

package failpoint

import "time"

// Hit does nothing: this is a release.
func Hit(string) {}

// HitOf does nothing: this is a release.
func HitOf(string, string) {}

// Hurried returns d: this is a release.
func Hurried(d time.Duration) time.Duration { return d }
