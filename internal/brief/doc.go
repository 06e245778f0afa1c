// Package brief is the text of tickets and of the notes on them.
//
// Subjects end with the mark, and no subject names another mark, whatever an alert brings: tickets are
// found by it. Titles, labels and keys are written character for character.
//
// It never decides what is filed or noted, and when: that is rule.
package brief
