// Package fault says what went wrong outside, and keeps secrets out of what is said.
//
// It never calls anything and never logs.
package fault
