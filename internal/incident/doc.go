// Package incident is the noun that everything is about: Incident with its states, the policy that
// holds for it, the events that may happen to it, and the reasons that decisions are given.
//
// What an event does to an incident is decided in rule, what may be done next at a desk in filing.
// Nothing here decides, and nothing here reads a clock or the outer world.
package incident
