// Package local is the embedded help desk: a real, small ticket list with notes, tags and
// a status, for those who have no other yet.
//
// It keeps nothing itself: a Shelf does. Its invariant: one ticket per mark, held by the
// shelf, so that a create that is repeated finds the ticket it made.
package local
