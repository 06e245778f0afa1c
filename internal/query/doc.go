// Package query is what faces read: alerts, incidents, tickets, silences, flags, surfaces and the
// audit log as rows, and why a ticket was filed, or not.
//
// The API, the pages and the command line all list by it, so that they show the same. It only
// reads, from the database and from what the controls hold, and never decides or changes
// anything. Its rows' JSON names are the API's and those of --json: adding is fine, renaming is
// not.
package query
