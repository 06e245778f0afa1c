// Package console is what people see: the operators' pages under /console and the public status page. Everything is
// rendered on the server and works without JavaScript; a small script updates what has changed and shows times in the
// reader's time zone.
//
// The routes, and the rights they require, are one table in routes.go.
package console
