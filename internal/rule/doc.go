// Package rule decides what an alert, a person, a desk's answer or the passing of time does to an
// incident, and what is to be done in the world because of it.
//
// Step is pure: state, event, policy and now go in; the next state, the effects and a named reason come
// out. No clock, no I/O, no randomness, no logger, so that every path can be walked and simulated.
//
// Invariants: an incident asks for a ticket at most once (Ticket leaves TicketNone once); a closed
// incident never changes.
package rule
