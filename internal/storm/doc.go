// Package storm decides when incidents share a ticket: above a route's limit for new tickets, one storm ticket takes
// the rest, and alerts that fired and recovered while the desk was unreachable go into one digest.
//
// It decides which incident joins which shared ticket. It never writes a ticket's text (see brief), and knows nothing
// about the incidents' states (see rule).
//
// Invariants: a window counts incidents when they open, never when they are filed; the first P1 of a new kind keeps its
// own ticket.
package storm
