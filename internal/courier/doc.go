// Package courier performs effects: it asks the filing rule what may be done next, does
// that one thing at the desk, and brings the desk's answer back to the ledger.
//
// It decides nothing and keeps nothing: what it learns is in the ledger before it
// goes on. Its invariant: nothing that must not happen twice is sent before the ledger
// has written down that it is about to be.
package courier
