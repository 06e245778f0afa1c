// Package fakegithub is an honest small GitHub: a server with the calls of the REST API that Docket's
// desk uses, their forms, rules and quirks as far as they are documented or were seen, with faults to
// order.
//
// It keeps real state: what a client is shown and what was really done can differ, as in life, and Issues
// and Stats show the truth afterwards. It never speaks first, never waits without a way to be woken, and
// works over a socket (as an http.Handler) and inside a testing/synctest bubble (Transport).
package fakegithub
