// Package reconcile compares what Docket believes with what the desk shows.
//
// Watch takes the desk's hints (webhooks) and asks it, every few seconds, what changed.
// Run compares everything: each open ticket with a mark, and each live incident with a
// ticket. What it sees goes to ledger.Apply as an event; the rule decides, and what is to
// be done at the desk is an effect like any other.
//
// Invariants: it changes nothing at the desk by itself; it never judges by a list that was
// cut short, by what is younger than the desk's wait-out, or by what is on its way; one
// replica at a time does it. A ticket whose mark is not known here is left alone: another
// Docket may own it.
package reconcile
