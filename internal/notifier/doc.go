// Package notifier notifies people: it performs notices as internal/outbox performs effects. It asks the rule of notices
// what may be done, composes one message from what is known now, hands it to the notifier, and returns the answer to
// the ledger.
//
// It has its own workers, health and pace: people are notified whatever the desk does, and tickets are filed whatever
// Slack does. Its invariant: the ledger records that a message is about to be sent before it is sent. Messages that may
// have been sent twice, after a crash or a lost answer, are counted.
package notifier
