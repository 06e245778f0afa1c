// Package doctor walks the way that a ticket takes, hop by hop and in order, and names the
// first one that is broken, with evidence and with the next thing to do. Faults of the desk
// have the names, sentences and fixes that the log, the console and the API show, too.
package doctor
