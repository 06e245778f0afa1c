// Package line turns untrusted text into a single line of limited length.
//
// It never escapes: that is up to the caller, who knows the medium. What Of returns is valid UTF-8 without control
// characters.
package line
