// Package outbound is how Docket calls others over HTTP: the rules of its clients, and one
// classification of the calls that got no answer.
//
// Its invariants: no redirect is followed, because that would carry a credential to another
// host; and no error that it returns holds an address, which may be secret.
package outbound
