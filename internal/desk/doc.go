// Package desk is the door to a help desk: what Docket needs of one.
//
// It never retries, never waits and never decides what comes next; that is the filing
// rule's work (package incident). Its invariant: every error of a Desk is a *fault.Fault,
// so that it always says whether the call may have taken effect.
package desk
