// Package outbox is how everything that the ledger wants done outside is performed: move by move,
// each answer recorded, and brought back when its job was lost.
//
// It knows neither desks nor notifiers: what a move is comes from the courier and the notifier.
// Its invariant: an answer is recorded even if the job is being stopped.
package outbox
