// Package filing is the filing rule: what may be done next about one effect at a desk, and what an
// answer means for it.
//
// Effect.Next says whether to send, look, confirm or wait; Effect.Take moves an effect by what the
// desk answered. Both are pure.
//
// Invariants: after an outcome that is not known, nothing is sent again before a look, and no look is
// believed before the desk's wait-out; a late answer of an earlier attempt counts only for the
// ticket's id; a finished effect never changes.
package filing
