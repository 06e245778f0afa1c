// Package queue is a thin wrapper around River, the durable job queue: enqueue in a transaction, run jobs,
// stop.
//
// A job contains nothing but an effect's id; what to do is stored in the effect. The queue guarantees
// at-least-once delivery, in any order; exactly once is the job of the filing rule. Its invariant: while a
// job for an effect is waiting or running, no second one is added for it.
package queue
