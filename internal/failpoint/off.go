//go:build !failpoints

package failpoint

// Hit does nothing: this is a release.
func Hit(string) {}

// HitOf does nothing: this is a release.
func HitOf(string, string) {}
