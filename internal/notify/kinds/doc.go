// Package kinds is the table of notifiers: the only package that knows all of them. A new notifier is its folder and
// one row here.
//
// It decides nothing. Its invariant: a released name keeps its row, because notices in the store name their notifier.
package kinds
