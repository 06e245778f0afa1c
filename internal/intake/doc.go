// Package intake takes alerts in: what was pushed, what a poll shows, and what has expired.
//
// It answers only after what it was given is durably kept. Repeats of what is known to
// fire cost no write of their own. It decides nothing; the ledger does. Its invariant: an
// absence ends an alert only in a poll that succeeded, and only the alerts that this same
// poll showed before.
package intake
