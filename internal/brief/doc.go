// Package brief writes the text of tickets and of the notes on them.
//
// Subjects end with the mark, and no subject contains another mark, whatever an alert says, because tickets are found
// by it. Titles, labels and keys are written character for character. It never decides what is filed or noted, or when:
// see rule.
package brief
