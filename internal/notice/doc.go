// Package notice is the rule for messages to people: who is notified of an incident, when the message changes, and what
// may be done next about one message to one recipient.
//
// Digest sums up what people should know; a notice is due when it changes. Notice.Next and Notice.Take are pure
// functions. The notifier writes the message's text (see notify).
//
// Invariants: one message per incident and recipient, changed in place; a duplicate message is better than none, so an
// attempt that was never answered is repeated.
package notice
