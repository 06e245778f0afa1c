// Package app puts Docket together: it reads the configuration, wires every part in one
// straight line, starts the loops and stops them.
//
// It decides nothing about alerts. Its invariants: a configuration with one mistake starts
// nothing, and all its mistakes are listed at once, each with its place; no secret is shown
// by a mistake or by a configuration that is printed; every loop begins in a group and is
// waited for; the ledger stops last, so that what the others learn is still kept.
package app
