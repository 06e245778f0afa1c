// Package line makes one bounded line of a text that somebody else wrote.
//
// It never escapes: that is for who knows the medium. What it returns is valid UTF-8 without control
// characters, as far as the text went through Of.
package line
