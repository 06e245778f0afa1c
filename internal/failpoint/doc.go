// Package failpoint names the points at which a test kills the program. In a release they do nothing: only a
// build with the tag failpoints has them (cmd/docket/kill_test.go).
//
// The same build can shorten the longest timeouts (Hurried), so that a test need not wait for them.
//
// It never decides anything and never changes what the program does, except to end it. Names are constants
// written out at the call, so that the test can list them from the source and show that it has killed the
// program at each one.
package failpoint
