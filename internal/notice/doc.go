// Package notice is the rule for messages to people: who is notified of an incident, when the message
// changes, and what may be done next about one message to one recipient.
//
// Digest stands for what people should know; a notice is due when it changes. Notice.Next and
// Notice.Take are pure. The message's text is the notifier's (see notify).
//
// Invariants: one message per incident and recipient, changed in place; a message too many is better
// than none, so that an attempt that never answered is made again.
package notice
