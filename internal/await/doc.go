// Package await waits in tests until a condition holds.
//
// It is for tests only. It asks less often the longer it waits: a suite of many programs spends its processor time on
// the programs, not on questions. It never sleeps for luck: the wait ends as soon as the condition holds, and the
// deadline only says when to give up.
package await
