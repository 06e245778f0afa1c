// Package query is what all interfaces read: alerts, incidents, tickets, silences, flags, surfaces and the audit log as
// rows, and why a ticket was filed or not.
//
// The API, the pages and the command line all use it for their listings, so they show the same. It only reads, from the
// database and from the controls in memory, and never decides or changes anything. The JSON names of its rows are those
// of the API and of --json: adding is fine, renaming is not.
package query
