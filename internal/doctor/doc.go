// Package doctor checks every step from an alert to its ticket, in order, and names the first one that fails, with
// evidence and what to do next. Faults of the desk have the same names, sentences and fixes as in the log, the console
// and the API.
//
// It changes nothing but the test ticket that it is asked to file. Its invariant: no report contains a secret.
package doctor
