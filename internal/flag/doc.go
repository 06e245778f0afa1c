// Package flag holds the flags: switches that an operator can flip at run time.
//
// It is pure: what the environment and the operators said goes in, a verdict with its
// reason comes out. Its invariant: 0 in the environment pins a flag off, whatever else
// was said; it is the switch for the worst night.
package flag
