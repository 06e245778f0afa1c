// Package filing is the filing rule: what may be done next about one effect at a desk, and what an answer means for it.
//
// Effect.Next says whether to send, look, confirm or wait; Effect.Take moves an effect according to the desk's answer.
// Both are pure functions.
//
// Invariants: after an attempt with an unknown outcome, nothing is sent again before a look, and no look is trusted
// before the desk's wait-out; a late answer to an earlier attempt counts only for the ticket's id; a finished effect
// never changes.
package filing
