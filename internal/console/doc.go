// Package console is what people see: the operators' pages under /console and the public
// status page. Everything is rendered here and works without a script; a small module of
// ours swaps in what has changed, and shows times as the reader's own.
//
// The routes, and what each asks of its caller, are one table in routes.go.
package console
