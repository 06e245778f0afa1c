// Package failpoint names the moments at which a test kills the program. In a release they
// are nothing: only a build with the tag failpoints has them (cmd/docket/kill_test.go).
//
// The same build can shorten the longest time-outs (Hurried), so that a test need not sit them out.
//
// It never decides anything and never changes what the program does, but for ending it.
// Names are constants written out where they stand, so that the test can list them from the
// source and show that it has killed the program at each.
package failpoint
