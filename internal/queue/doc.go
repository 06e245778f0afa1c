// Package queue is the narrow door to River, the durable job queue: enqueue in a
// transaction, run jobs, stop.
//
// A job carries nothing but an effect's id; what is to be done stands in the effect. The
// queue promises at least once, in any order; exactly once is the filing rule's work. Its
// invariant: while a job for an effect waits or runs, a second one for it is not added.
package queue
