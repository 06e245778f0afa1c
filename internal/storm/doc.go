// Package storm decides when incidents share a ticket: above a route's limit of new tickets one storm
// ticket takes the rest, and what fired and recovered while the desk was away goes into one digest.
//
// It says who joins which shared ticket. It never writes a ticket's text (see brief), and knows
// nothing of the incidents' states (see rule).
//
// Invariants: a window is judged on when incidents open, never on when they are filed; the first P1 of
// a new kind keeps its own ticket.
package storm
