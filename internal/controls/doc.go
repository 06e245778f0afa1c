// Package controls holds what operators have switched: flags, silences and maintenance windows. It also carries out
// their changes to the local desk's tickets.
//
// A change is one transaction: the switch, its audit entry, and an increment of the change counter in the row that
// every deciding transaction locks. So every decision about an incident sees exactly what was switched before it, on
// every replica. Notifications, with polling as a fallback, only make that cheap and keep pages current. Incidents that
// got no ticket because of a switch are re-evaluated page by page once it changes; progress is stored, so this survives
// a crash.
//
// It never decides about an incident, and never sends anything.
package controls
