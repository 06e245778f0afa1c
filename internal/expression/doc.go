// Package expression compiles and limits expressions in CEL (https://cel.dev, read 2026-11-23) over JSON from
// outside: those of a source's mapping and of a probe's condition.
//
// It never reads the JSON itself, and knows nothing about alerts or surfaces.
package expression
