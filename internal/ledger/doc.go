// Package ledger is the only door through which incidents change.
//
// Apply takes inputs (a source's word, a moment that came, the world's answer), and in one
// transaction loads what they touch, lets incident.Step decide, and saves the incidents,
// the effects with their jobs, and the audit entries. Inputs of many callers share one
// transaction; each caller is answered after the commit.
//
// It decides nothing itself and sends nothing. Its invariants: all of a transaction's
// inputs are kept, or none; on either engine one ledger transaction runs at a time over
// all replicas, in the order of the audit chain.
package ledger
