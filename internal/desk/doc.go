// Package desk is the door to a help desk: what Docket needs of one, and the three
// classes that every answer falls into.
//
// It never retries, never waits and never decides what comes next; that is the filing
// rule's work (package incident). Its invariant: an error returned by a Desk always
// says whether the thing may have happened. ErrRefused and ErrUnavailable mean that it
// surely did not; every other error is unknown, and only a look may follow.
package desk
