// Package flag holds the feature flags: switches that an operator can flip at run time.
//
// It is pure: the environment and the operators' settings go in, a verdict with its reason comes out. Its
// invariant: 0 in the environment pins a flag off, whatever else is set; this is the emergency switch.
package flag
