// Package fault says what went wrong outside, and keeps secrets out of what is shown.
//
// A Fault is how every desk, notifier, polled source and vault fails. Its invariant: the class
// says for sure whether the call may have taken effect. Refused, Unavailable and Missing mean
// that it did not; any other error is Unknown, and only a look may follow.
//
// The package never calls anything and never logs.
package fault
