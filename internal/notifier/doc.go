// Package notifier tells people: it performs notices as the courier performs effects. It asks
// the notice's rule what may be done, makes one message of what is known now, hands it to
// the notifier, and brings the answer back to the ledger.
//
// It has workers, health and pace of its own: people are notified whatever the desk does, and
// tickets are filed whatever Slack does. Its invariant: nothing is sent before the ledger
// has written down that it is about to be. What may be sent twice, after a crash or a lost
// answer, is counted.
package notifier
