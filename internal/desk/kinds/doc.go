// Package kinds is the table of desks: the one place that knows all of them. A new desk is its
// folder and one row here.
//
// It decides nothing. Its invariant: a name, once released, keeps its row, because incidents in
// the store name their desk by it.
package kinds
