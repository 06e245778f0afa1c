// Package desktest is the conformance suite of desks: what every desk.Desk must do, so
// that the rest of Docket need not know which one it has.
//
// Each promise is a subtest on a desk of its own. The suite knows no desk's medium: it
// writes and reads through the interface alone, and so cannot see what a desk escapes;
// that is each desk's own test.
package desktest
