// Package health is what is known of something outside (a help desk, a notifier, a polled
// source, a vault), and the circuit breaker on the way to it.
//
// It learns from the outcome of every call, calls nobody itself, and logs each change once, not
// every attempt. Its invariant: an open breaker closes only after a call has succeeded.
package health
