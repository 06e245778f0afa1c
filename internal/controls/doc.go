// Package controls keeps what operators have switched in force: flags, silences and
// maintenance windows. It also does what they ask of the local desk's tickets.
//
// A change is one transaction: the switch, its audit entry, and one more in the count that
// stands in the row which every deciding transaction locks. So each decision about an
// incident is made by exactly what was switched before it, on every replica; notifications
// and a poll behind them only make that cheap, and keep pages current. What was refused
// because of a switch is asked again once it is otherwise, page by page; that survives a
// crash, because up to where it was done is kept, too.
//
// It never decides about an incident, and never sends anything.
package controls
